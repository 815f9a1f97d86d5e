"""What the record holds of a row of this room: one digest of everything that it says.

Other rows are named as people name them, never by the numbers that this database gives. The entry of an act holds the
digests of the rows that it wrote, so `accounts` can tell later whether each still says what it said then.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from penholder import seal
from penholder.record.chain import moment
from penholder.services.models import (
    Assessed,
    Assessment,
    Channel,
    CostLine,
    Descent,
    DrawnJourney,
    Exemplar,
    Flag,
    PageText,
    ServiceAlias,
    ServiceRelease,
    ServiceVersion,
    Submission,
    Submitted,
    Target,
)

_BY = ("by", "recorded_at")
_NEWER = ("reason", "supersedes__number", "supersedes__service__key")

# Each table: what a digest covers, as Django looks it up. `DrawnJourney` is ended once, and an entry of its own tells
# when; that a submitted value supersedes the one before it follows from the numbers of both.
FIELDS: dict[type[Model], tuple[str, ...]] = {
    ServiceVersion: (
        "service__key", "number", "name", "organisation__key", "agency", "manager__key", "purpose", "users", "needs",
        "url", "opened_on", "closed_on", "as_of", "said_on", *_BY, *_NEWER,
    ),
    ServiceAlias: ("service__key", "name", "folded"),
    Descent: ("predecessor__key", "successor__key", "kind", "on", "reason", *_BY),
    Channel: ("service__key", "key", "kind", "klass", "name", "opened_on", "closed_on"),
    ServiceRelease: ("service__key", "name", "released_on", "changed", *_BY),
    DrawnJourney: ("service__key", "number", "effective_from", "graph", "reason", *_BY),
    Exemplar: ("service__key", "programme", "since", "note", *_BY),
    Target: ("service__key", "definition", "number", "value", "due_on", "said_on", *_BY, *_NEWER,
             "supersedes__definition"),
    PageText: ("service__key", "page", "number", "words", "as_of", "said_on", *_BY, *_NEWER, "supersedes__page"),
    CostLine: (
        "service__key", "period__key", "name", "number", "pounds", "allocation_key", "allocated", "excluded", "dropped",
        "said_on", *_BY, *_NEWER, "supersedes__name", "supersedes__period__key",
    ),
    Assessment: (
        "service__key", "standard", "stage", "result", "held_on", "panel", "summary", "report_url", "published_on",
        *_BY, "reason", "supersedes__recorded_at", "supersedes__service__key",
        "supersedes__stage", "supersedes__held_on", "supersedes__result", "supersedes__summary",
    ),
    Assessed: ("point", "result", "evidence"),
    Submission: (
        "key", "how", "source", "digest", "organisation__key", "published", "said_on", "recorded_at", "by_post",
        "person__pk", "name", "reason", "values_read", "report",
    ),
    Submitted: (
        "service__key", "period__key", "channel", "quantity", "number", "status", "amount", "submission__key", "place",
        "said_on", "recorded_at", "change", "revises", "reason",
    ),
    Flag: ("service__key", "kind", "definition", "channel", "what"),
}  # fmt: skip


def of(row: Model) -> str:
    """The digest of a row that stands before us. Rows that it names must be there already, or they are read."""
    return digest(_found(row, name) for name in FIELDS[type(row)])


def read(rows: QuerySet[Any], *more: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """The digest of each row of a queryset, and `more` of what it says."""
    names = FIELDS[rows.model]
    for row in rows.values_list(*names, *more).iterator(2000):
        yield digest(row[: len(names)]), row[len(names) :]


def digest(values: Iterable[Any]) -> str:
    """SHA-256 of what a row says, each value as text behind its length, so that no two rows read alike."""
    told = [_text(value) for value in values]
    return hashlib.sha256("".join(f"{len(each)}:{each}" for each in told).encode()).hexdigest()


def together(found: Iterable[str]) -> str:
    """One digest of several, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


# Of a batch of rows the record holds one digest, and the first four figures of each row's own: enough to say which of
# a few hundred was altered, at a sixteenth of the room.
_MARK = 4


def batch(found: Iterable[str]) -> str:
    """What the record holds of rows that one act wrote: one digest of all, and the mark of each."""
    listed = sorted(found)
    return f"{together(listed)} {''.join(each[:_MARK] for each in listed)}"


def marks(told: str) -> Counter[str]:
    """The marks of a batch as the record tells them."""
    return Counter(told[start : start + _MARK] for start in range(0, len(told), _MARK))


def mark(one: str) -> str:
    """The mark of a row's digest."""
    return one[:_MARK]


def _found(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part) if row is not None else None
    return row


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")  # a database puts noughts behind it
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, dict | list | tuple):
        return seal.manifest_bytes(value).decode()
    return "" if value is None else str(value)
