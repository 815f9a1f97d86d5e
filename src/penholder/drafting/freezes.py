"""Freezing a draft: nobody writes in it until it is unfrozen. It is read, commented on and sealed all the same."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.drafting import rights, rules
from penholder.drafting.models import Document
from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.record import ledger


def objections_to_freezing(document: Document, by: Acting) -> list[str]:
    """Every reason why this post may not freeze the draft now."""
    reasons = rights.objections_to_writing(document, by.post)
    return reasons + rules.objections_of_freeze(document)


def objections_to_unfreezing(document: Document, by: Acting) -> list[str]:
    """Every reason why this post may not unfreeze the draft now."""
    reasons = rights.objections_to_writing(document, by.post)
    if document.frozen_at is None:
        reasons.append(_("This draft is not frozen."))
    return reasons


@transaction.atomic
def freeze(*, document_id: int, reason: str, by: Acting, at: datetime) -> Document:
    """Let nobody write in the draft from now on, and say why. Raises Refused with every reason."""
    document = _locked(document_id)
    reasons = objections_to_freezing(document, by)
    if not reason.strip():
        reasons.append(_("Say why the draft is frozen. Everybody who wants to write in it will read it."))
    if reasons:
        raise Refused(reasons)
    document.frozen_at, document.frozen_by, document.frozen_reason = at, by.words[:500], reason.strip()
    document.save(update_fields=["frozen_at", "frozen_by", "frozen_reason"])
    _record("draft.frozen", document, reason, by, at)
    return document


@transaction.atomic
def unfreeze(*, document_id: int, reason: str, by: Acting, at: datetime) -> Document:
    """Let people write in the draft again, and say why. Raises Refused with every reason."""
    document = _locked(document_id)
    reasons = objections_to_unfreezing(document, by)
    if not reason.strip():
        reasons.append(_("Say why people may write in the draft again."))
    if reasons:
        raise Refused(reasons)
    document.frozen_at, document.frozen_by, document.frozen_reason = None, "", ""
    document.save(update_fields=["frozen_at", "frozen_by", "frozen_reason"])
    _record("draft.unfrozen", document, reason, by, at)
    return document


def _locked(document_id: int) -> Document:
    return Document.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=document_id)


def _record(act: str, document: Document, reason: str, by: Acting, at: datetime) -> None:
    ledger.append(
        act, actor=by.post.words, person=by.said_name, subject=document.key, at=at, reason=reason.strip(), facts={}
    )
