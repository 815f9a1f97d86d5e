"""Whether somebody gets a letter a day about the drafts that they work on, and since when the next one tells."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from penholder.drafting.contributions import DailyLetter
from penholder.people.models import Person


def wanted(person: Person) -> bool:
    """Whether they get one; everybody does who has not switched it off. One query."""
    return not DailyLetter.objects.filter(person=person, off=True).exists()


def choose(*, person: Person, wanted: bool) -> None:
    """Switch it on or off."""
    DailyLetter.objects.update_or_create(person=person, defaults={"off": not wanted})


def off() -> QuerySet[DailyLetter, int]:
    """The people who switched it off, for a filter."""
    return DailyLetter.objects.filter(off=True).values_list("person", flat=True)


def considered(*, person: Person, at: datetime) -> None:
    """Note that somebody's letter was written, or was not needed: the next one tells what happens from now on."""
    DailyLetter.objects.update_or_create(person=person, defaults={"sent_at": at})


def considered_at() -> dict[int, datetime]:
    """When each person's letter was last written, or not needed. One query."""
    rows = DailyLetter.objects.exclude(sent_at=None).values_list("person", "sent_at")
    return {person: at for person, at in rows if at is not None}
