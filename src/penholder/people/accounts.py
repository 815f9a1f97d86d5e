"""The tables of organisations, posts and who holds them, held against the record, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from penholder.people.entries import beside
from penholder.people.models import Alias, Holding, Invitation, Organisation, Post, Succession
from penholder.people.organisations import fold
from penholder.record.accounts import CHUNK, Told, compare, compare_withheld, entries, said, who
from penholder.record.chain import moment
from penholder.record.findings import Broken
from penholder.record.models import Entry

Pairs = Iterator[tuple[str, Told]]

_ORGANISATIONS = ("organisation.made", "organisation.changed")
_OF_ORGANISATION = ("name", "acronym", "kind", "strategy_url", "parent")
_POSTS = ("post.made", "post.renamed")
_INVITATIONS = ("person.invited", "invitation.accepted", "invitation.ended")


def differences() -> list[Broken]:
    """Every row that is not as it was recorded. Fourteen queries; memory grows with a table."""
    return [
        *compare(_organisations_recorded(), _organisations()),
        *compare(_aliases_recorded(), _aliases()),
        *compare(_successions_recorded(), _successions()),
        *compare(_posts_recorded(), _posts()),
        *compare(_holdings_recorded(), _holdings()),
        *compare(_invitations_recorded(), _invitations()),
        *compare_withheld(_invitations_entries(), ((_invitation(row), beside(row)) for row in _invitation_rows())),
    ]


def _organisations_recorded() -> Pairs:
    last: dict[str, Told] = {}
    for _entry, facts in entries(*_ORGANISATIONS):
        (key,) = said(facts, "organisation")
        last[key] = said(facts, *_OF_ORGANISATION)
    yield from ((f"organisation {key}", told) for key, told in last.items())


def _organisations() -> Pairs:
    for row in Organisation.objects.select_related("parent").iterator(CHUNK):
        told = (row.name, row.acronym, row.kind, row.strategy_url, row.parent.key if row.parent else "")
        yield f"organisation {row.key}", told


def _aliases_recorded() -> Pairs:
    for _entry, facts in entries(*_ORGANISATIONS):
        names = facts.get("aliases")
        for name in map(str, names if isinstance(names, list) else []):
            yield f"alias “{name}”", (*said(facts, "organisation"), fold(name))


def _aliases() -> Pairs:
    for row in Alias.objects.select_related("organisation").iterator(CHUNK):
        yield f"alias “{row.name}”", (row.organisation.key, row.folded)


def _successions_recorded() -> Pairs:
    for entry, facts in entries("organisation.succeeded"):
        successors = facts.get("successors")
        for successor in successors if isinstance(successors, list) else []:
            told = (*said(facts, "kind", "on"), entry.reason)
            yield f"succession of {facts.get('organisation')} by {successor}", told


def _successions() -> Pairs:
    for row in Succession.objects.select_related("predecessor", "successor").iterator(CHUNK):
        yield f"succession of {row.predecessor.key} by {row.successor.key}", (row.kind, str(row.on), row.reason)


def _posts_recorded() -> Pairs:
    last: dict[str, Told] = {}
    for _entry, facts in entries(*_POSTS):
        (key,) = said(facts, "post")
        last[key] = said(facts, "organisation", "title", "role")
    yield from ((f"post {key}", told) for key, told in last.items())


def _posts() -> Pairs:
    for row in Post.objects.select_related("organisation").iterator(CHUNK):
        yield f"post {row.key}", (row.organisation.key, row.title, row.role)


def _holdings_recorded() -> Pairs:
    """Holdings with when each ended; whoever holds a post holds it once at a time."""
    told: list[tuple[str, list[str]]] = []
    standing: dict[Told, list[str]] = {}
    for entry, facts in entries("post.held", "post.left"):
        pair, at = said(facts, "post", "account"), moment(entry.at)
        if entry.act == "post.held":
            standing[pair] = [pair[1], at, ""]
            told.append((f"holding of {pair[0]}", standing[pair]))
        elif pair in standing:
            ended = standing.pop(pair)
            ended[2] = max(at, ended[1])  # an end is never told before the beginning
    yield from ((name, tuple(row)) for name, row in told)


def _holdings() -> Pairs:
    # With the person, so that a holding of an account that is gone counts as gone.
    for row in Holding.objects.select_related("post", "person").iterator(CHUNK):
        yield f"holding of {row.post.key}", (str(row.person.pk), moment(row.since), moment(row.until))


def _invitations_recorded() -> Pairs:
    """Invitations with what became of each: accepted, and by which account, or ended."""
    found: dict[Told, list[str]] = {}
    for entry, facts in entries(*_INVITATIONS):
        which, at = (*said(facts, "post", "until"), entry.reason), moment(entry.at)
        if entry.act == "person.invited":
            found[which] = [which[1], who(entry)[:500], at, "", "", ""]
        elif which in found and entry.act == "invitation.accepted":
            found[which][3:5] = [at, *said(facts, "account")]
        elif which in found:
            found[which][5] = at
    yield from ((f"invitation of {email} to {post}", tuple(row)) for (post, _until, email), row in found.items())


def _invitations() -> Pairs:
    for row in _invitation_rows():
        accepted = (moment(row.accepted_at), str(row.accepted_by.pk) if row.accepted_by else "")
        told = (moment(row.expires_at), row.invited_by, moment(row.invited_at), *accepted, moment(row.ended_at))
        yield _invitation(row), told


def _invitations_entries() -> Iterator[tuple[str, Entry]]:
    for entry, facts in entries("person.invited"):
        yield f"invitation of {entry.reason} to {facts.get('post')}", entry


def _invitation_rows() -> Iterator[Invitation]:
    return Invitation.objects.select_related("post", "accepted_by").iterator(CHUNK)


def _invitation(row: Invitation) -> str:
    return f"invitation of {row.email} to {row.post.key}"
