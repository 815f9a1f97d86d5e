"""The queue of letters: written once, taken by one worker at a time, tried again with patience, and never in silence.

Sending cannot be in one transaction with the database. A worker that dies between the mail server's "yes" and our note
of it leaves a letter that is sent again when its time of holding is over: at least once, at most once more, and under
the same Message-ID, by which the receiving side can tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from penholder.jobs.models import Letter, State

# How long a worker may hold a letter. A mail server is given up after 30 seconds, so only a dead worker holds longer.
HOLDING = timedelta(minutes=10)

# How long to wait after each attempt: a passing fault within the hour, a server that is down over a weekend by Monday.
PATIENCE = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))

# Of letters that ended, nothing is kept longer: they hold addresses, and the record tells what happened.
KEPT = timedelta(days=30)


def write(letters: Iterable[Letter]) -> int:
    """Put letters into the queue, in the transaction of what they tell of. Returns how many there were.

    One whose key is there already is that same letter, and is not written again.
    """
    fresh = list(letters)
    Letter.objects.bulk_create(fresh, batch_size=200, ignore_conflicts=True)
    return len(fresh)


def take(*, at: datetime) -> Letter | None:
    """The next letter that is due, held for this worker alone; None when there is none."""
    if not _due(at).exists():  # asking first takes no lock, and most times there is nothing
        return None
    with transaction.atomic():
        ready = _due(at)
        if connection.features.has_select_for_update_skip_locked:
            ready = ready.select_for_update(skip_locked=True)
        letter = ready.first()
        if letter is None:
            return None
        Letter.objects.filter(pk=letter.pk).update(
            state=State.SENDING, held_until=at + HOLDING, attempts=F("attempts") + 1
        )
        letter.refresh_from_db()
    return letter


def _due(at: datetime) -> QuerySet[Letter]:
    # A moment that lies further ahead than we ever set one was set by a clock that has been put back since.
    waiting = Q(state=State.WAITING) & (Q(due_at__lte=at) | Q(due_at__gt=at + PATIENCE[-1]))
    left = Q(state=State.SENDING) & (Q(held_until__lte=at) | Q(held_until__gt=at + HOLDING))
    return Letter.objects.filter(waiting | left)


def sent(letter: Letter, *, subject: str, at: datetime) -> None:
    """Note that the mail server took it, and forget what it said."""
    _held(letter).update(
        state=State.SENT, subject=subject[:1000], body="", problem="", held_until=None, ended_at=at, due_at=at
    )


def drop(letter: Letter, *, because: str, at: datetime) -> None:
    """Note that it is no longer needed, and why."""
    _held(letter).update(state=State.DROPPED, body="", problem=because, held_until=None, ended_at=at)


def fail(letter: Letter, *, problem: str, for_good: bool, at: datetime) -> State:
    """Note that it could not be sent; it waits for its next attempt, or has failed when there is none left."""
    if for_good or letter.attempts > len(PATIENCE):
        _held(letter).update(state=State.FAILED, problem=problem, held_until=None, ended_at=at)
        return State.FAILED
    later = at + PATIENCE[max(letter.attempts, 1) - 1]
    _held(letter).update(state=State.WAITING, problem=problem, held_until=None, due_at=later)
    return State.WAITING


def _held(letter: Letter) -> QuerySet[Letter]:
    # If another worker took it over meanwhile, it is that one's to say how it ended.
    return Letter.objects.filter(pk=letter.pk, state=State.SENDING, attempts=letter.attempts)


def failed() -> QuerySet[Letter]:
    """Letters that were given up, and those that wait for another attempt after a fault; the oldest first."""
    return Letter.objects.filter(Q(state=State.FAILED) | (Q(state=State.WAITING) & ~Q(problem=""))).order_by("made_at")


def again(*, at: datetime) -> int:
    """Let every letter that was given up, or that waits after a fault, be tried now. Returns how many."""
    return failed().update(state=State.WAITING, due_at=at, attempts=0, ended_at=None)


def forget(*, at: datetime) -> int:
    """Remove letters that ended long ago; those that failed stay until somebody has seen to them."""
    old = Letter.objects.filter(state__in=[State.SENT, State.DROPPED], ended_at__lt=at - KEPT)
    return old.delete()[0]
