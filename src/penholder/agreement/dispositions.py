"""The disposition table: every lodged remark of a series of rounds, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from penholder.agreement.models import Disposition, Remark, RemarkState
from penholder.drafting import sealed_texts
from penholder.drafting.models import Iteration


@dataclass(frozen=True, slots=True)
class DispositionRow:
    """One lodged remark. `outcome` "" means that nothing is decided; `changed` are lasting ids of passages.

    `iteration` is the number of the text that it was made on.
    """

    remark_id: int
    number: int
    klass: str
    post: str
    organisation: str
    iteration: int
    section: str
    passage: str
    quote: str
    body: str
    state: str
    lodged_at: datetime | None
    claimed_met_at: datetime | None
    ended_at: datetime | None
    outcome: str
    reason: str
    changed: tuple[str, ...]
    by_post: str
    name: str
    at: datetime | None


def dispositions(
    series: str,
    *,
    klass: str = "",
    outcome: str | None = None,
    organisation: str = "",
    section: str = "",
    state: str = "",
) -> tuple[DispositionRow, ...]:
    """Lodged remarks of a series, in their numbers' order, filtered. Two queries. Internal remarks are never here.

    `outcome` "" asks for those without a decision, None for all; `organisation` is a key.
    """
    newest = Disposition.objects.filter(remark=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    rows = Remark.objects.filter(asked__round__series=series, number__gt=0)
    rows = rows.exclude(state__in=[RemarkState.INTERNAL, RemarkState.DROPPED]).annotate(newest=Subquery(newest))
    rows = rows.select_related("asked__post__organisation", "asked__round__iteration")
    rows = rows.defer("asked__round__iteration__manifest", "asked__round__iteration__events").order_by("number")
    wanted = {"klass": klass, "asked__post__organisation__key": organisation, "section": section, "state": state}
    found = list(rows.filter(**{name: value for name, value in wanted.items() if value}))
    decided = Disposition.objects.in_bulk([row.newest for row in found if row.newest])
    told = [_row(row, decided.get(row.newest)) for row in found]
    return tuple(row for row in told if outcome is None or row.outcome == outcome)


def _row(remark: Remark, decided: Disposition | None) -> DispositionRow:
    return DispositionRow(
        remark_id=remark.pk,
        number=remark.number,
        klass=remark.klass,
        post=remark.asked.post.title,
        organisation=remark.asked.post.organisation.name,
        iteration=remark.asked.round.iteration.number,
        section=remark.section,
        passage=remark.passage,
        quote=remark.quote,
        body=remark.body,
        state=remark.state,
        lodged_at=remark.lodged_at,
        claimed_met_at=remark.claimed_met_at,
        ended_at=remark.ended_at,
        outcome=decided.outcome if decided else "",
        reason=decided.reason if decided else "",
        changed=tuple(decided.changed) if decided else (),
        by_post=decided.by_post if decided else "",
        name=decided.name if decided else "",
        at=decided.at if decided else None,
    )


def changed_passages(before: Iteration, after: Iteration) -> dict[str, str]:
    """Passages that are new in `after`, or read otherwise than in `before`: their first words by lasting id.

    Two queries. For who says which passages changed for a remark that was made on `before`.
    """
    texts = sealed_texts.read_many([before.pk, after.pk])
    old = dict(zip(texts[before.pk].ids, texts[before.pk].blocks, strict=True))
    found = {}
    for name, block in zip(texts[after.pk].ids, texts[after.pk].blocks, strict=True):
        if name not in old or old[name].digest != block.digest:
            found[name] = block.plain[:80]
    return found
