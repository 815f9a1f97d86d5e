"""How a draft is not what it was, section by section; what went from one section into another is told as moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from penholder.drafting.parsed import parsed
from penholder.drafting.waypoints import Part
from penholder.text.align import increasing
from penholder.text.compare import Comparison, compare, singles
from penholder.text.passages import Block
from penholder.text.words import Run


@dataclass(frozen=True, slots=True)
class Crossing:
    """A passage that stands in another section now, `title`; `words` are what was edited in it on the way."""

    title: str
    old: Block
    new: Block
    words: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Difference:
    """How one section is not what it was. `old` and `new` are its blocks without those that `came` or `went`.

    `new_here`: there was no such section; `gone`: there is none now. `behind` is the title of the section behind which
    it stands now, "" at the very start, None when it was not moved.
    """

    key: str
    title: str
    old: tuple[Block, ...]
    new: tuple[Block, ...]
    came: tuple[Crossing, ...] = ()
    went: tuple[Crossing, ...] = ()
    new_here: bool = False
    gone: bool = False
    behind: str | None = None

    @cached_property
    def comparison(self) -> Comparison:
        """What became of its own blocks, found when it is first asked for: a page shows a dozen sections of sixty."""
        return compare(self.old, self.new)


def differences(old: Sequence[Part], new: Sequence[Part]) -> list[Difference]:
    """What is not as it was, section by section, in the order of the new text; sections that went come last."""
    was, is_ = {part.key: part for part in old}, {part.key: part for part in new}
    behind = _moved(old, new)
    keys = [part.key for part in new if _differs(was.get(part.key), part) or part.key in behind]
    keys += [part.key for part in old if part.key not in is_]
    before = {key: parsed(was[key].text) if key in was else () for key in keys}
    after = {key: parsed(is_[key].text) if key in is_ else () for key in keys}
    titles = {key: (is_.get(key) or was[key]).title or key for key in keys}
    came, went = _crossings(before, after, titles)
    found = []
    for key in keys:
        stayed = tuple(block for at, block in enumerate(before[key]) if at not in went[key])
        stand = tuple(block for at, block in enumerate(after[key]) if at not in came[key])
        crossed = tuple(came[key].values()), tuple(went[key].values())
        new_here, gone = key not in was, key not in is_
        found.append(Difference(key, titles[key], stayed, stand, *crossed, new_here, gone, behind.get(key)))
    return found


def _differs(before: Part | None, after: Part) -> bool:
    return before is None or (before.digest, before.title) != (after.digest, after.title)


def _moved(old: Sequence[Part], new: Sequence[Part]) -> dict[str, str]:
    """Sections that were moved, as few as explain the order, each with the title of the one before it now."""
    place = {part.key: at for at, part in enumerate(old)}
    both = [part for part in new if part.key in place]
    staying = set(increasing([place[part.key] for part in both]))
    moved = {part.key for at, part in enumerate(both) if at not in staying}
    titles = ["", *(part.title or part.key for part in new)]
    return {part.key: titles[at] for at, part in enumerate(new) if part.key in moved}


_Crossed = dict[str, dict[int, Crossing]]


def _crossings(
    before: Mapping[str, tuple[Block, ...]], after: Mapping[str, tuple[Block, ...]], titles: Mapping[str, str]
) -> tuple[_Crossed, _Crossed]:
    """By section, which of its passages came from another, and which went into another, by where they stand in it."""
    olds = [(key, at, block) for key, some in before.items() for at, block in enumerate(some)]
    news = [(key, at, block) for key, some in after.items() for at, block in enumerate(some)]
    came: _Crossed = {key: {} for key in titles}
    went: _Crossed = {key: {} for key in titles}
    crossed = singles([one[2] for one in olds], [one[2] for one in news], where=lambda i, j: olds[i][0] != news[j][0])
    for change in crossed:
        if change.kind == "rewritten":
            continue
        (source, out, old), (target, into, new) = olds[change.old[0]], news[change.new[0]]
        went[source][out] = Crossing(titles[target], old, new)
        came[target][into] = Crossing(titles[source], old, new, change.words)
    return came, went
