"""What the public may know of services, read once: figures as published, where each came from, and what was revised.

    told = disclosures.read(at=now)        # some twenty queries, however many services and periods there are
    told.figure("renew-a-licence", "2026-Q3", "completion-rate")
    told.axis("renew-a-licence")           # its periods in order, with those of which nothing is known

Nothing is public here but what a source had published itself and what stands in a publication that was signed off.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from penholder.measure.definitions import DEFINITIONS, Definition, definition
from penholder.measure.figures import Coverage, Figure
from penholder.measure.formulas.costs import CostLine
from penholder.measure.values import Absence
from penholder.people.models import Organisation
from penholder.services import costlines, figures, frozen, renames, standing, values, walks
from penholder.services.cells import Given
from penholder.services.figures import FigureOf, Table
from penholder.services.frozen import Frozen
from penholder.services.models import (
    Assessment,
    Descent,
    Exemplar,
    FrozenFigure,
    Publication,
    ServiceRelease,
    ServiceVersion,
    State,
    Submission,
    Target,
)
from penholder.services.periods import Span, months
from penholder.services.standing import ServiceStanding
from penholder.services.values import RevisionOf
from penholder.services.walks import Walk

# The four figures that every department must supply of every service, in the order in which pages show them.
KPIS = ("completion-rate", "digital-take-up", "share-satisfied", "cost-per-transaction")
# Whether a service becomes simpler, clearer and faster, in the order of those words.
EASE = (
    "questions", "pages", "documents", "reading-age", "errors-per-question", "help-opened", "median-time", "p90-time",
    "failure-demand",
)  # fmt: skip
TRANSACTIONS = "transactions"


@dataclass(frozen=True, slots=True)
class SourceOf:
    """Something that was published elsewhere and came here as it was, with the digest of its bytes."""

    key: str
    name: str
    digest: str
    said_on: date


@dataclass(frozen=True, slots=True)
class PublicationOf:
    """The figures of one organisation for one period, published here: it stands, or was replaced, and stays readable.

    `manifest` is the exact text whose SHA-256 is `seal`.
    """

    key: str
    organisation: str  # key
    organisation_name: str
    period: str
    number: int
    purpose: str
    stands: bool
    reason: str
    seal: str
    manifest: str
    signed_by: str
    signed_at: datetime | None
    published_at: datetime


@dataclass(frozen=True)
class Disclosed:
    """All services as readers may see them on a day."""

    on: date
    services: tuple[ServiceStanding, ...]  # by name
    table: Table
    counts: Mapping[tuple[str, str, str], Given]  # transactions by (service, period, channel); "" for all channels
    revisions: Mapping[str, tuple[RevisionOf, ...]]  # by service, newest first
    sources: tuple[SourceOf, ...]  # newest first
    publications: tuple[PublicationOf, ...]  # newest first
    assessments: Mapping[str, tuple[Assessment, ...]]  # by service, newest first, with their points
    costs: Mapping[tuple[str, str], tuple[CostLine, ...]]  # by (service, period), of published periods
    walks: Mapping[str, Walk]  # by service, of those whose journeys are known
    followers: Mapping[str, str] = field(default_factory=dict)  # organisations → the one that answers for them now

    def of(self, service: str, period: str, key: str, *, channel: str = "") -> FigureOf | None:
        """A figure by the definition in force when its period began, or by the first one for what is older than that.

        None where nothing was given.
        """
        if period not in self.table.spans:
            return None
        oldest = _oldest(key)
        if self.table.spans[period].starts_on < oldest.effective_from:
            return self.table.of(service, period, key, channel=channel, version=oldest.version)
        return self.table.of(service, period, key, channel=channel)

    def figure(self, service: str, period: str, key: str, *, channel: str = "") -> FigureOf:
        """A figure; where nobody gave anything it is one that says "not provided"."""
        found = self.of(service, period, key, channel=channel)
        if found is not None:
            return found
        oldest = _oldest(key)
        starts_on = self.table.spans[period].starts_on if period in self.table.spans else oldest.effective_from
        by = definition(key, max(starts_on, oldest.effective_from))
        return FigureOf(service, period, channel, Figure(by, NOTHING, 0, Coverage(0, 0)))

    @cached_property
    def main_axis(self) -> tuple[Span, ...]:
        """The periods of the rhythm in which most services report, oldest first, gaps included."""
        met = Counter(self.table.spans[each.period] for each in self.table.figures)
        met.update(self.table.spans[period] for _service, period, _channel in self.counts)
        return axis_of(met)

    @property
    def newest(self) -> Span | None:
        """The newest period of the main axis; None before there is any figure."""
        return self.main_axis[-1] if self.main_axis else None

    def axis(self, service: str) -> tuple[Span, ...]:
        """The periods of one service's own rhythm, oldest first, gaps included, up to the newest of everybody's.

        A service that fell silent keeps its axis to today's end: its silence is then seen.
        """
        own = self._periods.get(service)
        if not own:
            return ()
        found = axis_of(own)
        if found[0] in self.main_axis:
            return self.main_axis[self.main_axis.index(found[0]) :]
        return found

    @cached_property
    def _periods(self) -> dict[str, Counter[Span]]:
        met: defaultdict[str, Counter[Span]] = defaultdict(Counter)
        for each in self.table.figures:
            met[each.service][self.table.spans[each.period]] += 1
        for service, period, _channel in self.counts:
            met[service][self.table.spans[period]] += 1
        return dict(met)

    def line(self, organisation: str) -> str:
        """The organisation under which services of another are listed: itself, or the one that followed it."""
        return self.followers.get(organisation, organisation)

    def volume(self, service: str, period: str, *, channel: str = "") -> Given:
        """Completed transactions, or why there is no number."""
        return self.counts.get((service, period, channel), NOTHING)

    @cached_property
    def by_key(self) -> dict[str, ServiceStanding]:
        """Services by their keys."""
        return {each.key: each for each in self.services}

    @cached_property
    def by_organisation(self) -> dict[str, tuple[ServiceStanding, ...]]:
        """Services by the key of their organisation, in the order of the organisations' names."""
        found: defaultdict[tuple[str, str], list[ServiceStanding]] = defaultdict(list)
        for each in self.services:
            found[each.now.organisation_name.casefold(), each.now.organisation].append(each)
        return {key: tuple(found[name, key]) for name, key in sorted(found)}

    @cached_property
    def provenance(self) -> dict[str, frozenset[str]]:
        """What the figures of each service say of where they come from."""
        met: defaultdict[str, set[str]] = defaultdict(set)
        for each in self.table.figures:
            met[each.service].update(each.figure.provenance)
        return {service: frozenset(names) for service, names in met.items()}

    @cached_property
    def source_by_name(self) -> dict[str, SourceOf]:
        """Sources by what provenance calls them; the newest where two have one name."""
        return {each.name: each for each in reversed(self.sources)}

    def known(self, key: str) -> bool:
        """Whether there is any number of this figure at all."""
        return key in self._with_numbers

    @cached_property
    def _with_numbers(self) -> frozenset[str]:
        return frozenset(
            each.figure.definition.key for each in self.table.figures if not isinstance(each.figure.value, Absence)
        )


