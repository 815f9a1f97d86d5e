"""Going on with a newer iteration: who must be asked again, whose signature stands, and whose stands again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from penholder.agreement import askings, deadlines, entries, locks, rules, scopes
from penholder.agreement.models import Answer, Asked, Carry, Clearance, How, Round, Stance, State
from penholder.agreement.publications import is_published
from penholder.agreement.scopes import Change, Judged
from penholder.drafting.models import Iteration
from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.record import ledger

# Stand whatever the text became: only who objected or withdrew can say that it is over.
OUTLIVES_A_CHANGE = frozenset({Stance.NOT_CONTENT, Stance.WITHDRAWN})

# Why a clearance ends when nobody withdrew.
WENT_ON = "The round went on with a newer text."


@dataclass(frozen=True, slots=True)
class Carrying:
    """What becomes of one post's last word: `how` it stands in the new round, or None when it is asked again."""

    how: How | None
    changed: tuple[str, ...]
    editorial: tuple[str, ...]


def carrying(row: Asked, found: Mapping[str, Change], judged: Judged, *, carry: str, same_seal: bool) -> Carrying:
    """What the policy makes of a post's last own word, given what changed since the text that it was given on.

    `row` is the asked post in the round before, with `answer` and `last_given`.
    """
    word = row.last_given
    if word is None:
        return Carrying(None, (), ())
    touched = scopes.touching(found, row.sections)
    editorial = [change.section for change in touched if carry == Carry.EDITORIAL and judged.path(change)]
    changed = tuple(change.section for change in touched if change.section not in editorial)
    if word.stance in OUTLIVES_A_CHANGE:
        return Carrying(How.CARRIED, changed, tuple(editorial))
    if not same_seal and (changed or carry == Carry.NOTHING):
        return Carrying(None, changed, tuple(editorial))
    asked_between = row.answer is None or row.answer.how == How.DEEMED
    return Carrying(How.RESTORED if asked_between else How.CARRIED, (), tuple(editorial))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What going on with a newer text would make of one post: as `Carrying`, with the post beside it."""

    post: str
    answered: bool
    carrying: Carrying


def foresee(round_id: int, iteration: Iteration) -> tuple[Foreseen, ...]:
    """What `renew` would make of each post now, by organisation. Nothing is written. Some eight queries."""
    old = Round.objects.get(pk=round_id)
    rows = _rows(old)
    weighed = _weigh(rows, iteration, old.carry)
    rows.sort(key=lambda row: (row.post.organisation.name, row.post.title))
    return tuple(Foreseen(row.post.words, row.last_given is not None, weighed[row.pk]) for row in rows)


def _rows(round: Round) -> list[Asked]:
    return list(
        Asked.objects.filter(round=round).select_related(
            "post__organisation", "answer", "last_given__asked__round__iteration"
        )
    )


@transaction.atomic
def renew(*, round_id: int, iteration: Iteration, by: Acting, at: datetime, clear_days: int | None = None) -> Round:
    """Go on with a newer iteration in a round of its own, which is returned; the old one is replaced.

    Each post's last own answer is compared with the new text in its scope. Untouched: it is carried over. Changed, and
    changed back before the post answered again: it stands again. Changed: the post is asked again. Deemed consent is
    no signature and is never carried. An objection or a withdrawal stands until its post answers again. The same
    iteration once more changes nothing and returns the round as it is. About twenty queries, however many are asked.
    """
    old = locks.round_row(round_id)
    if iteration.pk == old.iteration_id:
        return old
    if objections := rules.objections_to_renewing(old, iteration, by=by, at=at, clear_days=clear_days):
        raise Refused(objections)
    rows = _rows(old)
    days = clear_days or old.clear_days
    new_rows = [Asked(post=row.post, sections=row.sections, last_given=row.last_given) for row in rows]
    carried = _weigh(rows, iteration, old.carry)
    for row, new in zip(rows, new_rows, strict=True):
        new.changed, new.editorial = list(carried[row.pk].changed), list(carried[row.pk].editorial)
    _replace(old, at=at)
    round = askings.make(
        iteration=iteration,
        terms=_terms(old, days),
        asked=new_rows,
        writers=old.writers.all(),
        deadline_at=deadlines.deadline(at, days),
        by=by.words,
        at=at,
        follows=old,
    )
    writers = round.writers.values_list("key", flat=True)
    acts = [entries.replaced(old, round, by=by, at=at), entries.opened(round, new_rows, writers, by=by, at=at)]
    acts += _carry(rows, new_rows, carried, round, at=at)
    ledger.append_all(acts)
    return round


def _terms(old: Round, clear_days: int) -> askings.Terms:
    return askings.Terms(
        old.kind, clear_days, old.rule, old.rule_number, old.silence_is_consent, old.carry, old.message
    )


def _weigh(rows: list[Asked], iteration: Iteration, carry: str) -> dict[int, Carrying]:
    judged = Judged.until(iteration)
    found: dict[int, dict[str, Change]] = {}
    weighed = {}
    for row in rows:
        word = row.last_given
        since: dict[str, Change] = {}
        if word is not None:
            signed = word.asked.round.iteration
            if signed.pk not in found:
                found[signed.pk] = scopes.changes(signed, iteration)
            since = found[signed.pk]
        same = word is not None and word.seal == iteration.seal
        weighed[row.pk] = carrying(row, since, judged, carry=carry, same_seal=same)
    return weighed


def _replace(old: Round, *, at: datetime) -> None:
    if old.state == State.CLEARED and not is_published(old.iteration):
        Clearance.objects.filter(round=old, ended_at=None).update(ended_at=at, ended_because=WENT_ON)
    old.state = State.REPLACED
    old.ended_at = old.ended_at or at
    old.save(update_fields=["state", "ended_at"])


def _carry(
    rows: list[Asked], new_rows: list[Asked], carried: Mapping[int, Carrying], round: Round, *, at: datetime
) -> list[ledger.Act]:
    standing: list[Asked] = []
    answers: list[Answer] = []
    for row, new in zip(rows, new_rows, strict=True):
        how, word = carried[row.pk].how, row.last_given
        if how is None or word is None:
            continue
        standing.append(new)
        answers.append(
            Answer(
                asked=new,
                number=1,
                stance=word.stance,
                how=how,
                seal=round.iteration.seal,
                by_post=word.by_post,
                person=word.person,
                name=word.name,
                on_behalf_of=word.on_behalf_of,
                through=word.through,
                reason=word.reason,
                at=at,
                carried_from=word,
            )
        )
    Answer.objects.bulk_create(answers, batch_size=200)
    for new, answer in zip(standing, answers, strict=True):
        new.answer = answer
    Asked.objects.bulk_update(standing, ["answer"], batch_size=200)
    return [
        entries.answered(new, answer, scopes.in_scope(round.iteration, new.sections), by=None, at=at)
        for new, answer in zip(standing, answers, strict=True)
    ]
