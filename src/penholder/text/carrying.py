"""A stretch of words in an old text → the same stretch in a new one: letter by letter, or not at all.

Every letter of the stretch must have stayed, and nothing may have come between; a place between two letters is found
where both still stand side by side. What would have to be guessed is not carried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from penholder.seal import digest
from penholder.text.compare import BETWEEN, Change, compare
from penholder.text.leaves import Leaf
from penholder.text.passages import Block

# Why a stretch could not be carried. `unsure`: the same words stand elsewhere too, and their neighbours differ.
Loss = Literal["removed", "rewritten", "changed", "unsure"]

# A table of ten columns that say “yes” and “no” has a row's name within so many leaves.
FARTHEST = 24


class Carried(NamedTuple):
    """A stretch in the new text: `words[start:end]` of its leaf."""

    leaf: int
    start: int
    end: int


class Carrying:
    """Carries stretches between two texts, which are compared once."""

    def __init__(self, old: Sequence[Leaf], new: Sequence[Leaf]) -> None:
        self.old, self.new = old, new
        comparison = compare([_block(leaf) for leaf in old], [_block(leaf) for leaf in new])
        self._of = {i: change for change in comparison.changes for i in change.old}
        self._maps: dict[int, list[int]] = {}
        self._often = Counter(leaf.words for leaf in new)

    def heir(self, leaf: int) -> int | None:
        """The leaf of the new text that an old one became; None when it was removed, rewritten or is in doubt."""
        change = self._of[leaf]
        if change.kind in {"removed", "rewritten"} or len(change.new) != 1 or self._doubtful(leaf, change):
            return None
        return change.new[0]

    def carry(self, leaf: int, start: int, end: int) -> Carried | Loss:
        """Where `old[leaf].words[start:end]` stands in the new text, or why that cannot be said."""
        change = self._of[leaf]
        if change.kind in {"removed", "rewritten"}:
            return "removed" if change.kind == "removed" else "rewritten"
        if self._doubtful(leaf, change):
            return "unsure"
        if not change.words:
            return Carried(change.new[0], start, end)
        offset = sum(len(self.old[i].words) + len(BETWEEN) for i in change.old[: change.old.index(leaf)])
        found = self._stretch(change, offset + start, offset + end, offset, offset + len(self.old[leaf].words))
        return found if isinstance(found, str) else self._in_leaf(change, *found)

    def _doubtful(self, leaf: int, change: Change) -> bool:
        """Whether the words stand more than once and neither neighbour vouches for which of them are meant."""
        if len(change.new) != 1 or self._often[self.new[change.new[0]].words] == 1:
            return False
        return not any(self._vouched(leaf, change.new[0], step) for step in (-1, 1))

    def _vouched(self, leaf: int, here: int, step: int) -> bool:
        """Whether the leaves on one side stayed side by side with this one, up to one that stands only once."""
        for away in range(step, step * FARTHEST, step):
            beside = self._of.get(leaf + away)
            if beside is None:
                return here + away in {-1, len(self.new)}
            if beside.kind == "rewritten" or beside.new != (here + away,):
                return False
            if self._often[self.new[here + away].words] == 1:
                return True
        return False

    def _stretch(self, change: Change, start: int, end: int, first: int, last: int) -> tuple[int, int] | Loss:
        places = self._places(change)
        if start < end:
            at = places[start]
            kept = at >= 0 and all(places[start + i] == at + i for i in range(end - start))
            return (at, at + end - start) if kept else "changed"
        before = places[start - 1] if start > first else None
        after = places[start] if start < last else None
        if before is not None and after is not None:
            return (after, after) if before >= 0 and after == before + 1 else "changed"
        alone = before + 1 if before is not None and before >= 0 else after
        return (alone, alone) if alone is not None and alone >= 0 else "changed"

    def _places(self, change: Change) -> list[int]:
        """For each letter of the old side where it stands on the new one; -1 for one that went."""
        if id(change) not in self._maps:
            places: list[int] = []
            at = 0
            for op, text in change.words:
                if op == "removed":
                    places += [-1] * len(text)
                else:
                    places += range(at, at + len(text)) if op == "same" else ()
                    at += len(text)
            self._maps[id(change)] = places
        return self._maps[id(change)]

    def _in_leaf(self, change: Change, start: int, end: int) -> Carried | Loss:
        offset = 0
        for j in change.new:
            size = len(self.new[j].words)
            if offset <= start and end <= offset + size:
                return Carried(j, start - offset, end - offset)
            offset += size + len(BETWEEN)
        return "changed"


def _block(leaf: Leaf) -> Block:
    return Block("paragraph", leaf.words, leaf.words, 0, 0, digest(leaf.words))
