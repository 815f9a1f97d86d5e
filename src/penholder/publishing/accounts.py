"""The tables of publishing held against the record, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from penholder.publishing import editions
from penholder.publishing.models import Edition, Planned, Schedule, Withdrawal
from penholder.record.accounts import Told, compare, entries, said
from penholder.record.chain import moment
from penholder.record.findings import Broken

Pairs = Iterator[tuple[str, Told]]

# How a scheduled publication ended, by the act that tells of it.
_ENDS = {"edition.unscheduled": Planned.CANCELLED, "edition.held-back": Planned.HELD_BACK}


def differences() -> list[Broken]:
    """Every edition, withdrawal and schedule that is not as it was recorded. Eight queries."""
    return [
        *compare(_editions_recorded(), _editions()),
        *compare(_withdrawals_recorded(), _withdrawals()),
        *compare(_schedules_recorded(), _schedules()),
    ]


def _editions_recorded() -> Pairs:
    for entry, facts in entries("edition.published"):
        document, number, elsewhere = said(facts, "document", "edition", "agreed_elsewhere")
        told = (entry.subject, _instant(facts.get("published_at")), elsewhere, entry.reason)
        yield f"edition {number} of {document}", (*told, str(facts.get("corrects", 0)))


def _editions() -> Pairs:
    for row in editions.listed():
        told = (row.iteration.seal, moment(row.published_at), str(row.agreed_elsewhere), row.reason)
        yield f"edition {row.number} of {row.document.key}", (*told, str(row.corrects.number if row.corrects else 0))


def _withdrawals_recorded() -> Pairs:
    for entry, facts in entries("edition.withdrawn"):
        document, number = said(facts, "document", "edition")
        told = (entry.subject, entry.reason, entry.actor, entry.person, moment(entry.at))
        yield f"withdrawal of edition {number} of {document}", told


def _withdrawals() -> Pairs:
    for row in Withdrawal.objects.select_related("edition__document", "edition__iteration"):
        edition: Edition = row.edition
        told = (edition.iteration.seal, row.notice, row.by_post, row.name, moment(row.at))
        yield f"withdrawal of edition {edition.number} of {edition.document.key}", told


def _schedules_recorded() -> Pairs:
    ended: dict[str, Told] = {}
    for entry, facts in entries(*_ENDS, "edition.published"):
        if (schedule := str(facts.get("schedule", 0))) != "0":
            why = entry.reason if entry.act in _ENDS else ""
            ended[schedule] = (_ENDS.get(entry.act, Planned.PUBLISHED).value, moment(entry.at), why)
    for entry, facts in entries("edition.scheduled"):
        schedule, document, until, corrects = said(facts, "schedule", "document", "publish_at", "corrects")
        told = (entry.subject, until, corrects, entry.reason, entry.actor, entry.person, moment(entry.at))
        yield f"schedule {schedule} of {document}", told + ended.get(schedule, (Planned.WAITING.value, "", ""))


def _schedules() -> Pairs:
    for row in Schedule.objects.select_related("document", "iteration"):
        told = (row.iteration.seal, moment(row.publish_at), str(int(row.corrects)), row.reason, row.by_post, row.name)
        ended = (moment(row.made_at), row.state, moment(row.ended_at), row.ended_because)
        yield f"schedule {row.pk} of {row.document.key}", told + ended


def _instant(told: object) -> str:
    """A moment that was written in whatever time zone, as the record spells it; "" for what is none."""
    try:
        return moment(datetime.fromisoformat(str(told)))
    except ValueError:
        return ""
