"""Which passages of three texts are one, and in which order they stand when two people changed it.

What neither side moved stands as it did. What a side moved or inserted follows what it follows in that side's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from penholder.text.compare import BETWEEN, Comparison, compare
from penholder.text.passages import Block
from penholder.text.words import likeness, runs

# Two new passages in one spot that are so much alike were meant to be one: a person says which.
DOUBLE = 0.6

_BASE, _MINE, _THEIRS = 0, 1, 2


@dataclass(slots=True)
class Place:
    """One passage, or several that were split or merged into each other, in each of the three texts.

    A text is None where it does not stand there. `at` are the positions of its blocks in base, mine and theirs.
    """

    at: tuple[list[int], list[int], list[int]] = field(default_factory=lambda: ([], [], []))
    base: str | None = None
    mine: str | None = None
    theirs: str | None = None
    mine_moved: bool = False
    theirs_moved: bool = False

    @property
    def displaced(self) -> bool:
        """Whether either side moved it."""
        return self.mine_moved or self.theirs_moved

    def moved_by(self, side: int) -> bool:
        """Whether that side moved it, or wrote it anew."""
        return not self.at[_BASE] or (self.mine_moved if side == _MINE else self.theirs_moved)


@dataclass(frozen=True, slots=True)
class Order:
    """The places in the order of the merged text."""

    places: tuple[Place, ...]
    texts: tuple[Sequence[Block], Sequence[Block], Sequence[Block]]
    moved: tuple[str, ...]

    def gap(self, before: Place | None, here: Place) -> str:
        """The line breaks between two places, as they stand in a text that has both side by side."""
        if before is None:
            return ""
        found = [self._between(side, before, here) for side in (_BASE, _MINE, _THEIRS)]
        base, mine, theirs = found
        if mine and theirs:
            return theirs if mine == base else mine
        if somewhere := mine or theirs or base:
            return somewhere
        kinds = {self._kind(place) for place in (before, here)}
        return "\n" if kinds == {"item"} else BETWEEN

    def _between(self, side: int, before: Place, here: Place) -> str:
        if not before.at[side] or not here.at[side] or before.at[side][-1] + 1 != here.at[side][0]:
            return ""
        text = self.texts[side]
        return "\n" * (text[here.at[side][0]].start - text[before.at[side][-1]].end + 1)

    def _kind(self, place: Place) -> str:
        side = next(side for side in (_MINE, _THEIRS, _BASE) if place.at[side])
        return self.texts[side][place.at[side][0]].kind


def placed(base: Sequence[Block], mine: Sequence[Block], theirs: Sequence[Block]) -> Order:
    """The passages of three texts in the order of the merged text, each once."""
    texts = (base, mine, theirs)
    places = _places(texts)
    following = _Following(places)
    return Order(tuple(following.walk()), texts, tuple(following.moved))


def _places(texts: tuple[Sequence[Block], Sequence[Block], Sequence[Block]]) -> list[Place]:
    """Passages that belong together on either side are one place; then each gets its three texts."""
    comparisons = {side: compare(texts[_BASE], texts[side]) for side in (_MINE, _THEIRS)}
    place_of = _joined(len(texts[_BASE]), list(comparisons.values()))
    places = list({id(place): place for place in place_of}.values())
    for side, comparison in comparisons.items():
        for change in comparison.changes:
            if not change.new:
                continue
            place = place_of[change.old[0]] if change.old else Place()
            if not change.old:
                places.append(place)
            place.at[side].extend(change.new)
            if change.moved:
                place.mine_moved |= side == _MINE
                place.theirs_moved |= side == _THEIRS
    for place in places:
        for at in place.at:
            at.sort()
        place.base, place.mine, place.theirs = (_said(texts[side], place.at[side]) for side in range(3))
    return places


def _joined(count: int, comparisons: Sequence[Comparison]) -> list[Place]:
    """The place of each block of the base: one for those that were merged on either side."""
    whole = list(range(count))  # a forest: of each block the one that it goes with

    def root(i: int) -> int:
        while whole[i] != i:
            whole[i] = whole[whole[i]]
            i = whole[i]
        return i

    for comparison in comparisons:
        for change in comparison.changes:
            for i in change.old[1:]:
                first, other = sorted((root(change.old[0]), root(i)))
                whole[other] = first
    places = {i: Place() for i in range(count) if root(i) == i}
    for i in range(count):
        places[root(i)].at[_BASE].append(i)
    return [places[root(i)] for i in range(count)]


def _said(text: Sequence[Block], at: Sequence[int]) -> str | None:
    """The source of these blocks as it stands, when they stand together; else with a blank line between them."""
    if not at:
        return None
    parts = [text[at[0]].source]
    for before, here in pairwise(at):
        together = before + 1 == here
        parts.append("\n" * (text[here].start - text[before].end + 1) if together else BETWEEN)
        parts.append(text[here].source)
    return "".join(parts)


class _Following:
    """What follows what. Places are known by their number; -1 is the start of the text."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places
        self.moved: list[str] = []
        # The same twice, by both at one spot: the second is told by the first.
        self._gone: set[int] = set()
        self._stay = [n for n, place in enumerate(places) if place.at[_BASE] and not place.displaced]
        self._along_with: set[int] = set()  # new passages that go with neighbours which the other side carried off
        before_mine, before_theirs = self._parents(_MINE), self._parents(_THEIRS)
        self._children: dict[int, list[int]] = {}
        for n in self._by_side(_THEIRS, before_theirs):
            self._children.setdefault(before_theirs[n], []).append(n)
        for n in self._by_side(_MINE, before_mine):
            if n not in before_theirs:
                children = self._children.setdefault(before_mine[n], [])
                children.insert(0 if n in self._along_with else len(children), n)
            elif self._anchor(n, before_mine) != self._anchor(n, before_theirs):
                self.moved.append(places[n].theirs or "")

    def _by_side(self, side: int, parents: dict[int, int]) -> list[int]:
        return sorted(parents, key=lambda n: self.places[n].at[side][0])

    def _anchor(self, n: int, parents: dict[int, int]) -> int:
        while n in parents:
            n = parents[n]
        return n

    def _parents(self, side: int) -> dict[int, int]:
        """Of each place that this side moved or wrote, the one it follows among those the other side did not move.

        A new passage between two that the other side moved along together goes with them.
        """
        sequence = sorted((place.at[side][0], n) for n, place in enumerate(self.places) if place.at[side])
        order = [n for _, n in sequence]
        other = _THEIRS if side == _MINE else _MINE
        there = sorted((place.at[other][0], n) for n, place in enumerate(self.places) if place.at[other])
        after = {n: there[k + 1][1] for k, (_, n) in enumerate(there[:-1])}
        parents: dict[int, int] = {}
        last = -1
        for k, n in enumerate(order):
            place = self.places[n]
            if place.moved_by(side):
                parents[n] = last
                if not place.at[_BASE]:
                    parents[n] = self._along(order, k, after, side, last)
            elif place.displaced:
                continue  # the other side moved it: it stands elsewhere
            last = n
        return parents

    def _along(self, order: list[int], k: int, after: dict[int, int], side: int, last: int) -> int:
        """Where a new passage goes: with both its neighbours, if the other side carried them off; else after `last`."""
        before = next((m for m in reversed(order[:k]) if self.places[m].at[_BASE]), None)
        behind = next((m for m in order[k + 1 :] if self.places[m].at[_BASE]), None)
        if before is None or not self._carried_off(before, side):
            return last
        if behind is not None and after.get(before) != behind:
            return last
        # A run of new passages there: each follows the one before it.
        self._along_with.add(order[k])
        return order[k - 1]

    def _carried_off(self, n: int, side: int) -> bool:
        return self.places[n].displaced and not self.places[n].moved_by(side)

    def walk(self) -> list[Place]:
        """Every place once: what stays, each followed by what was put after it."""
        found: list[Place] = []
        seen: set[int] = set()
        for root in [-1, *sorted(self._stay, key=lambda n: self.places[n].at[_BASE][0])]:
            todo = [root]
            while todo:
                n = todo.pop()
                if n in seen:
                    continue
                seen.add(n)
                if n >= 0:
                    found.append(self.places[n])
                todo.extend(reversed(self._children_of(n)))
        # Two moves that wait for each other: they stand at the end rather than nowhere.
        found += [place for n, place in enumerate(self.places) if n not in seen and n not in self._gone]
        return found

    def _children_of(self, n: int) -> list[int]:
        """What follows a place, theirs first. What both wrote there alike becomes one, with what follows either."""
        children = self._children.get(n, [])
        if len(children) < 2:
            return children
        kept: list[int] = []
        for child in children:
            twin = next((m for m in kept if self._twins(m, child)), None)
            if twin is None:
                kept.append(child)
                continue
            place, gone = self.places[twin], self.places[child]
            for at, more in zip(place.at, gone.at, strict=True):
                at.extend(more)
            place.mine, place.theirs = place.mine or gone.mine, place.theirs or gone.theirs
            self._children.setdefault(twin, []).extend(self._children.pop(child, []))
            self._gone.add(child)
        return kept

    def _twins(self, a: int, b: int) -> bool:
        one, two = self.places[a], self.places[b]
        if one.at[_BASE] or two.at[_BASE] or not one.theirs or not two.mine or one.mine or two.theirs:
            return False
        return one.theirs == two.mine or likeness(runs(one.theirs, two.mine)) >= DOUBLE
