"""A funnel as ways from step to step, for a picture and a table of a journey: nobody appears, nobody vanishes."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping

from penholder.charts.sankey import Journey, Stop, Way
from penholder.measure.journey_definitions import JourneyDefinition, Step
from penholder.measure.outcomes import COMPLETING
from penholder.measure.questions import Funnel
from penholder.measure.suppression import SMALLEST_SHOWN


def journey(
    drawn: JourneyDefinition, funnel: Funnel, *, title: str = "", names: Mapping[str, str] | None = None
) -> Journey:
    """The steps that each attempt reached, joined in the order of the definition.

    An attempt that ended goes from its last step to its end: the first completing one, else the error. One that did not
    end left at the last step that it reached. `names` are the words for steps; without them their names stand.
    """
    steps = {step.number: step for step in drawn.graph}
    came: Counter[str] = Counter()
    left: Counter[str] = Counter()
    went: Counter[tuple[str, str]] = Counter()
    for numbers, count in funnel.sets.items():
        chain = _chain([step for step in drawn.graph if step.number in numbers])
        for step in chain:
            came[step.name] += count
        for one, two in itertools.pairwise(chain):
            went[one.name, two.name] += count
        if chain and chain[-1].outcome is None:
            left[chain[-1].name] += count
    words = names or {}
    # Ends last, so that every way leads on.
    ordered = sorted(steps.values(), key=lambda step: step.outcome is not None)
    place = {step.name: at for at, step in enumerate(ordered)}
    return Journey(
        title,
        tuple(
            Stop(
                step.name,
                words.get(step.name, step.name),
                came[step.name],
                left[step.name],
                end=step.outcome is not None,
                good=step.outcome is None or step.outcome in COMPLETING,
            )
            for step in ordered
        ),
        tuple(
            Way(one, two, count)
            for (one, two), count in sorted(went.items(), key=lambda each: [place[name] for name in each[0]])
        ),
    )


def _chain(reached: list[Step]) -> list[Step]:
    """Steps on the way in order, then the one end that counts."""
    ends = [step for step in reached if step.outcome is not None]
    completing = [step for step in ends if step.outcome in COMPLETING]
    return [step for step in reached if step.outcome is None] + (completing or ends)[:1]


def without_rare(drawn: JourneyDefinition, funnel: Funnel) -> tuple[Funnel, int]:
    """The funnel without ways that fewer than five people took, and how many attempts that leaves out.

    Every number of what is left is a sum of ways that five or more took. Left out are none or at least five of those
    who ended, and none or at least five of those who did not, so that nobody is found by taking it from the totals.
    """
    ends = {step.number for step in drawn.graph if step.outcome is not None}
    kept: dict[frozenset[int], int] = {}
    hidden = 0
    for ended in (True, False):
        ways = sorted(
            ((count, sorted(steps), steps) for steps, count in funnel.sets.items() if bool(steps & ends) is ended),
            key=lambda way: way[:2],
        )
        out = 0
        while ways and (ways[0][0] < SMALLEST_SHOWN or 0 < out < SMALLEST_SHOWN):
            out += ways.pop(0)[0]
        hidden += out
        kept.update({steps: count for count, _order, steps in ways})
    return Funnel(funnel.group, kept), hidden
