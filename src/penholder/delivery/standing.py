"""How everything stands: the one read model of promises and answers, read with a fixed number of queries.

    standing = read("strategy")            # 8 queries, however many actions, organisations and versions there are
    standing.actions                       # every action, with each wording it had and every other page's wording
    standing.answers[7, "hmrc"]            # what one organisation says about one action, and every earlier version
    standing.about(7)                      # the answers to one action, in the order of organisations
    standing.by("hmrc")                    # the answers of one organisation, in the order of actions
    standing.counts()                      # asked, answered, silent, not applicable (claimed, accepted, proposed)

All is plain data; nothing below makes a query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone

from penholder.delivery.models import Action, Ask, Decision, PrincipleVersion, Response, Stance, Wording
from penholder.drafting.models import Document, Kind
from penholder.errors import Missing
from penholder.people.models import Organisation
from penholder.publishing.models import Edition

State = Literal[
    "not-asked",
    "silent",
    "answered",  # in prose alone
    "will-do",
    "already-done",
    "partly",
    "not-applicable",  # the organisation says so, or a person accepted the proposal
    "not-applicable-proposed",  # read out of the prose; nobody has decided
    "declined",
]
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class ActionWording:
    """How an action read from one edition on."""

    number: int  # of the version, from 1
    title: str
    short_title: str
    text: str  # house Markdown under its heading
    passages: tuple[str, ...]  # lasting ids, its heading's first
    said_on: date
    edition: int  # number of the edition of the strategy that first said it
    dropped: bool  # that edition no longer had the action


@dataclass(frozen=True, slots=True)
class OtherWording:
    """The title that another page gives to an action now."""

    title: str
    where: str
    line: int
    said_on: date


@dataclass(frozen=True, slots=True)
class ActionStanding:
    """One action: how it reads now, how it read before, and how others word it."""

    number: int
    title: str
    short_title: str
    text: str
    passages: tuple[str, ...]
    principle: int  # number of its principle; 0 when it stands under none
    dropped: bool
    versions: tuple[ActionWording, ...]  # oldest first; the last is the one that stands
    wordings: tuple[OtherWording, ...]  # by other pages, now

    @property
    def drift(self) -> tuple[OtherWording, ...]:
        """The wordings of other pages that differ from the action's own title."""
        return tuple(wording for wording in self.wordings if wording.title != self.title)


@dataclass(frozen=True, slots=True)
class PrincipleStanding:
    """One principle as it reads now."""

    number: int
    title: str
    motto: str
    passage: str
    actions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OrganisationStanding:
    """An organisation that was asked about at least one action, or that has a document of its own."""

    key: str
    name: str
    acronym: str
    kind: str
    strategy_url: str
    aliases: tuple[str, ...]
    posts: tuple[str, ...]  # titles of the posts that answer for it
    document: str  # key of its own document; "" when it has none


