"""Waivers: a rule of clear writing is not asked in a document, or of one passage, for a reason that everybody reads."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.drafting import naming, rights
from penholder.drafting.models import Document
from penholder.drafting.waived import Waiver
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.text.clarity import RULES

LONGEST_REASON = 2_000


@transaction.atomic
def waive(*, document_id: int, rule: str, passage: str, reason: str, by: Acting, at: datetime) -> Waiver:
    """Do not ask this rule of the document any more, or (with `passage`, its lasting name) of one passage.

    Waived already, it stays as it is. Raises Refused.
    """
    document = _locked(document_id)
    reasons = rights.objections_to_writing(document, by.post)
    if rule not in RULES:
        reasons.append(_("There is no rule “%(rule)s”. Choose one of the list.") % {"rule": rule})
    if not reason.strip():
        reasons.append(_("Say why this rule is not asked here. Everybody who works on the text will read it."))
    if len(reason) > LONGEST_REASON:
        reasons.append(_("A reason holds up to %(most)s characters. Shorten it.") % {"most": LONGEST_REASON})
    if passage and naming.names(document).find(passage) is None:
        reasons.append(_("That passage does not stand in the draft now. Choose it again in the list."))
    if reasons:
        raise Refused(reasons)
    row, made = Waiver.objects.get_or_create(
        document=document,
        rule=rule,
        passage=passage,
        ended_at=None,
        defaults={"reason": reason.strip(), "by": by.words, "at": at},
    )
    if made:
        _record("rule.waived", row, by, at, reason=row.reason)
    return row


@transaction.atomic
def end(*, waiver_id: int, by: Acting, at: datetime) -> Waiver:
    """Ask the rule again. Raises Refused, and Missing when it is asked already."""
    row = Waiver.objects.select_for_update(of=("self",)).filter(pk=waiver_id, ended_at=None).first()
    if row is None:
        raise Missing(_("This rule is asked again already."))
    if reasons := rights.objections_to_writing(row.document, by.post):
        raise Refused(reasons)
    row.ended_at, row.ended_by = at, by.words
    row.save(update_fields=["ended_at", "ended_by"])
    _record("rule.asked-again", row, by, at, reason="")
    return row


@transaction.atomic
def ask_before_sealing(*, document_id: int, ask: bool, by: Acting, at: datetime) -> Document:
    """Say whether hints that nobody waived stand in the way of sealing this document. Raises Refused."""
    document = _locked(document_id)
    if reasons := rights.objections_to_writing(document, by.post):
        raise Refused(reasons)
    if document.clear_before_sealing != ask:
        document.clear_before_sealing = ask
        document.save(update_fields=["clear_before_sealing"])
        ledger.append(
            "clarity.asked" if ask else "clarity.not-asked",
            actor=by.post.words,
            person=by.said_name,
            subject=document.key,
            at=at,
            facts={"document": document.key},
        )
    return document


def _locked(document_id: int) -> Document:
    found = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if found is None:
        raise Missing(_("There is no such document. Go back to the list of texts."))
    return found


def _record(act: str, row: Waiver, by: Acting, at: datetime, *, reason: str) -> None:
    facts = {"document": row.document.key, "rule": row.rule, "passage": row.passage}
    ledger.append(
        act, actor=by.post.words, person=by.said_name, subject=row.document.key, at=at, reason=reason, facts=facts
    )
