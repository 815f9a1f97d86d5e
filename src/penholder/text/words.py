"""Words inside one changed passage: what stayed, what went, what came, in runs that a person can read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq

from penholder.text.align import stretches

Op = Literal["same", "removed", "inserted"]

# A word with its inner apostrophes, points and commas (don't, 1,195, gov.uk), white space, or one other character.
_TOKEN = re.compile(r"\w+(?:['’.,]\w+)*|\s+|[^\w\s]")
_WORD = re.compile(r"\w")
# Up to so many old × new tokens the longest common subsequence is found outright, in C++: a bit of memory for each
# pair, so 2 MB at most. Beyond, patience keeps time and memory near-linear.
MOST_PAIRS = 16_000_000


class Run(NamedTuple):
    """A stretch of text with one fate. `same` + `removed` is the old text, `same` + `inserted` the new one."""

    op: Op
    text: str


def runs(old: str, new: str) -> tuple[Run, ...]:
    """How `old` became `new`, word by word, removed before inserted, without specks of sameness between changes."""
    if old == new:
        return (Run("same", old),) if old else ()
    # What stands between spaces first, which is fast; only where that differs are its tokens compared.
    left, right = old.split(" "), new.split(" ")
    readable = _Readable()
    i = j = 0
    for x, y, length in _same(left, right):
        gone, come = left[i:x], right[j:y]
        if gone and come:
            _reworded(readable, " ".join(gone), " ".join(come))
            if length:
                readable.same(" ")
        elif gone or come:
            # What only went or only came takes the space after it along; at the end, the space before it.
            readable.change(
                *(" ".join([*side, ""] if length else ["", *side]) if side else "" for side in (gone, come))
            )
        i, j = x + length, y + length
        if length:
            goes_on = i < len(left) and j < len(right)
            readable.same(" ".join([*left[x:i], ""] if goes_on else left[x:i]))
    return readable.runs()


def _reworded(readable: _Readable, old: str, new: str) -> None:
    """Words that stand together differ; what in them differs? Tell it token by token."""
    if old.replace(" ", "").isalnum() and new.replace(" ", "").isalnum():
        readable.change(old, new)  # other words, without a mark that they could share
        return
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    i = j = 0
    for x, y, length in _same(left, right):
        if x > i or y > j:
            readable.change("".join(left[i:x]), "".join(right[j:y]))
        i, j = x + length, y + length
        if length:
            readable.same("".join(left[x:i]))


def _same(left: list[str], right: list[str]) -> list[tuple[int, int, int]]:
    """Stretches of equal items: (place in `left`, place in `right`, length), in order; last the ends, length 0."""
    if len(left) * len(right) > MOST_PAIRS:
        return [*stretches(left, right), (len(left), len(right), 0)]
    return [(match.a, match.b, match.size) for match in LCSseq.editops(left, right).as_matching_blocks()]


def likeness(found: Sequence[Run]) -> float:
    """How much of the shorter and of both texts stayed, by characters: 0 nothing, 1 all."""
    size = {"same": 0, "removed": 0, "inserted": 0}
    for op, text in found:
        size[op] += len(text)
    same = size["same"]
    shorter = same + min(size["removed"], size["inserted"])
    both = 2 * same + size["removed"] + size["inserted"]
    # A text that only grew is still itself, so the shorter one counts too; by half,
    # because any few words are found in a page.
    return max(2 * same / both, same / shorter / 2) if same else 0.0


class _Readable:
    """Gathers sames and changes from left to right, and swallows each speck of sameness between two changes.

    `_changes[k]` stands between `_sames[k]` and `_sames[k + 1]`. Its pieces are joined at the end, to stay linear.
    """

    def __init__(self) -> None:
        self._sames = [""]
        self._changes: list[tuple[list[str], list[str]]] = []
        self._sizes: list[int] = []  # of each change: the longer of its two sides

    def same(self, text: str) -> None:
        self._sames[-1] += text

    def change(self, removed: str, inserted: str) -> None:
        self._changes.append(([removed], [inserted]))
        self._sizes.append(max(len(removed), len(inserted)))
        while len(self._changes) > 1 and self._is_speck(self._sames[-1]):
            self._swallow()
        self._sames.append("")

    def _is_speck(self, same: str) -> bool:
        # No longer than the change on either side of it (as in diff-match-patch), or no word in it.
        return len(same) <= min(self._sizes[-1], self._sizes[-2]) or not _WORD.search(same)

    def _swallow(self) -> None:
        removed, inserted = self._changes.pop()
        same = self._sames.pop()
        for into, piece in zip(self._changes[-1], (removed, inserted), strict=True):
            into.append(same)
            into.extend(piece)
        self._sizes[-1] += len(same) + self._sizes.pop()

    def runs(self) -> tuple[Run, ...]:
        found: list[Run] = []
        for k, same in enumerate(self._sames):
            if same:
                found.append(Run("same", same))
            if k < len(self._changes):
                removed, inserted = map("".join, self._changes[k])
                if removed:
                    found.append(Run("removed", removed))
                if inserted:
                    found.append(Run("inserted", inserted))
        return tuple(found)
