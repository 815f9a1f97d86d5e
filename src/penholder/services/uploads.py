"""A file of figures on its way in: kept, previewed, and taken in only when somebody says so, whole or its good rows.

sent = uploads.send(name=…, data=…, by=…, at=…)
told = uploads.preview(sent, by=…, at=…)       # what it would do; writes nothing
uploads.take(upload_id=sent.pk, good_only=True, reason="", by=…, at=…)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from penholder.errors import Missing, Refused
from penholder.formats.figures.reading import FigureRow, Figures
from penholder.formats.figures.told import Fault, Told, Weight
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.people.models import Role
from penholder.services import sheets, submissions, unusual
from penholder.services.cells import Cell
from penholder.services.models import Submission, Upload
from penholder.services.submissions import Receipt, Weighed
from penholder.services.unusual import Unusual

# Long enough to mend a sheet after a weekend; the bytes are gone afterwards.
KEPT = timedelta(days=3)
# So many files of one person wait at once; an older one makes room.
MOST_WAITING = 10
QUARTERS = ("calendar", "financial")
# A row that is refused may be the part or the whole of another one, so rows are weighed until nothing changes.
_TURNS = 5


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to say about one cell or row, in the reader's language."""

    sheet: str
    row: int
    address: str
    holds: str
    what: str
    keeps_out: bool


@dataclass(frozen=True)
class Preview:
    """What taking a file in would do. `left_out` counts the rows with errors; `same` values stand already."""

    upload: Upload
    weighed: tuple[Weighed, ...]  # of rows without an error, without what stands already
    rows: int
    left_out: int
    same: int
    wrong: tuple[Wrong, ...]
    notes: tuple[str, ...]
    unusual: tuple[Unusual, ...]
    asks_quarters: bool

    @property
    def errors(self) -> tuple[Wrong, ...]:
        """What keeps rows out."""
        return tuple(one for one in self.wrong if one.keeps_out)

    @property
    def remarks(self) -> tuple[Wrong, ...]:
        """What is said beside rows that are taken in."""
        return tuple(one for one in self.wrong if not one.keeps_out)

    @property
    def revisions(self) -> tuple[Weighed, ...]:
        """Values that would change what is public, so that a reason is needed."""
        return tuple(one for one in self.weighed if one.revises)

    @property
    def new(self) -> int:
        """Values where there was none."""
        return sum(one.before is None for one in self.weighed)


def objections_to_sending(by: Acting | None) -> list[str]:
    """Every reason why `by` may not send figures at all; for which services, each cell says."""
    return permissions.objections("figures.submit", by.post if by else None)


@transaction.atomic
def send(*, name: str, data: bytes, by: Acting, at: datetime, quarters: str = "") -> Upload:
    """Keep a file until its sender decides. Raises Refused for one that cannot be read at all."""
    if objections := objections_to_sending(by):
        raise Refused(objections)
    if by.person is None:
        raise Refused(_("Sign in to send a file."))
    sheets.read(name, data)
    upload, made = Upload.objects.get_or_create(
        digest=hashlib.sha256(data).hexdigest(), person=by.person, taken_at=None,
        defaults={"name": name[:300], "data": data, "sent_at": at, "expires_at": at + KEPT, "quarters": quarters},
    )  # fmt: skip
    if not made:
        upload.expires_at, upload.data = at + KEPT, data
        upload.save(update_fields=["expires_at", "data"])
    waiting = Upload.objects.filter(person=by.person, taken_at=None).order_by("-sent_at", "-pk")
    Upload.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)[MOST_WAITING:])).delete()
    return upload


def find(upload_id: int, *, by: Acting, at: datetime) -> Upload:
    """An upload of this person. Raises Missing for another's, and for one whose time is over."""
    upload = Upload.objects.select_related("submission").filter(pk=upload_id, person=by.person).first()
    if upload is None or (upload.taken_at is None and upload.expires_at <= at):
        raise Missing(_("This file is not kept any more, or was never yours. Send it again."))
    return upload


def answer(*, upload_id: int, quarters: str, by: Acting, at: datetime) -> Upload:
    """Say what "Q1 2025" means in a file."""
    upload = find(upload_id, by=by, at=at)
    if quarters not in QUARTERS:
        raise Refused(_("Choose calendar or financial quarters."))
    upload.quarters = quarters
    upload.save(update_fields=["quarters"])
    return upload


def discard(*, upload_id: int, by: Acting, at: datetime) -> None:
    """Forget a file that was not taken in."""
    upload = find(upload_id, by=by, at=at)
    if upload.taken_at is not None:
        raise Refused(_("This file was taken in already. To change a figure, send it anew."))
    upload.delete()


def forget(at: datetime) -> int:
    """Forget files whose time is over, and the bytes of those that were taken in. Says how many."""
    gone, _each = Upload.objects.filter(taken_at=None, expires_at__lte=at).delete()
    return gone + Upload.objects.filter(taken_at__isnull=False, expires_at__lte=at).exclude(data=b"").update(data=b"")


def preview(upload: Upload, *, by: Acting, at: datetime) -> Preview:
    """What taking this file in would do, and what is wrong with it by cell. Writes nothing; a dozen queries."""
    return weigh(upload, bytes(upload.data), by=by, at=at)


