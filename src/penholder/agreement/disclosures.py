"""What the public may know of how a text was agreed.

Of rounds that cleared a published text: which posts were asked, what each answered and when, what was deemed or
carried over, by what rule, and which post cleared it. Never a person's name, a reason or a remark. Advice and feedback
are given in confidence, so of those rounds only how many were asked and how many answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q

from penholder.agreement.models import Answer, Asked, Carry, Clearance, How, Kind, Round, Stance, State
from penholder.agreement.process import CLEARED_KINDS
from penholder.drafting.models import Iteration
from penholder.record.accounts import facts_of, said
from penholder.record.models import Entry

# Acts in rounds that cleared a text, which anyone may be shown without names and reasons.
ACTS: Final = frozenset(
    {
        "round.opened",
        "round.asked",
        "round.extended",
        "round.cleared",
        "round.unsettled",
        "answer.given",
        "answer.withdrawn",
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one post said in the end. `signed_at` is when it signed an earlier text, if that was carried over."""

    post: str  # the post's own words, in the language of the government
    stance: Stance
    how: How
    at: datetime
    delegate: bool
    late: bool
    sections: tuple[str, ...]  # keys of the sections it answers for; empty for the whole text
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """A round that cleared a text. `silent` are posts that did not answer, where the rule could be met without them."""

    key: str
    kind: Kind
    rule: str
    rule_number: int
    silence_is_consent: bool
    editorial: bool  # whether signatures were carried over changes that somebody judged editorial
    opened_at: datetime
    deadline_at: datetime
    cleared_at: datetime
    cleared_by: str
    said: tuple[Said, ...]
    silent: tuple[str, ...]

    @property
    def asked(self) -> int:
        """How many posts were asked."""
        return len(self.said) + len(self.silent)

    def count(self, how: How) -> int:
        """How many answers came about in this way."""
        return sum(one.how == how for one in self.said)


@dataclass(frozen=True, slots=True)
class Heard:
    """A round of advice or feedback, in numbers."""

    kind: Kind
    opened_at: datetime
    closed_at: datetime
    asked: int
    answered: int


@dataclass(slots=True)
class Agreement:
    """How one text was agreed, in the order in which it was asked."""

    cleared: list[Cleared] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)


def of_seals(seals: Collection[str]) -> Mapping[str, Agreement]:
    """How each of these published texts was agreed, by seal. Four queries, however many texts and posts there are."""
    found: defaultdict[str, Agreement] = defaultdict(Agreement)
    if not seals:
        return found
    rows = Round.objects.filter(iteration__seal__in=seals).select_related("iteration").order_by("opened_at", "pk")
    rows = rows.defer("iteration__manifest", "iteration__events")
    clearances = Clearance.objects.filter(seal__in=seals, ended_at=None, round__state=State.CLEARED)
    standing = {row.round_id: row for row in clearances}
    spoken, silent = _answers(standing)
    for round in rows:
        agreement = found[round.iteration.seal]
        if clearance := standing.get(round.pk):
            agreement.cleared.append(_cleared(round, clearance, spoken[round.pk], silent[round.pk]))
    for heard in _heard(seals):
        found[heard[0]].heard.append(heard[1])
    return found


def _answers(rounds: Collection[int]) -> tuple[Mapping[int, list[Said]], Mapping[int, list[str]]]:
    rows = Asked.objects.filter(round__in=rounds).select_related("post__organisation", "answer__carried_from")
    spoken: defaultdict[int, list[Said]] = defaultdict(list)
    silent: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows.order_by("round", "post__organisation__name", "post__title", "pk"):
        if row.answer is None:
            silent[row.round_id].append(row.post.words)
        else:
            spoken[row.round_id].append(_said(row, row.answer))
    return spoken, silent


def _said(row: Asked, answer: Answer) -> Said:
    return Said(
        post=row.post.words,
        stance=Stance(answer.stance),
        how=How(answer.how),
        at=answer.at,
        delegate=bool(answer.on_behalf_of),
        late=answer.late,
        sections=tuple(row.sections),
        signed_at=answer.carried_from.at if answer.carried_from else None,
    )


def _cleared(round: Round, clearance: Clearance, spoken: list[Said], silent: list[str]) -> Cleared:
    return Cleared(
        key=round.key,
        kind=Kind(round.kind),
        rule=round.rule,
        rule_number=round.rule_number,
        silence_is_consent=round.silence_is_consent,
        editorial=round.carry == Carry.EDITORIAL,
        opened_at=round.opened_at,
        deadline_at=round.deadline_at,
        cleared_at=clearance.at,
        cleared_by=clearance.by_post,
        said=tuple(spoken),
        silent=tuple(silent),
    )


def _heard(seals: Collection[str]) -> list[tuple[str, Heard]]:
    rows = Round.objects.filter(iteration__seal__in=seals, state=State.CLOSED, ended_at__isnull=False)
    counted = rows.exclude(kind__in=CLEARED_KINDS).annotate(
        all_asked=Count("asked"), all_answered=Count("asked", filter=Q(asked__answer__isnull=False))
    )
    told = counted.order_by("opened_at", "pk").values_list(
        "iteration__seal", "kind", "opened_at", "ended_at", "all_asked", "all_answered"
    )
    return [(row[0], Heard(Kind(row[1]), row[2], row[3], row[4], row[5])) for row in told if row[3]]


@dataclass(slots=True)
class Sources:
    """What signatures were carried over from: the entries by which they were given, manifests of texts signed whole."""

    entries: list[int] = field(default_factory=list)
    manifests: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def carried_from(seals: Collection[str]) -> Mapping[str, Sources]:
    """By seal, what signatures on these published texts were carried over from. Three queries."""
    found: defaultdict[str, Sources] = defaultdict(Sources)
    answers = Answer.objects.filter(asked__round__iteration__seal__in=seals, carried_from__isnull=False)
    wanted: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    whole: defaultdict[str, set[str]] = defaultdict(set)
    for row in answers.select_related("asked__post", "carried_from"):
        source = row.carried_from
        if source is not None:
            wanted[(source.seal, row.asked.post.key, str(source.number))].add(row.seal)
            if not row.asked.sections and source.seal != row.seal:
                whole[source.seal].add(row.seal)
    for entry in Entry.objects.filter(act="answer.given", subject__in={one[0] for one in wanted}):
        for seal in wanted.get((entry.subject, *said(facts_of(entry), "post", "number")), ()):
            found[seal].entries.append(entry.number)
    for iteration in Iteration.objects.filter(seal__in=whole):
        for seal in whole[iteration.seal]:
            found[seal].manifests[iteration.seal] = iteration.manifest
    return found
