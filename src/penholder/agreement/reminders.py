"""Who is to be reminded that an answer is waited for: rarely enough to be read, and never those who have answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from penholder.agreement import deadlines
from penholder.agreement.models import Asked, Delegation, Link, Rule, State
from penholder.people.models import Holding, Person

# So many working days before the last one a reminder goes out, and on the last one itself: a week to find an hour in,
# then the days on which it is still possible.
REMIND_AT = frozenset({5, 2, 1, 0})

# Where silence is not consent the answer is still owed after the deadline; then every second working day.
REMIND_LATE_EVERY = 2

# Hours of the day in which people are written to, in the instance's time zone.
OFFICE_HOURS = range(8, 18)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One letter for one address: everything in `asked` (ids) that waits for its answer, the nearest deadline first."""

    email: str
    language: str
    asked: tuple[int, ...]


@transaction.atomic
def take(*, at: datetime) -> list[Reminder]:
    """Whom to remind at this moment, noted as reminded in the same transaction.

    Nobody twice on one day, nobody at night or on a day that is no working day, nobody who has answered, and nobody in
    a round in which nobody must answer. Who is due one reminder is told in it of everything that waits for them.
    """
    local = timezone.localtime(at)
    if local.hour not in OFFICE_HOURS or not deadlines.is_working_day(local.date()):
        return []
    waiting = list(
        Asked.objects.select_for_update(of=("self",))
        .filter(round__state=State.OPEN, answer=None)
        .exclude(round__rule=Rule.NONE)
        .select_related("round__iteration")
        .order_by("deadline_at", "pk")
    )
    due = {asked.pk for asked in waiting if _is_due(asked, at=at)}
    if not due:
        return []
    wanted: dict[str, list[int]] = defaultdict(list)
    language: dict[str, str] = {}
    for asked, people in addressees(waiting, at=at):
        for email, spoken in people.items():
            wanted[email].append(asked.pk)
            language[email] = spoken
    reminders = [Reminder(email, language[email], tuple(ids)) for email, ids in wanted.items() if due & set(ids)]
    told = {pk for reminder in reminders for pk in reminder.asked}
    Asked.objects.filter(pk__in=told).update(reminded_at=at)
    return reminders


def _is_due(asked: Asked, *, at: datetime) -> bool:
    today = timezone.localdate(at)
    if asked.reminded_at is not None and timezone.localdate(asked.reminded_at) >= today:
        return False
    if timezone.localdate(asked.asked_at) == today:
        return False  # they have just been asked
    left = deadlines.left(at, asked.deadline_at)
    if left.state == "over":
        return left.clear_days > 0 and left.clear_days % REMIND_LATE_EVERY == 0
    return left.clear_days in REMIND_AT


def addressees(waiting: Collection[Asked], *, at: datetime) -> Iterable[tuple[Asked, dict[str, str]]]:
    """For each of these, the addresses of those who can answer at that moment, with their languages. Three queries.

    They are the people who hold the post, those it has delegated to, and whoever was sent a link that still opens.
    """
    posts = {asked.post_id for asked in waiting}
    holders: dict[int, dict[str, str]] = defaultdict(dict)
    held = Holding.objects.filter(
        Q(until=None) | Q(until__gt=at), post__in=posts, since__lte=at, person__is_active=True
    )
    for holding in held.select_related("person").order_by("since", "pk"):
        holders[holding.post_id] |= _addressed(holding.person)
    delegated = Delegation.objects.filter(
        post__in=posts, since__lte=at, until__gt=at, ended_at=None, person__is_active=True
    ).select_related("person")
    links = Link.objects.filter(
        asked__in=[asked.pk for asked in waiting], ended_at=None, used_at=None, expires_at__gt=at
    ).exclude(email="")
    by_post: dict[int, list[Delegation]] = defaultdict(list)
    for delegation in delegated:
        by_post[delegation.post_id].append(delegation)
    by_asked: dict[int, dict[str, str]] = defaultdict(dict)
    for link in links:
        by_asked[link.asked_id][link.email.lower()] = ""
    for asked in waiting:
        people = by_asked[asked.pk] | holders[asked.post_id]
        for delegation in by_post[asked.post_id]:
            if asked.round_id == delegation.round_id or asked.round.iteration.document_id == delegation.document_id:
                people |= _addressed(delegation.person)
        yield asked, people


def _addressed(person: Person) -> dict[str, str]:
    return {person.email.lower(): person.language} if person.email else {}
