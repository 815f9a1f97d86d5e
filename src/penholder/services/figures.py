"""The figures of services: worked out of what was submitted and of journeys, or as they were published on a day.

    table = figures.read(services=["renew-a-licence"])           # every period; four queries and the journeys
    table = figures.read(periods=["2026-10"], as_published_on=date(2026, 11, 20))
    table.of("renew-a-licence", "2026-10", "completion-rate")    # a FigureOf, or None where nothing was submitted

The same `Figure` comes from all three: a value or the reason why there is none, n, coverage, interval, provenance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from penholder.measure.figures import Figure
from penholder.services import attempts, computing, costlines, frozen, values
from penholder.services import periods as period_rows
from penholder.services.cells import Given
from penholder.services.models import Channel, Period
from penholder.services.periods import Span
from penholder.services.whys import Why


@dataclass(frozen=True, slots=True)
class FigureOf:
    """One figure of one service, period and channel ("" for all together).

    `origin`: "submitted", "journeys", or "published" with the key and seal of the publication that froze it. `why` is
    what a reader must be told beside it.
    """

    service: str
    period: str
    channel: str
    figure: Figure
    why: tuple[str, ...] = ()
    origin: str = "submitted"
    publication: str = ""
    seal: str = ""


@dataclass(frozen=True)
class Table:
    """Figures of many services and periods. `periods` are those met, oldest first; `spans` their days by key."""

    figures: tuple[FigureOf, ...]
    spans: Mapping[str, Span]
    labels: Mapping[str, str]

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods of which there are figures, oldest first."""
        met = {each.period for each in self.figures}
        return tuple(sorted(met, key=lambda key: self.spans[key]))

    def of(
        self, service: str, period: str, definition: str, *, channel: str = "", version: int | None = None
    ) -> FigureOf | None:
        """One figure. Without a version, the one of the definition that was in force when the period began."""
        versions = self._by.get((service, period, channel, definition), {})
        if version is not None:
            return versions.get(version)
        starts = self.spans[period].starts_on if period in self.spans else date.max
        return _in_force(versions.values(), starts)

    def over_time(self, service: str, definition: str, *, channel: str = "") -> list[FigureOf]:
        """A figure of a service in every period of which there is one, oldest first."""
        found = (self.of(service, period, definition, channel=channel) for period in self.periods)
        return [each for each in found if each is not None]

    def about(self, service: str, period: str) -> list[FigureOf]:
        """Every figure of a service in a period."""
        return [each for each in self.figures if (each.service, each.period) == (service, period)]

    @cached_property
    def _by(self) -> dict[tuple[str, str, str, str], dict[int, FigureOf]]:
        found: defaultdict[tuple[str, str, str, str], dict[int, FigureOf]] = defaultdict(dict)
        for each in self.figures:
            definition = each.figure.definition
            found[each.service, each.period, each.channel, definition.key][definition.version] = each
        return dict(found)


def _in_force(versions: Iterable[FigureOf], on: date) -> FigureOf | None:
    for each in versions:
        definition = each.figure.definition
        if definition.effective_from <= on and (definition.effective_to is None or on < definition.effective_to):
            return each
    return None


def read(
    *,
    services: Iterable[str] | None = None,
    periods: Iterable[str] | None = None,
    as_published_on: date | None = None,
    at: datetime | None = None,
) -> Table:
    """Figures of these services and periods, all where none are named: as published, and live where nothing is yet.

    With `as_published_on`, what was public on that day and nothing else. With `at`, now, journeys are counted too.
    """
    keys, spans = _listed(services), _listed(periods)
    said = frozen.read(services=keys, periods=spans, on=as_published_on)
    public = [
        FigureOf(each.service, each.period, each.channel, each.figure, (), "published", each.publication, each.seal)
        for each in said.figures
    ]
    rest = list(_computed(keys, spans, as_published_on, without=said.covered))
    if at is not None and as_published_on is None:
        rest = _with_journeys(rest, keys, spans, at, without=said.covered)
    return _table([*public, *rest])


def live(
    *, services: Iterable[str] | None = None, periods: Iterable[str] | None = None, at: datetime | None = None
) -> Table:
    """Figures worked out now, whatever was published. With `at`, now, journeys are counted too."""
    keys, spans = _listed(services), _listed(periods)
    found = list(_computed(keys, spans, None, without=frozenset()))
    return _table(found if at is None else _with_journeys(found, keys, spans, at, without=frozenset()))


def _with_journeys(
    found: list[FigureOf],
    services: list[str] | None,
    keys: list[str] | None,
    at: datetime,
    *,
    without: Collection[tuple[str, str]],
) -> list[FigureOf]:
    """The same figures with those that journeys give in place of those that were submitted."""
    rows = Period.objects.all() if keys is None else Period.objects.filter(key__in=keys)
    spans = [period_rows.span(row) for row in rows]
    # Events come before anybody submits or freezes anything, so a period that is named need not be noted yet.
    spans += [period_rows.parse(key) for key in keys or () if key not in {span.key for span in spans}]
    counted = [
        FigureOf(each.service, each.period, each.channel, each.figure, _young(each.young), "journeys")
        for each in attempts.figures(Path(settings.PENHOLDER_EVENTS), spans, at=at, services=services)
        if (each.service, each.period) not in without
    ]
    taken = {_what(each) for each in counted}
    return [*(each for each in found if _what(each) not in taken), *counted]


def _what(each: FigureOf) -> tuple[str, str, str, str, int]:
    definition = each.figure.definition
    return each.service, each.period, each.channel, definition.key, definition.version


def _young(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    told = gettext_noop("Attempts that have not had their time yet, and are not judged: %(count)s.")
    return (Why.of(told, count=(str(count),)),)


def _listed(keys: Iterable[str] | None) -> list[str] | None:
    return None if keys is None else list(keys)


def _table(found: list[FigureOf]) -> Table:
    rows = {row.key: row for row in Period.objects.all()}
    spans = {each.period: period_rows.parse(each.period) for each in found if each.period not in rows}
    spans |= {key: period_rows.span(row) for key, row in rows.items()}
    found.sort(key=lambda each: (each.service, spans[each.period], each.figure.definition.key, each.channel))
    return Table(tuple(found), spans, {key: row.label for key, row in rows.items() if row.label})


def _computed(
    services: list[str] | None, periods: list[str] | None, on: date | None, *, without: Collection[tuple[str, str]]
) -> Iterator[FigureOf]:
    """Worked out of what was submitted, but for these (service, period)."""
    given: defaultdict[tuple[str, str], dict[tuple[str, str], Given]] = defaultdict(dict)
    sources: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for value in values.read(services=services, periods=periods, as_published_on=on):
        if (value.service, value.period) not in without:
            given[value.service, value.period][value.channel, value.quantity] = value.value
            sources[value.service, value.period][value.source] = None
    costs = costlines.by_service_and_period(services, periods) if on is None else {}
    klasses = _klasses(services)
    for (service, period), cells in given.items():
        supplied = computing.Supplied(
            cells, klasses.get(service, {}), costs.get((service, period), ()), tuple(sources[service, period])
        )
        for each in computing.compute(supplied):
            yield FigureOf(service, period, each.channel, each.figure, each.why)


def _klasses(services: list[str] | None) -> dict[str, dict[str, str]]:
    rows = Channel.objects.filter(service__key__in=services) if services is not None else Channel.objects.all()
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for service, key, klass in rows.values_list("service__key", "key", "klass"):
        found[service][key] = klass
    return found
