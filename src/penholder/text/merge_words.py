"""Three texts of one passage, merged word by word: what two people changed apart goes together, the rest is a clash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from penholder.text.words import likeness, runs

# Less alike than this and a text was written anew: whoever else changed a word of the old one meant another text.
RECOGNISABLE = 0.3
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Clash:
    """One passage that a person must decide: what it was, and what each side made of it; "" where it does not stand.

    Changes of either side that touch nothing of the other's are in both `mine` and `theirs` already.
    """

    base: str
    mine: str
    theirs: str


class _Hunk(NamedTuple):
    """`base[start:end]` became `text`."""

    start: int
    end: int
    text: str


def merge_words(base: str, mine: str, theirs: str) -> str | Clash:
    """The one text that holds the changes of both sides, or the clash.

    Changes clash when no unchanged word stands between them, unless they are the same change, which is made once.
    """
    if theirs in (mine, base):
        return mine
    if mine == base:
        return theirs
    ours, others = _hunks(base, mine), _hunks(base, theirs)
    left: list[_Hunk] = []  # with my words where both sides changed the same
    right: list[_Hunk] = []
    a = b = 0
    clash = False
    while a < len(ours) or b < len(others):
        group_a, group_b = _together(base, ours[a:], others[b:])
        a, b = a + len(group_a), b + len(group_b)
        if group_a and group_b and group_a != group_b:
            clash = True
            left += group_a
            right += group_b
        else:
            left += group_a or group_b
            right += group_a or group_b
    if clash:
        return Clash(base, _applied(base, left), _applied(base, right))
    return _applied(base, left)


def _hunks(base: str, side: str) -> list[_Hunk]:
    found = runs(base, side)
    if likeness(found) < RECOGNISABLE:
        return [_Hunk(0, len(base), side)]
    hunks: list[_Hunk] = []
    at = 0
    start, text = -1, ""
    for op, words in found:
        if op == "same":
            if start >= 0:
                hunks.append(_Hunk(start, at, text))
                start, text = -1, ""
            at += len(words)
            continue
        start = at if start < 0 else start
        if op == "removed":
            at += len(words)
        else:
            text += words
    if start >= 0:
        hunks.append(_Hunk(start, at, text))
    return hunks


def _together(base: str, ours: list[_Hunk], others: list[_Hunk]) -> tuple[list[_Hunk], list[_Hunk]]:
    """The next change, with every change of the other side that is too near to it, and so on."""
    queues = (list(reversed(ours)), list(reversed(others)))
    taken: tuple[list[_Hunk], list[_Hunk]] = ([], [])
    first = 0 if not others or (ours and ours[0] <= others[0]) else 1
    taken[first].append(queues[first].pop())
    ends = [-1, -1]
    ends[first] = taken[first][0].end
    grew = True
    while grew:
        grew = False
        for side in (0, 1):
            while queues[side] and ends[1 - side] >= 0 and _near(base, ends[1 - side], queues[side][-1].start):
                hunk = queues[side].pop()
                taken[side].append(hunk)
                ends[side] = max(ends[side], hunk.end)
                grew = True
    return taken


def _near(base: str, end: int, start: int) -> bool:
    return start <= end or not _WORD.search(base, end, start)


def _applied(base: str, hunks: list[_Hunk]) -> str:
    parts, at = [], 0
    for hunk in hunks:
        parts += [base[at : hunk.start], hunk.text]
        at = hunk.end
    return "".join([*parts, base[at:]])
