"""Where in the record an answer stands, so that who gave it can point to it."""

from __future__ import annotations

from penholder.agreement.models import Answer
from penholder.record.accounts import facts_of
from penholder.record.models import Entry


def entry_of(answer: Answer) -> int | None:
    """The number of the entry that tells of this answer; None where the record has lost it. Two queries at most."""
    asked = answer.asked
    wanted = (asked.round.key, asked.post.key, answer.number)
    rows = Entry.objects.filter(subject=answer.seal, act__in=["answer.given", "answer.withdrawn"], at=answer.at)
    for entry in rows:
        facts = facts_of(entry)
        if (facts.get("round"), facts.get("post"), facts.get("number")) == wanted:
            return entry.number
    return None
