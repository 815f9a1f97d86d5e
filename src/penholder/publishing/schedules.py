"""Publications that wait for their time: an embargo, a day that was announced."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.agreement import clearances
from penholder.agreement.entries import CLOCK
from penholder.agreement.rules import objections_to_acting
from penholder.drafting.models import Document, Iteration
from penholder.errors import Conflict, Missing, Refused
from penholder.people.acting import Acting
from penholder.publishing import editions, rules
from penholder.publishing.models import PLANNED_NEXT, Planned, Schedule
from penholder.record import ledger
from penholder.record.chain import moment


@transaction.atomic
def put(
    *, iteration: Iteration, publish_at: datetime, by: Acting, at: datetime, reason: str = "", corrects: bool = False
) -> Schedule:
    """Have a cleared iteration published at `publish_at`. Raises Refused with every reason.

    It must be cleared now and still be cleared then: a signature that is withdrawn in between holds it back.
    """
    Document.objects.select_for_update().get(pk=iteration.document_id)
    objections = rules.objections_to_scheduling(iteration, publish_at=publish_at, by=by, at=at)
    objections += rules.objections_to_wording(iteration, reason=reason, corrects=corrects)
    objections += clearances.hold(iteration=iteration)
    if objections:
        raise Refused(objections)
    schedule = Schedule.objects.create(
        document_id=iteration.document_id,
        iteration=iteration,
        publish_at=publish_at,
        reason=reason.strip(),
        corrects=corrects,
        by_post=by.post.words,
        name=by.said_name,
        made_at=at,
    )
    ledger.append(
        "edition.scheduled",
        actor=by.post.words,
        person=by.said_name,
        subject=iteration.seal,
        at=at,
        reason=schedule.reason,
        facts={
            "document": iteration.document.key,
            "number": iteration.number,
            "schedule": schedule.pk,
            "publish_at": moment(publish_at),
            "corrects": int(corrects),
        },
    )
    return schedule


@transaction.atomic
def cancel(*, schedule_id: int, reason: str, by: Acting, at: datetime) -> Schedule:
    """Take a scheduled publication back. Raises Missing, Refused, or Conflict when it ended meanwhile."""
    schedule = _locked(schedule_id)
    if objections := objections_to_acting("edition.publish", by, at=at):
        raise Refused(objections)
    if Planned.CANCELLED not in PLANNED_NEXT[Planned(schedule.state)]:
        raise Conflict(_("This publication does not wait any more. Open the page again to see what became of it."))
    if not reason.strip():
        raise Refused(_("Say why the publication is cancelled, for those who expected it."))
    return _end(schedule, Planned.CANCELLED, "edition.unscheduled", reason.strip(), by=by, at=at)


def carry_out(*, at: datetime) -> int:
    """Publish what is due, each in a transaction of its own; what is not cleared any more is held back, with reasons.

    Returns how many publications ended either way. Two at once do each of them once.
    """
    due = Schedule.objects.filter(state=Planned.WAITING, publish_at__lte=at)
    return sum(_carry_out(pk, at=at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _carry_out(schedule_id: int, *, at: datetime) -> bool:
    schedule = _locked(schedule_id)
    if schedule.state != Planned.WAITING:
        return False
    try:
        editions.publish(
            iteration=schedule.iteration, at=at, reason=schedule.reason, corrects=schedule.corrects, schedule=schedule
        )
    except Refused as refusal:
        _end(schedule, Planned.HELD_BACK, "edition.held-back", "\n".join(refusal.reasons), by=None, at=at)
        return True
    schedule.state, schedule.ended_at = Planned.PUBLISHED, at
    schedule.save(update_fields=["state", "ended_at"])
    return True


def waiting(document_id: int) -> Schedule | None:
    """The publication of a document that waits. One query."""
    rows = Schedule.objects.filter(document=document_id, state=Planned.WAITING)
    return rows.select_related("iteration").first()


def _locked(schedule_id: int) -> Schedule:
    rows = Schedule.objects.select_for_update(of=("self",)).select_related("iteration__document")
    schedule = rows.filter(pk=schedule_id).first()
    if schedule is None:
        raise Missing(_("There is no such scheduled publication. Go back to the document."))
    return schedule


def _end(schedule: Schedule, state: Planned, act: str, why: str, *, by: Acting | None, at: datetime) -> Schedule:
    schedule.state, schedule.ended_at, schedule.ended_because = state, at, why
    schedule.save(update_fields=["state", "ended_at", "ended_because"])
    facts = {"document": schedule.iteration.document.key, "schedule": schedule.pk}
    ledger.append(
        act,
        actor=by.post.words if by else CLOCK,
        person=by.said_name if by else "",
        subject=schedule.iteration.seal,
        at=at,
        reason=why,
        facts={**facts, "number": schedule.iteration.number},
    )
    return schedule