@dataclass(frozen=True, slots=True)
class Said:
    """One version of an answer. `text` is house Markdown; empty: the answer was taken back."""

    id: int
    number: int
    text: str
    stance: str
    reason: str
    accepted_by: str
    proposed_stance: str
    proposal_words: str
    decision: str
    decided_by: str
    decided_at: datetime | None
    decided_because: str
    said_on: date
    edition: int  # number of the edition of the organisation's own document; 0 when it is in none
    passage: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one organisation says about one action, whether it was asked, and since when it is silent."""

    action: int
    organisation: str
    asked_on: date | None  # None: not asked, or no longer
    history: tuple[Said, ...]  # oldest first

    @property
    def current(self) -> Said | None:
        """The answer that stands. None when there is none, or when it was taken back."""
        return self.history[-1] if self.history and self.history[-1].text else None

    @property
    def silent(self) -> bool:
        """True when it was asked and no answer stands."""
        return self.asked_on is not None and self.current is None

    @property
    def silent_since(self) -> date | None:
        """The day from which it owes an answer: when it was asked, or when it took its answer back."""
        if self.asked_on is None or not self.silent:
            return None
        return max(self.asked_on, self.history[-1].said_on) if self.history else self.asked_on

    @property
    def state(self) -> State:
        """One word for a cell of the coverage matrix. An accepted proposal counts as what was proposed."""
        said = self.current
        if said is None:
            return "not-asked" if self.asked_on is None else "silent"
        stance = said.stance
        if stance == Stance.UNSTATED and said.proposed_stance:
            if said.decision == Decision.ACCEPTED:
                stance = said.proposed_stance
            elif not said.decision:
                return "not-applicable-proposed"
        return next((state for state in STATES if state == stance), "answered")


@dataclass(frozen=True, slots=True)
class Standing:
    """All promises of one strategy with all answers to them."""

    document: str
    title: str
    principles: tuple[PrincipleStanding, ...]
    actions: tuple[ActionStanding, ...]
    organisations: tuple[OrganisationStanding, ...]
    answers: Mapping[tuple[int, str], Answer] = field(repr=False)

    def action(self, number: int) -> ActionStanding:
        """The action with this number. Raises Missing."""
        for action in self.actions:
            if action.number == number:
                return action
        raise Missing(f"“{self.document}” has no action {number}.")

    def organisation(self, key: str) -> OrganisationStanding:
        """The organisation with this key. Raises Missing."""
        for organisation in self.organisations:
            if organisation.key == key:
                return organisation
        raise Missing(f"No organisation “{key}” answers for “{self.document}”.")

    def answer(self, action: int, organisation: str) -> Answer:
        """The answer of one cell; one that says "not asked" where nobody asked."""
        return self.answers.get((action, organisation), Answer(action, organisation, None, ()))

    def about(self, action: int) -> tuple[Answer, ...]:
        """The answers to one action, of all who were asked or answered, in the order of organisations."""
        found = (self.answers.get((action, organisation.key)) for organisation in self.organisations)
        return tuple(answer for answer in found if answer)

    def by(self, organisation: str) -> tuple[Answer, ...]:
        """The answers of one organisation, to all it was asked about or answered, in the order of actions."""
        found = (self.answers.get((action.number, organisation)) for action in self.actions)
        return tuple(answer for answer in found if answer)

    def counts(self) -> dict[str, int]:
        """How many cells are in each state, without those not asked; and `asked`, all that were asked."""
        counts = dict.fromkeys(STATES, 0)
        for answer in self.answers.values():
            counts[answer.state] += 1
        asked = sum(answer.asked_on is not None for answer in self.answers.values())
        return {"asked": asked, **{state: counts[state] for state in STATES if state != "not-asked"}}

    def drift(self) -> tuple[int, ...]:
        """Numbers of the actions that some other page words differently, ascending."""
        return tuple(action.number for action in self.actions if action.drift)


def read(document: str = "") -> Standing:
    """How the strategy with this key stands; without a key, the instance's only or oldest strategy. Raises Missing."""
    found = Document.objects.filter(key=document) if document else Document.objects.filter(kind=Kind.STRATEGY)
    # One that was published before one that is only being drafted.
    published = Exists(Edition.objects.filter(document=OuterRef("pk")))
    strategy = found.order_by(published.desc(), "pk").first()
    if strategy is None:
        raise Missing("There is no strategy yet." if not document else f"There is no document “{document}”.")
    actions = _actions(strategy)
    answers = _answers(strategy)
    asked = {organisation for _, organisation in answers}
    organisations = tuple(one for one in _organisations() if one.key in asked or one.document)
    return Standing(strategy.key, strategy.title, _principles(strategy, actions), actions, organisations, answers)


def as_said(standing: Standing, *, on: date) -> Standing:
    """What stood on a day: wordings, asks, answers and decisions up to it. No query.

    Where an ask ended since, that it once ran is not known here.
    """
    return replace(
        standing,
        actions=tuple(then for action in standing.actions if (then := _action_then(action, on))),
        answers={cell: _answer_then(answer, on) for cell, answer in standing.answers.items()},
    )


def _action_then(action: ActionStanding, on: date) -> ActionStanding | None:
    versions = tuple(version for version in action.versions if version.said_on <= on)
    if not versions:
        return None
    last = versions[-1]
    return replace(
        action, title=last.title, short_title=last.short_title, text=last.text, passages=last.passages,
        dropped=last.dropped, versions=versions,
        wordings=tuple(wording for wording in action.wordings if wording.said_on <= on),
    )  # fmt: skip


