"""What a worker has to do, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from penholder.agreement import reminders, rounds
from penholder.drafting import waypoints
from penholder.jobs import about_drafts, attempts, figures, letters, notices, work
from penholder.jobs.models import Letter
from penholder.jobs.posting import Sender
from penholder.jobs.work import Duty
from penholder.publishing import schedules, showing
from penholder.record import checkpoints
from penholder.services import uploads


def every(sender: Sender) -> list[Duty]:
    """All duties, in the order in which one makes work for the next."""
    moment, minute = timedelta(0), timedelta(minutes=1)
    return [
        Duty("Consent deemed at the deadline", timedelta(seconds=10), lambda at: rounds.deem(at=at), by_the_clock=True),
        Duty(
            "Publications carried out",
            timedelta(seconds=10),
            lambda at: schedules.carry_out(at=at),
            by_the_clock=True,
        ),
        Duty("Sites shown", timedelta(seconds=10), showing.catch_up),
        Duty("Reminders", 5 * minute, remind),
        Duty("Reminders of figures", 5 * minute, figures.remind),
        Duty("Letters written", moment, lambda at: notices.follow(at=at)),
        Duty("Letters to who was named", moment, about_drafts.tell_mentioned),
        Duty("Daily letters", 10 * minute, about_drafts.write_daily),
        Duty("Letters sent", moment, lambda _: sender.send_due()),
        Duty("Drafts kept for looking back", 5 * minute, lambda at: waypoints.keep_all(at=at)),
        Duty("Checkpoints signed", timedelta(hours=1), sign),
        Duty("Old attempts forgotten", timedelta(hours=1), attempts.forget, by_the_clock=True),
        Duty("Files of figures forgotten", timedelta(hours=1), uploads.forget),
        Duty("Old letters forgotten", timedelta(hours=6), lambda at: letters.forget(at=at)),
        Duty("", minute, alive),
    ]


@transaction.atomic
def remind(at: datetime) -> int:
    """Write a reminder to everybody who is due one, in the transaction that notes them as reminded."""
    today = timezone.localdate(at)
    return letters.write(
        Letter(
            key=f"reminder:{today}:{reminder.email}",
            kind="reminder",
            to=reminder.email,
            language=reminder.language,
            facts={"asked": list(reminder.asked)},
            due_at=at,
            made_at=at,
        )
        for reminder in reminders.take(at=at)
    )


def sign(at: datetime) -> int:
    """Sign the head of the record, so that nobody can rewrite more than the last hour unseen."""
    key = checkpoints.key_at(settings.PENHOLDER_RECORD_KEY)
    return int(checkpoints.sign(key=key, at=at) is not None)


def alive(at: datetime) -> int:
    """Note that a worker is at work."""
    work.beat(at=at)
    return 0
