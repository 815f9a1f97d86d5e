"""The chain of the record: every entry carries the hash of the one before, so that nothing can be changed in silence.

Pure: it reads no database, no clock and no key. `penholder verify` and an auditor's own script come to the same result
from the exported entries alone. The hash of an entry is the SHA-256 of its facts in RFC 8785 JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

START = "0" * 64  # what the first entry carries in place of the hash of one before it


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is hashed: text and whole numbers only, so that its JSON has one spelling."""

    number: int  # from 1, without gaps
    at: str  # UTC, "2026-11-23T21:40:05.123456Z"
    act: str  # "iteration.sealed"
    actor: str  # the post that acted, as text; it must still read right when the post is gone
    person: str  # who held it, as text; "" for the system
    on_behalf_of: str  # the post for which a delegate acted; "" otherwise
    subject: str  # the seal, or the lasting name of what was acted on
    reason: str
    facts: str  # what else must be provable, as RFC 8785 JSON text
    previous: str  # hash of the entry before, hex


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place at which a record does not hold, in words that name it."""

    number: int
    what: str


def hash_of(link: Link) -> str:
    """SHA-256, hex, of the entry's facts.

    With text and whole numbers below 2^53 under ASCII keys, sorted compact JSON is RFC 8785 (a test holds it to that);
    the general library takes nine times as long, and a record is read from its beginning.
    """
    spelling = json.dumps(asdict(link), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelling.encode("utf-8")).hexdigest()


def facts_text(facts: dict[str, Any]) -> str:
    """`facts` as the one JSON text that is stored and hashed."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def follow(entries: Iterable[tuple[Link, str]]) -> Iterator[tuple[Link, str] | Fault]:
    """Walk `(link, its stored hash)` pairs from the first; yield each pair that holds, then at most one Fault.

    Takes constant memory, whatever the length.
    """
    previous = START
    for number, (link, stored) in enumerate(entries, start=1):
        if link.number != number:
            yield Fault(number, f"Entry {number} is missing: the next one found is entry {link.number}.")
            return
        if link.previous != previous:
            yield Fault(number, f"Entry {number} does not follow entry {number - 1}: one of the two was changed.")
            return
        if hash_of(link) != stored:
            yield Fault(number, f"Entry {number} ({link.act}, {link.at}) was changed after it was written.")
            return
        previous = stored
        yield link, stored
