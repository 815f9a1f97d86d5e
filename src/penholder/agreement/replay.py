"""The record of agreement, read back: from its links alone comes the state that the tables must be in.

`replay` is pure: an auditor who has the record and nothing else comes to the same state, and to the same faults where
something was done that the rules forbid. `of_tables` reads that state from the database; `differences` compares them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from penholder.agreement.entries import scope_of
from penholder.agreement.models import Asked, Clearance, Delegation, Disposition, Remark, Round
from penholder.record.chain import Link, moment
from penholder.record.models import Entry
from penholder.seal import digest

# What an answer can be while its round is cleared.
_STANDS_IN_THE_WAY = frozenset({"not-content", "withdrawn"})


@dataclass(slots=True)
class AskedState:
    """One asked post: what it answers for, until when, and the answer that stands (number 0: none)."""

    sections: list[str]
    deadline_at: str
    asked_at: str
    number: int = 0
    stance: str = ""
    how: str = ""
    late: int = 0


@dataclass(slots=True)
class RoundState:
    """One round as it stands; `cleared` says whether a clearance of it stands, `because` in what words it ended."""

    seal: str
    series: str
    kind: str
    document: str
    iteration: int
    rule: str
    rule_number: int
    silence: int
    carry: str
    deadline_at: str
    writers: list[str]
    follows: str
    state: str = "open"
    cleared: bool = False
    ended_at: str = ""
    because: str = ""
    asked: dict[str, AskedState] = field(default_factory=dict)


@dataclass(slots=True)
class RemarkState:
    """One lodged remark; `outcome` "" is no decision yet."""

    post: str
    klass: str
    section: str
    passage: str
    body_sha256: str
    lodged_at: str
    lodged_by: str
    state: str = "lodged"
    claimed_at: str = ""
    ended_at: str = ""
    ended_by: str = ""
    outcome: str = ""


@dataclass(slots=True)
class Agreement:
    """Everything that the record says about agreement. Remarks are named by series and number.

    `faults` name entries that the rules forbid: they can only have come about by going round the domain.
    """

    rounds: dict[str, RoundState] = field(default_factory=dict)
    remarks: dict[tuple[str, int], RemarkState] = field(default_factory=dict)
    delegations: dict[int, tuple[str, str, str]] = field(default_factory=dict)  # post, scope, when it was ended
    shown: set[tuple[str, str]] = field(default_factory=set)
    published: set[str] = field(default_factory=set)
    faults: list[tuple[int, str]] = field(default_factory=list)


# Plays one act: the state so far, the entry, and its facts.
Play = Callable[[Agreement, Link, dict[str, Any]], None]


def replay(links: Iterable[Link]) -> Agreement:
    """Play the acts of agreement in their order; others are passed over. Memory grows with rounds, not with acts."""
    state = Agreement()
    for link in links:
        play = _PLAYS.get(link.act)
        if play is None:
            continue
        try:
            play(state, link, json.loads(link.facts))
        except (AttributeError, KeyError, ValueError, TypeError) as error:
            state.faults.append((link.number, f"{link.act} speaks of what is not there: {error!r}."))
    return state


def _opened(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    scopes = {post: sections for post, *sections in facts["scopes"]}
    state.rounds[facts["round"]] = RoundState(
        seal=link.subject,
        series=facts["series"],
        kind=facts["kind"],
        document=facts["document"],
        iteration=facts["number"],
        rule=facts["rule"],
        rule_number=facts["rule_number"],
        silence=facts["silence"],
        carry=facts["carry"],
        deadline_at=facts["deadline_at"],
        writers=facts["writers"],
        follows=facts["follows"],
        asked={post: AskedState(scopes.get(post, []), facts["deadline_at"], link.at) for post in facts["asked"]},
    )


def _asked(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    row = AskedState(facts["sections"], facts["deadline_at"], link.at)
    state.rounds[facts["round"]].asked[facts["post"]] = row


def _extended(state: Agreement, _link: Link, facts: dict[str, Any]) -> None:
    round, until = state.rounds[facts["round"]], facts["deadline_at"]
    if facts["post"]:
        round.asked[facts["post"]].deadline_at = until
        return
    round.deadline_at = until
    for row in round.asked.values():
        row.deadline_at = max(row.deadline_at, until)  # one spelling, so text sorts as time


def _ended(to: str) -> Play:
    def play(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
        round = state.rounds[facts["round"]]
        round.state = to
        if to == "replaced":
            round.ended_at = round.ended_at or link.at
        else:
            round.ended_at, round.because = link.at, link.reason
        if to == "replaced" and round.seal not in state.published:
            round.cleared = False

    return play


def _answered(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    round = state.rounds[facts["round"]]
    row = round.asked[facts["post"]]
    if facts["number"] != row.number + 1:
        state.faults.append((link.number, f"{facts['post']} answers as number {facts['number']} after {row.number}."))
    if round.state not in {"open", "unsettled"}:
        state.faults.append((link.number, f"{facts['post']} answers in a round that is {round.state}."))
    if link.subject != round.seal:
        state.faults.append((link.number, f"{facts['post']} answers for another seal than the round's."))
    shown = (link.subject, facts["post"]) in state.shown
    if facts["how"] == "given" and not link.on_behalf_of and not shown:
        state.faults.append((link.number, f"{facts['post']} signs a text that it was not shown."))
    row.number, row.stance, row.how, row.late = facts["number"], facts["stance"], facts["how"], facts["late"]


def _withdrawn(state: Agreement, _link: Link, facts: dict[str, Any]) -> None:
    row = state.rounds[facts["round"]].asked[facts["post"]]
    row.number, row.stance, row.how, row.late = facts["number"], "withdrawn", "given", 0


def _unsettled(state: Agreement, _link: Link, facts: dict[str, Any]) -> None:
    round = state.rounds[facts["round"]]
    round.state, round.cleared, round.ended_at = "unsettled", False, ""


def _cleared(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    round = state.rounds[facts["round"]]
    against = sorted(post for post, row in round.asked.items() if row.stance in _STANDS_IN_THE_WAY)
    unmet = sorted(
        number
        for (series, number), remark in state.remarks.items()
        if series == round.series and remark.klass == "a" and remark.state == "lodged"
    )
    if against:
        state.faults.append((link.number, f"{facts['round']} is cleared over the objection of {', '.join(against)}."))
    if unmet:
        state.faults.append((link.number, f"{facts['round']} is cleared over unsettled conditions {unmet}."))
    if link.subject != round.seal:
        state.faults.append((link.number, f"{facts['round']} is cleared for another seal than its own."))
    round.state, round.cleared, round.ended_at = "cleared", True, link.at


def _remark(state: Agreement, facts: dict[str, Any]) -> RemarkState:
    return state.remarks[state.rounds[facts["round"]].series, facts["remark"]]


def _lodged(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    series = state.rounds[facts["round"]].series
    state.remarks[series, facts["remark"]] = RemarkState(
        facts["post"], facts["class"], facts["section"], facts["passage"], facts["body_sha256"], link.at, _who(link)
    )


def _remark_ended(to: str) -> Play:
    def play(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
        remark = _remark(state, facts)
        if remark.post != facts["post"]:
            state.faults.append((link.number, f"Remark {facts['remark']} ends by {facts['post']}, not by its signer."))
        remark.state, remark.ended_at, remark.ended_by = to, link.at, _who(link)

    return play


def _who(link: Link) -> str:
    return f"{link.person}, {link.actor}" if link.person else link.actor


def _claimed(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    _remark(state, facts).claimed_at = link.at


def _disposed(state: Agreement, _link: Link, facts: dict[str, Any]) -> None:
    _remark(state, facts).outcome = facts["outcome"]


def _delegated(state: Agreement, _link: Link, facts: dict[str, Any]) -> None:
    state.delegations[facts["delegation"]] = (facts["post"], facts["scope"], "")


def _delegation_ended(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    post, scope, _ = state.delegations[facts["delegation"]]
    state.delegations[facts["delegation"]] = (post, scope, link.at)


def _shown(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    state.shown.add((link.subject, facts["post"]))


def _published(state: Agreement, link: Link, facts: dict[str, Any]) -> None:
    state.published.add(link.subject)
    if facts.get("agreed_elsewhere"):
        return
    cleared = {round.kind for round in state.rounds.values() if round.seal == link.subject and round.cleared}
    if not cleared:
        state.faults.append((link.number, f"A text was published that nobody cleared: {link.subject[:12]}…."))
    elif missing := [step for step in facts.get("steps", ()) if step not in cleared]:
        state.faults.append((link.number, f"A text was published without its {' and '.join(missing)} cleared."))


_PLAYS: dict[str, Play] = {
    "round.opened": _opened,
    "round.asked": _asked,
    "round.extended": _extended,
    "round.closed": _ended("closed"),
    "round.sent-back": _ended("returned"),
    "round.called-off": _ended("called-off"),
    "round.replaced": _ended("replaced"),
    "round.unsettled": _unsettled,
    "round.cleared": _cleared,
    "answer.given": _answered,
    "answer.withdrawn": _withdrawn,
    "remark.lodged": _lodged,
    "remark.settled": _remark_ended("settled"),
    "remark.withdrawn": _remark_ended("withdrawn"),
    "remark.claimed-met": _claimed,
    "remark.disposed": _disposed,
    "delegation.given": _delegated,
    "delegation.ended": _delegation_ended,
    "text.shown": _shown,
    "edition.published": _published,
}


def of_tables() -> Agreement:
    """The same state, read from the tables, for comparison with the record. Eight queries."""
    state = Agreement()
    standing = set(Clearance.objects.filter(ended_at=None).values_list("round", flat=True))
    rounds = Round.objects.select_related("iteration__document", "follows").prefetch_related("writers")
    by_pk = {}
    for round in rounds.defer("iteration__manifest", "iteration__events"):
        by_pk[round.pk] = state.rounds[round.key] = RoundState(
            seal=round.iteration.seal,
            series=round.series,
            kind=round.kind,
            document=round.iteration.document.key,
            iteration=round.iteration.number,
            rule=round.rule,
            rule_number=round.rule_number,
            silence=int(round.silence_is_consent),
            carry=round.carry,
            deadline_at=moment(round.deadline_at),
            writers=sorted(post.key for post in round.writers.all()),
            follows=round.follows.key if round.follows else "",
            state=round.state,
            cleared=round.pk in standing,
            ended_at=moment(round.ended_at),
            because=round.ended_because,
        )
    for row in Asked.objects.select_related("post", "answer").iterator(chunk_size=2000):
        told = AskedState(row.sections, moment(row.deadline_at), moment(row.asked_at))
        if row.answer:
            told.number, told.stance = row.answer.number, row.answer.stance
            told.how, told.late = row.answer.how, int(row.answer.late)
        by_pk[row.round_id].asked[row.post.key] = told
    for key, remark in _remarks():
        state.remarks[key] = remark
    for given in Delegation.objects.select_related("post", "round", "document"):
        state.delegations[given.pk] = (given.post.key, scope_of(given), moment(given.ended_at))
    return state


def _remarks() -> Iterator[tuple[tuple[str, int], RemarkState]]:
    outcomes = dict(Disposition.objects.order_by("at", "pk").values_list("remark", "outcome"))
    for remark in Remark.objects.filter(number__gt=0).select_related("asked__round", "asked__post"):
        yield (
            (remark.asked.round.series, remark.number),
            RemarkState(
                remark.asked.post.key,
                remark.klass,
                remark.section,
                remark.passage,
                digest(remark.body),
                moment(remark.lodged_at),
                remark.lodged_by,
                remark.state,
                moment(remark.claimed_met_at),
                moment(remark.ended_at),
                remark.ended_by,
                outcomes.get(remark.pk, ""),
            ),
        )


def differences(links: Iterable[Link] | None = None) -> list[str]:
    """Everything in which the tables are not as the record says, in words, and every act that the rules forbid.

    An empty list means that the record replays to the state of the tables. Without `links` the whole record is read.
    """
    if links is None:
        links = (entry.link() for entry in Entry.objects.order_by("number").iterator(chunk_size=2000))
    told = replay(links)
    found = of_tables()
    said = [f"Entry {number}: {what}" for number, what in told.faults]
    kinds: tuple[tuple[str, Mapping[Any, object], Mapping[Any, object]], ...] = (
        ("round", told.rounds, found.rounds),
        ("remark", told.remarks, found.remarks),
        ("delegation", told.delegations, found.delegations),
    )
    for what, recorded, stored in kinds:
        for key in sorted({*recorded, *stored}, key=str):
            said += _difference(what, key, recorded.get(key), stored.get(key))
    return said


def _difference(what: str, key: object, recorded: object, stored: object) -> list[str]:
    if recorded == stored:
        return []
    if recorded is None or stored is None:
        return [f"{what} {key} is {'not in the record' if recorded is None else 'in the record and not in its table'}."]
    if isinstance(recorded, RoundState) and isinstance(stored, RoundState):
        names = [name for name in RoundState.__slots__ if getattr(recorded, name) != getattr(stored, name)]
        posts = [post for post, row in recorded.asked.items() if stored.asked.get(post) != row]
        posts += [post for post in stored.asked if post not in recorded.asked]
        return [f"round {key} is not as recorded: {', '.join(names)}{' of ' + ', '.join(posts) if posts else ''}."]
    return [f"{what} {key} is not as recorded: {stored}, recorded {recorded}."]
