"""Faster, simpler, clearer: what a service takes from those who finish, and where it is not understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from penholder.errors import Refused
from penholder.measure.definitions import (
    DOCUMENTS,
    ERRORS_PER_QUESTION,
    FAILURE_DEMAND,
    HELP_OPENED,
    MEDIAN_TIME,
    P90_TIME,
    PAGES,
    QUESTIONS,
    READING_AGE,
    Definition,
)
from penholder.measure.figures import Coverage, Figure, share
from penholder.measure.journey_definitions import JourneyDefinition, Kind, Step
from penholder.measure.questions import Effort, Visit
from penholder.measure.values import Absence, Value
from penholder.text.clarity import readability

_MICROSECONDS = 1_000_000


def faster(effort: Effort) -> tuple[Figure, Figure]:
    """Time to complete in seconds: the median, and what nine in ten did not exceed."""
    return (
        _of_effort(MEDIAN_TIME, effort, None if effort.median_time is None else effort.median_time / _MICROSECONDS),
        _of_effort(P90_TIME, effort, None if effort.p90_time is None else effort.p90_time / _MICROSECONDS),
    )


def simpler(effort: Effort) -> tuple[Figure, Figure, Figure]:
    """Questions, pages and documents on the way of those who finished."""
    return (
        _of_effort(QUESTIONS, effort, effort.median_questions),
        _of_effort(PAGES, effort, effort.median_pages),
        _of_effort(DOCUMENTS, effort, effort.median_documents),
    )


def _of_effort(definition: Definition, effort: Effort, value: float | None) -> Figure:
    shown: Value = Absence.NOT_APPLICABLE if value is None else value
    return Figure(definition, shown, effort.finished, Coverage(effort.finished, effort.finished))


@dataclass(frozen=True)
class Questioned:
    """One question: how often it was shown, and how often its answer was refused."""

    name: str
    shown: int
    refused: int

    @property
    def errors(self) -> float | None:
        """Refused answers per showing, which may exceed 1: one showing can be refused often. None when never shown."""
        return self.refused / self.shown if self.shown else None


def refusals(drawn: JourneyDefinition, visits: Iterable[Visit]) -> tuple[Questioned, ...]:
    """Every question of a journey with its refusals, the worst first."""
    met: dict[int, int] = {}
    for visit in visits:
        met[visit.step] = met.get(visit.step, 0) + visit.events
    rows = []
    for step in drawn.steps:
        if step.kind is Kind.QUESTION:
            of_it = [each for each in drawn.steps if each.kind is Kind.VALIDATION_ERROR and each.of == step.name]
            rows.append(Questioned(step.name, met.get(step.number, 0), sum(met.get(each.number, 0) for each in of_it)))
    return tuple(sorted(rows, key=lambda row: (-(row.errors or 0), row.name)))


def errors_per_question(questions: Iterable[Questioned]) -> Figure:
    """Refused answers per question shown, over all questions of a journey."""
    listed = list(questions)
    shown, refused = sum(each.shown for each in listed), sum(each.refused for each in listed)
    value: Value = refused / shown if shown else Absence.NOT_APPLICABLE
    return Figure(ERRORS_PER_QUESTION, value, shown, Coverage(sum(1 for each in listed if each.shown), len(listed)))


def help_opened(*, with_help: int, attempts: int) -> Figure:
    """The share of mature attempts in which help was opened."""
    if not 0 <= with_help <= attempts:
        raise Refused(
            f"Help was opened in {with_help} of {attempts} attempts: the part must lie between 0 and the whole."
        )
    return share(HELP_OPENED, with_help, attempts, coverage=Coverage(attempts, attempts))


def pages_of(drawn: JourneyDefinition) -> tuple[Step, ...]:
    """The steps of a journey at which people read a page."""
    return tuple(step for step in drawn.steps if step.kind in {Kind.PAGE, Kind.QUESTION})


@lru_cache(1024)
def reading_age(words: tuple[str, ...]) -> Figure:
    """The age at which people can read the pages of a journey: `words` of each, "" where they are not known."""
    told = [text for text in words if text]
    reading = readability(told)
    value: Value = Absence.NOT_PROVIDED if reading.age is None else reading.age
    return Figure(READING_AGE, value, reading.words, Coverage(len(told), len(words)))


def failure_demand(*, failures: int, classified: int, contacts: int) -> Figure:
    """The share of contacts that a service made for itself; coverage says how many contacts were classified at all."""
    if not 0 <= failures <= classified <= contacts:
        raise Refused(
            f"{failures} failures among {classified} classified of {contacts} contacts: "
            "each must lie between 0 and the next."
        )
    return share(FAILURE_DEMAND, failures, classified, coverage=Coverage(classified, contacts))
