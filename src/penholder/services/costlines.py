"""Cost lines: what a service cost in a period, line by line, with how each was allocated and what was left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.measure.formulas.costs import CostLine as Line
from penholder.measure.formulas.costs import objections_to_costs
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.services import digests, entries, registrations, rules
from penholder.services import periods as period_rows
from penholder.services.models import CostLine, Service
from penholder.services.periods import Span

# What is kept of pounds, and of a share of them.
_PENCE, _SHARE = Decimal("0.01"), Decimal("0.00000001")


@transaction.atomic
def put(
    *, key: str, span: Span, lines: Iterable[Line], said_on: date, by: Acting | None, at: datetime, reason: str = ""
) -> list[CostLine]:
    """Say what a service cost in a period: all its lines. One that is left out from now on is dropped, and stays.

    A line that stands as it is stays as it is; a changed one needs a reason. Raises Refused, Missing.
    """
    listed = list(lines)
    service = Service.objects.select_for_update().get(pk=registrations.find(key).pk)
    reasons = rules.objections_to_acting("figures.submit", by, registrations.current(service).organisation)
    reasons += objections_to_costs(listed, None)
    names = [line.name for line in listed]
    reasons += [
        _("“%(name)s” is listed twice. Add the two up, or name them apart.") % {"name": name}
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    period = period_rows.keep([span])[span]
    standing = {row.name: row for row in CostLine.objects.filter(service=service, period=period, superseded_by=None)}
    wanted = {line.name: line for line in listed}
    for name, row in standing.items():
        if name not in wanted and not row.dropped:
            wanted[name] = line_of(row)
    changed = [
        (line, standing.get(name), name not in names)
        for name, line in wanted.items()
        if name not in standing or _differs(standing[name], line, dropped=name not in names)
    ]
    if any(before for _line, before, _dropped in changed) and not reason.strip():
        reasons.append(_("Say why this changes; readers will see it."))
    if reasons:
        raise Refused(reasons)
    rows = CostLine.objects.bulk_create(
        CostLine(
            service=service, period=period, name=line.name, number=before.number + 1 if before else 1,
            pounds=line.pounds.quantize(_PENCE), allocation_key=line.key, allocated=line.allocated.quantize(_SHARE),
            excluded=line.excluded,
            dropped=dropped, said_on=said_on, recorded_at=at, by=entries.words(by), reason=reason if before else "",
            supersedes=before,
        )
        for line, before, dropped in changed
    )  # fmt: skip
    if rows:
        told = entries.told(
            "costs.put", key, by=by, at=at, reason=reason, period=span.key, lines=len(rows),
            holds=[f"{digests.of(row)} {row.number} {row.name}" for row in rows],
        )  # fmt: skip
        ledger.append_all([told])
    return rows


def _differs(row: CostLine, line: Line, *, dropped: bool) -> bool:
    return line_of(row) != line or row.dropped != dropped


def line_of(row: CostLine) -> Line:
    """A row as the formula takes it."""
    return Line(row.name, row.pounds, row.allocation_key, _plain(row.allocated), row.excluded)


def _plain(share: Decimal) -> Decimal:
    return share.normalize()  # 1.00000000 and 1 are one share, and read alike


def by_service_and_period(
    services: list[str] | None = None, periods: list[str] | None = None
) -> dict[tuple[str, str], tuple[Line, ...]]:
    """The lines that stand, those left out among them, by service and period. One query."""
    rows = CostLine.objects.filter(superseded_by=None, dropped=False).select_related("service", "period")
    rows = rows if services is None else rows.filter(service__key__in=services)
    rows = rows if periods is None else rows.filter(period__key__in=periods)
    found: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in rows:
        found[row.service.key, row.period.key].append(line_of(row))
    return {where: tuple(lines) for where, lines in found.items()}
