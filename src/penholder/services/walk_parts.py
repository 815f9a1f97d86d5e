"""A journey split by channel, by release and by month, so that no part tells what the whole withholds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from penholder.measure.intervals import Interval, share_interval
from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.leaving import Leaving, leaving
from penholder.measure.outcomes import COMPLETING
from penholder.measure.questions import Funnel
from penholder.measure.suppression import SMALLEST_SHOWN

# What a journey is split by, in the order in which pages show it.
SPLITS = ("channel", "release", "month")

_Steps = frozenset[int]
_Sets = Mapping[_Steps, int]


@dataclass(frozen=True, slots=True)
class Part:
    """The attempts of one channel, release or month, without ways that would tell of fewer than five people.

    `key` is what events say; "" where they do not say it. A month is year × 100 + month.
    """

    key: str
    funnel: Funnel
    leaving: tuple[Leaving, ...]
    completed: int
    interval: Interval | None


def split(
    drawn: JourneyDefinition, whole: Funnel, funnels: Iterable[Funnel], *, releases: Sequence[str]
) -> dict[str, tuple[Part, ...]]:
    """The parts of a whole that is public already, by what it is split by. Nothing where there is but one part.

    `funnels` are split by channel, release and month at once; `releases` are names in order, oldest first.
    """
    listed = list(funnels)
    order = {name: at for at, name in enumerate(releases)}
    found = {}
    for by in SPLITS:
        counts: defaultdict[str, defaultdict[_Steps, int]] = defaultdict(lambda: defaultdict(int))
        for funnel in listed:
            for steps, count in funnel.sets.items():
                counts[_key(funnel, by)][steps] += count
        ends = frozenset(step.number for step in drawn.graph if step.outcome is not None)
        shown = apart(whole.sets, counts, ends)
        parts = [_part(drawn, whole, key, sets) for key, sets in shown.items() if sets]
        if len(counts) > 1 and parts:
            if by == "release":
                parts.sort(key=lambda part: (order.get(part.key, len(order)), part.key))
            elif by == "month":
                parts.sort(key=lambda part: part.key)
            else:
                parts.sort(key=lambda part: (-part.funnel.started, part.key))
            found[by] = tuple(parts)
    return found


def apart(whole: _Sets, parts: Mapping[str, _Sets], ends: _Steps) -> dict[str, dict[_Steps, int]]:
    """What each part may show of its ways. Only ways that the whole shows, only where five or more took them.

    What is left out of one way, or of those of one part that ended, or did not, is nothing or at least five people: so
    nobody is found by taking what is shown from the whole or from a total of the part.
    """
    cells = {(key, steps): count for key, sets in parts.items() for steps, count in sets.items() if count}
    lines: defaultdict[tuple[str, object], list[tuple[str, _Steps]]] = defaultdict(list)
    for key, steps in cells:
        if steps in whole:
            lines["way", steps].append((key, steps))
        lines[key, bool(steps & ends)].append((key, steps))
    hidden = {cell for cell, count in cells.items() if cell[1] not in whole or count < SMALLEST_SHOWN}
    # Hiding one cell may make another line give something away, so lines are gone through until nothing is added.
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for line in lines.values():
            shown = sorted(
                (cell for cell in line if cell not in hidden), key=lambda cell: (cells[cell], sorted(cell[1]))
            )
            out = sum(cells[cell] for cell in line if cell in hidden)
            while shown and 0 < out < SMALLEST_SHOWN:
                hidden.add(shown[0])
                out += cells[shown.pop(0)]
    return {
        key: {steps: count for steps, count in sets.items() if count and (key, steps) not in hidden}
        for key, sets in parts.items()
    }


def _key(funnel: Funnel, by: str) -> str:
    said = getattr(funnel.group, by)
    return "" if said is None else str(said)


def _part(drawn: JourneyDefinition, whole: Funnel, key: str, sets: dict[_Steps, int]) -> Part:
    funnel = Funnel(whole.group, sets)
    ends = {step.number for step in drawn.graph if step.outcome in COMPLETING}
    completed = sum(count for steps, count in sets.items() if steps & ends)
    return Part(key, funnel, leaving(drawn, funnel), completed, share_interval(completed, funnel.started))
