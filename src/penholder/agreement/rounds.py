"""Rounds: opened, extended, closed, sent back, called off; and one more post asked.

`renew` (a newer iteration follows) and `deem` (silence speaks) have modules of their own and are named here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.agreement import askings, deadlines, entries, locks, process, rules
from penholder.agreement.models import Asked, Round, State
from penholder.agreement.renewals import renew
from penholder.agreement.rules import AskFor
from penholder.agreement.silences import deem
from penholder.drafting.models import Document, Iteration
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.people.models import Post
from penholder.record import ledger

__all__ = ["AskFor", "ask", "call_off", "close", "deem", "extend", "open", "renew", "send_back"]


@transaction.atomic
def open(
    *,
    iteration: Iteration,
    kind: str,
    asked: Sequence[AskFor],
    by: Acting,
    at: datetime,
    clear_days: int | None = None,
    rule: str | None = None,
    rule_number: int | None = None,
    silence_is_consent: bool | None = None,
    carry: str | None = None,
    writers: Sequence[Post] = (),
    message: str = "",
) -> Round:
    """Ask the holders of these posts to answer for one sealed iteration. What is None is as `process.DEFAULTS` says.

    `writers` are the posts that wrote the text, whose holders may not clear it; without any, it is the one that opens.
    About ten queries, however many are asked. Raises Refused when the rules object.
    """
    Document.objects.select_for_update().get(pk=iteration.document_id)  # two rounds at once: one after the other
    usual = process.DEFAULTS[kind]
    terms = askings.Terms(
        kind=kind,
        clear_days=usual.clear_days if clear_days is None else clear_days,
        rule=usual.rule if rule is None else rule,
        rule_number=usual.rule_number if rule_number is None else rule_number,
        silence_is_consent=usual.silence_is_consent if silence_is_consent is None else silence_is_consent,
        carry=usual.carry if carry is None else carry,
        message=message,
    )
    if objections := rules.objections_to_opening(iteration=iteration, terms=terms, asked=asked, by=by, at=at):
        raise Refused(objections)
    rows = [Asked(post=one.post, sections=list(one.sections)) for one in asked]
    wrote = list(writers) or [by.post]
    round = askings.make(
        iteration=iteration,
        terms=terms,
        asked=rows,
        writers=wrote,
        deadline_at=deadlines.deadline(at, terms.clear_days),
        by=by.words,
        at=at,
    )
    ledger.append_all([entries.opened(round, rows, [post.key for post in wrote], by=by, at=at)])
    return round


@transaction.atomic
def ask(*, round_id: int, post: Post, by: Acting, at: datetime, sections: Sequence[str] = ()) -> Asked:
    """Ask one more post in a running round. It gets as many clear working days as everybody had, from now."""
    round = locks.round_row(round_id)
    if objections := rules.objections_to_asking(round, post, sections, by=by, at=at):
        raise Refused(objections)
    until = max(round.deadline_at, deadlines.deadline(at, round.clear_days))
    row = Asked.objects.create(round=round, post=post, sections=list(sections), asked_at=at, deadline_at=until)
    ledger.append_all([entries.asked_too(round, row, by=by, at=at)])
    return row


@transaction.atomic
def extend(
    *,
    round_id: int,
    reason: str,
    by: Acting,
    at: datetime,
    clear_days: int | None = None,
    deadline_at: datetime | None = None,
    post: Post | None = None,
) -> Round:
    """Put the deadline off, for one post or for everybody: by clear working days, or to a moment. Give one of the two.

    Who has more time already keeps it. Raises Refused for a deadline that is not later, Missing for a post not asked.
    """
    round = locks.round_row(round_id)
    rows = Asked.objects.filter(round=round)
    row = rows.filter(post=post).first() if post else None
    if post and row is None:
        raise Missing(_("“%(post)s” is not asked in this round. Ask it first.") % {"post": post.words})
    before = row.deadline_at if row else round.deadline_at
    if deadline_at is None:
        if clear_days is None or clear_days < 1:
            raise Refused(_("Say by how many clear working days the deadline is put off, or to when."))
        deadline_at = deadlines.later(before, clear_days, at=at)
    if objections := rules.objections_to_extending(
        round, by=by, at=at, deadline_at=deadline_at, row=row, reason=reason
    ):
        raise Refused(objections)
    if row:
        row.deadline_at = deadline_at
        row.save(update_fields=["deadline_at"])
    else:
        round.deadline_at = deadline_at
        round.save(update_fields=["deadline_at"])
        rows.filter(deadline_at__lt=deadline_at).update(deadline_at=deadline_at)
    key = post.key if post else ""
    ledger.append_all([entries.extended(round, key, deadline_at, reason=reason, by=by, at=at)])
    return round


@transaction.atomic
def remind(*, round_id: int, by: Acting, at: datetime) -> int:
    """Remind everybody whose answer is waited for, now; once a day at most. Returns how many posts.

    The letters go out as those of any other act do: whoever reads the record on writes them.
    """
    round = locks.round_row(round_id)
    if objections := rules.objections_to_reminding(round, by=by, at=at):
        raise Refused(objections)
    waiting = Asked.objects.filter(round=round, answer=None)
    posts = sorted(waiting.values_list("post__key", flat=True))
    waiting.update(reminded_at=at)
    ledger.append_all([entries.reminded(round, posts, by=by, at=at)])
    return len(posts)


def close(*, round_id: int, by: Acting, at: datetime, reason: str = "") -> Round:
    """Close a round of advice or feedback: it was heard, and there is nothing to clear."""
    return _end(round_id, State.CLOSED, "round.closed", reason=reason, by=by, at=at)


def send_back(*, round_id: int, reason: str, by: Acting, at: datetime) -> Round:
    """Return the text to the pen team, unagreed. The round goes on with a newer iteration by `renew`."""
    return _end(round_id, State.RETURNED, "round.sent-back", reason=reason, by=by, at=at)


def call_off(*, round_id: int, reason: str, by: Acting, at: datetime) -> Round:
    """End a round for good: what was answered in it stays in the record and counts for nothing."""
    return _end(round_id, State.CALLED_OFF, "round.called-off", reason=reason, by=by, at=at)


@transaction.atomic
def _end(round_id: int, to: State, act: str, *, reason: str, by: Acting, at: datetime) -> Round:
    round = locks.round_row(round_id)
    if objections := rules.objections_to_ending(round, to, by=by, at=at, reason=reason):
        raise Refused(objections)
    round.state, round.ended_at, round.ended_because = to, at, reason
    round.save(update_fields=["state", "ended_at", "ended_because"])
    ledger.append_all([entries.ended(act, round, reason=reason, by=by, at=at)])
    return round
