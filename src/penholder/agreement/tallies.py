"""Where a round stands: who agrees, who objects, what is unsettled, what nobody has answered yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from penholder.agreement.models import Asked, Class, Disposition, How, Look, Remark, RemarkState, Round, Rule, Stance

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


@dataclass(frozen=True, slots=True)
class Sums:
    """One round in numbers, for lists of many rounds; the names are those of `Tally`.

    `unseen` are signatures over changes judged editorial that their posts could not look at yet.
    """

    asked: int = 0
    agreed: int = 0
    objecting: int = 0
    pending: int = 0
    due: int = 0
    unseen: int = 0
    conditions: int = 0
    undisposed: int = 0


def count_many(rounds: Sequence[Round], *, at: datetime) -> dict[int, Sums]:
    """Many rounds, counted by the database. Three queries, however many rounds and posts there are."""
    series = {round.series for round in rounds}
    unmet = Remark.objects.filter(
        asked__round__series=OuterRef("round__series"),
        asked__post=OuterRef("post"),
        state=RemarkState.LODGED,
        klass=Class.CONDITION,
    )
    seen = Look.objects.filter(iteration=OuterRef("round__iteration"), post=OuterRef("post"))
    judged = ~Q(editorial=[])
    answered = Q(answer__stance__in=[*AGREES, Stance.CONTENT_IF])
    late = Q(answer=None, deadline_at__lte=at)
    rows = Asked.objects.filter(round__in=[round.pk for round in rounds]).annotate(
        unmet=Exists(unmet), seen=Exists(seen)
    )
    sums = (
        rows.order_by()
        .values("round")
        .annotate(
            asked=Count("pk"),
            agreed=Count("pk", filter=answered & Q(unmet=False)),
            objecting=Count("pk", filter=Q(answer__stance__in=OBJECTS)),
            pending=Count("pk", filter=Q(answer=None, deadline_at__gt=at)),
            due=Count("pk", filter=late & Q(unmet=False)),
            unseen=Count(
                "pk", filter=Q(answer__how__in=[How.CARRIED, How.RESTORED], seen=False, deadline_at__gt=at) & judged
            ),
        )
    )
    counted: dict[int, dict[str, int]] = {}
    for row in sums:
        counted[row["round"]] = {name: int(value) for name, value in row.items() if name != "round"}  # type: ignore[call-overload]
    conditions = Counter(_lodged(series, [RemarkState.LODGED]).filter(klass=Class.CONDITION))
    open_ = Counter(
        _lodged(series, [RemarkState.LODGED, RemarkState.SETTLED]).filter(
            ~Exists(Disposition.objects.filter(remark=OuterRef("pk")))
        )
    )
    return {
        round.pk: Sums(**counted.get(round.pk, {}), conditions=conditions[round.series], undisposed=open_[round.series])
        for round in rounds
    }


def _lodged(series: Collection[str], states: Collection[str]) -> QuerySet[Remark, str]:
    rows = Remark.objects.filter(asked__round__series__in=series, state__in=states).order_by()
    return rows.values_list("asked__round__series", flat=True)
