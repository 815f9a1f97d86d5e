"""User satisfaction: counts per level are kept; share satisfied and rescaled mean are two figures."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from penholder.errors import Refused
from penholder.measure.definitions import SATISFACTION_SCORE, SHARE_SATISFIED
from penholder.measure.figures import Coverage, Figure, share
from penholder.measure.intervals import Z95, Interval
from penholder.measure.values import Absence

# From "very dissatisfied" to "very satisfied".
LEVELS = 5


@dataclass(frozen=True)
class Satisfaction:
    """Answers per level, worst first, and to how many people the question was offered.

    Source: GOV.UK Service Manual, "Measuring user satisfaction".
    """

    levels: tuple[int, ...]
    offered: int

    def __post_init__(self) -> None:
        reasons = []
        if len(self.levels) != LEVELS:
            reasons.append(f"Satisfaction has {LEVELS} levels, worst first; {len(self.levels)} were given.")
        if min((*self.levels, self.offered)) < 0:
            reasons.append("A count of answers cannot be negative.")
        if self.answered > self.offered:
            reasons.append(f"{self.answered} people answered a question that {self.offered} were asked. Check both.")
        if reasons:
            raise Refused(reasons)

    @property
    def answered(self) -> int:
        """Answers of every level."""
        return sum(self.levels)

    def share_satisfied(self) -> Figure:
        """The share of answers in the two best levels."""
        return share(SHARE_SATISFIED, sum(self.levels[-2:]), self.answered, coverage=self._coverage())

    def score(self) -> Figure:
        """The mean level rescaled to 0 to 1, which says something else than the share satisfied."""
        n = self.answered
        if n == 0:
            return Figure(SATISFACTION_SCORE, Absence.NOT_APPLICABLE, 0, self._coverage())
        scored = [(level / (LEVELS - 1), count) for level, count in enumerate(self.levels)]
        mean = sum(score * count for score, count in scored) / n
        interval = None
        if n > 1:
            variance = sum(count * (score - mean) ** 2 for score, count in scored) / (n - 1)
            half = Z95 * sqrt(variance / n)
            interval = Interval(max(0.0, mean - half), min(1.0, mean + half))
        return Figure(SATISFACTION_SCORE, mean, n, self._coverage(), interval)

    def _coverage(self) -> Coverage:
        return Coverage(self.answered, self.offered)
