"""How alike two passages are, by the words that they share, and which ones are worth a look in a long text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from penholder.text.passages import Block, Kind

# Kinds that can become one another; a heading is only ever compared with a heading.
_FAMILIES: dict[Kind, str] = {
    "paragraph": "prose",
    "item": "prose",
    "quote": "prose",
    "callout": "prose",
    "term": "prose",
    "table": "table",
    "chart": "table",
}

# A word in more passages than this says little about which passage it is, and would make the search quadratic.
MOST_PASSAGES = 24
# Of a passage, so many of its rarest words vote, and so many candidates with most votes are weighed.
MOST_VOTES = 16
MOST_CANDIDATES = 6
# One with less than this share of the most votes shares a word or two by chance; the parts of a split have more.
LEAST_VOTE = 0.1


def family(block: Block) -> str:
    """The kinds among which this block can be edited into another."""
    return _FAMILIES.get(block.kind, block.kind)


class Likeness:
    """Compares the blocks of two texts; each block's words are gathered once, when first asked for."""

    def __init__(self, old: Sequence[Block], new: Sequence[Block]) -> None:
        self._texts = (old, new)
        self._words: tuple[dict[int, frozenset[str]], ...] = ({}, {})
        self._phrases: tuple[dict[int, frozenset[int]], ...] = ({}, {})
        self._runs: tuple[dict[int, list[str]], ...] = ({}, {})
        self.weighed = 0  # pairs compared, for those who watch that this stays linear

    def words(self, side: int, at: int) -> frozenset[str]:
        """The different words of block `at` of the old (0) or new (1) text."""
        found = self._words[side].get(at)
        if found is None:
            block = self._texts[side][at]
            run = self._runs[side][at] = (block.plain or block.source).split()
            found = self._words[side][at] = frozenset(run)
        return found

    def phrases(self, side: int, at: int) -> frozenset[int]:
        """Its pairs of neighbouring words. A part of a split passage shares them; another text hardly ever does.

        By their 64-bit hashes, which are compared and collected far faster than thousands of small tuples.
        """
        found = self._phrases[side].get(at)
        if found is None:
            self.words(side, at)
            found = self._phrases[side][at] = frozenset(map(hash, pairwise(self._runs[side][at])))
        return found

    def alike(self, i: int, j: int) -> float:
        """Dice's measure on different words, 0 to 1; 0 for blocks that cannot become one another."""
        old, new = self._texts[0][i].kind, self._texts[1][j].kind
        if old != new and _FAMILIES.get(old, old) != _FAMILIES.get(new, new):
            return 0.0
        self.weighed += 1
        left = self._words[0].get(i) or self.words(0, i)
        right = self._words[1].get(j) or self.words(1, j)
        size = len(left) + len(right)
        return 2 * len(left & right) / size if size else 1.0

    def size(self, i: int, j: int) -> int:
        """Different words in the smaller of two blocks."""
        return min(len(self._words[0].get(i) or self.words(0, i)), len(self._words[1].get(j) or self.words(1, j)))

    def candidates(self, olds: Iterable[int], news: Iterable[int]) -> list[tuple[float, int, int]]:
        """(likeness, old, new) of the pairs worth a look, by the rare words they share. Near-linear."""
        places: dict[str, list[int]] = {}
        for i in olds:
            for word in self.words(0, i):
                places.setdefault(word, []).append(i)
        found: list[tuple[float, int, int]] = []
        known = places.keys()
        for j in news:
            # By the alphabet first, so that of equally rare words always the same ones vote.
            rare = [at for word in sorted(self.words(1, j) & known) if len(at := places[word]) <= MOST_PASSAGES]
            rare.sort(key=len)
            votes: dict[int, float] = {}
            for at in rare[:MOST_VOTES]:
                for i in at:
                    votes[i] = votes.get(i, 0) + 1 / len(at)
            if not votes:
                continue
            enough = max(votes.values()) * LEAST_VOTE
            likely = [i for i in votes if votes[i] >= enough]
            best = sorted(likely, key=lambda i: (-votes[i], i))[:MOST_CANDIDATES]
            found.extend((score, i, j) for i in best if (score := self.alike(i, j)) > 0)
        return found
