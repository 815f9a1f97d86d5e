"""Whether somebody gets a letter a day about the drafts that they work on, and since when the next one tells."""

from __future__ import annotations

from datetime import datetime

from penholder.drafting.contributions import DailyLetter
from penholder.people.models import Person


def wanted(person: Person) -> bool:
    """Whether they get one; everybody does who has not switched it off. One query."""
    return not DailyLetter.objects.filter(person=person, off=True).exists()


def choose(*, person: Person, wanted: bool) -> None:
    """Switch it on or off."""
    DailyLetter.objects.update_or_create(person=person, defaults={"off": not wanted})


def sent(*, person: Person, at: datetime) -> None:
    """Note that one was written."""
    DailyLetter.objects.update_or_create(person=person, defaults={"sent_at": at})
