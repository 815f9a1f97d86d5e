"""Suggestions: made by anyone who is asked, decided by the pen team with a reason, put into the text exactly once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from penholder.drafting import drafts, naming, objections, weighing
from penholder.drafting.contributions import Fate, Suggestion, What
from penholder.drafting.edits import SetText
from penholder.drafting.models import Document
from penholder.drafting.naming import Named
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused
from penholder.record import ledger
from penholder.seal import digest
from penholder.text.canonical import canonical
from penholder.text.merge import merge


@transaction.atomic
def make(
    *,
    document_id: int,
    what: str,
    section: str,
    by: Seat,
    at: datetime,
    passage: str = "",
    proposed: str = "",
    quote: str | None = None,
    target: str = "",
    target_section: str = "",
    weight: str = "c",
    reason: str = "",
    inside: bool = False,
    author: str = "",
    source: str = "",
    made_at: datetime | None = None,
    named: Named | None = None,
) -> Suggestion:
    """Suggest a change to the passage with this name. `inside`: only its own organisation sees it until it is lodged.

    `quote` is the passage as the author read it; it is taken from the draft unless told otherwise. What comes in from a
    file names its `author` in words, its `source`, and when it was made there. Who makes many at once hands in the
    draft as `named`, with the document locked since. Raises Refused.
    """
    document = locked(document_id)
    named = named or naming.names(document)
    standing = named.find(passage) if passage else None
    row = Suggestion(
        document=document,
        what=what,
        weight=weight,
        section=standing.section if standing else section,
        passage=passage,
        quote=(standing.block.source if standing else "") if quote is None else quote,
        proposed=_words(proposed) if what in {What.REPLACE, What.INSERT} else "",
        target=target,
        target_section=target_section,
        reason=reason.strip(),
        organisation=by.acting.post.organisation,
        author=None if author else by.acting.person,
        by=author or by.words,
        source=source,
        link_for=by.link_for,
        made_at=made_at or at,
        fate=Fate.INSIDE if inside else Fate.OPEN,
    )
    if reasons := objections.to_contributing(by, document_id) + objections.to_suggesting(row, named):
        raise Refused(reasons)
    if not inside:
        row.number, row.lodged_at, row.lodged_by = _next_number(document), at, by.words
    row.save()
    if not inside:
        _write("suggestion.made", row, by, at, reason=row.reason)
    return row


@transaction.atomic
def lodge(*, suggestion_id: int, by: Seat, at: datetime) -> Suggestion:
    """Let a suggestion leave its organisation: now it has a number, and everybody who works on the text sees it."""
    row = _find(suggestion_id, by)
    if reasons := objections.to_lodging(row, by) + objections.to_becoming(row, Fate.OPEN):
        raise Refused(reasons)
    row.fate, row.number = Fate.OPEN, _next_number(row.document)
    row.lodged_at, row.lodged_by = at, by.acting.words
    row.save(update_fields=["fate", "number", "lodged_at", "lodged_by"])
    _write("suggestion.made", row, by, at, reason=row.reason)
    return row


@transaction.atomic
def withdraw(*, suggestion_id: int, by: Seat, at: datetime, reason: str = "") -> Suggestion:
    """Take a suggestion back. Its author does, or who speaks for their organisation."""
    row = _find(suggestion_id, by)
    if reasons := objections.to_withdrawing(row, by):
        raise Refused(reasons)
    return _end(row, Fate.WITHDRAWN, by, at, reason)


@transaction.atomic
def reject(*, suggestion_id: int, reason: str, by: Seat, at: datetime) -> Suggestion:
    """Say that the text stays as it is, and why."""
    row = _find(suggestion_id, by)
    if reasons := objections.to_deciding(row, by, Fate.REJECTED, reason=reason):
        raise Refused(reasons)
    return _end(row, Fate.REJECTED, by, at, reason)


@transaction.atomic
def accept(
    *,
    suggestion_id: int,
    by: Seat,
    at: datetime,
    reason: str = "",
    words: str | None = None,
    seen: Collection[int] = (),
    reading: str = "",
) -> Suggestion:
    """Put a suggestion into the draft, as it is or in other `words`; then it is accepted in part.

    Only if the passage still reads as quoted. Where it does not, a person has to say how it shall read: `words`, and in
    `reading` the digest of the passage that they had before their eyes. `seen` are the other suggestions to the
    same words that they looked at; each of those must be looked at again afterwards. The text, the decision and the
    record are written together, once. Raises Refused.
    """
    row = _find(suggestion_id, by)
    named = naming.names(row.document)
    plain = outcome_of(row, named)
    given = plain if words is None else _words(words)
    fate = Fate.ACCEPTED if given == plain else Fate.IN_PART
    others = clashing(row, named)
    reasons = objections.to_deciding(row, by, fate, reason=reason)
    if reasons := reasons or _unsettled(row, named, words, reading) + objections.to_overlooking(others, seen):
        raise Refused(reasons)
    changed = weighing.texts(row, named, given or "")
    row.applied = given or ""
    edits = [SetText(key, text) for key, text in changed.items()]
    drafts.change(document_id=row.document_id, edits=edits, by=by.acting, at=at)
    for other in others:
        other.look_again = row.number
    Suggestion.objects.bulk_update(others, ["look_again"])
    return _end(row, fate, by, at, reason)


def outcome_of(row: Suggestion, named: Named) -> str | None:
    """What the passage would read if a suggestion were accepted as it is; None where only a person can say.

    Where the passage was edited meanwhile, both changes are merged, if they do not clash.
    """
    if row.what in {What.DELETE, What.MOVE}:
        return ""
    found = weighing.where(row, named)
    if row.what == What.INSERT or found.state == "stands":
        return row.proposed
    if found.at is None:
        return None
    merged = merge(row.quote, row.proposed, found.at.block.source)
    return _words(merged.text) if merged.clean else None


def clashing(row: Suggestion, named: Named) -> list[Suggestion]:
    """Other suggestions that are not decided and touch the same words. One query."""
    rows = Suggestion.objects.filter(document=row.document_id, fate=Fate.OPEN).exclude(pk=row.pk)
    rows = rows.select_related("organisation")
    return list(weighing.conflicts([row, *rows], named).get(row.pk, ()))


def _unsettled(row: Suggestion, named: Named, words: str | None, reading: str) -> list[str]:
    """Why a person must look first: the passage reads differently than it was quoted, or than they saw it."""
    found = weighing.where(row, named)
    if found.state == "removed":
        return [_("The passage was removed from the draft. Reject the suggestion, or put the passage back first.")]
    if found.at is None or found.state == "stands":
        return []
    if reading != digest(found.at.block.source):
        return [_("The passage reads differently now. Look at the change, then decide.")]
    if row.what == What.REPLACE and words is None:
        return [_("The passage was edited since. Say how it shall read.")]
    if row.what == What.REPLACE and _words(words or "") == found.at.block.source != row.proposed:
        return [_("So the passage reads already. To leave it as it is, reject the suggestion and say why.")]
    return []


def _end(row: Suggestion, fate: Fate, by: Seat, at: datetime, reason: str) -> Suggestion:
    was_inside = row.fate == Fate.INSIDE
    row.fate, row.ended_at, row.ended_by, row.because = fate, at, by.words, reason.strip()
    row.save(update_fields=["fate", "ended_at", "ended_by", "because", "applied"])
    if not was_inside:
        _write(f"suggestion.{fate}", row, by, at, reason=row.because)
    return row


def _write(act: str, row: Suggestion, by: Seat, at: datetime, *, reason: str) -> None:
    facts = {"document": row.document.key, "suggestion": row.number, "section": row.section, "passage": row.passage}
    told: dict[str, Any] = facts | {"what": row.what, "class": row.weight, "by": row.by, "source": row.source}
    if by.link_for:
        told["through"] = "link"
    ledger.append(
        act,
        actor=by.acting.post.words,
        person=by.acting.said_name,
        subject=row.document.key,
        at=at,
        reason=reason,
        facts=told,
    )


def _words(text: str) -> str:
    return canonical(text).rstrip("\n")


def locked(document_id: int) -> Document:
    """The document, locked until the transaction ends: one number, one decision at a time. Raises Missing."""
    found = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if found is None:
        raise Missing(_("There is no such text. Go back to the list of texts."))
    return found


def _find(suggestion_id: int, by: Seat) -> Suggestion:
    """A suggestion that somebody may see, its document locked. What is inside another organisation is not there."""
    document = locked(by.document)
    row = Suggestion.objects.filter(by.seen, pk=suggestion_id).first()
    if row is None:
        raise Missing(_("There is no such suggestion. Go back to the list of suggestions."))
    row.document = document
    return row


def _next_number(document: Document) -> int:
    highest: int | None = Suggestion.objects.filter(document=document).aggregate(last=Max("number"))["last"]
    return (highest or 0) + 1
