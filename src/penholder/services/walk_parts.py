"""A journey split by channel, by release and by month, so that no part tells what the whole withholds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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


# Where more than this part of the attempts went ways that are left out, shares of the rest would mislead.
_MOST_LEFT_OUT = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """The attempts of one channel, release or month, as far as they tell of nobody.

    `key` is what events say; "" where they do not say it. A month is year × 100 + month. `started` and `completed`
    count all of them; None where a total would tell of fewer than five. `funnel` leaves out ways that fewer than five
    took; None where that is so many that shares of the rest would mislead.
    """

    key: str
    started: int | None
    completed: int | None
    interval: Interval | None
    funnel: Funnel | None
    leaving: tuple[Leaving, ...]


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
        size = {key: sum(sets.values()) for key, sets in counts.items()}
        keys = sorted(counts, key=lambda key: (-size[key], key))
        if by == "release":
            keys.sort(key=lambda key: (order.get(key, len(order)), key))
        elif by == "month":
            keys.sort()
        parts = _parts(drawn, whole, {key: counts[key] for key in keys})
        if len(parts) > 1 and any(part.started is not None for part in parts):
            found[by] = parts
    return found


def _parts(drawn: JourneyDefinition, whole: Funnel, counts: Mapping[str, _Sets]) -> tuple[Part, ...]:
    classes = _classes(drawn)
    totals = {key: _totals(sets, classes) for key, sets in counts.items()}
    ways, hidden = apart(whole.sets, counts, classes), withheld(totals)
    found = []
    for key, sets in ways.items():
        total, completed = sum(totals[key]), totals[key][COMPLETED]
        left_out = total - sum(sets.values())
        funnel = Funnel(whole.group, sets) if key not in hidden and left_out <= _MOST_LEFT_OUT * total else None
        found.append(
            Part(key, None, None, None, None, ())
            if key in hidden
            else Part(
                key, total, completed, share_interval(completed, total), funnel,
                leaving(drawn, funnel) if funnel else (),
            )
        )  # fmt: skip
    return tuple(found)


# How an attempt stands, by the steps that it reached: still open, ended otherwise, ended with an answer.
OPEN, ENDED, COMPLETED = range(3)
Class = Callable[[_Steps], int]


def _classes(drawn: JourneyDefinition) -> Class:
    ends = frozenset(step.number for step in drawn.graph if step.outcome is not None)
    completing = frozenset(step.number for step in drawn.graph if step.outcome in COMPLETING)
    return lambda steps: COMPLETED if steps & completing else ENDED if steps & ends else OPEN


def _totals(sets: _Sets, classes: Class) -> tuple[int, int, int]:
    found = [0, 0, 0]
    for steps, count in sets.items():
        found[classes(steps)] += count
    return found[0], found[1], found[2]


def withheld(totals: Mapping[str, tuple[int, int, int]]) -> set[str]:
    """The parts whose totals are not told: those with one to four attempts of a class, and as many more as it takes.

    What is withheld together has none or at least five of each class, so that nothing is found from the whole.
    """
    hidden = {key for key, told in totals.items() if any(0 < count < SMALLEST_SHOWN for count in told)}
    left = sorted((key for key in totals if key not in hidden), key=lambda key: (sum(totals[key]), key))
    while left and hidden:
        sums = [sum(totals[key][at] for key in hidden) for at in (OPEN, ENDED, COMPLETED)]
        if not any(0 < count < SMALLEST_SHOWN for count in sums):
            break
        hidden.add(left.pop(0))
    return hidden


def apart(whole: _Sets, parts: Mapping[str, _Sets], classes: Class) -> dict[str, dict[_Steps, int]]:
    """What each part may show of its ways. Only ways that the whole shows, only where five or more took them.

    What is left out of one way, or of one class of one part, is nothing or at least five people: so nobody is found by
    taking what is shown from the whole or from a total of the part.
    """
    cells = {(key, steps): count for key, sets in parts.items() for steps, count in sets.items() if count}
    lines: defaultdict[tuple[str, object], list[tuple[str, _Steps]]] = defaultdict(list)
    for key, steps in cells:
        if steps in whole:
            lines["way", steps].append((key, steps))
        lines[key, classes(steps)].append((key, steps))
    hidden = {cell for cell, count in cells.items() if cell[1] not in whole or count < SMALLEST_SHOWN}
    # Hiding one cell may make another line give something away, so lines are gone through until nothing is added.
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for line in lines.values():
            shown = [cell for cell in line if cell not in hidden]
            shown.sort(key=lambda cell: (cells[cell], cell[0], sorted(cell[1])))
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
