"""How suggestions stand to the draft as it reads now, and to each other: what fits, what is merged, what clashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext as _

from penholder.drafting.contributions import Suggestion, What
from penholder.drafting.naming import DraftedPart, Named, Standing
from penholder.errors import Refused
from penholder.text import passage_edits
from penholder.text.markdown import blocks
from penholder.text.passages import Block


@dataclass(frozen=True, slots=True)
class Where:
    """Where a suggestion's passage is. `stands`: as it was quoted. `changed`: it, or its heir, reads otherwise.

    `at` is the passage as it stands; None where it was removed, and at the beginning of a section.
    """

    state: Literal["stands", "changed", "removed"]
    at: Standing | None = None


def where(row: Suggestion, named: Named) -> Where:
    """Where the passage of a suggestion is in the draft. Exactly as quoted or not; nothing like it is ever taken."""
    if not row.passage:
        return Where("stands" if named.part(row.section) else "removed")
    found = named.now(row.passage)
    if found is None:
        return Where("removed")
    same = found.name == row.passage and found.block.source == row.quote
    return Where("stands" if same else "changed", found)


def conflicts(rows: Iterable[Suggestion], named: Named) -> Mapping[int, tuple[Suggestion, ...]]:
    """By suggestion, the others that touch the same words: only a person can say which of them shall be."""
    together: defaultdict[tuple[str, str], list[Suggestion]] = defaultdict(list)
    for row in rows:
        found = where(row, named)
        together[("", found.at.name) if found.at else (row.section, row.passage)].append(row)
    clashing: defaultdict[int, list[Suggestion]] = defaultdict(list)
    for group in together.values():
        for number, one in enumerate(group):
            for other in group[number + 1 :]:
                if collide(one, other):
                    clashing[one.pk].append(other)
                    clashing[other.pk].append(one)
    return {key: tuple(others) for key, others in clashing.items()}


def collide(one: Suggestion, other: Suggestion) -> bool:
    """Whether two suggestions to one passage cannot both be. Where their quotes differ nobody can tell, so: yes."""
    kinds = {one.what, other.what}
    if What.INSERT in kinds:
        return kinds == {What.INSERT}  # two that go to one point; beside anything else an insertion stands by itself
    if kinds == {What.MOVE, What.REPLACE}:
        return False
    if kinds == {What.REPLACE}:
        return one.quote != other.quote or passage_edits.collide(one.proposed, other.proposed, one.quote)
    return True


def texts(row: Suggestion, named: Named, words: str) -> dict[str, str]:
    """The sections that a suggestion changes, by key, as they then read. `words` are those that go in.

    Raises Refused when what it stands on is not there.
    """
    found = where(row, named)
    if row.what == What.INSERT:
        part = _part(named, found.at.section if found.at else row.section)
        return {part.key: _inserted(part, found.at.block if found.at else None, words)}
    if found.at is None:
        raise Refused(_("The passage was removed from the draft, so nothing can be changed in it."))
    part = _part(named, found.at.section)
    if row.what == What.DELETE:
        return {part.key: passage_edits.without(part.text, found.at.block)}
    if row.what == What.MOVE:
        return _moved(row, named, found.at)
    return {part.key: passage_edits.replaced(part.text, found.at.block, words)}


def _part(named: Named, key: str) -> DraftedPart:
    part = named.part(key)
    if part is None:
        raise Refused(_("The section was removed from the draft, so nothing can be changed in it."))
    return part


def _inserted(part: DraftedPart, after: Block | None, words: str) -> str:
    made = blocks(words)
    tight = after is not None and bool(made) and after.kind == made[0].kind == "item"
    return passage_edits.inserted(part.text, after, words, tight=tight)


def _moved(row: Suggestion, named: Named, what: Standing) -> dict[str, str]:
    target = named.now(row.target) if row.target else None
    if row.target and target is None:
        raise Refused(_("The passage after which it was to stand was removed. Suggest the move again."))
    into = _part(named, target.section if target else row.target_section)
    after = target.block if target else None
    words = what.block.source
    if into.key != what.section:
        source = _part(named, what.section)
        return {source.key: passage_edits.without(source.text, what.block), into.key: _inserted(into, after, words)}
    grown = _inserted(into, after, words)
    lines = grown.count("\n") - into.text.count("\n")
    down = lines if after is None or after.end <= what.block.start else 0
    block = replace(what.block, start=what.block.start + down, end=what.block.end + down)
    return {into.key: passage_edits.without(grown, block)}
