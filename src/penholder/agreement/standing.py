"""Where everything stands, read in few queries whatever the size: rounds, answers, the matrix, what waits for whom.

Each kind of question has a module of its own; all of them can be asked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from penholder.agreement import deadlines, rules, silences, tallies
from penholder.agreement.comparing import Since, SinceSection, since_answer, since_signed
from penholder.agreement.deadlines import Left
from penholder.agreement.dispositions import DispositionRow, dispositions
from penholder.agreement.matrices import Column, Matrix, MatrixRow, matrix
from penholder.agreement.models import Asked, Clearance, How, Judgement, Look, Remark, Round, Stance
from penholder.agreement.tallies import Tally
from penholder.agreement.timelines import Event, timeline, told_of
from penholder.agreement.waiting import Waiting, waits_for
from penholder.errors import Missing
from penholder.people.acting import Acting
from penholder.people.models import Holding

__all__ = [
    "AskedRow",
    "ChaseRow",
    "Column",
    "DispositionRow",
    "Event",
    "Matrix",
    "MatrixRow",
    "RoundStanding",
    "Since",
    "SinceSection",
    "Waiting",
    "chase",
    "dispositions",
    "matrix",
    "round_standing",
    "since_answer",
    "since_signed",
    "timeline",
    "told_of",
    "waits_for",
]

# Columns that are large and that nobody reads here.
_HEAVY = ("manifest", "events")


@dataclass(frozen=True, slots=True)
class AskedRow:
    """How one asked post stands in one round.

    `state` is a stance, "waiting", "deemed", "carried" or "restored"; `words` says it in the reader's language.
    `from_number` is the iteration on which a carried signature was given. `conditions` are numbers of its unsettled
    conditions; `changed` the sections in its scope that changed since its last own answer, `editorial` those judged so.
    """

    asked_id: int
    post_id: int
    post_key: str
    post: str
    organisation: str
    sections: tuple[str, ...]
    state: str
    words: str
    stance: str
    how: str
    number: int
    by_post: str
    name: str
    on_behalf_of: str
    through: str
    reason: str
    at: datetime | None
    late: bool
    from_number: int
    from_at: datetime | None
    deadline_at: datetime
    left: Left
    conditions: tuple[int, ...]
    changed: tuple[str, ...]
    editorial: tuple[str, ...]
    looked_at: datetime | None
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundStanding:
    """One round: its row, everybody asked, the count by state, and every matter that keeps the chair from clearing it.

    `objections` are the round's own matters; with `by` given, also why that very post may not clear it.
    """

    round: Round
    rows: tuple[AskedRow, ...]
    counts: Mapping[str, int]
    tally: Tally
    left: Left
    objections: tuple[str, ...]
    clearance: Clearance | None
    judgements: tuple[Judgement, ...]


def round_of(round_id: int) -> Round:
    """The round with its iteration and document, without what is large. Raises Missing. One query."""
    rows = Round.objects.select_related("iteration__document__organisation", "follows")
    rows = rows.defer(*(f"iteration__{name}" for name in _HEAVY))
    found = rows.filter(pk=round_id).first()
    if found is None:
        raise Missing(_("There is no such round. Go back to the list of rounds."))
    return found


def _asked(round: Round) -> QuerySet[Asked]:
    from_ = "answer__carried_from__asked__round__iteration"
    rows = Asked.objects.filter(round=round).select_related("post__organisation", from_)
    return rows.defer(*(f"{from_}__{name}" for name in _HEAVY)).order_by(
        "post__organisation__name", "post__title", "pk"
    )


def round_standing(round_id: int, *, at: datetime, by: Acting | None = None) -> RoundStanding:
    """Where a round stands at a moment. Seven queries, or eleven with `by`, however many are asked. Raises Missing."""
    round = round_of(round_id)
    rows = list(_asked(round))
    for row in rows:
        row.round = round
    tally = tallies.count(round, at=at, rows=rows)
    looks = dict(
        Look.objects.filter(iteration=round.iteration_id)
        .order_by()
        .values_list("post")
        .annotate(last=Max("at"))
    )  # fmt: skip
    unmet: dict[int, list[Remark]] = {}
    for remark in tally.conditions:
        unmet.setdefault(remark.asked.post_id, []).append(remark)
    told = tuple(_row(row, unmet.get(row.post_id, []), looks.get(row.post_id), at=at) for row in rows)
    if by is None:
        objections = rules.matters_before_clearing(round, at=at, tally=tally)
    else:
        objections = rules.objections_to_clearing(round, by=by, at=at, tally=tally)
    return RoundStanding(
        round=round,
        rows=told,
        counts=Counter(row.state for row in told),
        tally=tally,
        left=deadlines.left(at, round.deadline_at),
        objections=tuple(objections),
        clearance=round.clearances.filter(ended_at=None).first(),
        judgements=tuple(Judgement.objects.filter(iteration=round.iteration_id)),
    )


def _row(row: Asked, unmet: list[Remark], looked_at: datetime | None, *, at: datetime) -> AskedRow:
    answer = row.answer
    source = answer.carried_from if answer else None
    state = _state(row, met=not unmet)
    return AskedRow(
        asked_id=row.pk,
        post_id=row.post_id,
        post_key=row.post.key,
        post=row.post.title,
        organisation=row.post.organisation.name,
        sections=tuple(row.sections),
        state=state,
        words=_words(row, state, met=not unmet),
        stance=answer.stance if answer else "",
        how=answer.how if answer else "",
        number=answer.number if answer else 0,
        by_post=answer.by_post if answer else "",
        name=answer.name if answer else "",
        on_behalf_of=answer.on_behalf_of if answer else "",
        through=answer.through if answer else "",
        reason=_reason(row),
        at=answer.at if answer else None,
        late=answer.late if answer else False,
        from_number=source.asked.round.iteration.number if source else 0,
        from_at=source.at if source else None,
        deadline_at=row.deadline_at,
        left=deadlines.left(at, row.deadline_at),
        conditions=tuple(remark.number for remark in unmet),
        changed=tuple(row.changed),
        editorial=tuple(row.editorial),
        looked_at=looked_at,
        reminded_at=row.reminded_at,
    )


def _reason(row: Asked) -> str:
    if row.answer is None:
        return ""
    terms = (row.deadline_at, row.round.clear_days)
    if row.answer.how == How.DEEMED and row.answer.reason == silences.recorded(*terms):
        return silences.because(*terms)
    return row.answer.reason


def _state(row: Asked, *, met: bool) -> str:
    answer = row.answer
    if answer is None:
        return "waiting"
    if answer.how == How.DEEMED:
        return "deemed"
    if answer.stance in {Stance.CONTENT, Stance.NIL} and answer.how != How.GIVEN:
        return str(answer.how)
    if answer.stance == Stance.CONTENT_IF and met:
        return str(Stance.CONTENT)
    return str(answer.stance)


def _words(row: Asked, state: str, *, met: bool) -> str:
    answer = row.answer
    if answer is None:
        again = ngettext("Asked again: %(count)s changed", "Asked again: %(count)s changed", len(row.changed))
        return again % {"count": len(row.changed)} if row.changed else _("Not yet answered")
    said = str(How(answer.how).label) if state in How.values else str(Stance(answer.stance).label)
    if answer.stance == Stance.CONTENT_IF and met:
        said = _("Content, conditions met")
    if answer.how in {How.CARRIED, How.RESTORED} and state not in How.values:
        said = _("%(answer)s, from an earlier iteration") % {"answer": said}
    if answer.on_behalf_of and answer.how == How.GIVEN:
        said = _("%(answer)s, on behalf of the post") % {"answer": said}
    return _("%(answer)s, late") % {"answer": said} if answer.late else said


@dataclass(frozen=True, slots=True)
class ChaseRow:
    """Somebody whose answer is still waited for: who holds the post, whether they looked, when they were reminded."""

    row: AskedRow
    holders: tuple[str, ...]
    emails: tuple[str, ...]


def chase(round_id: int, at: datetime) -> tuple[ChaseRow, ...]:
    """Whose answer is still waited for, the nearest deadline first. Eight queries, however many they are."""
    standing = round_standing(round_id, at=at)
    again = {Stance.NOT_CONTENT, Stance.WITHDRAWN}
    rows = [row for row in standing.rows if not row.stance or (row.how == How.CARRIED and row.stance in again)]
    held = Holding.objects.filter(
        Q(until=None) | Q(until__gt=at), post__in=[row.post_id for row in rows], since__lte=at
    ).select_related("person")
    people: dict[int, list[Holding]] = {}
    for holding in held.order_by("since", "pk"):
        people.setdefault(holding.post_id, []).append(holding)
    rows.sort(key=lambda row: (row.deadline_at, row.organisation, row.post))
    return tuple(
        ChaseRow(
            row,
            tuple(str(holding.person) for holding in people.get(row.post_id, ())),
            tuple(holding.person.email for holding in people.get(row.post_id, ())),
        )
        for row in rows
    )
