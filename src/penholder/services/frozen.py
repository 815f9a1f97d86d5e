"""Frozen figures read back: which publication stands, or stood on a day, and what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from penholder.measure.definitions import DEFINITIONS, Definition
from penholder.measure.figures import Coverage, Figure
from penholder.measure.intervals import Interval
from penholder.measure.values import Absence
from penholder.services.models import FrozenFigure, Publication, Purpose, ServiceVersion, State

_DEFINITIONS: dict[tuple[str, int], Definition] = {(each.key, each.version): each for each in DEFINITIONS}
ABSENCES = {
    "not-provided": Absence.NOT_PROVIDED,
    "not-applicable": Absence.NOT_APPLICABLE,
    "suppressed": Absence.SUPPRESSED,
}


@dataclass(frozen=True, slots=True)
class Frozen:
    """One figure as a publication says it."""

    service: str
    period: str
    channel: str
    figure: Figure
    publication: str
    seal: str


@dataclass(frozen=True, slots=True)
class Read:
    """Frozen figures, and the (service, period) that publications speak about: a withdrawn one has no figures."""

    figures: tuple[Frozen, ...]
    covered: frozenset[tuple[str, str]]


def standing(*, periods: Iterable[str] | None = None, on: date | None = None) -> list[Publication]:
    """The publication that stands for each organisation and period; with `on`, the one that stood at the day's end."""
    rows = Publication.objects.select_related("organisation", "period").defer("manifest")
    rows = rows if periods is None else rows.filter(period__key__in=list(periods))
    if on is None:
        return list(rows.filter(state=State.PUBLISHED))
    last: dict[tuple[int, int], Publication] = {}
    for row in rows.filter(state__in=[State.PUBLISHED, State.REPLACED]).order_by("number"):
        if row.published_at is not None and timezone.localdate(row.published_at) <= on:
            last[row.organisation_id, row.period_id] = row
    return list(last.values())


def read(
    *, services: Collection[str] | None = None, periods: Collection[str] | None = None, on: date | None = None
) -> Read:
    """What publications say about these services and periods. Four queries."""
    listed = standing(periods=periods, on=on)
    if not listed:
        return Read((), frozenset())
    said = {row.pk: row for row in listed if row.purpose != Purpose.WITHDRAWAL}
    rows = FrozenFigure.objects.filter(publication__in=said, version__gt=0).select_related("service")
    rows = rows if services is None else rows.filter(service__key__in=list(services))
    figures = [_frozen(row, said[row.publication_id]) for row in rows]
    covered = {(each.service, each.period) for each in figures}
    bodies: dict[int, set[str]] = {}
    for row in listed:
        bodies.setdefault(row.organisation_id, set()).add(row.period.key)
    members = ServiceVersion.objects.filter(superseded_by=None, organisation__in=bodies)
    for service, body in members.values_list("service__key", "organisation"):
        covered |= {(service, period) for period in bodies[body]}
    return Read(tuple(figures), frozenset(covered))


def of(publication: Publication) -> list[Frozen]:
    """Every figure of one publication."""
    rows = FrozenFigure.objects.filter(publication=publication, version__gt=0).select_related("service")
    return [_frozen(row, publication) for row in rows]


def _frozen(row: FrozenFigure, publication: Publication) -> Frozen:
    definition = _DEFINITIONS[row.definition, row.version]
    interval = None if row.low is None or row.high is None else Interval(row.low, row.high)
    value = ABSENCES[row.status] if row.value is None else row.value
    figure = Figure(definition, value, row.n or 0, Coverage(row.had, row.asked), interval, tuple(row.provenance))
    return Frozen(row.service.key, publication.period.key, row.channel, figure, publication.key, publication.seal)


def counts() -> list[tuple[Publication, FrozenFigure]]:
    """Every count of every publication that stands, as readers may have it. Two queries."""
    said = {row.pk: row for row in standing()}
    rows = FrozenFigure.objects.filter(publication__in=said, version=0).select_related("service")
    order = "service__key", "publication__period__starts_on", "definition", "channel"
    return [(said[row.publication_id], row) for row in rows.order_by(*order)]


@dataclass(frozen=True, slots=True)
class FrozenRevision:
    """A line that a publication says otherwise than the one it replaced; `reason` is why it replaced it."""

    before: FrozenFigure | None
    after: FrozenFigure | None
    publication: Publication
    reason: str

    @property
    def line(self) -> FrozenFigure:
        """The line, as it is now or else as it was."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a revision has a line before or after")
        return found


def revisions(*, service: str = "", since: date | None = None, until: date | None = None) -> list[FrozenRevision]:
    """What publications changed that had been published before, newest first, as readers may have it. Three queries.

    `since` and `until` (the day after the last) bound the day of the publication.
    """
    newer = Publication.objects.filter(replaces__isnull=False, state__in=[State.PUBLISHED, State.REPLACED])
    listed = [
        row
        for row in newer.select_related("period", "organisation", "replaces").defer("manifest")
        if row.published_at
        and (since is None or timezone.localdate(row.published_at) >= since)
        and (until is None or timezone.localdate(row.published_at) < until)
    ]
    wanted = {row.pk for row in listed} | {row.replaces_id for row in listed}
    rows = FrozenFigure.objects.filter(publication__in=wanted).select_related("service")
    rows = rows.filter(service__key=service) if service else rows
    lines: dict[int, dict[tuple[int, str, str, int], FrozenFigure]] = {}
    for line in rows.order_by("service__key", "definition", "version", "channel"):
        lines.setdefault(line.publication_id, {})[line.service_id, line.channel, line.definition, line.version] = line
    found = []
    for row in sorted(listed, key=lambda row: (row.published_at, row.pk), reverse=True):
        old, new = lines.get(row.replaces_id or 0, {}), lines.get(row.pk, {})
        for where in old | new:
            before, after = old.get(where), new.get(where)
            if _told(before) != _told(after):
                found.append(FrozenRevision(before, after, row, row.reason))
    return found


def _told(line: FrozenFigure | None) -> tuple[str, float | None]:
    return ("", None) if line is None else (line.status, line.value)
