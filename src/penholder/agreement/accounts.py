"""The tables of agreement held against the record, row by row; `replay` compares the state to which they amount."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F

from penholder.agreement.entries import scope_of
from penholder.agreement.models import (
    Answer,
    Asked,
    Clearance,
    Delegation,
    Disposition,
    How,
    Link,
    Look,
    Remark,
    Round,
    Stance,
)
from penholder.drafting.models import SealedSection
from penholder.record.accounts import CHUNK, Told, compare, entries, said, who
from penholder.record.chain import moment
from penholder.record.findings import Broken

Pairs = Iterator[tuple[str, Told]]

# What nobody reads here, and what is large.
_HEAVY = ("asked__round__iteration__manifest", "asked__round__iteration__events")


def differences() -> list[Broken]:
    """Every row of agreement that is not as it was recorded. Some fifteen queries; memory grows with a table."""
    return [
        *compare(_answers_recorded(), _answers()),
        *_signed_otherwise(),
        *compare(_clearances_recorded(), _clearances()),
        *compare(_decisions_recorded(), _decisions()),
        *compare(_delegations_recorded(), _delegations()),
        *compare(_links_recorded(), _links()),
        *compare(_openings_recorded(), _openings()),
        *compare(_lodgings_recorded(), _lodgings()),
        *_astray(),
        *_unseen(),
    ]


def _answers_recorded() -> Pairs:
    for entry, facts in entries("answer.given", "answer.withdrawn"):
        round, post, number = said(facts, "round", "post", "number")
        stance, how = said(facts, "stance", "how")
        if entry.act == "answer.withdrawn":
            stance, how = str(Stance.WITHDRAWN), str(How.GIVEN)
        told: Told = (entry.subject, stance, how)
        if how == How.GIVEN:  # by a person; the clock's own answers name those whose signature they carry
            told += (moment(entry.at), entry.actor, entry.person, entry.on_behalf_of, entry.reason)
        yield f"answer {number} of {post} in {round}", told


def _answers() -> Pairs:
    rows = Answer.objects.select_related("asked__round__iteration", "asked__post").defer(*_HEAVY)
    for row in rows.order_by("pk").iterator(CHUNK):
        told: Told = (row.seal, row.stance, row.how)
        if row.how == How.GIVEN:
            told += (moment(row.at), row.by_post, row.name, row.on_behalf_of, row.reason)
        yield f"answer {row.number} of {row.asked.post.key} in {row.asked.round.key}", told


def _signed_otherwise() -> Iterator[Broken]:
    """Signatures for another text of a section than was sealed. One query a seal that was signed in part."""
    sealed: dict[str, dict[str, str]] = {}
    for entry, facts in entries("answer.given"):
        signed = facts.get("sections")
        if not isinstance(signed, list) or not signed:
            continue
        if entry.subject not in sealed:
            rows = SealedSection.objects.filter(iteration__seal=entry.subject)
            sealed[entry.subject] = dict(rows.values_list("key", "text"))
        if not all(_is_of(sealed[entry.subject], pair) for pair in signed):
            what = f"{facts.get('post')} signed another text than was sealed: {signed}."
            yield Broken(f"record:{entry.number}", what)


def _is_of(texts: dict[str, str], pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and texts.get(str(pair[0])) == pair[1]


def _clearances_recorded() -> Pairs:
    for entry, facts in entries("round.cleared"):
        told = (entry.subject, entry.actor, entry.person, moment(entry.at), entry.reason)
        yield f"clearance of {facts.get('round')}", told


def _clearances() -> Pairs:
    for row in Clearance.objects.select_related("round").iterator(CHUNK):
        yield f"clearance of {row.round.key}", (row.seal, row.by_post, row.name, moment(row.at), row.reason)


def _decisions_recorded() -> Pairs:
    series = dict(Round.objects.values_list("key", "series"))
    for entry, facts in entries("remark.disposed"):
        round, remark, outcome = said(facts, "round", "remark", "outcome")
        told = (outcome, entry.actor, entry.person, moment(entry.at), entry.reason)
        yield f"decision about remark {remark} of {series.get(round, round)}", told


def _decisions() -> Pairs:
    for row in Disposition.objects.select_related("remark__asked__round").iterator(CHUNK):
        name = f"decision about remark {row.remark.number} of {row.remark.asked.round.series}"
        yield name, (row.outcome, row.by_post, row.name, moment(row.at), row.reason)


def _delegations_recorded() -> Pairs:
    for entry, facts in entries("delegation.given"):
        told = (*said(facts, "scope", "since", "until"), moment(entry.at), who(entry), entry.reason)
        yield f"delegation {facts.get('delegation')} by {facts.get('post')}", told


def _delegations() -> Pairs:
    for row in Delegation.objects.select_related("post", "round", "document"):
        told = (scope_of(row), moment(row.since), moment(row.until), moment(row.given_at), row.given_by, row.reason)
        yield f"delegation {row.pk} by {row.post.key}", told


def _links_recorded() -> Pairs:
    for entry, facts in entries("link.made"):
        round, post, until = said(facts, "round", "post", "expires_at")
        yield f"link for {post} in {round}", (until, moment(entry.at), who(entry))


def _links() -> Pairs:
    for row in Link.objects.select_related("asked__round", "asked__post").iterator(CHUNK):
        name = f"link for {row.asked.post.key} in {row.asked.round.key}"
        yield name, (moment(row.expires_at), moment(row.made_at), row.made_by)


def _openings_recorded() -> Pairs:
    for entry, facts in entries("round.opened"):
        yield f"round {facts.get('round')}", (moment(entry.at), who(entry))


def _openings() -> Pairs:
    for row in Round.objects.values_list("key", "opened_at", "opened_by"):
        yield f"round {row[0]}", (moment(row[1]), row[2])


def _lodgings_recorded() -> Pairs:
    series = dict(Round.objects.values_list("key", "series"))
    for entry, facts in entries("remark.lodged"):
        round, remark = said(facts, "round", "remark")
        yield f"remark {remark} of {series.get(round, round)}", (moment(entry.at),)


def _lodgings() -> Pairs:
    rows = Remark.objects.filter(number__gt=0).values_list("number", "asked__round__series", "lodged_at")
    for number, series, at in rows:
        yield f"remark {number} of {series}", (moment(at),)


def _astray() -> Iterator[Broken]:
    """Posts at which the answer of another one stands. Two queries."""
    rows = Asked.objects.select_related("round", "post").filter(answer__isnull=False).exclude(answer__asked=F("pk"))
    for row in rows:
        yield Broken(f"{row.post.key} in {row.round.key}", "the answer that stands there is another post's.")
    rows = Asked.objects.select_related("round", "post").filter(last_given__isnull=False)
    for row in rows.exclude(last_given__asked__post=F("post"), last_given__asked__round__series=F("round__series")):
        yield Broken(f"{row.post.key} in {row.round.key}", "its last own answer is said to be another post's.")


def _unseen() -> Iterator[Broken]:
    """Looks that the record tells of and no row does: the first of each post at each text is recorded."""
    looks = Look.objects.select_related("iteration").defer("iteration__manifest", "iteration__events")
    seen = {(row.iteration.seal, row.name, row.through, moment(row.at)) for row in looks.iterator(CHUNK)}
    for entry, facts in entries("text.shown"):
        if (entry.subject, entry.person, str(facts.get("through")), moment(entry.at)) not in seen:
            yield Broken(f"look of {facts.get('post')}", f"entry {entry.number} tells of it, and its table does not.")
