"""What could not go into a draft is not lost: it is put aside, in words, for whoever wrote it and for the pen team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from penholder.drafting import drafts
from penholder.drafting.models import Document, SetAside
from penholder.drafting.shared_texts import SharedText
from penholder.people.acting import Acting


@transaction.atomic
def set_aside(*, document_id: int, update: bytes, reasons: Sequence[str], by: Acting, at: datetime) -> SetAside | None:
    """Keep a Yjs update that was refused, and what it would have made of each section it touches.

    None when it would have changed nothing. Raises ValueError for what is no update; examine it first. Never writes in
    the draft.
    """
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    shared, _ = drafts.load(document)
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
