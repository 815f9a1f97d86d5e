"""Where people leave a journey, and whether that changed: an interval and a corrected test for each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from penholder.measure.intervals import Interval, difference, share_interval
from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.questions import Funnel

# One wrong alarm in twenty comparisons of two whole journeys.
LEVEL = 0.05
# Under five expected leavers the normal distribution misleads; the exact test takes over.
_FEW = 5


@dataclass(frozen=True)
class Leaving:
    """One step: how many attempts came to it, and how many of them came no further without having ended."""

    step: str
    reached: int
    left: int
    interval: Interval | None


def leaving(drawn: JourneyDefinition, funnel: Funnel) -> tuple[Leaving, ...]:
    """Where attempts stopped, step by step. An attempt stops at the reached step that stands last in the definition."""
    rows = []
    place = {step.number: at for at, step in enumerate(drawn.steps)}
    ends = {step.number for step in drawn.steps if step.outcome is not None}
    for step in drawn.graph:
        if step.number in ends:
            continue
        reached = funnel.reached(step.number)
        left = sum(
            count
            for steps, count in funnel.sets.items()
            if steps and not steps & ends and max(steps, key=place.__getitem__) == step.number
        )
        rows.append(Leaving(step.name, reached, left, share_interval(left, reached)))
    return tuple(rows)


@dataclass(frozen=True)
class Difference:
    """One step in two funnels: the change of the share that leaves, and whether it is more than chance."""

    step: str
    before: Leaving
    after: Leaving
    change: float | None
    interval: Interval | None
    p: float
    adjusted_p: float

    @property
    def clear(self) -> bool:
        """Whether chance alone would hardly do this at any step of the journey."""
        return self.adjusted_p < LEVEL


def changes(before: Sequence[Leaving], after: Sequence[Leaving]) -> tuple[Difference, ...]:
    """The same steps in two funnels, such as before and after a release.

    Corrected by Holm's method: it holds however the steps depend on each other, as they do (who leaves early cannot
    leave late), and a false alarm at any step sends a team looking for a fault that is not there. A journey has few
    steps, so little power is lost, which is why the false discovery rate of Benjamini and Hochberg is not used.
    """
    later = {each.step: each for each in after}
    pairs = [(one, later[one.step]) for one in before if one.step in later]
    ps = [two_sided(one.left, one.reached, two.left, two.reached) for one, two in pairs]
    rows = []
    for (one, two), p, adjusted in zip(pairs, ps, holm(ps), strict=True):
        change = two.left / two.reached - one.left / one.reached if one.reached and two.reached else None
        interval = difference(one.left, one.reached, two.left, two.reached)
        rows.append(Difference(one.step, one, two, change, interval, p, adjusted))
    return tuple(rows)


def holm(ps: Sequence[float]) -> list[float]:
    """p-values adjusted for their number.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure" (1979).
    """
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = highest
    return adjusted


def two_sided(x1: int, n1: int, x2: int, n2: int) -> float:
    """The chance of two shares as different as these or more, if they are the same. 1 where one of them has no trials.

    Pooled z-test; Fisher's exact test where fewer than five are expected in any cell.
    """
    x, n = x1 + x2, n1 + n2
    if 0 in (n1, n2) or x in (0, n):
        return 1.0
    if min(n1, n2) * min(x, n - x) / n < _FEW:
        return _fisher(x1, n1, x, n)
    pooled = x / n
    z = abs(x1 / n1 - x2 / n2) / sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return erfc(z / sqrt(2))


def _fisher(x1: int, n1: int, x: int, n: int) -> float:
    """Two-sided: all tables with these margins that are no likelier than the one seen."""
    possible = np.arange(max(0, x - (n - n1)), min(n1, x) + 1)
    # Ratios of neighbouring hypergeometric chances, added up as logarithms: no factorials, no overflow.
    here = possible[:-1].astype(np.float64)
    steps = np.log((x - here) * (n1 - here)) - np.log((here + 1) * (n - n1 - x + here + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    seen = chances[x1 - possible[0]]
    # Equal chances differ by rounding.
    return float(min(1.0, chances[chances <= seen * (1 + 1e-7)].sum()))
