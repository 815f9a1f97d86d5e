"""The tables of delivery against the record: what imports took in, what people decided, how actions are measured.

An import writes one entry that holds the SHA-256 of everything that then stands under each action and each principle.
Nothing but an import changes these rows, so the last such entry tells how they must stand; what people decided about
them afterwards stands in entries of its own, and is no part of those digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Model

from penholder.delivery.models import (
    Action,
    ActionVersion,
    Ask,
    Measure,
    MeasureVersion,
    Principle,
    PrincipleVersion,
    Response,
    Taken,
    Wording,
)
from penholder.record import ledger
from penholder.record.accounts import CHUNK, Told, compare, entries, said, who
from penholder.record.chain import moment, spelled
from penholder.record.findings import Broken

Pairs = Iterator[tuple[str, Told]]

_ACTION = ("action__document__key", "action__number")
_PRINCIPLE = ("principle__document__key", "principle__number")
_EDITION = ("edition__document__key", "edition__number")
_WHEN = ("said_on", "recorded_at", "supersedes__number")

# Each table: what its rows stand under, and what is read of them. Other rows are named as people name them, never
# by the numbers that this database gives.
_READ: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Principle, "principle", ("document__key", "number")),
    (PrincipleVersion, "principle", (*_PRINCIPLE, "number", *_EDITION, "title", "motto", "passage", *_WHEN, *(
        f"supersedes__{name}" for name in _PRINCIPLE))),
    (Action, "action", ("document__key", "number")),
    (ActionVersion, "action", (*_ACTION, "number", *_EDITION, *_PRINCIPLE, "title", "short_title", "text", "passages",
        "dropped", *_WHEN, *(f"supersedes__{name}" for name in _ACTION))),
    (Ask, "action", (*_ACTION, "organisation__key", "asked_on", "ended_on")),
    (Response, "action", (*_ACTION, "organisation__key", "number", "text", "stance", "reason", "accepted_by",
        "proposed_stance", "proposal_words", *_EDITION, "passage", *_WHEN, "supersedes__organisation__key", *(
        f"supersedes__{name}" for name in _ACTION))),
    (Wording, "action", (*_ACTION, "where", "line", "number", "title", *_WHEN, "supersedes__where", *(
        f"supersedes__{name}" for name in _ACTION))),
    (Taken, "snapshot", ("source", "label", "at", "digest", "documents", "iterations", "taken_at")),
)  # fmt: skip

_TAKEN_IN = "import.taken-in"


def note(*, at: datetime) -> None:
    """Write into the record how everything stands that imports take in, once one has changed it."""
    standing = [f"{digest} {name}" for name, (digest,) in _standing()]
    ledger.append(_TAKEN_IN, actor=ledger.OPERATOR, subject="actions", at=at, facts={"standing": standing})


def differences() -> list[Broken]:
    """Every action, principle, decision and measure that is not as it was recorded. Ten queries, and the record."""
    return [
        *compare(_taken_in(), _standing()),
        *compare(_decisions_recorded(), _decisions()),
        *compare(_measures_recorded(), _measures()),
    ]


def _taken_in() -> Pairs:
    last: object = []
    for _entry, facts in entries(_TAKEN_IN):
        last = facts.get("standing")
    for line in last if isinstance(last, list) else []:
        digest, _, name = str(line).partition(" ")
        yield name, (digest,)


def _standing() -> Pairs:
    """What stands under each action and each principle, as one digest, and each snapshot. Memory grows with actions."""
    found: dict[str, Any] = {}  # what hashlib makes has no public name
    for table, what, fields in _READ:
        rows = table._default_manager.order_by("pk").values_list(*fields)  # noqa: SLF001 - how Django names it
        for row in rows.iterator(CHUNK):
            name = f"{what} {row[1]} of {row[0]}"
            told = found.setdefault(name, hashlib.sha256())
            told.update(spelled({table.__name__: [str(value) for value in row]}).encode())
    yield from ((name, (told.hexdigest(),)) for name, told in sorted(found.items()))


def _decisions_recorded() -> Pairs:
    for entry, facts in entries("response.decided"):
        told = (*said(facts, "decision"), moment(entry.at), entry.actor, entry.reason)
        yield f"decision on {entry.subject} of {facts.get('strategy')}", told


def _decisions() -> Pairs:
    rows = Response.objects.exclude(decision="", decided_at=None, decided_by=None, decided_because="")
    for row in rows.select_related("action__document", "organisation", "decided_by").iterator(CHUNK):
        told = (row.decision, moment(row.decided_at), row.decided_by.key if row.decided_by else "", row.decided_because)
        yield f"decision on {subject_of(row)} of {row.action.document.key}", told


def subject_of(row: Response) -> str:
    """A version of a response in words, under which the record tells of a decision."""
    return f"action {row.action.number}, {row.organisation.key}, version {row.number}"


def _measures_recorded() -> Pairs:
    for entry, facts in entries("action.measured"):
        number, strategy, action = said(facts, "number", "strategy", "action")
        name, first = f"measure {entry.subject} of action {action} of {strategy}", number == "1"
        told = (*said(facts, "title", "definition", "services", "baseline_on", "due_on", "said_on"), who(entry))
        amounts = tuple(_amount(each) for each in said(facts, "baseline", "target"))
        yield name, (number, *told, *amounts, "" if first else entry.reason, moment(entry.at))


def _measures() -> Pairs:
    rows = MeasureVersion.objects.select_related("measure__action__document", "supersedes")
    for row in rows.order_by("pk").iterator(CHUNK):
        days = tuple("" if day is None else str(day) for day in (row.baseline_on, row.due_on, row.said_on))
        told = (str(row.number), row.title, row.definition, str(row.services), *days, row.by)
        amounts = tuple(_amount("" if each is None else str(each)) for each in (row.baseline, row.target))
        yield _measure(row.measure), (*told, *amounts, row.reason, moment(row.recorded_at))
        before = row.supersedes
        if (before.number if before else 0) != row.number - 1 or (before and before.measure_id != row.measure_id):
            yield f"{_measure(row.measure)}, version {row.number}", ("it supersedes another than the one before it",)


def _measure(row: Measure) -> str:
    return f"measure {row.key} of action {row.action.number} of {row.action.document.key}"


def _amount(told: str) -> str:
    """A number without the noughts that a database puts behind it."""
    try:
        return format(Decimal(told).normalize(), "f") if told else ""
    except InvalidOperation:
        return told
