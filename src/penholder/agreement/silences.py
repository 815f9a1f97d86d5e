"""Silence that means consent: recorded as deemed, with the rule and the moment, and never as a signature."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import ngettext

from penholder.agreement import deadlines, entries, locks, tallies
from penholder.agreement.models import Answer, Asked, How, Round, Stance, State
from penholder.record import ledger


def deem(*, at: datetime) -> int:
    """Record the consent of every post whose silence means it by now, in every running round. Returns how many.

    Who objected, withdrew or set a condition is never deemed content. Each round has a transaction of its own: to hold
    several while the record is written would wait in a circle with those who answer.
    """
    due = Asked.objects.filter(
        answer=None,
        deadline_at__lte=at,
        round__silence_is_consent=True,
        round__state__in=[State.OPEN, State.UNSETTLED],
    )
    deemed = 0
    for pk in sorted(set(due.values_list("round", flat=True))):
        with transaction.atomic():
            deemed += deem_in(locks.round_row(pk), at=at)
    return deemed


def because(deadline_at: datetime, clear_days: int) -> str:
    """Why silence was taken as consent, in the reader's language."""
    said = ngettext(
        "No answer came by %(deadline)s (%(days)s clear working day). In this round silence means consent.",
        "No answer came by %(deadline)s (%(days)s clear working days). In this round silence means consent.",
        clear_days,
    )
    return said % {"deadline": deadlines.words(deadline_at), "days": clear_days}


def recorded(deadline_at: datetime, clear_days: int) -> str:
    """The same in the language of the record, whoever's act brought the moment about."""
    with translation.override(settings.LANGUAGE_CODE):
        return because(deadline_at, clear_days)


def deem_in(round: Round, *, at: datetime) -> int:
    """The same in one round, which the caller has locked. A few queries, however many are silent."""
    if not round.silence_is_consent or round.state not in {State.OPEN, State.UNSETTLED}:
        return 0
    rows = list(tallies.count(round, at=at).due)
    if not rows:
        return 0
    answers = [
        Answer(
            asked=row,
            number=1,  # without an answer that stands there was never one
            stance=Stance.CONTENT,
            how=How.DEEMED,
            seal=round.iteration.seal,
            by_post=entries.CLOCK,
            through="clock",
            reason=recorded(row.deadline_at, round.clear_days),
            at=at,
        )
        for row in rows
    ]
    Answer.objects.bulk_create(answers, batch_size=200)
    acts = []
    for row, answer in zip(rows, answers, strict=True):
        row.answer, row.round = answer, round
        acts.append(entries.answered(row, answer, [], by=None, at=at))
    Asked.objects.bulk_update(rows, ["answer"], batch_size=200)
    ledger.append_all(acts)
    return len(rows)
