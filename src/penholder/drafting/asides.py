"""What could not go into a draft is not lost: it is put aside, in words, for whoever wrote it and for the pen team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from penholder.drafting import drafts, rights
from penholder.drafting.models import Document, SetAside
from penholder.drafting.shared_texts import SharedText
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.record import ledger


@transaction.atomic
def set_aside(*, document_id: int, update: bytes, reasons: Sequence[str], by: Acting, at: datetime) -> SetAside | None:
    """Keep a Yjs update that was refused, and what it would have made of each section it touches.

    None when it would have changed nothing. Raises ValueError for what is no update; examine it first. Never writes in
    the draft.
    """
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    shared = drafts.load(document)[0]
    before = {section.key: section.text for section in shared.sections()}
    wanted = SharedText([shared.since(), update])
    changes = [
        {"section": section.key, "was": before[section.key], "now": section.text}
        for section in wanted.sections()
        if section.key in before and section.text != before[section.key]
    ]
    if not changes:
        return None
    return SetAside.objects.create(
        document=document,
        update=update,
        changes=changes,
        reasons=list(reasons),
        post=by.post.words,
        person=by.person,
        at=at,
    )


def waiting(document_id: int) -> QuerySet[SetAside]:
    """What was put aside and nobody has settled, oldest first, with its writers. One query."""
    rows = SetAside.objects.filter(document_id=document_id, settled_at=None).select_related("person")
    return rows.order_by("at", "pk")


def settle(*, aside_id: int, at: datetime) -> None:
    """It became a suggestion, or was dropped: it waits no longer. Settling twice changes nothing."""
    SetAside.objects.filter(pk=aside_id, settled_at=None).update(settled_at=at)


def seen_by(document: Document, by: Acting) -> QuerySet[SetAside]:
    """What waits in this document: everything for those who write it, for others what they typed themselves."""
    rows = waiting(document.pk)
    return rows if not rights.objections_to_writing(document, by.post) else rows.filter(person=by.person)


@transaction.atomic
def put_away(*, aside_id: int, document: Document, by: Acting, at: datetime) -> SetAside:
    """Its writer, or whoever writes the document, has done with it. The row stays. Raises Missing, Refused."""
    row = SetAside.objects.select_for_update(of=("self",)).filter(pk=aside_id, document=document).first()
    if row is None or row.settled_at is not None:
        raise Missing(_("This is not put aside any more."))
    if row.person_id != getattr(by.person, "pk", None) and (reasons := rights.objections_to_writing(document, by.post)):
        raise Refused([_("Only its writer and those who write this document put it away."), *reasons])
    settle(aside_id=row.pk, at=at)
    facts = {"aside": row.pk, "of": row.post, "typed_at": row.at.isoformat()}
    ledger.append(
        "draft.put-away", actor=by.post.words, person=by.said_name, subject=document.key, at=at, reason="", facts=facts
    )
    return row
