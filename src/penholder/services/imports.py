"""Tables of services that somebody published, taken in whole or not at all: each newer version shows what it revises.

A table is known by its digest: the same one again changes nothing. What it no longer says, though an older version did,
is taken back, so that "as published on" is true to the source on every day.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.formats.transactions_explorer import (
    Explorer,
    ListedService,
    Mark,
    OddCell,
    quarter,
    read_transactions_explorer,
)
from penholder.formats.weekly_journeys import read_weekly_journey
from penholder.measure.formulas.completion import objections_to_counts
from penholder.measure.values import Absence
from penholder.people import organisations
from penholder.people.models import Organisation
from penholder.people.organisations import Named
from penholder.services import registrations, renames, submissions, totals
from penholder.services.cells import Cell, Given
from penholder.services.models import Service, ServiceVersion, Submission, Submitted
from penholder.services.periods import Span
from penholder.services.registrations import Described, NewService
from penholder.services.sheets import EXPLORER
from penholder.services.totals import Compared

LAYOUT = "transactions-explorer"
_WEEK = timedelta(days=7)


@dataclass
class Report:
    """What an import read, found odd and did. `nothing_new`: all of it was here already."""

    source: str
    said_on: date
    digest: str
    dry_run: bool
    nothing_new: bool = False
    services: int = 0
    departments: int = 0
    periods: tuple[str, ...] = ()
    new_services: tuple[str, ...] = ()
    changed_services: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()  # keys of services that an older version listed and this one does not
    renamed: tuple[str, ...] = ()  # departments that were found to follow others, in words
    values: int = 0
    new: int = 0
    same: int = 0
    changes: dict[str, int] = field(default_factory=dict)  # by `measure.revisions.Change`
    revisions: int = 0  # changes that take back a number that was public
    odd: tuple[OddCell, ...] = ()
    headlines: tuple[Compared, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Everything as JSON can carry it."""
        data = {name: value for name, value in vars(self).items() if name not in {"odd", "headlines"}}
        data["odd"] = [asdict(each) for each in self.odd]
        data["headlines"] = [each.to_data() for each in self.headlines]
        return data


def take_in(
    name: str, data: bytes, *, said_on: date, at: datetime, on: date, reason: str = "", dry_run: bool = False
) -> Report:
    """Take in a table in the layout of the Transactions Explorer, as it was published on a day. Raises Refused.

    `reason` is what readers are told of every revision; else that this version gives another figure.
    """
    explorer = read_transactions_explorer(name, data)
    report = Report(name, said_on, hashlib.sha256(data).hexdigest(), dry_run)
    report.services, report.periods, report.odd = len(explorer.services), explorer.periods, explorer.odd
    report.departments = len({service.department for service in explorer.services})
    with transaction.atomic():
        _write(explorer, report, at=at, on=on, reason=reason)
        transaction.set_rollback(dry_run)
    return report


def _write(explorer: Explorer, report: Report, *, at: datetime, on: date, reason: str) -> None:
    imported = Submission.objects.filter(how=Submission.How.IMPORT, report__layout=LAYOUT)
    if imported.filter(digest=report.digest).exists():
        report.nothing_new = True
        report.headlines = _headlines(explorer)
        return
    newer = imported.filter(said_on__gt=report.said_on).order_by("-said_on").first()
    if newer:
        raise Refused(
            _("“%(source)s”, said on %(day)s, is here already and is newer. Take versions in from the oldest on.")
            % {"source": newer.source, "day": newer.said_on}
        )
    last = imported.order_by("said_on", "pk").last()
    before = set(last.report.get("listed", ())) if last else set()
    put = _register(explorer, before, report, at=at)
    report.new_services, report.changed_services = put.made, put.changed
    cells = _cells(explorer)
    cells += _taken_back({cell.where for cell in cells}, {*put.services, *before}, explorer)
    receipt = submissions.submit(
        cells=cells, how=Submission.How.IMPORT, source=report.source, digest=report.digest, said_on=report.said_on,
        by=None, at=at, on=on, published=True, labels=_labels(explorer),
        reason=reason or _("“%(source)s” gives another figure.") % {"source": report.source},
        report={"layout": LAYOUT, "odd": [asdict(each) for each in explorer.odd], "unlisted": list(report.unlisted),
                "listed": [each.slug for each in explorer.services]},
    )  # fmt: skip
    report.values, report.new, report.same = len(cells), receipt.new, receipt.same
    report.changes = {str(change): count for change, count in sorted(receipt.changes.items())}
    report.revisions = receipt.revisions
    _know_what_is_there()
    report.headlines = _headlines(explorer)


