"""The tables of agreement held against the record, row by row; `replay` compares the state to which they amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Prefetch

from penholder.agreement.entries import beside_answer, beside_remark, beside_round, scope_of
from penholder.agreement.links import beside
from penholder.agreement.models import (
    Answer,
    Asked,
    Clearance,
    Delegation,
    Disposition,
    How,
    Judgement,
    Link,
    Look,
    Remark,
    Round,
    Stance,
)
from penholder.agreement.renewals import WENT_ON
from penholder.drafting.models import SealedSection
from penholder.record.accounts import CHUNK, Told, compare, compare_withheld, entries, said, who
from penholder.record.chain import moment
from penholder.record.findings import Broken
from penholder.record.models import Entry

Pairs = Iterator[tuple[str, Told]]
Entries = Iterator[tuple[str, Entry]]
Withheld = Iterator[tuple[str, dict[str, Any]]]

# What nobody reads here, and what is large.
_HEAVY = ("asked__round__iteration__manifest", "asked__round__iteration__events")


def differences() -> list[Broken]:
    """Every row of agreement that is not as it was recorded. Some thirty queries; memory grows with a table."""
    return [
        *compare(_answers_recorded(), _answers()),
        *compare_withheld(_answers_entries(), ((_answer(row), beside_answer(row)) for row in _answer_rows())),
        *_signed_otherwise(),
        *compare(_clearances_recorded(), _clearances()),
        *compare_withheld(_rounds_entries("round.cleared", "clearance of"), _clearances_withheld()),
        *compare(_decisions_recorded(), _decisions()),
        *compare(_delegations_recorded(), _delegations()),
        *compare_withheld(_delegations_entries(), _delegations_withheld()),
        *compare(_links_recorded(), _links()),
        *compare_withheld(_links_entries(), ((_link(row), beside(row)) for row in _link_rows())),
        *compare(_openings_recorded(), _openings()),
        *compare_withheld(_rounds_entries("round.opened", "round"), _rounds_withheld()),
        *compare_withheld(_remarks_entries(), _remarks_withheld()),
        *compare(_judgements_recorded(), _judgements()),
        *_astray(),
        *compare(_looks_recorded(), _looks()),
    ]


def _answers_recorded() -> Pairs:
    for entry, facts in entries("answer.given", "answer.withdrawn"):
        round, post, number = said(facts, "round", "post", "number")
        stance, how, through = said(facts, "stance", "how", "through")
        if entry.act == "answer.withdrawn":
            stance, how = str(Stance.WITHDRAWN), str(How.GIVEN)
        told: Told = (entry.subject, stance, how, through)
        if how == How.GIVEN:  # by a person; the clock's own answers name those whose signature they carry
            told += (moment(entry.at), entry.actor, entry.person, entry.on_behalf_of, entry.reason)
        else:
            told += said(facts, "by_post")
        yield f"answer {number} of {post} in {round}", told


def _answers() -> Pairs:
    for row in _answer_rows():
        told: Told = (row.seal, row.stance, row.how, row.through)
        if row.how == How.GIVEN:
            told += (moment(row.at), row.by_post, row.name, row.on_behalf_of, row.reason)
        else:
            told += (row.by_post,)
        yield _answer(row), told


def _answers_entries() -> Entries:
    for entry, facts in entries("answer.given", "answer.withdrawn"):
        round, post, number = said(facts, "round", "post", "number")
        yield f"answer {number} of {post} in {round}", entry


def _answer_rows() -> Iterator[Answer]:
    rows = Answer.objects.select_related("asked__round__iteration", "asked__post", "carried_from__asked__round")
    return rows.defer(*_HEAVY).order_by("pk").iterator(CHUNK)


def _answer(row: Answer) -> str:
    return f"answer {row.number} of {row.asked.post.key} in {row.asked.round.key}"


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


def _rounds_entries(act: str, what: str) -> Entries:
    for entry, facts in entries(act):
        yield f"{what} {facts.get('round')}", entry


def _clearances_recorded() -> Pairs:
    """Clearances with how each ended: by a withdrawal, or because a newer text followed before it was published."""
    told: list[tuple[str, list[str]]] = []
    standing: dict[str, list[str]] = {}
    published = set()
    for entry, facts in entries("round.cleared", "round.unsettled", "round.replaced", "edition.published"):
        round = str(facts.get("round"))
        if entry.act == "edition.published":
            published.add(entry.subject)
        elif entry.act == "round.cleared":
            standing[round] = [entry.subject, entry.actor, entry.person, moment(entry.at), entry.reason, "", ""]
            told.append((f"clearance of {round}", standing[round]))
        elif round in standing and (entry.act == "round.unsettled" or entry.subject not in published):
            because = entry.reason if entry.act == "round.unsettled" else WENT_ON
            standing.pop(round)[-2:] = [moment(entry.at), because]
    yield from ((name, tuple(row)) for name, row in told)


def _clearances() -> Pairs:
    for row in Clearance.objects.select_related("round").iterator(CHUNK):
        ended = (moment(row.ended_at), row.ended_because)
        yield f"clearance of {row.round.key}", (row.seal, row.by_post, row.name, moment(row.at), row.reason, *ended)


def _clearances_withheld() -> Withheld:
    for row in Clearance.objects.select_related("round").iterator(CHUNK):
        yield f"clearance of {row.round.key}", {"account": row.person_id or 0}


def _decisions_recorded() -> Pairs:
    series = dict(Round.objects.values_list("key", "series"))
    for entry, facts in entries("remark.disposed"):
        round, remark, outcome, changed = said(facts, "round", "remark", "outcome", "changed")
        told = (outcome, entry.actor, entry.person, moment(entry.at), entry.reason, changed)
        yield f"decision about remark {remark} of {series.get(round, round)}", told


def _decisions() -> Pairs:
    for row in Disposition.objects.select_related("remark__asked__round").iterator(CHUNK):
        name = f"decision about remark {row.remark.number} of {row.remark.asked.round.series}"
        yield name, (row.outcome, row.by_post, row.name, moment(row.at), row.reason, str(row.changed))


def _delegations_recorded() -> Pairs:
    for entry, facts in entries("delegation.given"):
        told = (*said(facts, "scope", "since", "until"), moment(entry.at), who(entry), entry.reason)
        yield f"delegation {facts.get('delegation')} by {facts.get('post')}", told


def _delegations() -> Pairs:
    for row in Delegation.objects.select_related("post", "round", "document"):
        told = (scope_of(row), moment(row.since), moment(row.until), moment(row.given_at), row.given_by, row.reason)
        yield f"delegation {row.pk} by {row.post.key}", told


def _delegations_entries() -> Entries:
    for entry, facts in entries("delegation.given"):
        yield f"delegation {facts.get('delegation')} by {facts.get('post')}", entry


def _delegations_withheld() -> Withheld:
    for row in Delegation.objects.select_related("post"):
        yield f"delegation {row.pk} by {row.post.key}", {"account": row.person_id}


def _links_recorded() -> Pairs:
    """Links with what became of each: used by an answer, ended by a person, or by the next one that was made."""
    told: list[tuple[str, list[str]]] = []
    standing: dict[str, list[str]] = {}
    for entry, facts in entries("link.made", "link.ended", "answer.given"):
        round, post, until, through = said(facts, "round", "post", "expires_at", "through")
        name, at = f"link for {post} in {round}", moment(entry.at)
        if entry.act == "answer.given":
            if through == "link" and facts.get("how") == How.GIVEN and name in standing:
                standing.pop(name)[-2] = at
            continue
        if name in standing:
            standing.pop(name)[-1] = at
        if entry.act == "link.made":
            standing[name] = [until, at, who(entry), "", ""]
            told.append((name, standing[name]))
    yield from ((name, tuple(row)) for name, row in told)


def _links() -> Pairs:
    for row in _link_rows():
        told = (moment(row.expires_at), moment(row.made_at), row.made_by, moment(row.used_at), moment(row.ended_at))
        yield _link(row), told


def _links_entries() -> Entries:
    for entry, facts in entries("link.made"):
        yield f"link for {facts.get('post')} in {facts.get('round')}", entry


def _link_rows() -> Iterator[Link]:
    return Link.objects.select_related("asked__round", "asked__post").iterator(CHUNK)


def _link(row: Link) -> str:
    return f"link for {row.asked.post.key} in {row.asked.round.key}"


def _openings_recorded() -> Pairs:
    for entry, facts in entries("round.opened"):
        yield f"round {facts.get('round')}", (moment(entry.at), who(entry))


def _openings() -> Pairs:
    for row in Round.objects.values_list("key", "opened_at", "opened_by"):
        yield f"round {row[0]}", (moment(row[1]), row[2])


def _rounds_withheld() -> Withheld:
    rows = Round.objects.prefetch_related(Prefetch("asked", Asked.objects.select_related("post")))
    for round in rows.iterator(200):
        yield f"round {round.key}", beside_round(round, round.asked.all())


def _remarks_entries() -> Entries:
    series = dict(Round.objects.values_list("key", "series"))
    for entry, facts in entries("remark.lodged"):
        round, remark = said(facts, "round", "remark")
        yield f"remark {remark} of {series.get(round, round)}", entry


def _remarks_withheld() -> Withheld:
    for row in Remark.objects.filter(number__gt=0).select_related("asked__round").iterator(CHUNK):
        yield f"remark {row.number} of {row.asked.round.series}", beside_remark(row)


def _judgements_recorded() -> Pairs:
    for entry, facts in entries("change.judged"):
        section, before, after = said(facts, "section", "before", "after")
        told = (before, after, entry.actor, entry.person, entry.reason, moment(entry.at))
        yield f"judgement of “{section}” in {entry.subject}", told


def _judgements() -> Pairs:
    rows = Judgement.objects.select_related("iteration").defer("iteration__manifest", "iteration__events")
    for row in rows.iterator(CHUNK):
        told = (row.before, row.after, row.by_post, row.name, row.reason, moment(row.at))
        yield f"judgement of “{row.section}” in {row.iteration.seal}", told


def _astray() -> Iterator[Broken]:
    """Posts at which another answer stands than their own, or is taken for their last own one. Three queries."""
    rows = Asked.objects.select_related("round", "post").filter(answer__isnull=False).exclude(answer__asked=F("pk"))
    for row in rows:
        yield Broken(f"{row.post.key} in {row.round.key}", "the answer that stands there is another post's.")
    last: dict[tuple[str, int], int] = {}
    given: dict[int, list[int]] = defaultdict(list)
    for pk, asked in Answer.objects.filter(how=How.GIVEN).order_by("number").values_list("pk", "asked"):
        given[asked].append(pk)
    rows = Asked.objects.select_related("round", "post").order_by("round__opened_at", "round__pk", "pk")
    for row in rows.iterator(CHUNK):
        standing = last.get((row.round.series, row.post_id))
        if own := given.get(row.pk):
            standing = last[row.round.series, row.post_id] = own[-1]
        if row.last_given_id != standing:
            yield Broken(f"{row.post.key} in {row.round.key}", "what is said to be its last own answer is not.")


def _looks_recorded() -> Pairs:
    for entry, facts in entries("text.shown"):
        post, account, through = said(facts, "as", "account", "through")
        yield f"look of {post} at {entry.subject}", (entry.person, account, through, moment(entry.at))


def _looks() -> Pairs:
    looks = Look.objects.select_related("iteration", "post").defer("iteration__manifest", "iteration__events")
    for row in looks.iterator(CHUNK):
        told = (row.name, str(row.person_id or 0), row.through, moment(row.at))
        yield f"look of {row.post.key} at {row.iteration.seal}", told
