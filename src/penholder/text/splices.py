"""Pieces of a text to be exchanged so that it becomes another: what stays is not touched.

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
_WORD = re.compile(r"\w")


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
            for one in _joined(gone, _changed(_TOKEN.findall(gone), _TOKEN.findall(piece.text)))
        ]
    return tuple(found)


def _joined(text: str, pieces: list[Splice]) -> list[Splice]:
    """The pieces, with those of one line made one that only a speck parts: see `_is_speck`."""
    found: list[Splice] = []
    for piece in pieces:
        if found and _is_speck(text[found[-1].end : piece.start], found[-1], piece):
            before = found.pop()
            between = text[before.end : piece.start]
            found.append(Splice(before.start, piece.end, before.text + between + piece.text))
        else:
            found.append(piece)
    return found


def _is_speck(same: str, before: Splice, after: Splice) -> bool:
    """Whether nothing to speak of stays between two pieces: no word, or no more than either of them exchanges.

    Nobody's place in a text hangs on the comma between two words that both go. Of a page that was written anew this
    leaves one piece in ten, and each costs a walk through everything that was ever typed there.
    """
    sizes = (max(one.end - one.start, len(one.text)) for one in (before, after))
    return "\n" not in same and (len(same) <= min(sizes) or not _WORD.search(same))


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
