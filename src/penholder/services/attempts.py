"""Figures from journeys: attempts counted by an engine, up to the newest event, for whole periods, by channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from penholder.measure.engines.asking import SqlEngine
from penholder.measure.figures import Figure
from penholder.measure.formulas.completion import completion
from penholder.measure.formulas.ease import errors_per_question, faster, help_opened, refusals, simpler
from penholder.measure.journey_definitions import JourneyDefinition, Kind
from penholder.measure.journeys import micros
from penholder.measure.questions import Dimension, Effort, Group, Outcomes, Question, Visit
from penholder.services import counting, journeys, pagetexts
from penholder.services.periods import Span
from penholder.services.periods import months as whole_months


@dataclass(frozen=True, slots=True)
class Attempted:
    """One figure of a service, period and channel that journeys gave. `young` attempts are not judged yet."""

    service: str
    period: str
    channel: str
    figure: Figure
    young: int


def figures(
    folder: Path, spans: Iterable[Span], *, at: datetime, services: Iterable[str] | None = None
) -> list[Attempted]:
    """Every figure that journeys give for these periods. Five passes for all months together, and five for each other.

    Attempts belong to the day of their start (UTC), and are judged by the version of the journey in force on it. The
    reading age needs no attempts: it is that of what the pages say on the last day of the period.
    """
    definitions = journeys.definitions(services)
    drawn = tuple(each for versions in definitions.values() for each in versions)
    asked = sorted(set(spans))
    if not drawn or not asked:
        return []
    found = list(_ages(definitions, asked, at.date()))
    with counting.engine(folder, services=definitions.keys()) as engine:
        if engine is None:
            return found
        months = [span for span in asked if span.months == 1 and span == month_of(span)]
        found += _read(engine, drawn, months, at) if months else []
        for span in asked:
            if span not in months:
                found += _read(engine, drawn, [span], at)
        return found


def _ages(
    definitions: Mapping[str, Sequence[JourneyDefinition]], spans: Sequence[Span], today: date
) -> Iterator[Attempted]:
    """The reading age on the last day of each period that has begun; today, where it is not over."""
    worded = pagetexts.read(definitions)
    begun = [span for span in spans if span.starts_on <= today]
    for service, drawn in definitions.items():
        for span in begun:
            last = min(span.ends_on - timedelta(days=1), today)
            if age := pagetexts.reading_age_on(last, drawn, worded.get(service, ())):
                yield Attempted(service, span.key, "", age, 0)


def month_of(span: Span) -> Span:
    """The whole month in which a period begins."""
    return whole_months(span.starts_on)


def _read(
    engine: SqlEngine, drawn: tuple[JourneyDefinition, ...], spans: Sequence[Span], at: datetime
) -> Iterator[Attempted]:
    """The figures of several months, or of one period of any length."""
    keys = {span.starts_on.year * 100 + span.starts_on.month: span.key for span in spans}
    split: tuple[Dimension, ...] = ("month",) if len(spans) > 1 else ()
    whole = Question(drawn, at=micros(at), by=split, since=_start(spans[0].starts_on), until=_start(spans[-1].ends_on))
    by_channel = replace(whole, by=("channel", *split))

    def period(group: Group) -> str:
        return spans[0].key if group.month is None else keys.get(group.month, "")

    outcomes: defaultdict[tuple[str, str, str], list[Outcomes]] = defaultdict(list)
    for answer in engine.outcomes(by_channel):
        where = answer.group.service, period(answer.group)
        outcomes[(*where, "")].append(answer)
        outcomes[(*where, answer.group.channel or "")].append(answer)
    for (service, key, channel), answers in outcomes.items():
        done = completion(answers)
        if key and (done.cohort or done.young):
            yield Attempted(service, key, channel, _sourced(done.figure()), done.young)
        if key and done.cohort and _have_help(drawn, service, {answer.group.version for answer in answers}):
            helped = help_opened(with_help=sum(answer.helped for answer in answers), attempts=done.cohort)
            yield Attempted(service, key, channel, _sourced(helped), 0)
    for question in (whole, by_channel):
        yield from _efforts(engine.efforts(question), period)
    visits: defaultdict[tuple[str, str], list[Visit]] = defaultdict(list)
    for visit in engine.visits(whole):
        visits[visit.group.service, period(visit.group)].append(visit)
    for (service, key), met in visits.items():
        if key:
            yield from _clearer(service, key, drawn, met)


def _efforts(efforts: Sequence[Effort], period: Callable[[Group], str]) -> Iterator[Attempted]:
    """Medians of a period. Where two versions of a journey share it, they have none together."""
    by_where: defaultdict[tuple[str, str, str], list[Effort]] = defaultdict(list)
    for effort in efforts:
        by_where[effort.group.service, period(effort.group), effort.group.channel or ""].append(effort)
    for (service, key, channel), found in by_where.items():
        if key and len(found) == 1:
            for figure in (*faster(found[0]), *simpler(found[0])):
                yield Attempted(service, key, channel, _sourced(figure), 0)


def _clearer(service: str, period: str, drawn: Sequence[JourneyDefinition], met: list[Visit]) -> Iterator[Attempted]:
    versions = {visit.group.version for visit in met}
    graphs = [each for each in drawn if each.service == service and each.version in versions]
    if len(graphs) != 1:
        return
    if questions := refusals(graphs[0], met):
        yield Attempted(service, period, "", _sourced(errors_per_question(questions)), 0)


def _have_help(drawn: Iterable[JourneyDefinition], service: str, versions: set[int]) -> bool:
    """Whether each of these versions draws a step at which help is opened: without, nobody could be seen to open it."""
    graphs = [each for each in drawn if each.service == service and each.version in versions]
    return all(any(step.kind is Kind.HELP for step in graph.steps) for graph in graphs)


def _sourced(figure: Figure) -> Figure:
    return replace(figure, provenance=("journeys of the service, as its events tell them",))


def _start(day: date) -> int:
    return micros(datetime.combine(day, time(), UTC))
