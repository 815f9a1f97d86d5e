"""Submitted values as they stand, or as they were public on a day: plain data with where each came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q

from penholder.services.cells import Given, value_of
from penholder.services.models import Submission, Submitted

_NAMES = (
    "service__key", "period__key", "channel", "quantity", "status", "amount", "number", "said_on", "recorded_at",
    "submission__key", "submission__source", "place", "change", "revises", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ValueOf:
    """One submitted value. `status` is one of four; 0 is a value."""

    service: str
    period: str
    channel: str
    quantity: str
    status: str
    amount: Decimal | None
    number: int
    said_on: date
    recorded_at: datetime
    submission: str
    source: str
    place: str
    change: str
    revises: bool
    reason: str

    @property
    def value(self) -> Given:
        """The number, or why there is none."""
        return value_of(self.status, self.amount)

    @property
    def provenance(self) -> str:
        """Where it came from, in one line."""
        said = f"{self.source}, said on {self.said_on}"
        return f"{self.source}, {self.place}, said on {self.said_on}" if self.place else said


def read(
    *,
    services: Iterable[str] | None = None,
    periods: Iterable[str] | None = None,
    quantities: Iterable[str] | None = None,
    as_published_on: date | None = None,
) -> Iterator[ValueOf]:
    """Values by their keys, in the order of services, periods, quantities, channels. One query, however many.

    With `as_published_on`, those that their own source had published by that day, as it gave them then.
    """
    rows = Submitted.objects.filter(_where(services, periods, quantities))
    names = ("service__key", "period__starts_on", "period__ends_on", "quantity", "channel")
    if as_published_on is None:
        for row in rows.filter(superseded_by=None).order_by(*names).values_list(*_NAMES).iterator(5000):
            yield ValueOf(*row)
        return
    rows = rows.filter(submission__published=True, said_on__lte=as_published_on)
    last: ValueOf | None = None
    for row in rows.order_by(*names, "number").values_list(*_NAMES).iterator(5000):
        value = ValueOf(*row)
        if last is not None and _cell(last) != _cell(value):
            yield last
        last = value
    if last is not None:
        yield last


def history(service: str, *, period: str = "") -> list[ValueOf]:
    """Every version of every value of a service, oldest first."""
    rows = Submitted.objects.filter(_where([service], [period] if period else None, None))
    order = "period__starts_on", "period__ends_on", "quantity", "channel", "number"
    return [ValueOf(*row) for row in rows.order_by(*order).values_list(*_NAMES)]


@dataclass(frozen=True, slots=True)
class RevisionOf:
    """A public value that was changed: what it was, what it is, since when, and why."""

    before: ValueOf
    after: ValueOf


def revisions(
    *, service: str = "", since: date | None = None, until: date | None = None, every_change: bool = False,
    internal: bool = False,
) -> list[RevisionOf]:  # fmt: skip
    """What a source had published and changed, newest first; `every_change`: what was supplied or reworded, too.

    `since` and `until` (the day after the last) bound the day on which the source said it. Values behind publications
    of ours are not public as they were submitted, only as they were frozen (`frozen.revisions`): `internal` lists those
    that were changed after a publication, too.
    """
    wanted = Q(supersedes__isnull=False) if every_change else Q(revises=True)
    wanted &= Q() if internal else Q(submission__published=True, supersedes__submission__published=True)
    wanted &= Q(service__key=service) if service else Q()
    wanted &= Q(said_on__gte=since) if since else Q()
    wanted &= Q(said_on__lt=until) if until else Q()
    before = [f"supersedes__{name}" for name in _NAMES]
    rows = Submitted.objects.filter(wanted).order_by(
        F("said_on").desc(), "service__key", "period__starts_on", "quantity", "channel", "number"
    )
    cut = len(_NAMES)
    return [RevisionOf(ValueOf(*row[cut:]), ValueOf(*row[:cut])) for row in rows.values_list(*_NAMES, *before)]


def submissions(*, organisation: str = "") -> list[Submission]:
    """Everything that was submitted, newest first; in the name of one organisation, if one is said."""
    rows = Submission.objects.select_related("organisation").order_by("-recorded_at", "-pk")
    return list(rows.filter(organisation__key=organisation) if organisation else rows)


def _cell(value: ValueOf) -> tuple[str, str, str, str]:
    return value.service, value.period, value.channel, value.quantity


def _where(services: Iterable[str] | None, periods: Iterable[str] | None, quantities: Iterable[str] | None) -> Q:
    wanted = Q()
    for name, keys in (("service__key", services), ("period__key", periods), ("quantity", quantities)):
        if keys is not None:
            wanted &= Q(**{f"{name}__in": list(keys)})
    return wanted
