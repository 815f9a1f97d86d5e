"""Writing the record: one line in the same transaction as the act that it tells of."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from penholder.record.chain import facts_text, hash_of, withheld
from penholder.record.models import Entry, Head

# Who acts when a command is run on the machine itself: whoever may run it there holds this post.
OPERATOR = "Operator of this instance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is to be written down. `actor` is a post, `person` who held it: both text, for good.

    `withheld` is not written: its commitment stands among the facts, so that the row which holds it can be proved.
    """

    act: str
    actor: str
    subject: str
    at: datetime
    person: str = ""
    on_behalf_of: str = ""
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, Any] = field(default_factory=dict)


def append(act: str, *, actor: str, subject: str, at: datetime, **more: Any) -> Entry:
    """Write one entry. `more`: as in `Act`; facts are text, whole numbers, and lists of them.

    Must be called inside the transaction of the act itself, so that there is never one without the other.
    """
    return append_all([Act(act=act, actor=actor, subject=subject, at=at, **more)])[0]


def append_all(acts: Iterable[Act]) -> list[Entry]:
    """Write several entries, in order, with three queries however many they are; none costs none."""
    if not transaction.get_connection().in_atomic_block:
        msg = "ledger.append was called outside a transaction: an act and its record must be written together."
        raise RuntimeError(msg)
    locked = Head.objects.select_for_update().filter(id=1)
    written = list(acts)
    if not written:
        return []
    head = locked.first()
    if head is None:
        Head.objects.get_or_create(id=1)  # two first writers at once: one makes the row, both then lock it
        head = locked.get()
    entries = []
    for act in written:
        salt = secrets.token_hex(32)
        facts = act.facts | ({"withheld": withheld(salt, act.withheld)} if act.withheld else {})
        entry = Entry(
            number=head.number + 1,
            at=act.at.astimezone(UTC),
            act=act.act,
            actor=act.actor,
            person=act.person,
            on_behalf_of=act.on_behalf_of,
            subject=act.subject,
            reason=act.reason,
            facts=facts_text(facts),
            previous=head.hash,
            salt=salt,
        )
        entry.hash = hash_of(entry.link())
        head.number, head.hash = entry.number, entry.hash
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=500)
    head.save()
    return entries
