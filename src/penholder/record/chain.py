"""The chain of the record: every entry carries the hash of the one before, so that nothing can be changed in silence.

Pure: it reads no database, no clock and no key. `penholder verify` and an auditor's own script come to the same result
from the entries alone. "JSON" is RFC 8785; SHA-256 is written in 64 hexadecimal digits.

    key of a field   SHA-256("<salt> person"), SHA-256("<salt> reason")
    commitment       SHA-256("<key> <text>"): with its key the text can be shown later, without it nobody can guess it
    withheld         in facts: a commitment to the JSON of what an act must prove and nobody reads in the record
    digest           SHA-256 of the entry's JSON, with commitments in place of person and reason, without salt and hash
    hash             SHA-256("<previous hash> <digest>")

So a reader may be given an entry without its names and reasons, or its digest alone, and the chain still holds. Entries
without a salt were written before there were salts: their hash covers all their texts as they are, `previous` included.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

START = "0" * 64  # what the first entry carries in place of the hash of one before it
PRIVATE = ("person", "reason")  # fields that stand in the digest as commitments


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
    salt: str = ""  # 32 random bytes in hex, never shown; "" before there were salts


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place at which a record does not hold, in words that name it."""

    number: int
    what: str


def moment(at: datetime | None) -> str:
    """A moment as the record spells it: UTC, with microseconds, "2026-11-23T21:40:05.123456Z".

    "" for None, which is what a database gives for a moment that somebody damaged: so that the entry can be named.
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if at else ""


def sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def spelled(data: dict[str, Any]) -> str:
    """The one RFC 8785 spelling of text, whole numbers below 2^53 and lists of them, under ASCII keys.

    For such data sorted compact JSON is RFC 8785 (a test holds it to that); the general library takes nine times as
    long, and a record is read from its beginning.
    """
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def key_of(salt: str, field: str) -> str:
    """The key that opens one private field of an entry, and not the other."""
    return sha256(f"{salt} {field}")


def commitment(key: str, text: str) -> str:
    """What stands in the digest for a private text."""
    return sha256(f"{key} {text}")


def withheld(salt: str, told: dict[str, Any]) -> str:
    """What stands in an entry's facts for what must be provable and is read elsewhere, if at all."""
    return commitment(key_of(salt, "withheld"), spelled(told))


def body(link: Link) -> dict[str, Any]:
    """The entry as its digest sees it: what may be shown to everybody, with commitments for what may not."""
    told = asdict(link)
    del told["previous"], told["salt"]
    for field in PRIVATE:
        told[field] = commitment(key_of(link.salt, field), told[field])
    return told


def chained(previous: str, digest: str) -> str:
    """The hash of an entry from its digest and the hash before it."""
    return sha256(f"{previous} {digest}")


def hash_of(link: Link) -> str:
    """The hash of an entry, by the rule under which it was written."""
    if link.salt:
        return chained(link.previous, sha256(spelled(body(link))))
    told = asdict(link)
    del told["salt"]
    return sha256(spelled(told))


def facts_text(facts: dict[str, Any]) -> str:
    """`facts` as the one JSON text that is stored and hashed."""
    return spelled(facts)


def follow(entries: Iterable[tuple[Link, str]]) -> Iterator[tuple[Link, str] | Fault]:
    """Walk `(link, its stored hash)` pairs from the first; yield each pair that holds, then at most one Fault.

    Takes constant memory, whatever the length.
    """
    previous, salted = START, False
    for number, (link, stored) in enumerate(entries, start=1):
        if link.number != number:
            yield Fault(number, f"Entry {number} is missing: the next one found is entry {link.number}.")
            return
        if link.previous != previous:
            yield Fault(number, f"Entry {number} does not follow entry {number - 1}: one of the two was changed.")
            return
        if hash_of(link) != stored or (salted and not link.salt):
            yield Fault(number, f"Entry {number} ({link.act}, {link.at}) was changed after it was written.")
            return
        previous, salted = stored, bool(link.salt)
        yield link, stored
