"""Remarks: made inside an organisation, lodged by who speaks for it, settled by their signer, each owed an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from penholder.agreement import entries, locks, rules, voices
from penholder.agreement.models import Asked, Disposition, Remark, RemarkState, Round
from penholder.agreement.rules import NewRemark
from penholder.agreement.rules.remarking import passage_text
from penholder.agreement.voices import Voice
from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.record import ledger


def _said(by: Acting | Voice) -> str:
    post = by.post if isinstance(by, Voice) else by.post.words
    name = by.name if isinstance(by, Voice) else by.said_name
    return f"{name}, {post}" if name else post


def _next_number(series: str) -> int:
    """The next number of a lodged remark. The caller holds the lock of the series' newest round."""
    highest: int | None = Remark.objects.filter(asked__round__series=series).aggregate(last=Max("number"))["last"]
    return (highest or 0) + 1


@transaction.atomic
def make(
    *, asked_id: int, klass: str, body: str, by: Acting, at: datetime, section: str = "", passage: str = ""
) -> Remark:
    """Remark inside the organisation that is asked. Until it is lodged nobody outside sees it, nor does the record."""
    asked = locks.asked(asked_id)
    remark = NewRemark(klass, body.strip(), section, passage)
    if objections := rules.objections_to_remarking(asked, by=by, at=at, remark=remark):
        raise Refused(objections)
    return Remark.objects.create(
        asked=asked,
        number=0,
        klass=klass,
        section=section,
        passage=passage,
        quote=passage_text(asked.round, section, passage) if passage else "",
        body=remark.body,
        made_by=_said(by),
        author=by.person,
        made_at=at,
    )


@transaction.atomic
def drop(*, remark_id: int, by: Acting, at: datetime) -> Remark:
    """Leave a remark unlodged, for good. It stays inside the organisation."""
    remark, _ = locks.remark(remark_id)
    if objections := rules.objections_to_dropping(remark, by=by, at=at):
        raise Refused(objections)
    return _end(remark, RemarkState.DROPPED, by, at)


@transaction.atomic
def lodge(*, remark_id: int, by: Acting, at: datetime) -> Remark:
    """Lodge a remark in the name of the asked post: now the pen team sees it, and it has a number."""
    remark, round = locks.remark(remark_id)
    heard = voices.hear(remark.asked, by, at=at, lock=True)
    if (objections := rules.objections_to_lodging(remark, round, by=by, at=at, heard=heard)) or heard.voice is None:
        raise Refused(objections)
    remark.state, remark.number = RemarkState.LODGED, _next_number(round.series)
    remark.lodged_at, remark.lodged_by = at, _said(heard.voice)
    remark.save(update_fields=["state", "number", "lodged_at", "lodged_by"])
    ledger.append_all([entries.lodged(round, remark, by=heard.voice, at=at)])
    return remark


def inside(asked_id: int) -> list[Remark]:
    """What was remarked inside the organisation that is asked: lodged or not, oldest first. One query."""
    rows = Remark.objects.filter(asked=asked_id).select_related("asked__round", "asked__post__organisation")
    return list(rows.order_by("made_at", "pk"))


def lodge_with_answer(asked: Asked, given: Sequence[NewRemark], *, by: Voice, at: datetime) -> list[ledger.Act]:
    """Lodge remarks that come with an answer. For `answers`, which holds the lock and asked the rules. Two queries."""
    if not given:
        return []
    first = _next_number(asked.round.series)
    rows = [
        Remark(
            asked=asked,
            number=number,
            klass=one.klass,
            state=RemarkState.LODGED,
            section=one.section,
            passage=one.passage,
            quote=passage_text(asked.round, one.section, one.passage) if one.passage else "",
            body=one.body.strip(),
            made_by=_said(by),
            author=by.person,
            made_at=at,
            lodged_at=at,
            lodged_by=_said(by),
        )
        for number, one in enumerate(given, start=first)
    ]
    Remark.objects.bulk_create(rows)
    return [entries.lodged(asked.round, row, by=by, at=at) for row in rows]


@transaction.atomic
def claim_met(*, remark_id: int, by: Acting, at: datetime) -> Remark:
    """The pen team says that a condition is met. That settles nothing: its signer is asked to look."""
    remark, round = locks.remark(remark_id)
    if objections := rules.objections_to_claiming(remark, by=by, at=at):
        raise Refused(objections)
    remark.claimed_met_at = at
    remark.save(update_fields=["claimed_met_at"])
    ledger.append_all([entries.remarked("remark.claimed-met", round, remark, by=by, at=at)])
    return remark


@transaction.atomic
def settle(*, remark_id: int, by: Acting, at: datetime) -> Remark:
    """Settle a condition: only its signer does. When all of a post's are settled, its “content if” is content."""
    remark, round = locks.remark(remark_id)
    heard = voices.hear(remark.asked, by, at=at, lock=True)
    if (objections := rules.objections_to_settling(remark, round, by=by, at=at, heard=heard)) or heard.voice is None:
        raise Refused(objections)
    return _end(remark, RemarkState.SETTLED, heard.voice, at, round=round, act="remark.settled")


@transaction.atomic
def withdraw(*, remark_id: int, by: Acting, at: datetime, reason: str = "") -> Remark:
    """Take a lodged remark back: only its signer does. It keeps its number, and stays to be read."""
    remark, round = locks.remark(remark_id)
    heard = voices.hear(remark.asked, by, at=at, lock=True)
    if (objections := rules.objections_to_retracting(remark, round, by=by, at=at, heard=heard)) or heard.voice is None:
        raise Refused(objections)
    return _end(remark, RemarkState.WITHDRAWN, heard.voice, at, round=round, act="remark.withdrawn", reason=reason)


def _end(
    remark: Remark,
    state: RemarkState,
    by: Acting | Voice,
    at: datetime,
    *,
    round: Round | None = None,
    act: str = "",
    reason: str = "",
) -> Remark:
    remark.state, remark.ended_at, remark.ended_by = state, at, _said(by)
    remark.save(update_fields=["state", "ended_at", "ended_by"])
    if round is not None:
        ledger.append_all([entries.remarked(act, round, remark, by=by, at=at, reason=reason)])
    return remark


@transaction.atomic
def dispose(
    *, remark_id: int, outcome: str, reason: str, by: Acting, at: datetime, changed: Sequence[str] = ()
) -> Disposition:
    """Say what became of a remark, why, and which passages changed for it. A later disposition takes its place."""
    remark, round = locks.remark(remark_id)
    objections = rules.objections_to_disposing(
        remark, round, by=by, at=at, outcome=outcome, reason=reason, changed=changed
    )
    if objections:
        raise Refused(objections)
    disposition = Disposition.objects.create(
        remark=remark,
        outcome=outcome,
        reason=reason,
        changed=list(changed),
        by_post=by.post.words,
        name=by.said_name,
        at=at,
    )
    ledger.append_all([entries.disposed(round, remark, disposition, by=by, at=at)])
    return disposition