def weigh(upload: Upload, data: bytes, *, by: Acting | None, at: datetime) -> Preview:
    """The preview of a file that need not be kept. `by` None: by a command on the machine."""
    quarters: Any = upload.quarters or None
    read = sheets.read(upload.name, data, quarters=quarters)
    rows = {(row.sheet, row.row): row for row in read.rows}
    wrong = [_wrong(fault) for fault in read.faults]
    weighed: list[Weighed] = []
    for _turn in range(_TURNS):
        cells = [(key, cell) for key, row in rows.items() for cell in _cells(row)]
        weighed = submissions.weigh([cell for _key, cell in cells], by=by, on=timezone.localdate(at))
        refused = [(key, one) for (key, _cell), one in zip(cells, weighed, strict=True) if one.objections]
        if not refused:
            break
        for key, one in refused:
            rows.pop(key, None)
            wrong.extend(_refused(one, key))
    else:
        rows, weighed = {}, []
    wanted = tuple(one for one in weighed if one.change is not None)
    order = sorted(dict.fromkeys(wrong), key=lambda one: (one.sheet, one.row, len(one.address), one.address))
    out = {(one.sheet, one.row) for one in order if one.keeps_out}
    return Preview(
        upload, wanted, len(rows), len(out), len(weighed) - len(wanted), tuple(order),
        tuple(words(note) for note in read.notes), tuple(unusual.among(one.cell for one in wanted)),
        bool(upload.quarters) or _asks_quarters(read),
    )  # fmt: skip


@transaction.atomic
def take(*, upload_id: int, good_only: bool, reason: str, by: Acting, at: datetime) -> Upload:
    """Take a file in: whole, or by choice its good rows only. Raises Refused; the same file twice changes nothing."""
    if Upload.objects.select_for_update().filter(pk=upload_id).first() is None:
        raise Missing(_("This file is not kept any more, or was never yours. Send it again."))
    upload = find(upload_id, by=by, at=at)
    if upload.taken_at is not None:
        return upload
    told = preview(upload, by=by, at=at)
    receipt = _submit(told, good_only=good_only, reason=reason, by=by, at=at)
    upload.taken_at, upload.submission = at, receipt.submission
    upload.told = counts(told, receipt)
    upload.left_out = [[one.sheet, one.row, one.address, one.holds, one.what] for one in told.errors]
    upload.save(update_fields=["taken_at", "submission", "told", "left_out"])
    return upload


@transaction.atomic
def take_file(
    *, name: str, data: bytes, quarters: str, good_only: bool, reason: str, dry_run: bool, at: datetime
) -> tuple[Preview, Receipt | None]:
    """Take a file in by a command on the machine, or with `dry_run` say only what that would do. Raises Refused."""
    upload = Upload(name=name, digest=hashlib.sha256(data).hexdigest(), quarters=quarters)
    told = weigh(upload, data, by=None, at=at)
    if dry_run:
        return told, None
    return told, _submit(told, good_only=good_only, reason=reason, by=None, at=at)


def _submit(told: Preview, *, good_only: bool, reason: str, by: Acting | None, at: datetime) -> Receipt:
    reasons = []
    if told.errors and not good_only:
        reasons.append(
            _("%(count)s rows have errors. Mend them and send the file again, or choose to take in the good rows only.")
            % {"count": told.left_out}
        )
    if not told.rows:
        reasons.append(_("No row of this file can be taken in."))
    if reasons:
        raise Refused(reasons)
    alone = by is not None and by.post.role != Role.PEN
    return submissions.submit(
        cells=[one.cell for one in told.weighed], how=Submission.How.UPLOAD, source=told.upload.name,
        digest=told.upload.digest, said_on=timezone.localdate(at), by=by, at=at, on=timezone.localdate(at),
        reason=reason, organisation=by.post.organisation if by and alone else None, report={"left_out": told.left_out},
    )  # fmt: skip


def counts(told: Preview, receipt: Receipt) -> dict[str, int]:
    """What was taken in, in numbers."""
    return {
        "rows": told.rows, "left_out": told.left_out, "new": receipt.new, "same": told.same + receipt.same,
        "revisions": receipt.revisions, "changed": len(told.weighed) - receipt.new,
    }  # fmt: skip


def words(told: Told) -> str:
    """What a reader of spreadsheets says, in the language of who reads it."""
    return _(told.template) % told.values if told.values else _(told.template)


def _cells(row: FigureRow) -> Iterator[Cell]:
    for one in row.given:
        place = f"{row.sheet[:40]}!{one.column}{row.row}" if row.sheet else f"{one.column}{row.row}"
        yield Cell(
            row.service, sheets.span_of(one.period), one.quantity, sheets.value_of(one.value), one.channel, place
        )


def _wrong(fault: Fault) -> Wrong:
    return Wrong(fault.sheet, fault.row, fault.address, fault.holds, words(fault.told), fault.weight is Weight.ERROR)


def _refused(one: Weighed, key: tuple[str, int]) -> Iterable[Wrong]:
    sheet, row = key
    address = one.cell.place.rpartition("!")[2]
    value = one.cell.value
    holds = f"{value:f}" if not isinstance(value, str) else str(value)
    return [Wrong(sheet, row, address, holds, reason, keeps_out=True) for reason in one.objections]


def _asks_quarters(read: Figures) -> bool:
    return any("quarters mean" in fault.told.template for fault in read.faults)
