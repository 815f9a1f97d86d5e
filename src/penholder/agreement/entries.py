"""What the record is told of each act of agreement: one function an act, so that every reader knows where to look.

The subject is the seal of the iteration. Facts are text, whole numbers and lists of them; moments are ISO 8601 in UTC.
`penholder.agreement.replay` reads them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from penholder.agreement.models import Answer, Asked, Clearance, Delegation, Disposition, Remark, Round
from penholder.agreement.voices import Voice
from penholder.people.acting import Acting
from penholder.record.chain import moment
from penholder.record.ledger import Act
from penholder.seal import digest

# Acts when nobody does: silence that is deemed consent, signatures that are carried over.
CLOCK = "The clock of this instance"


def _by(by: Acting | Voice | None) -> dict[str, Any]:
    if by is None:
        return {"actor": CLOCK}
    if isinstance(by, Voice):
        return {"actor": by.post, "person": by.name, "on_behalf_of": by.on_behalf_of}
    return {"actor": by.post.words, "person": by.said_name}


def _act(
    act: str,
    round: Round,
    by: Acting | Voice | None,
    at: datetime,
    reason: str = "",
    /,
    *,
    withheld: dict[str, Any] | None = None,
    **facts: Any,
) -> Act:
    return Act(
        act=act,
        subject=round.iteration.seal,
        at=at,
        reason=reason,
        facts={"round": round.key, **facts},
        withheld=withheld or {},
        **_by(by),
    )


def opened(round: Round, asked: Sequence[Asked], writers: Iterable[str], *, by: Acting, at: datetime) -> Act:
    """A round was opened; `scopes` names only those who answer for part of the text."""
    return _act(
        "round.opened",
        round,
        by,
        at,
        withheld=beside_round(round, asked),
        series=round.series,
        kind=round.kind,
        document=round.iteration.document.key,
        number=round.iteration.number,
        rule=round.rule,
        rule_number=round.rule_number,
        silence=int(round.silence_is_consent),
        carry=round.carry,
        deadline_at=moment(round.deadline_at),
        asked=[row.post.key for row in asked],
        scopes=[[row.post.key, *row.sections] for row in asked if row.sections],
        writers=sorted(writers),
        follows=round.follows.key if round.follows else "",
    )


def asked_too(round: Round, row: Asked, *, by: Acting, at: datetime) -> Act:
    """One more post was asked."""
    until = moment(row.deadline_at)
    return _act("round.asked", round, by, at, post=row.post.key, sections=list(row.sections), deadline_at=until)


def extended(round: Round, post: str, deadline_at: datetime, *, reason: str, by: Acting, at: datetime) -> Act:
    """A deadline was put off: of the post with this key, or with "" of everybody."""
    return _act("round.extended", round, by, at, reason, post=post, deadline_at=moment(deadline_at))


def reminded(round: Round, posts: Sequence[str], *, by: Acting, at: datetime) -> Act:
    """Posts whose answer is waited for were reminded by hand."""
    return _act("round.reminded", round, by, at, posts=list(posts))


def ended(act: str, round: Round, *, reason: str, by: Acting, at: datetime) -> Act:
    """A round was closed, sent back or called off: `act` is "round.closed", "round.sent-back" or "round.called-off"."""
    return _act(act, round, by, at, reason)


def replaced(round: Round, following: Round, *, by: Acting, at: datetime) -> Act:
    """A round goes on with a newer iteration, in the round `by`."""
    return _act("round.replaced", round, by, at, by=following.key)


def answered(
    row: Asked, answer: Answer, sections: list[list[str]], *, by: Voice | None, at: datetime, reason: str = ""
) -> Act:
    """A post answered, was deemed to, or its signature was carried over; `from_seal` is what it signed itself."""
    source = answer.carried_from
    return _act(
        "answer.given",
        row.round,
        by,
        at,
        reason or answer.reason,
        withheld=beside_answer(answer),
        post=row.post.key,
        number=answer.number,
        stance=answer.stance,
        how=answer.how,
        from_seal=source.seal if source else "",
        from_number=source.asked.round.iteration.number if source else 0,
        sections=sections,
        late=int(answer.late),
        by_post=answer.by_post,
        through=answer.through,
    )


def withdrawn(row: Asked, answer: Answer, *, by: Voice, at: datetime) -> Act:
    """A post took back what it had agreed to."""
    return _act(
        "answer.withdrawn",
        row.round,
        by,
        at,
        answer.reason,
        withheld=beside_answer(answer),
        post=row.post.key,
        number=answer.number,
        through=answer.through,
    )


def unsettled(round: Round, *, by: Voice, reason: str, at: datetime) -> Act:
    """A withdrawal ended a clearance before anything was published."""
    return _act("round.unsettled", round, by, at, reason)


def lodged(round: Round, remark: Remark, *, by: Voice, at: datetime) -> Act:
    """A remark left its organisation. The text is kept by digest; it may be published or not."""
    return _act(
        "remark.lodged",
        round,
        by,
        at,
        withheld=beside_remark(remark),
        **{"class": remark.klass},
        post=remark.asked.post.key,
        remark=remark.number,
        section=remark.section,
        passage=remark.passage,
        body_sha256=digest(remark.body),
    )


def remarked(act: str, round: Round, remark: Remark, *, by: Acting | Voice, at: datetime, reason: str = "") -> Act:
    """A remark was settled, withdrawn or claimed to be met: `act` says which, "remark.settled"."""
    return _act(act, round, by, at, reason, post=remark.asked.post.key, remark=remark.number)


def disposed(round: Round, remark: Remark, disposition: Disposition, *, by: Acting, at: datetime) -> Act:
    """The pen team decided what becomes of a remark."""
    reason = disposition.reason
    facts = {
        "remark": remark.number,
        "outcome": disposition.outcome,
        "reason_sha256": digest(reason),
        "changed": disposition.changed,
    }
    return _act("remark.disposed", round, by, at, reason, **facts)


def cleared(round: Round, clearance: Clearance, *, by: Acting, at: datetime) -> Act:
    """The chair cleared a text."""
    document = round.iteration.document.key
    return _act(
        "round.cleared",
        round,
        by,
        at,
        clearance.reason,
        withheld={"account": clearance.person_id or 0},
        document=document,
        number=round.iteration.number,
    )


def delegated(delegation: Delegation, *, by: Acting, at: datetime) -> Act:
    """A post lets a person speak for it; the subject is the post's key, because the text may not be sealed yet."""
    return Act(
        act="delegation.given",
        subject=delegation.post.key,
        at=at,
        reason=delegation.reason,
        facts={
            "delegation": delegation.pk,
            "post": delegation.post.key,
            "scope": scope_of(delegation),
            "since": moment(delegation.since),
            "until": moment(delegation.until),
        },
        withheld={"account": delegation.person_id},
        **_by(by),
    )


