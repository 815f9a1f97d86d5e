"""Who worked with a draft, and when: looks are kept, and “since you were last here” has a beginning."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from penholder.drafting.contributions import Visit
from penholder.drafting.models import Document
from penholder.drafting.seats import Seat
from penholder.people.models import Person
from penholder.record import ledger

# After so long without a page of a draft somebody comes back to it: a meeting, a lunch, another day.
APART = timedelta(hours=1)
# A visit's end is kept so exactly; reading on for minutes writes one row, not one for each page.
EXACTLY = timedelta(minutes=1)


@transaction.atomic
def note(*, document: Document, by: Seat, at: datetime) -> Visit:
    """Say that a page of this draft was opened. The record is told once of each person and post. 1 to 4 queries."""
    person = by.acting.person
    assert person is not None  # noqa: S101 - for mypy: there is no seat without somebody in it
    last = Visit.objects.filter(document=document, person=person).first()
    post = by.acting.post.words
    if last is not None and last.post == post and at < last.last_at + APART:
        if at >= last.last_at + EXACTLY:
            last.last_at = at
            last.save(update_fields=["last_at"])
        return last
    known = last is not None and Visit.objects.filter(document=document, person=person, post=post).exists()
    visit = Visit.objects.create(
        document=document, person=person, post=post, through=by.acting.through, began_at=at, last_at=at
    )
    if not known:
        ledger.append(
            "draft.shown",
            actor=post,
            person=by.acting.said_name,
            subject=document.key,
            at=at,
            facts={"document": document.key, "through": by.acting.through},
        )
    return visit


def last_here(document: Document, person: Person, *, at: datetime) -> datetime | None:
    """When somebody's visit before the present one ended; None when they were never here before. One query."""
    rows = list(Visit.objects.filter(document=document, person=person, began_at__lte=at)[:2])
    if rows and at < rows[0].last_at + APART:
        rows = rows[1:]
    return rows[0].last_at if rows else None
