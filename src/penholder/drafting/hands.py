"""Who has which section in hand: a courtesy among people, never a lock. It ends by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from penholder.drafting.models import Hand
from penholder.people.acting import Acting

# Long enough to finish a sentence, short enough to free the section when a laptop lid closes.
EDITING_LEASE = timedelta(minutes=5)


def take(*, document_id: int, section: str, by: Acting, at: datetime) -> None:
    """Say that somebody has opened the section to write in it. Nobody is kept out by it."""
    if by.person is None:
        return
    Hand.objects.update_or_create(
        document_id=document_id,
        section=section,
        person=by.person,
        defaults={"words": by.words[:700], "until": at + EDITING_LEASE},
    )


def release(*, document_id: int, section: str, by: Acting) -> None:
    """Say that somebody is done with the section."""
    Hand.objects.filter(document_id=document_id, section=section, person=by.person).delete()


def held(document_id: int, *, at: datetime) -> Mapping[str, list[Hand]]:
    """Who has each section in hand at that moment, the last who took it first. One query."""
    found: defaultdict[str, list[Hand]] = defaultdict(list)
    rows = Hand.objects.filter(document_id=document_id, until__gt=at).select_related("person")
    for row in rows.order_by("-until"):
        found[row.section].append(row)
    return found
