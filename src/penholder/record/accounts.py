"""Tables held against the record: what entries tell, and what rows say, each under a name in words.

Whoever compares has no other trust in either side: a damaged entry tells nothing, a damaged row says something else,
and both are then named.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from penholder.record.chain import withheld
from penholder.record.findings import Broken
from penholder.record.models import Entry

# One row's facts as text, in an order that its two sides share.
Told = tuple[str, ...]

# Entries and rows are read so many at a time.
CHUNK = 2000


def entries(*acts: str) -> Iterator[tuple[Entry, dict[str, Any]]]:
    """Entries of these acts, in order, with their facts; with none where the facts were damaged."""
    for entry in Entry.objects.filter(act__in=acts).order_by("number").iterator(CHUNK):
        yield entry, facts_of(entry)


def facts_of(entry: Entry) -> dict[str, Any]:
    """What else an entry tells; nothing where that was damaged."""
    try:
        facts = json.loads(entry.facts)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def said(facts: dict[str, Any], *names: str) -> Told:
    """These facts as text; "" for one that is not told."""
    return tuple(str(facts.get(name, "")) for name in names)


def who(entry: Entry) -> str:
    """Who acted, in one line, as `people.acting.Acting.words` spells it."""
    return f"{entry.person}, {entry.actor}" if entry.person else entry.actor


def compare(recorded: Iterable[tuple[str, Told]], stored: Iterable[tuple[str, Told]]) -> list[Broken]:
    """Every name under which the record and the table differ. Several rows may share a name: all of them are compared.

    Memory grows with the rows of one table.
    """
    sides: tuple[defaultdict[str, list[Told]], ...] = (defaultdict(list), defaultdict(list))
    for side, pairs in zip(sides, (recorded, stored), strict=True):
        for name, told in pairs:
            side[name].append(told)
    found, rows = sides
    return [
        Broken(name, _difference(found.get(name, []), rows.get(name, [])))
        for name in sorted({*found, *rows})
        if sorted(found.get(name, [])) != sorted(rows.get(name, []))
    ]


def compare_withheld(
    recorded: Iterable[tuple[str, Entry]], stored: Iterable[tuple[str, dict[str, Any]]]
) -> list[Broken]:
    """Every row that holds other than what its entry committed to. Rows that no entry knows are left to `compare`."""
    known: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, entry in recorded:
        known[name].append((entry.salt, str(facts_of(entry).get("withheld", ""))))
    return [
        Broken(name, "what it keeps beside the record is not what was committed to.")
        for name, told in stored
        if name in known and not any(withheld(salt, told) == committed for salt, committed in known[name])
    ]


def _difference(found: list[Told], rows: list[Told]) -> str:
    if not found:
        return "the record does not know it."
    return "it is not as it was recorded." if rows else "it stands in the record and not in its table."
