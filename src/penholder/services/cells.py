"""Cells: values on their way in, and what stands where they would go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Model, QuerySet

from penholder.measure.values import Absence
from penholder.services.models import Publication, Service, ServiceVersion, State, Status, Submitted
from penholder.services.periods import Span

Row = TypeVar("Row", bound=Model)

# A number, or why there is none.
Given = Decimal | Absence

# (service, period, channel, quantity), all by their keys.
Where = tuple[str, str, str, str]

_STATUS = {
    Absence.NOT_PROVIDED: Status.NOT_PROVIDED,
    Absence.NOT_APPLICABLE: Status.NOT_APPLICABLE,
    Absence.SUPPRESSED: Status.SUPPRESSED,
}
_ABSENCE = {str(status): absence for absence, status in _STATUS.items()}

# What is kept of an amount; a value is rounded before it is compared, so that it is not taken for a changed one.
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value that somebody gives: for a service and channel ("" for all together), in a period, of a quantity.

    `place` says where it stands in its source, in words: "row 14, column F".
    """

    service: str
    period: Span
    quantity: str
    value: Given
    channel: str = ""
    place: str = ""

    @property
    def where(self) -> Where:
        """What it is a value of."""
        return self.service, self.period.key, self.channel, self.quantity


def rounded(value: Given) -> Given:
    """A value as it is kept."""
    return value if isinstance(value, Absence) else kept(value)


def kept(number: Decimal) -> Decimal:
    """A number as it is kept."""
    return number.quantize(_PLACES)


def status_of(value: Given) -> Status:
    """The status under which a value is kept."""
    return _STATUS[value] if isinstance(value, Absence) else Status.VALUE


def value_of(status: str, amount: Decimal | None) -> Given:
    """The value that a row keeps."""
    return _ABSENCE[status] if amount is None else amount


@dataclass(frozen=True, slots=True)
class Known:
    """One standing row, as little of it as a comparison needs. `public`: its source was public itself."""

    pk: int
    number: int
    value: Given
    public: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """All that stands where cells would go, read with five queries however many cells there are."""

    services: Mapping[str, int]  # key → primary key
    organisations: Mapping[str, int]  # service → primary key of its organisation
    managers: Mapping[str, int | None]  # service → primary key of the post that manages it
    channels: Mapping[str, Collection[str]]  # service → keys of its channels
    standing: Mapping[Where, Known]
    published: Collection[tuple[int, str]]  # (organisation, period) with a publication that stands

    def public(self, where: Where) -> bool:
        """Whether what stands there was public."""
        known = self.standing.get(where)
        if known is None:
            return False
        return known.public or (self.organisations.get(where[0], 0), where[1]) in self.published


def ground(cells: Iterable[Cell]) -> Ground:
    """Read what stands where these cells would go."""
    listed = list(cells)
    keys, spans = {cell.service for cell in listed}, {cell.period.key for cell in listed}
    services: dict[str, int] = {}
    channels: defaultdict[str, set[str]] = defaultdict(set)
    for pk, key, channel in _among(Service.objects.all(), "key", keys).values_list("pk", "key", "channels__key"):
        services[key] = pk
        if channel:
            channels[key].add(channel)
    versions = _among(ServiceVersion.objects.filter(superseded_by=None), "service__key", keys)
    organisations, managers = {}, {}
    for key, organisation, manager in versions.values_list("service__key", "organisation", "manager"):
        organisations[key], managers[key] = organisation, manager
    rows = _among(Submitted.objects.filter(superseded_by=None, period__key__in=spans), "service__key", keys)
    names = "pk", "service__key", "period__key", "channel", "quantity", "number", "status", "amount"
    standing = {
        (service, period, channel, quantity): Known(pk, number, value_of(status, amount), public)
        for pk, service, period, channel, quantity, number, status, amount, public in rows.values_list(
            *names, "submission__published"
        ).iterator(5000)
    }
    stands = Publication.objects.filter(state=State.PUBLISHED, period__key__in=spans)
    return Ground(
        services, organisations, managers, channels, standing, set(stands.values_list("organisation", "period__key"))
    )


# More than this many keys in one query is too much for SQLite; then all rows are read and the others left.
MOST_KEYS = 500


def _among(rows: QuerySet[Row], name: str, keys: Collection[str]) -> QuerySet[Row]:
    return rows.filter(**{f"{name}__in": keys}) if len(keys) <= MOST_KEYS else rows
