"""Values come in: weighed cell by cell, taken in together, never written over.

weighed = submissions.weigh(cells, by=by, on=today)      # what each would do, and what stands in its way
submissions.submit(cells=[one.cell for one in weighed if not one.objections], …)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.measure.revisions import Change, Revision
from penholder.measure.values import Absence, Value
from penholder.people.acting import Acting
from penholder.people.models import Organisation
from penholder.record import ledger
from penholder.services import digests, periods, rules
from penholder.services.cells import MOST_KEYS, Cell, Given, Ground, Where, ground, rounded, status_of
from penholder.services.models import Service, Submission, Submitted
from penholder.services.periods import Span

# What takes back a number that was public needs a reason, and is listed as a revision.
TAKES_BACK = frozenset({Change.REVISED, Change.WITHDRAWN})

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Weighed:
    """What submitting one cell would do. `change` is None where the same stands already, and "" where nothing does.

    `revises`: what stands is public, so a reason is needed. `objections`: why it cannot be taken in.
    """

    cell: Cell
    before: Given | None
    change: Change | str | None
    revises: bool
    objections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a submission did: `submission` is None where all of it stood already, or where it was a dry run."""

    submission: Submission | None
    new: int
    same: int
    changes: Counter[Change]
    revisions: int


def weigh(cells: Iterable[Cell], *, by: Acting | None, on: date, as_published: bool = False) -> list[Weighed]:
    """What each cell would do, in the order given. Seven queries. `on` is today: periods must be over.

    `as_published`: the cells repeat what their source published, so a part above its whole is taken in as it stands.
    """
    listed = list(cells)
    return _weigh(listed, ground(listed), by=by, on=on, as_published=as_published)


def _weigh(listed: list[Cell], there: Ground, *, by: Acting | None, on: date, as_published: bool) -> list[Weighed]:
    sums: dict[Where, list[str]] = {} if as_published else rules.objections_to_sums(listed, there)
    who = _objections_to_submitting(there, by)
    counted = Counter(cell.where for cell in listed)
    weighed = []
    for cell in listed:
        reasons = rules.objections_to_cell(cell, there, on=on) + sums.get(cell.where, [])
        if counted[cell.where] > 1:
            reasons.append(_("The same value is given %(count)s times. Give it once.") % {"count": counted[cell.where]})
        reasons += who.get(there.organisations.get(cell.service, 0), [])
        reasons += rules.objections_to_managing(by, there.managers.get(cell.service))
        weighed.append(_weighed(cell, there, reasons))
    return weighed


def _weighed(cell: Cell, there: Ground, reasons: Sequence[str]) -> Weighed:
    known = there.standing.get(cell.where)
    if known is None:
        return Weighed(cell, None, "", False, tuple(reasons))
    value = rounded(cell.value)
    if value == known.value:
        return Weighed(cell, known.value, None, False, tuple(reasons))
    change = Revision(cell.where, _number(known.value), _number(value)).change
    return Weighed(cell, known.value, change, change in TAKES_BACK and there.public(cell.where), tuple(reasons))


def _number(value: Given) -> Value:
    return value if isinstance(value, Absence) else float(value)


def _objections_to_submitting(there: Ground, by: Acting | None) -> dict[int, list[str]]:
    """By organisation: why its figures may not be submitted by this post."""
    if by is None:
        return {}
    bodies = Organisation.objects.in_bulk(set(there.organisations.values()))
    found = {pk: rules.objections_to_acting("figures.submit", by, body) for pk, body in bodies.items()}
    return {pk: reasons for pk, reasons in found.items() if reasons}


