"""Words inside one changed passage: what stayed, what went, what came, in runs that a person can read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from penholder.text.align import align

Op = Literal["same", "removed", "inserted"]

# A word with its inner apostrophes, points and commas (don't, 1,195, gov.uk), white space, or one other character.
_TOKEN = re.compile(r"\w+(?:['’.,]\w+)*|\s+|[^\w\s]")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Run:
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
    left, right = tokens(old), tokens(new)
    readable = _Readable()
    i = j = 0
    for x, y in align(left, right):
        if x > i or y > j:
            readable.change("".join(left[i:x]), "".join(right[j:y]))
        readable.same(left[x])
        i, j = x + 1, y + 1
    if i < len(left) or j < len(right):
        readable.change("".join(left[i:]), "".join(right[j:]))
    return readable.runs()


def likeness(found: Sequence[Run]) -> float:
    """How much of the shorter and of both texts stayed: 0 nothing, 1 all. White space is not counted."""
    size = {"same": 0, "removed": 0, "inserted": 0}
    for run in found:
        size[run.op] += sum(map(len, run.text.split()))
    same = size["same"]
    shorter = same + min(size["removed"], size["inserted"])
    both = 2 * same + size["removed"] + size["inserted"]
    # A text that only grew is still itself, so the shorter one counts; half, because any three words are found in a page.
    return max(2 * same / both, same / shorter / 2) if same else 0.0


class _Readable:
    """Gathers sames and changes from left to right, and swallows each speck of sameness between two changes.

    `_changes[k]` stands between `_sames[k]` and `_sames[k + 1]`. Pieces are joined at the end, to stay linear.
    """

    def __init__(self) -> None:
        self._sames: list[list[str]] = [[]]
        self._changes: list[tuple[list[str], list[str]]] = []
        self._sizes: list[int] = []  # of each change: the longer of its two sides

    def same(self, text: str) -> None:
        self._sames[-1].append(text)

    def change(self, removed: str, inserted: str) -> None:
        self._changes.append(([removed], [inserted]))
        self._sizes.append(max(len(removed), len(inserted)))
        while len(self._changes) > 1 and self._is_speck(self._sames[-1]):
            self._swallow()
        self._sames.append([])

    def _is_speck(self, same: list[str]) -> bool:
        # No word in it, or (as in diff-match-patch) no longer than the change on either side of it.
        if len(same) <= 4 and not any(map(_WORD.match, same)):
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
