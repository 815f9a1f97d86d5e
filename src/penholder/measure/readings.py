"""Paths read with a journey definition, many at once: when an attempt started, how it ended, and how far it came.

Sealing fills five columns of the journeys table with it. `judge` says the same slowly, and tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.journeys import STEP_BITS, STEP_MASK
from penholder.measure.outcomes import COMPLETING, ERROR, OPEN, OUTCOMES

Numbers = npt.NDArray[np.int64]

# Greater than every packed event: stands for "there is none" where the least number is sought.
_NONE = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Readings:
    """One entry per path. Times are microseconds since 1970; -1 where there is none. `outcome` indexes `OUTCOMES`.

    `reached` is the set of steps that were reached in order within the window, as the bits of `Shape`.
    """

    started_at: Numbers
    ended_at: Numbers
    outcome: npt.NDArray[np.int8]
    furthest: npt.NDArray[np.int16]
    reached: Numbers


@dataclass(frozen=True)
class Shape:
    """A journey definition as tables of numbers; rows of `bit` and `before` are looked up by the number of a step.

    Bit 0 says that the attempt began. Step `s` is reached when the attempt has reached any step of `before[s]`; then
    `bit[s]` is added. Both are 0 for steps outside the graph. `outcome` indexes `OUTCOMES`; -1: no end.
    """

    bit: Numbers
    before: Numbers
    starts: npt.NDArray[np.bool_]
    outcome: npt.NDArray[np.int8]
    numbers: tuple[int, ...]  # of the graph's steps, in its order: the step of bit 1, of bit 2, …
    window: int  # microseconds


def shape_of(drawn: JourneyDefinition) -> Shape:
    """The definition as tables of numbers, for numpy and for SQL."""
    size = STEP_MASK + 1
    bit, before = np.zeros(size, np.int64), np.zeros(size, np.int64)
    starts, outcome = np.zeros(size, np.bool_), np.full(size, -1, np.int8)
    bits = {step.name: 1 << place for place, step in enumerate(drawn.graph, start=1)}
    for step in drawn.graph:
        bit[step.number] = bits[step.name]
        before[step.number] = sum({bits[name] for name in step.after if name in bits}) | (step.name in drawn.starts)
    for step in drawn.steps:
        starts[step.number] = step.name in drawn.starts
        if step.outcome is not None:
            outcome[step.number] = OUTCOMES.index(step.outcome)
    numbers = tuple(step.number for step in drawn.graph)
    return Shape(bit, before, starts, outcome, numbers, drawn.window // timedelta(microseconds=1))


def read(drawn: JourneyDefinition, values: Numbers, offsets: Numbers) -> Readings:
    """Read paths that lie one behind the other in `values`; path i is `values[offsets[i]:offsets[i + 1]]`, never empty.

    `values` are packed events, ascending within a path (Arrow's layout of list<int64>: one `offset` more than paths).
    """
    shape = shape_of(drawn)
    count = len(offsets) - 1
    if count == 0:
        nothing = np.zeros(0, np.int64)
        return Readings(nothing, nothing, nothing.astype(np.int8), nothing.astype(np.int16), nothing)
    heads, lengths = offsets[:-1], np.diff(offsets)
    values = values[: offsets[-1]]
    steps = values & STEP_MASK

    # All events of the microsecond of the start belong to the attempt.
    start = _first(values, shape.starts[steps], heads)
    began = start != _NONE
    # The last packed number that is still within the window; a fragment without a start has none.
    last = np.where(began, ((start >> STEP_BITS) + shape.window << STEP_BITS) | STEP_MASK, -1)
    within = (values >= np.repeat(start & ~STEP_MASK, lengths)) & (values <= np.repeat(last, lengths))

    ends = shape.outcome[steps]
    completing = np.isin(ends, [OUTCOMES.index(each) for each in COMPLETING])
    completed = _first(values, within & completing, heads)
    failed = _first(values, within & (ends == OUTCOMES.index(ERROR)), heads)
    end = np.where(completed != _NONE, completed, failed)
    ended = end != _NONE
    outcome = np.where(ended, shape.outcome[np.where(ended, end & STEP_MASK, 0)], OUTCOMES.index(OPEN))

    reached = _reached(shape, values, heads, lengths, last)
    numbers = np.array([0, *shape.numbers], np.int16)
    return Readings(
        started_at=np.where(began, start >> STEP_BITS, -1),
        ended_at=np.where(ended, end >> STEP_BITS, -1),
        outcome=outcome.astype(np.int8),
        furthest=numbers[_highest_bit(reached)],
        reached=reached,
    )


def _first(values: Numbers, wanted: npt.NDArray[np.bool_], heads: Numbers) -> Numbers:
    """The first wanted event of each path, or _NONE. Paths ascend, so the first is the least."""
    least: Numbers = np.minimum.reduceat(np.where(wanted, values, _NONE), heads)
    return least


def _reached(shape: Shape, values: Numbers, heads: Numbers, lengths: Numbers, last: Numbers) -> Numbers:
    """The set of steps, as bits, that each path reached within its window; bit 0 stands for having begun."""
    # Longest paths first: those that still have an event at some place are then the first so many.
    order = np.argsort(-lengths, kind="stable")
    heads, last, lengths = heads[order], last[order], lengths[order]
    reached = np.ones(len(heads), np.int64)
    for place in range(int(lengths[0])):
        going = int(np.searchsorted(-lengths, -place, side="left"))
        event = values[heads[:going] + place]
        step = event & STEP_MASK
        follows = (reached[:going] & shape.before[step] != 0) & (event <= last[:going])
        reached[:going] |= np.where(follows, shape.bit[step], 0)
    back: Numbers = np.empty_like(reached)
    back[order] = reached
    return back


def _highest_bit(numbers: Numbers) -> Numbers:
    """The place of the highest bit that is set; exact for all 63 bits, which a float's logarithm is not."""
    place: Numbers = np.zeros(len(numbers), np.int64)
    left = numbers.copy()
    for half in (32, 16, 8, 4, 2, 1):
        more = left >> half != 0
        place += np.where(more, half, 0)
        left = np.where(more, left >> half, left)
    return place
