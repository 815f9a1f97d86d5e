"""Who was asked, what each said, and how other pages word the actions: as versions. Silence is only ever computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from penholder.delivery import rules
from penholder.delivery.accounts import subject_of
from penholder.delivery.models import Action, Ask, Decision, Response, Stance, Wording
from penholder.errors import Refused
from penholder.formats.reading import ReadResponse
from penholder.formats.reading import Wording as ReadWording
from penholder.people.models import Organisation, Post
from penholder.publishing.models import Edition
from penholder.record import ledger


@dataclass(frozen=True, slots=True)
class Printed:
    """Where an answer stands: the edition of the organisation's own document, and its heading's lasting id there."""

    edition: Edition
    passage: str


Cell = tuple[int, int]  # primary keys of an action and an organisation


def _cells(
    read: Sequence[ReadResponse], actions: Mapping[int, Action], organisations: Mapping[str, Organisation]
) -> dict[Cell, ReadResponse]:
    """Responses by cell; of two to one action by one organisation, the one that says something, else the last."""
    cells: dict[Cell, ReadResponse] = {}
    for one in read:
        if one.action in actions and one.organisation in organisations:
            cell = (actions[one.action].pk, organisations[one.organisation].pk)
            if cell not in cells or cells[cell].silent or not one.silent:
                cells[cell] = one
    return cells


@transaction.atomic
def record(
    read: Sequence[ReadResponse],
    *,
    actions: Mapping[int, Action],
    organisations: Mapping[str, Organisation],
    printed: Mapping[tuple[int, str], Printed],
    said_on: date,
    at: datetime,
) -> tuple[int, int]:
    """Bring asks and responses to what a snapshot says. Six queries. Returns how many asks and responses are new.

    A cell that the snapshot no longer names is asked no longer; an answer that became a placeholder was taken back.
    """
    cells = _cells(read, actions, organisations)
    asks = _record_asks(cells, list(actions.values()), said_on)
    standing = Response.objects.filter(action__in=actions.values(), superseded_by=None)
    last = {(row.action_id, row.organisation_id): row for row in standing}
    made = []
    for cell, one in cells.items():
        before = last.pop(cell, None)
        if one.silent and (before is None or not before.text):
            continue
        where = printed.get((one.action, one.organisation))
        version = _version(cell, one, before, where, said_on=said_on, at=at)
        if before is None or _facts(before) != _facts(version):
            made.append(version)
    for cell, before in last.items():
        if before.text:
            made.append(_taken_back(cell, before, said_on, at))
    Response.objects.bulk_create(made, batch_size=200)
    return asks, len(made)


def _record_asks(cells: Mapping[Cell, ReadResponse], actions: Sequence[Action], said_on: date) -> int:
    standing = {
        (row.action_id, row.organisation_id): row for row in Ask.objects.filter(action__in=actions, ended_on=None)
    }
    made = [
        Ask(action_id=cell[0], organisation_id=cell[1], asked_on=one.asked_on or said_on)
        for cell, one in cells.items()
        if cell not in standing
    ]
    ended = [row for cell, row in standing.items() if cell not in cells]
    for row in ended:
        row.ended_on = max(said_on, row.asked_on)
    Ask.objects.bulk_update(ended, ["ended_on"], batch_size=200)
    Ask.objects.bulk_create(made, batch_size=200)
    return len(made) + len(ended)


def _version(
    cell: Cell, one: ReadResponse, before: Response | None, where: Printed | None, *, said_on: date, at: datetime
) -> Response:
    proposed = bool(one.proposed_not_applicable) and not one.silent
    return Response(
        action_id=cell[0],
        organisation_id=cell[1],
        number=before.number + 1 if before else 1,
        text="" if one.silent else one.markdown.strip() + "\n",
        stance=Stance.UNSTATED if one.silent else one.stance,
        reason=one.reason,
        accepted_by=one.accepted_by,
        proposed_stance=Stance.NOT_APPLICABLE if proposed else "",
        proposal_words=one.proposed_not_applicable if proposed else "",
        edition=where.edition if where else None,
        passage=where.passage if where else "",
        said_on=said_on,
        recorded_at=at,
        supersedes=before,
    )


def _facts(row: Response) -> tuple[str, ...]:
    # Where it is printed is no part of it: a new edition in which an answer stands unchanged is not a new answer.
    return (row.text, row.stance, row.reason, row.accepted_by, row.proposed_stance, row.proposal_words)


def _taken_back(cell: Cell, before: Response, said_on: date, at: datetime) -> Response:
    return Response(
        action_id=cell[0],
        organisation_id=cell[1],
        number=before.number + 1,
        said_on=said_on,
        recorded_at=at,
        supersedes=before,
    )


@transaction.atomic
def decide(*, response_id: int, decision: str, by: Post, at: datetime, because: str = "") -> Response:
    """A person accepts or refuses the stance that was proposed for a response. Raises Refused when the rules object."""
    rows = Response.objects.select_for_update(of=("self",)).select_related("action__document", "organisation")
    response = rows.get(pk=response_id)
    if objections := rules.objections_to_deciding(response, by, decision=decision):
        raise Refused(objections)
    response.decision = Decision(decision)
    response.decided_at = at
    response.decided_by = by
    response.decided_because = because
    response.save(update_fields=["decision", "decided_at", "decided_by", "decided_because"])
    ledger.append(
        "response.decided",
        actor=by.key,
        subject=subject_of(response),
        at=at,
        reason=because,
        facts={
            "strategy": response.action.document.key,
            "proposed": response.proposed_stance,
            "decision": decision,
        },
    )
    return response


@transaction.atomic
def record_wordings(read: Sequence[ReadWording], *, actions: Mapping[int, Action], said_on: date, at: datetime) -> int:
    """Bring other pages' titles of the actions to what a snapshot says. Two queries. Returns how many are new."""
    standing = Wording.objects.filter(action__in=actions.values(), superseded_by=None)
    last = {(row.action_id, row.where): row for row in standing}
    wanted = {(actions[one.action].pk, one.file): one for one in read if one.action in actions}
    made = []
    for (action, where), one in wanted.items():
        before = last.pop((action, where), None)
        if before is None or before.title != one.title:
            made.append(_wording(action, where, one.title, one.line, before=before, said_on=said_on, at=at))
    for (action, where), before in last.items():
        if before.title:
            made.append(_wording(action, where, "", 0, before=before, said_on=said_on, at=at))
    Wording.objects.bulk_create(made, batch_size=200)
    return len(made)


def _wording(
    action: int, where: str, title: str, line: int, *, before: Wording | None, said_on: date, at: datetime
) -> Wording:
    return Wording(
        action_id=action,
        where=where,
        line=line,
        number=before.number + 1 if before else 1,
        title=title,
        said_on=said_on,
        recorded_at=at,
        supersedes=before,
    )
