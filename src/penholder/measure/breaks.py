"""Steps that vanish with a release: instrumentation that broke, not people who left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.questions import Visit

# Had nothing changed, as many attempts would have met the step; none met it. Chance does that once in 485 million
# (e^-20).
LEAST_EXPECTED = 20


@dataclass(frozen=True)
class Break:
    """A step that a release silenced; `expected` attempts were to meet it, by the share before, and none did."""

    step: str
    release: str
    share_before: float
    expected: float
    still_met: tuple[str, ...]

    def sentence(self) -> str:
        """What to say instead of showing a drop."""
        return (
            f"No attempt met “{self.step}” after release {self.release}, though about {self.expected:.0f} were "
            f"expected, and later steps are still met ({', '.join(self.still_met)}): its events are missing, so this "
            "is a break in the instrumentation and not a drop."
        )


def breaks(
    drawn: JourneyDefinition,
    before: Iterable[Visit],
    after: Iterable[Visit],
    *,
    attempts_before: int,
    attempts_after: int,
    release: str,
) -> tuple[Break, ...]:
    """Steps that people met before a release and nobody after it, while steps behind them are still met.

    A whole journey that fell silent is not a break of one step: then nothing behind it is met, and nothing is returned.
    """
    met_before, met_after = _attempts(before), _attempts(after)
    found = []
    for step in drawn.steps:
        if step.number in met_after or not attempts_before:
            continue
        share = met_before.get(step.number, 0) / attempts_before
        behind = tuple(each for each in _behind(drawn, step.name) if drawn.number(each) in met_after)
        if share * attempts_after >= LEAST_EXPECTED and behind:
            found.append(Break(step.name, release, share, share * attempts_after, behind))
    return tuple(found)


def _attempts(visits: Iterable[Visit]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for visit in visits:
        counts[visit.step] = counts.get(visit.step, 0) + visit.attempts
    return counts


def _behind(drawn: JourneyDefinition, name: str) -> Sequence[str]:
    """Steps that can only or also be reached through one, in the order of the definition."""
    behind: set[str] = set()
    while more := {each.name for each in drawn.steps if each.name not in behind and {name, *behind} & set(each.after)}:
        behind |= more
    return [each.name for each in drawn.steps if each.name in behind and each.name != name]
