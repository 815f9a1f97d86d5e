"""The fewest pieces of a text to be exchanged so that it becomes another: what stays is not touched.

Anchors, cursors and other people's unsaved words hang on what is not touched; a text that is cleared and written anew
loses all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from penholder.text.align import stretches
from penholder.text.words import MOST_PAIRS

# A word, or one other character with the marks that combine with it.
_TOKEN = re.compile(r"\w+|[^\w]")


class Splice(NamedTuple):
    """`text` takes the place of what stands from `start` to `end` (code points of the text as it was)."""

    start: int
    end: int
    text: str


def splices(old: str, new: str) -> tuple[Splice, ...]:
    """How `old` becomes `new`, by words inside lines, from left to right and never touching each other."""
    if old == new:
        return ()
    start = _shared(old, new)
    most = min(len(old), len(new)) - start
    tail = _shared(old[::-1][:most], new[::-1][:most])
    middle, wanted = old[start : len(old) - tail], new[start : len(new) - tail]
    if not middle or not wanted:
        return (Splice(start, start + len(middle), wanted),)
    found = []
    for piece in _changed(middle.splitlines(keepends=True), wanted.splitlines(keepends=True)):
        gone = middle[piece.start : piece.end]
        found += [
            Splice(start + piece.start + one.start, start + piece.start + one.end, one.text)
            for one in _changed(_TOKEN.findall(gone), _TOKEN.findall(piece.text))
        ]
    return tuple(found)


def spliced(text: str, pieces: Sequence[Splice]) -> str:
    """The text with these pieces exchanged; all places are those of the text as it was."""
    for piece in reversed(pieces):
        text = text[: piece.start] + piece.text + text[piece.end :]
    return text


def _shared(old: str, new: str) -> int:
    """How many characters two texts have in common at their start. By halves, so that C compares."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _changed(old: list[str], new: list[str]) -> list[Splice]:
    """What differs between two lists of pieces, as places in the text that `old` makes."""
    places = [0]
    for piece in old:
        places.append(places[-1] + len(piece))
    found = []
    i = j = 0
    for x, y, length in _same(old, new):
        if x > i or y > j:
            found.append(Splice(places[i], places[x], "".join(new[j:y])))
        i, j = x + length, y + length
    return found


def _same(old: list[str], new: list[str]) -> list[tuple[int, int, int]]:
    if len(old) * len(new) > MOST_PAIRS:
        return [*stretches(old, new), (len(old), len(new), 0)]
    return [(match.a, match.b, match.size) for match in LCSseq.editops(old, new).as_matching_blocks()]
