"""Answers: given for the very text that was shown, and withdrawn with a reason. An answer is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from penholder.agreement import entries, locks, remarks, rules, scopes, voices
from penholder.agreement.models import Answer, Asked, Clearance, How, Stance, State
from penholder.agreement.publications import is_published
from penholder.agreement.rules import NewRemark
from penholder.agreement.voices import Voice
from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.record import ledger

__all__ = ["NewRemark", "give", "withdraw"]


@transaction.atomic
def give(
    *,
    asked_id: int,
    stance: str,
    seal: str,
    by: Acting,
    at: datetime,
    reason: str = "",
    conditions: Sequence[NewRemark] = (),
) -> Answer:
    """Answer for an asked post. `seal` is that of the text the form was made for; a stale one is refused.

    `conditions` are remarks of any class that are lodged with the answer. An answer after the deadline counts while the
    round runs, is marked late, and takes the place of consent that was deemed. The same answer sent twice is one.
    Raises Refused when the rules object, Missing for an asked post that is not there.
    """
    asked = locks.asked(asked_id)
    heard = voices.hear(asked, by, at=at, lock=True)
    if (standing := _sent_before(asked, stance, seal, reason, by)) and not conditions:
        return standing
    objections = rules.objections_to_answering(
        asked, by=by, at=at, stance=stance, seal=seal, reason=reason, conditions=conditions, heard=heard
    )
    if objections or heard.voice is None:
        raise Refused(objections)
    voice = heard.voice
    late = at >= asked.deadline_at
    answer = _write(asked, voice, Stance(stance), reason=reason, late=late, at=at)
    if voice.link:
        voice.link.used_at = at
        voice.link.save(update_fields=["used_at"])
    sections = scopes.in_scope(asked.round.iteration, asked.sections)
    acts = [entries.answered(asked, answer, sections, by=voice, at=at)]
    acts += remarks.lodge_with_answer(asked, conditions, by=voice, at=at)
    ledger.append_all(acts)
    return answer


def _sent_before(asked: Asked, stance: str, seal: str, reason: str, by: Acting) -> Answer | None:
    """The answer that stands, when it is this very one: a form that was sent twice."""
    answer = asked.answer
    same = (
        answer is not None
        and answer.how == How.GIVEN
        and (answer.stance, answer.seal, answer.reason) == (stance, seal, reason)
        and answer.person_id == (by.person.pk if by.person else None)
        and answer.name == by.said_name.strip()
    )
    return answer if same else None


def _write(asked: Asked, voice: Voice, stance: Stance, *, reason: str, late: bool, at: datetime) -> Answer:
    answer = Answer.objects.create(
        asked=asked,
        number=asked.answer.number + 1 if asked.answer else 1,
        stance=stance,
        seal=asked.round.iteration.seal,
        by_post=voice.post,
        person=voice.person,
        name=voice.name,
        on_behalf_of=voice.on_behalf_of,
        through=voice.through,
        reason=reason,
        at=at,
        late=late,
    )
    asked.answer = asked.last_given = answer
    asked.save(update_fields=["answer", "last_given"])
    return answer


@transaction.atomic
def withdraw(*, asked_id: int, reason: str, by: Acting, at: datetime) -> Answer:
    """Take back what a post agreed to. Before publication it ends a clearance; after it the edition stays.

    Who withdrew blocks clearance until they answer again. Raises Refused when the rules object.
    """
    asked = locks.asked(asked_id)
    round = asked.round
    heard = voices.hear(asked, by, at=at, lock=True)
    objections = rules.objections_to_withdrawing(asked, by=by, at=at, reason=reason, heard=heard)
    if objections or heard.voice is None:
        raise Refused(objections)
    answer = _write(asked, heard.voice, Stance.WITHDRAWN, reason=reason, late=False, at=at)
    acts = [entries.withdrawn(asked, answer, by=heard.voice, at=at)]
    if round.state == State.CLEARED and not is_published(round.iteration):
        Clearance.objects.filter(round=round, ended_at=None).update(ended_at=at, ended_because=reason)
        round.state, round.ended_at = State.UNSETTLED, None
        round.save(update_fields=["state", "ended_at"])
        acts.append(entries.unsettled(round, by=heard.voice, reason=reason, at=at))
    ledger.append_all(acts)
    return answer
