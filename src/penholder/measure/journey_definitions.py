"""How a service draws its journey: a versioned graph of steps, with where it starts and how it may end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from penholder.errors import Refused
from penholder.measure.journeys import LAST_STEP
from penholder.measure.outcomes import COMPLETING, ERROR

# The set of steps that a journey has reached is one signed 64-bit number in every engine: a bit for "began", and 62
# steps.
MOST_STEPS_IN_A_GRAPH = 62

# Keys stand in file names, addresses and queries, so they hold nothing that would have to be escaped.
_SERVICE_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")


class Kind(StrEnum):
    """What a step asks of the person; the figures "simpler" and "clearer" count steps by it."""

    PAGE = "page"
    QUESTION = "question"  # a page that asks something; it counts as a page too
    DOCUMENT = "document"  # a document is demanded
    HELP = "help"  # the person opened help
    VALIDATION_ERROR = "validation-error"  # an answer was refused
    RESUME = "resume"  # the person came back to a saved attempt: never a start
    TASK = "task"  # something that staff do; the person sees no page


@dataclass(frozen=True)
class Step:
    """One step: its lasting number, its name in events, its kind, what it may follow, its outcome if it is an end.

    A number is never given to another step, not even in a later version. `after` names the steps of which any one leads
    here: several of them join branches. `of` names the question to which a validation error belongs; `aliases` are the
    words that logs use for the step. `text` is what the page says, in house Markdown, for its reading age.
    """

    number: int
    name: str
    kind: Kind = Kind.PAGE
    after: tuple[str, ...] = ()
    outcome: str | None = None
    of: str = ""
    aliases: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class JourneyDefinition:
    """One version of the graph of one service's journey, for attempts that start from `effective_from`.

    An attempt starts at its first event of `starts`; what comes before is kept and not looked at. It ends with the
    first completing end within `window` after the start, else with the first error, else it is open. A gap between two
    events of more than `idle_after` is not counted as time that the service took. A resume step never starts an
    attempt. Steps are listed in the order in which people are meant to meet them; "furthest" goes by that order. Raises
    `Refused` with every fault of the graph.
    """

    service: str
    version: int
    effective_from: date
    starts: tuple[str, ...]
    steps: tuple[Step, ...]
    window: timedelta
    idle_after: timedelta
    effective_to: date | None = None

    def __post_init__(self) -> None:
        if faults := list(_faults(self)):
            raise Refused([f"{self.service}, journey definition {self.version}: {fault}" for fault in faults])

    @cached_property
    def by_name(self) -> dict[str, Step]:
        """Steps by the names that events use."""
        return {name: step for step in self.steps for name in (step.name, *step.aliases)}

    @cached_property
    def by_number(self) -> dict[int, Step]:
        """Steps by their lasting number."""
        return {step.number: step for step in self.steps}

    @cached_property
    def graph(self) -> tuple[Step, ...]:
        """The steps that people go through in order: starts, and what follows something."""
        return tuple(step for step in self.steps if step.after or step.name in self.starts)

    def number(self, name: str) -> int:
        """The number of the step of that name, or 0 for a name that this version does not know."""
        step = self.by_name.get(name)
        return step.number if step else 0


def _faults(drawn: JourneyDefinition) -> Iterable[str]:
    names = [name for step in drawn.steps for name in (step.name, *step.aliases)]
    numbers = [step.number for step in drawn.steps]
    if not _SERVICE_KEY.fullmatch(drawn.service):
        yield "the key of a service is made of small letters, digits and hyphens, at most 120 of them."
    if drawn.version < 1:
        yield "versions are numbered from 1."
    if drawn.effective_to is not None and drawn.effective_to <= drawn.effective_from:
        yield "it ends before it begins; check the dates."
    if drawn.window <= timedelta(0) or drawn.idle_after <= timedelta(0):
        yield "the window and the idle time must be longer than nothing."
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two steps are named “{name}”; give one of them another name."
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        yield f"two steps bear the number {number}; every step keeps a number of its own."
    for step in drawn.steps:
        yield from _faults_of_step(drawn, step, set(names))
    yield from _faults_of_ways(drawn, set(names))


def _faults_of_step(drawn: JourneyDefinition, step: Step, names: set[str]) -> Iterable[str]:
    if not 1 <= step.number <= LAST_STEP:
        yield f"step “{step.name}” has the number {step.number}; use 1 to {LAST_STEP}."
    for before in step.after:
        if before not in names:
            yield f"step “{step.name}” follows “{before}”, which is not a step."
    if step.of and step.of not in names:
        yield f"step “{step.name}” belongs to “{step.of}”, which is not a step."
    if step.outcome is not None and step.outcome not in (*COMPLETING, ERROR):
        yield f"step “{step.name}” ends as “{step.outcome}”; an end is one of {', '.join((*COMPLETING, ERROR))}."
    if step.name in drawn.starts and step.outcome is not None:
        yield f"step “{step.name}” is both a start and an end; an attempt must be able to begin without ending."
    if step.name in drawn.starts and step.kind is Kind.RESUME:
        yield f"step “{step.name}” resumes an attempt, so it cannot start one."


def _faults_of_ways(drawn: JourneyDefinition, names: set[str]) -> Iterable[str]:
    if not drawn.starts:
        yield "no step starts the journey; name at least one."
    for start in drawn.starts:
        if start not in names:
            yield f"the start “{start}” is not a step."
    if not any(step.outcome in COMPLETING for step in drawn.steps):
        yield "no step completes the journey, so nobody could ever finish; name an end with its outcome."
    if len(drawn.graph) > MOST_STEPS_IN_A_GRAPH:
        yield f"{len(drawn.graph)} steps are in the graph; a funnel holds at most {MOST_STEPS_IN_A_GRAPH}. Join some."
    reached = set(drawn.starts)
    while more := {step.name for step in drawn.graph if step.name not in reached and reached & set(step.after)}:
        reached |= more
    for step in drawn.steps:
        if (step.after or step.outcome in COMPLETING) and step.name not in reached:
            yield f"no way leads from a start to “{step.name}”; say which step it follows."


def objections_to_versions(versions: Sequence[JourneyDefinition]) -> list[str]:
    """Every reason why these versions of one service's journey cannot stand side by side; empty means that they can.

    Two versions may not be in force on the same day, and a number of a step may not change its name.
    """
    reasons = []
    ordered = sorted(versions, key=lambda drawn: (drawn.effective_from, drawn.version))
    for one, two in pairwise(ordered):
        if one.version == two.version:
            reasons.append(f"{one.service}: two journey definitions are numbered {one.version}.")
        if one.effective_to is None or one.effective_to > two.effective_from:
            reasons.append(
                f"{one.service}: journey definitions {one.version} and {two.version} are both in force from "
                f"{two.effective_from}. End the first one on that day."
            )
    named: dict[int, str] = {}
    for drawn in ordered:
        reasons.extend(
            f"{drawn.service}: step {step.number} was “{named[step.number]}” and is “{step.name}” in version "
            f"{drawn.version}. Give the new step a number that was never used."
            for step in drawn.steps
            if named.setdefault(step.number, step.name) != step.name
        )
    return reasons


def in_force(versions: Sequence[JourneyDefinition], on: date) -> JourneyDefinition | None:
    """The version for attempts that start on a day, if there is one. `effective_to` is the first day without it."""
    for drawn in versions:
        if drawn.effective_from <= on and (drawn.effective_to is None or on < drawn.effective_to):
            return drawn
    return None
