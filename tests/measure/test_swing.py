from __future__ import annotations

import numpy as np
import pytest

from penholder.measure.intervals import dispersion, swing


def test_a_steady_rise_is_no_swing_though_the_shares_are_dispersed():
    trials = [1_000_000] * 6
    successes = [500_000 + 50_000 * at for at in range(6)]
    assert dispersion(successes, trials) > 1000
    assert swing(successes, trials) < dispersion(successes, trials) / 100


def test_up_and_down_is_a_swing():
    assert swing([800, 400, 800, 400, 800], [1000] * 5) > 100


def test_chance_alone_is_about_one():
    source = np.random.default_rng(11)
    found = [swing(source.binomial(2000, 0.6, 12), [2000] * 12) for _ in range(400)]
    # Changes that follow each other share a period, which makes them differ a little more.
    assert 0.9 < np.mean(found) < 1.8


@pytest.mark.parametrize("counts", [([], []), ([5], [9]), ([5, 6], [9, 9]), ([0, 0, 0], [0, 0, 0])])
def test_too_few_periods_say_nothing(counts):
    assert swing(*counts) == 1.0


def test_all_and_nothing_have_a_chance_error_too():
    assert np.isfinite(swing([0, 10, 0, 10], [10, 10, 10, 10]))