def _know_what_is_there() -> None:
    """Let PostgreSQL count the rows that have just come: it plans by what it counted, and that was nothing.

    Without it the first question after an import took minutes, until the server counted by itself. SQLite needs it not.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Service, ServiceVersion, Submitted):
                cursor.execute(f"ANALYZE {model._meta.db_table}")  # noqa: SLF001 - that is where Django tells it


def _register(explorer: Explorer, before: set[str], report: Report, *, at: datetime) -> registrations.Put:
    bodies = _organisations(explorer, at=at)
    report.renamed = tuple(str(row) for row in renames.declare(on=report.said_on, at=at))
    stood = {
        version.service.key: registrations.said(version)
        for version in ServiceVersion.objects.filter(superseded_by=None).select_related(
            "service", "organisation", "manager"
        )
    }
    services = [
        NewService(each.slug, _described(each, bodies[each.department], stood.get(each.slug)), ("digital",))
        for each in explorer.services
    ]
    listed = {each.key for each in services}
    gone = sorted(key for key in before - listed if key in stood)
    report.unlisted = tuple(gone)
    services += [
        NewService(key, replace(stood[key], closed_on=report.said_on)) for key in gone if stood[key].closed_on is None
    ]
    said = _("As “%(source)s” lists it; what it no longer lists counts as closed.") % {"source": report.source}
    return registrations.put_all(services, as_of=report.said_on, said_on=report.said_on, reason=said, by=None, at=at)


def _organisations(explorer: Explorer, *, at: datetime) -> dict[str, Organisation]:
    """The departments by their short names, made where nobody goes by either name."""
    named = {
        each.department: Named(slugify(each.department), each.department_name or each.department, each.department)
        for each in explorer.services
    }
    found, _changed = organisations.put_all(named.values(), at=at)
    return {short: found[one.key] for short, one in named.items()}


def _described(listed: ListedService, body: Organisation, before: Described | None) -> Described:
    """What the table says; what it does not speak of stays as it was."""
    url = listed.url if listed.url.startswith(("http://", "https://")) and " " not in listed.url else ""
    start = before or Described(listed.name, body)
    return replace(
        start, name=listed.name, organisation=body, agency=listed.agency, closed_on=None,
        purpose=listed.description or start.purpose, url=url or start.url,
    )  # fmt: skip


def _labels(explorer: Explorer) -> dict[Span, str]:
    return {_span(label): label for label in explorer.periods}


def _span(label: str) -> Span:
    return Span(*quarter(label).days)


def _cells(explorer: Explorer) -> list[Cell]:
    """Every cell that says something; a blank says nothing."""
    spans = {label: _span(label) for label in explorer.periods}
    return [
        Cell(service.slug, spans[period], quantity, _value(held), channel, f"row {service.row}, column {place}")
        for service in explorer.services
        for (period, name), held in service.figures.items()
        if held is not Mark.BLANK
        for channel, quantity in [EXPLORER[name]]
        for place in [service.places[period, name]]
    ]


def _value(held: Decimal | Mark) -> Given:
    if isinstance(held, Decimal):
        return held
    return Absence.SUPPRESSED if held is Mark.WITHHELD else Absence.NOT_PROVIDED


def _taken_back(said: set[tuple[str, str, str, str]], services: set[str], explorer: Explorer) -> list[Cell]:
    """What older versions of the table gave and this one leaves blank or no longer lists."""
    spans = {_span(label).key: _span(label) for label in explorer.periods}
    rows = Submitted.objects.filter(
        superseded_by=None, submission__published=True, period__key__in=spans, quantity__in=_quantities()
    ).exclude(status="not-provided")
    names = "service__key", "period__key", "channel", "quantity"
    return [
        Cell(service, spans[period], quantity, Absence.NOT_PROVIDED, channel)
        for service, period, channel, quantity in rows.values_list(*names)
        if service in services and (service, period, channel, quantity) not in said
    ]


def _quantities() -> list[str]:
    return sorted({quantity for _channel, quantity in EXPLORER.values()})


def _headlines(explorer: Explorer) -> tuple[Compared, ...]:
    """Take-up from each period to the next, over all and over those in both."""
    spans = sorted(_span(label) for label in explorer.periods)
    return totals.take_up_over([span.key for span in spans])


@dataclass(frozen=True, slots=True)
class Weekly:
    """What an import of weekly counts did."""

    source: str
    said_on: date
    service: str
    weeks: int
    new: int
    same: int

    def to_data(self) -> dict[str, Any]:
        """Everything as JSON can carry it."""
        return asdict(self)


@transaction.atomic
def take_in_weekly(
    name: str, data: bytes, *, service: str, start: str, end: str, said_on: date, at: datetime, on: date,
    dry_run: bool = False,
) -> Weekly:  # fmt: skip
    """Take in weekly counts of people at two steps as attempts started and completed. Raises Refused.

    Refused as a whole where any week would come to more than 100%: then the steps were not counted over the same
    attempts, and no week of it can be trusted.
    """
    counts = read_weekly_journey(name, data)
    started, completed = counts.at(start), counts.at(end)
    weeks = sorted(started.keys() & completed.keys())
    reasons = [
        _("Week from %(day)s: %(reason)s") % {"day": week, "reason": reason}
        for week in weeks
        for reason in objections_to_counts(started=started[week], completed=completed[week])
    ]
    if not weeks:
        reasons = [_("No week gives a number for both steps.")]
    if reasons:
        raise Refused(
            [_("“%(source)s” gives no completion rate from “%(start)s” to “%(end)s”.")
             % {"source": name, "start": start, "end": end}, *reasons]
        )  # fmt: skip
    cells = [
        Cell(service, Span(week, week + _WEEK), quantity, Decimal(step[week]), "", f"{words}, week from {week}")
        for week in weeks
        for quantity, step, words in (("started", started, start), ("completed", completed, end))
    ]
    receipt = submissions.submit(
        cells=cells, how=Submission.How.IMPORT, source=name, digest=hashlib.sha256(data).hexdigest(), said_on=said_on,
        by=None, at=at, on=on, published=True, reason=_("“%(source)s” gives another figure.") % {"source": name},
    )  # fmt: skip
    transaction.set_rollback(dry_run)
    return Weekly(name, said_on, service, len(weeks), receipt.new, receipt.same)
