"""Completion rate: of the attempts that had their time, how many got an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from penholder.errors import Refused
from penholder.measure.definitions import COMPLETION_RATE
from penholder.measure.figures import Coverage, Figure, share
from penholder.measure.questions import Outcomes


@dataclass(frozen=True)
class Completion:
    """Attempts by the day of their start: `completed` of a mature `cohort`; the young are neither, and are reported.

    Several ends are summed, "not eligible" and "already done" among them. An attempt that was resumed was started once.
    """

    cohort: int
    completed: int
    young: int = 0
    under_way: int = 0
    bots: int = 0
    fragments: int = 0

    def __post_init__(self) -> None:
        if reasons := objections_to_counts(started=self.cohort, completed=self.completed):
            raise Refused(reasons)

    def figure(self, *, spread: float = 1.0, provenance: tuple[str, ...] = ()) -> Figure:
        """The rate; it covers the mature among all attempts with a start."""
        coverage = Coverage(self.cohort, self.cohort + self.young)
        return share(
            COMPLETION_RATE, self.completed, self.cohort, coverage=coverage, spread=spread, provenance=provenance
        )


def completion(answers: Iterable[Outcomes]) -> Completion:
    """The completion of several groups together: counts are added, rates never averaged."""
    listed = list(answers)
    return Completion(
        cohort=sum(answer.cohort for answer in listed),
        completed=sum(answer.completed for answer in listed),
        young=sum(answer.young for answer in listed),
        under_way=sum(answer.under_way for answer in listed),
        bots=sum(answer.bots for answer in listed),
        fragments=sum(answer.fragments for answer in listed),
    )


def objections_to_counts(*, started: int, completed: int) -> list[str]:
    """Every reason why these counts, supplied by hand, give no completion rate; empty means that they do."""
    reasons = []
    if started < 0 or completed < 0:
        reasons.append(f"A count cannot be negative: {started} started, {completed} completed.")
    elif completed > started:
        rate = f"{completed / started:.0%}" if started else "more than everyone"
        reasons.append(
            f"{completed} completed of {started} started would be {rate}, over 100%. The two were not counted "
            "over the same attempts: count each attempt once, by the week of its start, and the ends that belong to it."
        )
    return reasons