def delegation_ended(delegation: Delegation, *, by: Acting, at: datetime, reason: str) -> Act:
    """A delegation ended before its time."""
    facts = {"delegation": delegation.pk, "post": delegation.post.key, "scope": scope_of(delegation)}
    return Act(act="delegation.ended", subject=delegation.post.key, at=at, reason=reason, facts=facts, **_by(by))


def scope_of(delegation: Delegation) -> str:
    """What a delegation is for: "round:strategy-4-sign-off" or "document:strategy"."""
    if delegation.round is not None:
        return f"round:{delegation.round.key}"
    return f"document:{delegation.document.key}" if delegation.document else ""


def beside_round(round: Round, asked: Iterable[Asked]) -> dict[str, Any]:
    """What a round keeps that is not in the record: what it says to those asked, and what changed for whom since."""
    compared = [[row.post.key, row.changed, row.editorial] for row in asked if [row.changed, row.editorial] != [[], []]]
    return {"message": round.message, "clear_days": round.clear_days, "compared": sorted(compared)}


def beside_answer(answer: Answer) -> dict[str, Any]:
    """What an answer keeps that is not in the record: the account, and what the clock's own answers say of a person."""
    source = answer.carried_from
    return {
        "account": answer.person_id or 0,
        "name": answer.name,
        "on_behalf_of": answer.on_behalf_of,
        "reason": answer.reason,
        "at": moment(answer.at),
        "from": [source.asked.round.key, source.asked.post_id, source.number] if source else [],
    }


def beside_remark(remark: Remark) -> dict[str, Any]:
    """What a lodged remark keeps that is not in the record: the passage as it read, and who wrote the remark when."""
    return {
        "quote": remark.quote,
        "made_by": remark.made_by,
        "made_at": moment(remark.made_at),
        "account": remark.author_id or 0,
    }
