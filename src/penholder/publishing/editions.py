"""Editions: published, listed, and the files that were made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from penholder.agreement import clearances, process
from penholder.agreement.entries import CLOCK
from penholder.drafting.models import Document, Iteration
from penholder.errors import Conflict, Missing, Refused
from penholder.people.acting import Acting
from penholder.publishing import rules
from penholder.publishing.models import Edition, Output, Schedule, Withdrawal
from penholder.record import ledger

# Made from the sealed text alone, so they can have one content only. Other outputs also depend on how pages are drawn.
EXACT = frozenset({"text.md", "manifest.json"})


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file made of an edition: `path` is relative to the edition's own address."""

    path: str
    sha256: str
    size: int
    media_type: str


@transaction.atomic
def publish(
    *,
    iteration: Iteration,
    at: datetime,
    reason: str = "",
    agreed_elsewhere: bool = False,
    corrects: bool = False,
    by: Acting | None = None,
    schedule: Schedule | None = None,
    written_at: datetime | None = None,
) -> Edition:
    """Make a cleared iteration the newest edition of its document. One that is published already is returned as it is.

    `agreed_elsewhere` says that it was not agreed here, so no clearance is asked for; the edition and the record keep
    that for good. `reason` is public, and needed from the second edition on; `corrects` says that it puts a mistake of
    the edition before right. `by` None is whoever runs this instance, or the clock when a `schedule` is given. `at` is
    when it is or was published; `written_at` is when that is written down here, if later (an imported past). Raises
    Refused with every reason: who may not, what comes later, and each step of the agreement that is not cleared on
    this very seal.

    The rounds of this text are held still until the transaction ends, so that a withdrawal comes wholly before the
    publication, and prevents it, or wholly after.
    """
    Document.objects.select_for_update().get(pk=iteration.document_id)
    if standing := Edition.objects.filter(iteration=iteration).first():
        return standing
    objections = rules.objections_to_publishing(iteration, by=by, at=at)
    if not agreed_elsewhere:
        objections += rules.objections_to_wording(iteration, reason=reason, corrects=corrects)
        objections += clearances.hold(iteration=iteration)
    if objections:
        raise Refused(objections)
    before = rules.newest(iteration)
    edition = Edition.objects.create(
        document_id=iteration.document_id,
        iteration=iteration,
        number=before.number + 1 if before else 1,
        published_at=at,
        agreed_elsewhere=agreed_elsewhere,
        reason=reason,
        corrects=before if corrects else None,
    )
    ledger.append(
        "edition.published",
        actor=_who(by, schedule),
        person=by.said_name if by else "",
        subject=iteration.seal,
        at=written_at or at,
        reason=reason,
        facts={
            "document": iteration.document.key,
            "edition": edition.number,
            "published_at": at.isoformat(),
            "agreed_elsewhere": agreed_elsewhere,
            "corrects": before.number if before and corrects else 0,
            "schedule": schedule.pk if schedule else 0,
            "steps": [] if agreed_elsewhere else [str(kind) for kind in process.REQUIRED[iteration.document.kind]],
        },
    )
    return edition


def _who(by: Acting | None, schedule: Schedule | None) -> str:
    if by is not None:
        return by.post.words
    return CLOCK if schedule else ledger.OPERATOR


@transaction.atomic
def withdraw(*, edition_id: int, notice: str, by: Acting | None, at: datetime) -> Withdrawal:
    """Say that an edition no longer holds. `notice` is what readers are shown above its text, which stays readable.

    `by` None is whoever runs this instance. Raises Missing, or Refused with every reason.
    """
    rows = Edition.objects.select_for_update(of=("self",)).select_related("document", "iteration")
    edition = rows.filter(pk=edition_id).first()
    if edition is None:
        raise Missing(_("There is no such edition. Go back to the document."))
    if objections := rules.objections_to_withdrawing(edition, notice=notice, by=by, at=at):
        raise Refused(objections)
    told = notice.strip()
    made = Withdrawal.objects.create(
        edition=edition,
        notice=told,
        by_post=by.post.words if by else ledger.OPERATOR,
        name=by.said_name if by else "",
        at=at,
    )
    ledger.append(
        "edition.withdrawn",
        actor=made.by_post,
        person=made.name,
        subject=edition.iteration.seal,
        at=at,
        reason=told,
        facts={"document": edition.document.key, "edition": edition.number},
    )
    return made


def listed(document: str = "") -> QuerySet[Edition]:
    """Editions with their documents and iterations, in one query: of one document, oldest first, or of all."""
    rows = Edition.objects.select_related("document", "document__organisation", "iteration", "withdrawal", "corrects")
    rows = rows.filter(document__key=document) if document else rows
    return rows.order_by("document__key", "number")


def current() -> dict[str, Edition]:
    """The newest edition of each document, by the document's key. One query."""
    return {edition.document.key: edition for edition in listed()}


@transaction.atomic
def record_outputs(*, edition: Edition, outputs: Iterable[OutputFile]) -> int:
    """List the files that were made of an edition, with their checksums. Returns how many lines are new or changed.

    A page that is drawn anew may have new bytes. `text.md` and `manifest.json` may not: raises Conflict.
    """
    return record_all_outputs({edition.pk: outputs})


@transaction.atomic
def record_all_outputs(outputs: dict[int, Iterable[OutputFile]]) -> int:
    """`record_outputs` for many editions at once, by primary key, with four queries."""
    known = {(row.edition_id, row.path): row for row in Output.objects.filter(edition__in=outputs)}
    made, changed = [], []
    for edition, files in outputs.items():
        for file in files:
            row = known.get((edition, file.path))
            if row is None:
                made.append(
                    Output(
                        edition_id=edition,
                        path=file.path,
                        sha256=file.sha256,
                        size=file.size,
                        media_type=file.media_type,
                    )
                )
            elif (row.sha256, row.size, row.media_type) != (file.sha256, file.size, file.media_type):
                if file.path in EXACT and row.sha256 != file.sha256:
                    raise Conflict(
                        f"{file.path} of {row.edition} is listed with checksum {row.sha256[:12]}… and was now made "
                        f"with {file.sha256[:12]}…. What is sealed cannot change: run `penholder check --home`."
                    )
                row.sha256, row.size, row.media_type = file.sha256, file.size, file.media_type
                changed.append(row)
    Output.objects.bulk_create(made, batch_size=500)
    Output.objects.bulk_update(changed, ["sha256", "size", "media_type"], batch_size=200)
    return len(made) + len(changed)