NOTHING = Absence.NOT_PROVIDED


@lru_cache(maxsize=64)  # there are a dozen figures, and they are asked for half a million times
def _oldest(key: str) -> Definition:
    """The first version of a figure's definition."""
    return min((each for each in DEFINITIONS if each.key == key), key=lambda each: each.version)


def axis_of(met: Mapping[Span, int]) -> tuple[Span, ...]:
    """Spans of the commonest length, from the first to the last met, at the distance of the nearest two.

    Twelve months that end in each quarter stand three months apart. Those of which nothing is known are in it, too.
    """
    if not met:
        return ()
    lengths: Counter[int] = Counter()
    for span, count in met.items():
        lengths[span.months] += count
    length = max(lengths, key=lambda each: (lengths[each], each))
    spans = sorted(span for span in met if span.months == length)
    if length == 0 or any(span.starts_on.day != 1 or span.ends_on.day != 1 for span in spans):
        return tuple(spans)  # weeks and odd days: as they are
    starts = [span.starts_on.year * 12 + span.starts_on.month - 1 for span in spans]
    step = min((two - one for one, two in itertools.pairwise(starts)), default=length)
    if any((start - starts[0]) % step for start in starts):
        step = 1
    return tuple(months(date(at // 12, at % 12 + 1, 1), length) for at in range(starts[0], starts[-1] + 1, step))


def days() -> list[date]:
    """Every day on which figures became public, oldest first. Two queries."""
    sources = Submission.objects.filter(published=True).values_list("said_on", flat=True).distinct()
    ours = Publication.objects.filter(published_at__isnull=False).values_list("published_at", flat=True)
    return sorted({*sources, *(timezone.localdate(each) for each in ours if each)})


def days_of_change() -> list[date]:
    """Every day on which something that pages of services show became public or changed, oldest first. Nine queries.

    Figures, what is said of services, and assessments with their corrections.
    """
    told: list[date | None] = [*days()]
    for rows, day in (
        (ServiceVersion.objects, "said_on"), (Target.objects, "said_on"), (ServiceRelease.objects, "released_on"),
        (Exemplar.objects, "since"), (Descent.objects, "on"),
        (Assessment.objects.filter(supersedes=None), "published_on"),
    ):  # fmt: skip
        told += rows.values_list(day, flat=True).distinct()
    corrected = Assessment.objects.exclude(supersedes=None).values_list("recorded_at", "published_on")
    told += [max(timezone.localdate(at), day) for at, day in corrected if day]
    return sorted({each for each in told if each})


def read(*, at: datetime, events: Path | None = None, as_said: bool = False) -> Disclosed | None:
    """Everything that is public at a moment; None while the register is empty. `events` is where they are sealed.

    `as_said`: services, too, are described as they had been by then, for a moment that is over.
    """
    on = timezone.localdate(at)
    listed = tuple(standing.listed())
    if not listed:
        return None
    table = figures.read(as_published_on=on)
    releases = {each.key: [release.name for release in each.releases] for each in listed}
    told = frozen.read(on=on)
    counts: dict[tuple[str, str, str], Given] = {
        (each.service, each.period, each.channel): each.value
        for each in values.read(quantities=[TRANSACTIONS], as_published_on=on)
        if (each.service, each.period) not in told.covered
    }
    counts |= _frozen_counts(on)
    if as_said:
        met = {each.service for each in table.figures} | {service for service, _period, _channel in counts}
        listed = tuple(standing.as_said(listed, on=on, met=met))
    followers = renames.followers(on=on)
    sources = tuple(_sources(on))
    public = {source.key for source in sources}
    revised: defaultdict[str, list[RevisionOf]] = defaultdict(list)
    for revision in values.revisions():
        # What was submitted and waits for its publication is not public yet, nor that it will change.
        if revision.after.submission in public:
            revised[revision.after.service].append(revision)
    return Disclosed(
        on=on,
        services=tuple(_followed(each, followers) for each in listed),
        table=table,
        counts=counts,
        revisions={key: tuple(rows) for key, rows in revised.items()},
        sources=sources,
        publications=tuple(_publications(on)),
        assessments=_assessments(on),
        costs={where: lines for where, lines in costlines.by_service_and_period().items() if where in told.covered},
        walks=walks.read(events, at=at, releases=releases) if events else {},
        followers={key: after.key for key, after in followers.items()},
    )


def _followed(service: ServiceStanding, followers: Mapping[str, Organisation]) -> ServiceStanding:
    """The service under the organisation that answers for it now, so that a renamed department is one line."""
    after = followers.get(service.now.organisation)
    if after is None:
        return service
    return replace(service, now=replace(service.now, organisation=after.key, organisation_name=after.name))


def _frozen_counts(on: date) -> dict[tuple[str, str, str], Given]:
    stands = [row.pk for row in frozen.standing(on=on)]
    rows = FrozenFigure.objects.filter(publication__in=stands, version=0, definition=TRANSACTIONS)
    names = "service__key", "publication__period__key", "channel", "status", "value"
    return {
        (service, period, channel): frozen.ABSENCES[status] if value is None else Decimal(int(value))
        for service, period, channel, status, value in rows.values_list(*names)
    }


def _sources(on: date) -> Iterable[SourceOf]:
    rows = Submission.objects.filter(published=True, said_on__lte=on).order_by("-said_on", "-pk")
    for row in rows:
        yield SourceOf(row.key, row.source, row.digest, row.said_on)


def _publications(on: date) -> Iterable[PublicationOf]:
    rows = Publication.objects.filter(state__in=[State.PUBLISHED, State.REPLACED], published_at__date__lte=on)
    for row in rows.select_related("organisation", "period").order_by("-published_at", "-pk"):
        if row.published_at is not None:
            yield PublicationOf(
                row.key, row.organisation.key, row.organisation.name, row.period.key, row.number, row.purpose,
                row.state == State.PUBLISHED, row.reason, row.seal, row.manifest, row.signed_by, row.signed_at,
                row.published_at,
            )  # fmt: skip


def _assessments(on: date) -> dict[str, tuple[Assessment, ...]]:
    """Reports that were public on a day, as they stood then: a correction holds from the day that it was noted."""
    stood = Q(superseded_by=None) | Q(superseded_by__recorded_at__date__gt=on)
    noted = Q(supersedes=None) | Q(recorded_at__date__lte=on)
    rows = Assessment.objects.filter(stood, noted, published_on__lte=on).select_related("service")
    found: defaultdict[str, list[Assessment]] = defaultdict(list)
    for row in rows.prefetch_related("points").order_by("-held_on", "-pk"):
        found[row.service.key].append(row)
    return {key: tuple(listed) for key, listed in found.items()}


def frozen_figures(key: str) -> list[Frozen]:
    """Every figure of one publication, as it was published: of one that was replaced, too."""
    row = Publication.objects.select_related("organisation", "period").get(key=key)
    return frozen.of(row)
