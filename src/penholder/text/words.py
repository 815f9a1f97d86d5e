"""Words inside one changed passage: what stayed, what went, what came, in runs that a person can read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq

from penholder.text.align import stretches

Op = Literal["same", "removed", "inserted"]

# A word with its inner apostrophes, points and commas (don't, 1,195, gov.uk), white space, or one other character.
_TOKEN = re.compile(r"\w+(?:['’.,]\w+)*|\s+|[^\w\s]")
# The same in bigger pieces, which are faster to compare; only those that differ are looked into.
_LOOSE = re.compile(r"\S+\s*|\s+")
_WORD = re.compile(r"\w")
# Up to so many old × new tokens the longest common subsequence is found outright, in C++: a bit of memory for each
# pair, so 2 MB at most. Beyond, patience keeps time and memory near-linear.
MOST_PAIRS = 16_000_000


class Run(NamedTuple):
    """A stretch of text with one fate. `same` + `removed` is the old text, `same` + `inserted` the new one."""

    op: Op
    text: str


def tokens(text: str) -> list[str]:
    """Words, white space and single marks; joined they are `text` again."""
    return _TOKEN.findall(text)


def runs(old: str, new: str) -> tuple[Run, ...]:
    """How `old` became `new`, word by word, removed before inserted, without specks of sameness between changes."""
    if old == new:
        return (Run("same", old),) if old else ()
    head = _same_head(old, new)
    tail = _same_tail(old, new, head)
    readable = _Readable()
    if head:
        readable.same([old[:head]])
    for left, right, same in _changes(_LOOSE, old[head : len(old) - tail], new[head : len(new) - tail]):
        if same:
            readable.same(same)
        elif left[:-1].isalnum() and right[:-1].isalnum() and left[-1] == right[-1] == " ":
            readable.change(left[:-1], right[:-1])  # one word for another: nothing in them to look for
            readable.same([" "])
        elif left and right:
            # Words that stand together differ; what in them differs?
            for x, y, z in _changes(_TOKEN, left, right):
                if z:
                    readable.same(z)
                else:
                    readable.change(x, y)
        else:
            readable.change(left, right)
    if tail:
        readable.same([old[-tail:]])
    return readable.runs()


def _changes(pattern: re.Pattern[str], old: str, new: str) -> Iterator[tuple[str, str, list[str]]]:
    """By tokens of `pattern`: (removed, inserted, nothing) or (nothing, nothing, same), in order."""
    left, right = pattern.findall(old), pattern.findall(new)
    i = j = 0
    for x, y, length in [*_same(left, right), (len(left), len(right), 0)]:
        if x > i or y > j:
            yield "".join(left[i:x]), "".join(right[j:y]), []
        i, j = x + length, y + length
        if length:
            yield "", "", left[x:i]


def _same(left: list[str], right: list[str]) -> Sequence[tuple[int, int, int]]:
    """Stretches of equal tokens: (position in `left`, position in `right`, length), in order."""
    if len(left) * len(right) > MOST_PAIRS:
        return stretches(left, right)
    return [(match.a, match.b, match.size) for match in LCSseq.editops(left, right).as_matching_blocks()]


def _same_head(old: str, new: str) -> int:
    """How long both begin alike, up to the end of some white space. By halves: comparing strings is fast."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old.startswith(new[low:middle], low):
            low = middle
        else:
            high = middle - 1
    while low and not old[low - 1].isspace():
        low -= 1
    return low


def _same_tail(old: str, new: str, head: int) -> int:
    """How long both end alike, from the end of some white space, leaving alone their first `head` characters."""
    low, high = 0, min(len(old), len(new)) - head
    while low < high:
        middle = (low + high + 1) // 2
        if old.endswith(new[len(new) - middle : len(new) - low], 0, len(old) - low):
            low = middle
        else:
            high = middle - 1
    while low and not (old[-low - 1 : -low].isspace() and new[-low - 1 : -low].isspace()):
        low -= 1
    return low


def likeness(found: Sequence[Run]) -> float:
    """How much of the shorter and of both texts stayed: 0 nothing, 1 all. White space is not counted."""
    size = {"same": 0, "removed": 0, "inserted": 0}
    for run in found:
        size[run.op] += len(run.text) - run.text.count(" ") - run.text.count("\n")
    same = size["same"]
    shorter = same + min(size["removed"], size["inserted"])
    both = 2 * same + size["removed"] + size["inserted"]
    # A text that only grew is still itself, so the shorter one counts too; by half,
    # because any few words are found in a page.
    return max(2 * same / both, same / shorter / 2) if same else 0.0


class _Readable:
    """Gathers sames and changes from left to right, and swallows each speck of sameness between two changes.

    `_changes[k]` stands between `_sames[k]` and `_sames[k + 1]`. Pieces are joined at the end, to stay linear.
    """

    def __init__(self) -> None:
        self._sames: list[list[str]] = [[]]
        self._changes: list[tuple[list[str], list[str]]] = []
        self._sizes: list[int] = []  # of each change: the longer of its two sides

    def same(self, stretch: list[str]) -> None:
        self._sames[-1].extend(stretch)

    def change(self, removed: str, inserted: str) -> None:
        self._changes.append(([removed], [inserted]))
        self._sizes.append(max(len(removed), len(inserted)))
        while len(self._changes) > 1 and self._is_speck(self._sames[-1]):
            self._swallow()
        self._sames.append([])

    def _is_speck(self, same: list[str]) -> bool:
        # No word in it, or (as in diff-match-patch) no longer than the change on either side of it.
        if len(same) <= 4 and not any(map(_WORD.search, same)):
            return True
        neighbours = min(self._sizes[-1], self._sizes[-2])
        return len(same) <= neighbours and sum(map(len, same)) <= neighbours

    def _swallow(self) -> None:
        removed, inserted = self._changes.pop()
        same = self._sames.pop()
        into = self._changes[-1]
        into[0].extend(same)
        into[0].extend(removed)
        into[1].extend(same)
        into[1].extend(inserted)
        size = sum(map(len, same)) + self._sizes.pop()
        self._sizes[-1] += size

    def runs(self) -> tuple[Run, ...]:
        found: list[Run] = []
        for k, same in enumerate(self._sames):
            if same:
                found.append(Run("same", "".join(same)))
            if k < len(self._changes):
                removed, inserted = map("".join, self._changes[k])
                if removed:
                    found.append(Run("removed", removed))
                if inserted:
                    found.append(Run("inserted", inserted))
        return tuple(found)
