"""What the record holds of organisations, posts, holdings and invitations: enough to prove each of their rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from penholder.people.acting import Acting
from penholder.people.models import Invitation, Organisation, Person, Post
from penholder.record import ledger
from penholder.record.chain import moment


def _act(act: str, subject: str, *, by: Acting | None, at: datetime, facts: dict[str, Any], **more: Any) -> ledger.Act:
    """An act by a post and who held it, or by a command."""
    actor, person = (by.post.words, by.said_name) if by else (ledger.OPERATOR, "")
    return ledger.Act(act=act, actor=actor, person=person, subject=subject, at=at, facts=facts, **more)


def of_organisation(
    act: str, row: Organisation, aliases: Iterable[str], *, by: Acting | None, at: datetime
) -> ledger.Act:
    """An organisation as it is from now on. `aliases` are the names by which it is found since this act."""
    facts = {
        "organisation": row.key,
        "name": row.name,
        "acronym": row.acronym,
        "kind": row.kind,
        "strategy_url": row.strategy_url,
        "parent": row.parent.key if row.parent else "",
        "aliases": list(aliases),
    }
    return _act(act, row.key, by=by, at=at, facts=facts)


def of_post(act: str, row: Post, *, by: Acting | None, at: datetime) -> ledger.Act:
    """A post as it is from now on."""
    facts = {"post": row.key, "organisation": row.organisation.key, "title": row.title, "role": row.role}
    return _act(act, row.key, by=by, at=at, facts=facts)


def of_holding(
    act: str, post: Post, person: Person, *, by: Acting | None, at: datetime, reason: str = ""
) -> ledger.Act:
    """That a person holds a post, or no longer does."""
    # A name is kept with the reason, because the record can withhold reasons from the public and stay whole.
    said = f"{person}. {reason}".strip() if reason else str(person)
    return _act(act, post.key, by=by, at=at, facts={"post": post.key, "account": str(person.pk)}, reason=said)


def of_invitation(act: str, row: Invitation, *, by: Acting | None, at: datetime) -> ledger.Act:
    """What became of an invitation: it was sent, accepted, or ended."""
    facts = {"post": row.post.key, "until": moment(row.expires_at)}
    if row.accepted_by_id:
        facts["account"] = str(row.accepted_by_id)
    # The address is kept with the reason, because the record can withhold reasons from the public and stay whole.
    return _act(act, row.post.key, by=by, at=at, reason=row.email, facts=facts, withheld=beside(row))


def beside(row: Invitation) -> dict[str, Any]:
    """What the record proves of an invitation and nobody reads in it."""
    return {"name": row.name, "token": row.token_digest}