@transaction.atomic
def submit(
    *,
    cells: Iterable[Cell],
    how: str,
    source: str,
    digest: str,
    said_on: date,
    by: Acting | None,
    at: datetime,
    on: date,
    reason: str = "",
    published: bool = False,
    organisation: Organisation | None = None,
    report: dict[str, Any] | None = None,
    labels: dict[Span, str] | None = None,
) -> Receipt:
    """Take cells in together, or none of them. Raises Refused with every reason, each with its place.

    `digest` is the SHA-256 of the source. What stands already is left alone: the same submission again does nothing.
    `reason` says why what was public changes; `labels` are what the source calls its periods.
    Ten queries and one for every thousand values.
    """
    listed = list(cells)
    _lock({cell.service for cell in listed})
    there = ground(listed)
    weighed = _weigh(listed, there, by=by, on=on, as_published=published)
    reasons = [_at(one.cell, reason) for one in weighed for reason in one.objections]
    if not reason.strip():
        reasons += [
            _at(one.cell, _("This changes what was published. Say why; readers will see it."))
            for one in weighed
            if one.revises
        ]
    if reasons:
        raise Refused(reasons)
    wanted = [one for one in weighed if one.change is not None]
    changes = Counter(one.change for one in wanted if isinstance(one.change, Change))
    revisions = sum(one.revises for one in wanted)
    receipt = Receipt(None, sum(one.before is None for one in wanted), len(weighed) - len(wanted), changes, revisions)
    if not wanted:
        return receipt
    submission = Submission.objects.create(
        key=f"{at:%Y%m%d-%H%M%S-%f}-{digest[:8]}", how=how, source=source[:300], digest=digest,
        organisation=organisation, published=published, said_on=said_on, recorded_at=at,
        by_post=by.post.words if by else ledger.OPERATOR, person=by.person if by else None,
        name=by.said_name if by else "", reason=reason, values_read=len(weighed), report=report or {},
    )  # fmt: skip
    held = _write(submission, wanted, there, reason=reason, labels=labels)
    _record(submission, receipt, held, by=by, at=at)
    return Receipt(submission, receipt.new, receipt.same, changes, revisions)


def _lock(keys: set[str]) -> None:
    """Nobody else submits for these services until the transaction ends; always in one order."""
    rows = Service.objects.select_for_update().order_by("pk")
    list((rows.filter(key__in=keys) if len(keys) <= MOST_KEYS else rows).values_list("pk"))


def _write(
    submission: Submission, wanted: list[Weighed], there: Ground, *, reason: str, labels: dict[Span, str] | None
) -> dict[str, list[str]]:
    """Write the values, and say what the record is to hold of them and of the periods that they bring."""
    rows, new = periods.keep_all((one.cell.period for one in wanted), labels)
    services = {key: Service(pk=pk, key=key) for key, pk in there.services.items()}
    made, held = [], defaultdict(list)
    for one in wanted:
        cell, known = one.cell, there.standing.get(one.cell.where)
        value = rounded(cell.value)
        status = status_of(value)
        row = Submitted(
            service=services[cell.service], period=rows[cell.period], channel=cell.channel, quantity=cell.quantity,
            number=known.number + 1 if known else 1, status=status, amount=None if status != "value" else value,
            submission=submission, place=cell.place[:60], said_on=submission.said_on,
            recorded_at=submission.recorded_at, change=str(one.change or ""), revises=one.revises,
            reason=reason if one.revises else "", supersedes_id=known.pk if known else None,
        )  # fmt: skip
        made.append(row)
        held[cell.service].append(digests.of(row))
    Submitted.objects.bulk_create(made, batch_size=_AT_ONCE)
    return {
        "periods": [f"{row.key} {row.label}" for row in new],
        "holds": [f"{digests.batch(found)} {service}" for service, found in sorted(held.items())],
    }


def _record(
    submission: Submission, receipt: Receipt, held: dict[str, list[str]], *, by: Acting | None, at: datetime
) -> None:
    facts = {
        "submission": submission.key, "row": digests.of(submission), **held, "how": submission.how,
        "source": submission.source, "said_on": submission.said_on.isoformat(), "values": submission.values_read,
        "new": receipt.new, "revisions": receipt.revisions,
        **{str(change): count for change, count in sorted(receipt.changes.items())},
    }  # fmt: skip
    actor, person = (by.post.words, by.said_name) if by else (ledger.OPERATOR, "")
    ledger.append(
        "figures.submitted", actor=actor, person=person, subject=submission.digest, at=at,
        reason=submission.reason, facts=facts,
    )  # fmt: skip


def _at(cell: Cell, reason: str) -> str:
    place = cell.place or f"{cell.service}, {cell.period.key}, {cell.quantity}"
    return f"{place}: {reason}"
