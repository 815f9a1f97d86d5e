"""Where a round stands: who agrees, who objects, what is unsettled, what nobody has answered yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from penholder.agreement.models import Asked, Class, Disposition, How, Remark, RemarkState, Round, Rule, Stance

AGREES = frozenset({Stance.CONTENT, Stance.NIL})
OBJECTS = frozenset({Stance.NOT_CONTENT, Stance.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Tally:
    """One round, counted. `needed` is what the rule asks for; `agreed` includes conditions met and silence deemed.

    `conditions` are unsettled ones of the whole series, `undisposed` remarks of the series that nobody decided about.
    `waiting` have no answer; of these `pending` still have time, and silence may yet speak for `due`.
    """

    asked: tuple[Asked, ...]
    agreed: tuple[Asked, ...]
    objecting: tuple[Asked, ...]
    conditional: tuple[Asked, ...]
    waiting: tuple[Asked, ...]
    pending: tuple[Asked, ...]
    due: tuple[Asked, ...]
    conditions: tuple[Remark, ...]
    undisposed: tuple[Remark, ...]
    needed: int

    @property
    def short(self) -> int:
        """How many more must agree before the rule is met."""
        return max(0, self.needed - len(self.agreed))


def needed(rule: str, number: int, asked: int) -> int:
    """How many of `asked` must agree under a rule."""
    by_rule = {
        Rule.ALL: asked,
        Rule.ALL_BUT: asked - number,
        Rule.QUORUM: number,
        Rule.ONE: min(1, asked),
        Rule.NONE: 0,
    }
    return max(0, by_rule[Rule(rule)])


def unsettled(series: str) -> list[Remark]:
    """The lodged conditions of a series that their signers have not settled, in their order. One query."""
    rows = Remark.objects.filter(asked__round__series=series, state=RemarkState.LODGED, klass=Class.CONDITION)
    return list(rows.select_related("asked__post__organisation").order_by("number"))


def undisposed(series: str) -> list[Remark]:
    """Lodged remarks of a series, settled ones too, about which the pen team has decided nothing. One query."""
    rows = Remark.objects.filter(asked__round__series=series, state__in=[RemarkState.LODGED, RemarkState.SETTLED])
    rows = rows.filter(~Exists(Disposition.objects.filter(remark=OuterRef("pk"))))
    return list(rows.select_related("asked__post__organisation").order_by("number"))


def agrees(answer_stance: str, *, unmet: bool) -> bool:
    """Whether a stance counts as agreement; `unmet` says whether conditions of its post are unsettled."""
    return (answer_stance in AGREES or answer_stance == Stance.CONTENT_IF) and not unmet


def count(round: Round, *, at: datetime, rows: Sequence[Asked] | None = None) -> Tally:
    """A round, counted at a moment. Three queries, however many are asked; two when `rows` are given."""
    if rows is None:
        rows = list(Asked.objects.filter(round=round).select_related("post__organisation", "answer"))
    conditions = unsettled(round.series)
    unmet = {remark.asked.post_id for remark in conditions}
    agreed, objecting, conditional, waiting = [], [], [], []
    for row in rows:
        if row.answer is None:
            waiting.append(row)
        elif row.answer.stance in OBJECTS:
            objecting.append(row)
        elif agrees(row.answer.stance, unmet=row.post_id in unmet):
            agreed.append(row)
        elif row.post_id in unmet:
            conditional.append(row)
    pending = [row for row in waiting if at < row.deadline_at]
    due = [row for row in waiting if at >= row.deadline_at and round.silence_is_consent and row.post_id not in unmet]
    return Tally(
        asked=tuple(rows),
        agreed=tuple(agreed),
        objecting=tuple(objecting),
        conditional=tuple(conditional),
        waiting=tuple(waiting),
        pending=tuple(pending),
        due=tuple(due),
        conditions=tuple(conditions),
        undisposed=tuple(undisposed(round.series)),
        needed=needed(round.rule, round.rule_number, len(rows)),
    )


def signed(row: Asked) -> bool:
    """Whether somebody really answered: given now, or given before and carried. Silence never is."""
    return row.answer is not None and row.answer.how != How.DEEMED