def _answer_then(answer: Answer, on: date) -> Answer:
    asked = answer.asked_on if answer.asked_on and answer.asked_on <= on else None
    history = tuple(_said_then(said, on) for said in answer.history if said.said_on <= on)
    return replace(answer, asked_on=asked, history=history)


def _said_then(said: Said, on: date) -> Said:
    if said.decided_at is None or timezone.localdate(said.decided_at) <= on:
        return said
    return replace(said, decision="", decided_by="", decided_at=None, decided_because="")


def _actions(strategy: Document) -> tuple[ActionStanding, ...]:
    wordings: defaultdict[int, list[OtherWording]] = defaultdict(list)
    current = Wording.objects.filter(action__document=strategy, superseded_by=None).exclude(title="")
    for row in current.order_by("where", "line"):
        wordings[row.action_id].append(OtherWording(row.title, row.where, row.line, row.said_on))
    stands = []
    rows = Action.objects.filter(document=strategy).order_by("number")
    for action in rows.prefetch_related("versions__edition", "versions__principle"):
        versions = sorted(action.versions.all(), key=lambda version: version.number)
        if not versions:
            continue
        said = tuple(
            ActionWording(
                version.number,
                version.title,
                version.short_title,
                version.text,
                tuple(version.passages),
                version.said_on,
                version.edition.number,
                version.dropped,
            )
            for version in versions
        )
        last, principle = said[-1], versions[-1].principle
        stands.append(
            ActionStanding(
                action.number,
                last.title,
                last.short_title,
                last.text,
                last.passages,
                principle.number if principle else 0,
                last.dropped,
                said,
                tuple(wordings[action.pk]),
            )
        )
    return tuple(stands)


def _principles(strategy: Document, actions: tuple[ActionStanding, ...]) -> tuple[PrincipleStanding, ...]:
    under: defaultdict[int, list[int]] = defaultdict(list)
    for action in actions:
        under[action.principle].append(action.number)
    rows = PrincipleVersion.objects.filter(principle__document=strategy, superseded_by=None)
    return tuple(
        PrincipleStanding(row.principle.number, row.title, row.motto, row.passage, tuple(under[row.principle.number]))
        for row in rows.select_related("principle").order_by("principle__number")
    )


def _organisations() -> tuple[OrganisationStanding, ...]:
    # That a department drafts a strategy is nobody's business before it is published.
    published = Document.objects.filter(kind=Kind.DEPARTMENTAL, editions__isnull=False).distinct().order_by("key")
    own = Prefetch("documents", queryset=published)
    rows = Organisation.objects.prefetch_related("aliases", "posts", own).order_by("name")
    return tuple(
        OrganisationStanding(
            row.key,
            row.name,
            row.acronym,
            row.kind,
            row.strategy_url,
            tuple(alias.name for alias in row.aliases.all() if alias.name != row.name),
            tuple(post.title for post in row.posts.all()),
            next((document.key for document in row.documents.all()), ""),
        )
        for row in rows
    )


def _answers(strategy: Document) -> dict[tuple[int, str], Answer]:
    asks = Ask.objects.filter(action__document=strategy, ended_on=None)
    asked: dict[tuple[int, str], date] = {
        (number, key): on for number, key, on in asks.values_list("action__number", "organisation__key", "asked_on")
    }
    history: defaultdict[tuple[int, str], list[Said]] = defaultdict(list)
    rows = Response.objects.filter(action__document=strategy).order_by("number")
    for row in rows.select_related("action", "organisation", "edition", "decided_by"):
        history[row.action.number, row.organisation.key].append(_said(row))
    return {
        cell: Answer(cell[0], cell[1], asked.get(cell), tuple(history[cell]))
        for cell in sorted(asked.keys() | history.keys())
    }


def _said(row: Response) -> Said:
    return Said(
        row.pk,
        row.number,
        row.text,
        row.stance,
        row.reason,
        row.accepted_by,
        row.proposed_stance,
        row.proposal_words,
        row.decision,
        row.decided_by.title if row.decided_by else "",
        row.decided_at,
        row.decided_because,
        row.said_on,
        row.edition.number if row.edition else 0,
        row.passage,
    )
