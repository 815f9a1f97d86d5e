"""Making a round: its row, its writers and those who are asked, in a handful of queries however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from penholder.agreement.models import Asked, Round
from penholder.drafting.models import Iteration
from penholder.people.models import Post


@dataclass(frozen=True, slots=True)
class Terms:
    """How a round is run: its kind, period, rule, what silence means, what carries over, and what it says to people."""

    kind: str
    clear_days: int
    rule: str
    rule_number: int
    silence_is_consent: bool
    carry: str
    message: str = ""


def key_of(iteration: Iteration, kind: str) -> str:
    """The next free key of such a round: "strategy-4-sign-off", and "strategy-4-sign-off-2" after one called off."""
    stem = f"{iteration.document.key}-{iteration.number}-{kind}"
    taken = Round.objects.filter(iteration=iteration, kind=kind).count()
    return stem if not taken else f"{stem}-{taken + 1}"


def make(
    *,
    iteration: Iteration,
    terms: Terms,
    asked: Sequence[Asked],
    writers: Iterable[Post],
    deadline_at: datetime,
    by: str,
    at: datetime,
    follows: Round | None = None,
) -> Round:
    """Write a round and those asked in it. `asked` come without a round; they get it, and the deadline, here."""
    key = key_of(iteration, terms.kind)
    round = Round.objects.create(
        key=key,
        series=follows.series if follows else key,
        iteration=iteration,
        follows=follows,
        kind=terms.kind,
        rule=terms.rule,
        rule_number=terms.rule_number,
        silence_is_consent=terms.silence_is_consent,
        carry=terms.carry,
        message=terms.message,
        opened_at=at,
        opened_by=by,
        clear_days=terms.clear_days,
        deadline_at=deadline_at,
    )
    round.writers.set(writers)
    for row in asked:
        row.round, row.asked_at, row.deadline_at = round, at, deadline_at
    Asked.objects.bulk_create(asked, batch_size=500)
    return round
