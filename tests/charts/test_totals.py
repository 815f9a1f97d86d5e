from __future__ import annotations

import pytest

from penholder.charts import specify

HEAD = ("Service", "Online", "Paper", "Total")


@pytest.mark.parametrize("kind", ["stacked", "share"])
def test_a_column_that_is_the_sum_of_the_others_is_not_stacked_on_them(kind):
    spec = specify(kind, [HEAD, ("Ferries", "10", "3", "13"), ("Piers", "0.25", "1.25", "1.50")])
    assert [series.name for series in spec.series] == ["Online", "Paper"]


def test_a_last_column_that_is_no_sum_stays():
    spec = specify(
        "stacked", [("Service", "Online", "Paper", "Phone"), ("Ferries", "10", "3", "13"), ("Piers", "1", "1", "3")]
    )
    assert [series.name for series in spec.series] == ["Online", "Paper", "Phone"]


def test_bars_side_by_side_keep_their_total():
    spec = specify("bar", [HEAD, ("Ferries", "10", "3", "13")])
    assert len(spec.series) == 3
