"""Which items of two sequences stay in order: patience on unique items, then Myers, with a linear way out.

Knows nothing of texts: the items are anything hashable (digests of blocks, words, table rows).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from itertools import islice, pairwise
from operator import lt

# A gap with no unique item is searched for its shortest edit only this far; beyond, time would grow with the square.
MOST_EDITS = 128
# Patience divides its gaps again this often. Real texts need three or four; a text made to be nasty must still end.
MOST_DIVISIONS = 16


def increasing(values: Sequence[int]) -> list[int]:
    """Positions of a longest strictly increasing subsequence of `values`."""
    if all(map(lt, values, islice(values, 1, None))):
        return list(range(len(values)))
    # A longest chain may take a stretch of values that follow one another whole or leave it, and long texts with a few
    # moves have few of them.
    starts = [0, *(at for at, (value, after) in enumerate(pairwise(values), start=1) if after != value + 1)]
    runs = list(pairwise([*starts, len(values)]))
    ends: list[int] = []  # the last value of the best chains, ascending, each longer than the one before
    lengths: list[int] = []
    tips: list[int] = []  # the run with which each of them ends
    before = [-1] * len(runs)
    for at, (start, stop) in enumerate(runs):
        place = bisect_left(ends, values[start])
        length = stop - start
        if place:
            before[at] = tips[place - 1]
            length += lengths[place - 1]
        over = place
        while over < len(ends) and lengths[over] <= length:
            over += 1
        ends[place:over], lengths[place:over], tips[place:over] = [values[stop - 1]], [length], [at]
    chain: list[int] = []
    at = tips[-1]
    while at >= 0:
        start, stop = runs[at]
        chain.extend(range(stop - 1, start - 1, -1))
        at = before[at]
    chain.reverse()
    return chain


def unique_pairs(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Positions of every item that stands exactly once in each sequence, in the order of `old`."""
    in_old, in_new = _once(old), _once(new)
    return [(i, j) for item, i in in_old.items() if (j := in_new.get(item)) is not None]


def _once(items: Sequence[Hashable]) -> dict[Hashable, int]:
    """Where each item stands that stands there once, in order. Built by whole dicts, which is several times faster."""
    last = dict(zip(items, range(len(items)), strict=True))
    if len(last) == len(items):
        return last
    first = dict(zip(reversed(items), range(len(items) - 1, -1, -1), strict=True))
    return {item: at for item, at in last.items() if first[item] == at}


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of positions of equal items, increasing on both sides.

    Near-linear for any input; a shortest edit for short ones, close to it for long ones.
    """
    return [(i + k, j + k) for i, j, length in stretches(old, new) for k in range(length)]


def stretches(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int, int]]:
    """What `align` finds, as (position in old, position in new, length) of stretches of equal items."""
    found: list[tuple[int, int, int]] = []
    todo = [(0, len(old), 0, len(new), 0)]
    while todo:
        i, i_end, j, j_end, depth = todo.pop()
        start = i
        while i < i_end and j < j_end and old[i] == new[j]:
            i += 1
            j += 1
        if i > start:
            found.append((start, j - i + start, i - start))
        end = i_end
        while i < i_end and j < j_end and old[i_end - 1] == new[j_end - 1]:
            i_end -= 1
            j_end -= 1
        if i_end < end:
            found.append((i_end, j_end, end - i_end))
        if i == i_end or j == j_end:
            continue
        left, right = old[i:i_end], new[j:j_end]
        if len(left) == 1 or len(right) == 1:  # one item: no need to look for a unique one
            found.extend((x + i, y + j, 1) for x, y in _one(left, right))
            continue
        unique = [] if depth >= MOST_DIVISIONS else unique_pairs(left, right)
        if unique:
            between, gaps = _divide(left, right, unique)
            found.extend((x + i, y + j, length) for x, y, length in between)
            todo.extend((x + i, x_end + i, y + j, y_end + j, depth + 1) for x, x_end, y, y_end in gaps)
        else:
            found.extend((x + i, y + j, 1) for x, y in _without_unique(left, right))
    found.sort()
    return found


def _divide(
    old: Sequence[Hashable], new: Sequence[Hashable], unique: list[tuple[int, int]]
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, int, int]]]:
    """The stretches that begin with a unique item, in order, and the gaps that they leave."""
    found, gaps = [], []
    a = b = 0
    for at in increasing([y for _, y in unique]):
        start, y = unique[at]
        if start < a:  # already in the stretch of the one before
            continue
        if start > a and y > b:
            gaps.append((a, start, b, y))
        x = start
        while x < len(old) and y < len(new) and old[x] == new[y]:
            x += 1
            y += 1
        found.append((start, y - x + start, x - start))
        a, b = x, y
    if a < len(old) and b < len(new):
        gaps.append((a, len(old), b, len(new)))
    return found, gaps


def _one(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    if len(old) == 1:
        return [(0, new.index(old[0]))] if old[0] in new else []
    return [(old.index(new[0]), 0)] if new[0] in old else []


def _without_unique(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    if set(old).isdisjoint(new):
        return []
    shortest = _shortest_edit(old, new)
    return _by_occurrence(old, new) if shortest is None else shortest


def _shortest_edit(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]] | None:
    """Myers' greedy search; None when more than MOST_EDITS items differ."""
    n, m = len(old), len(new)
    if abs(n - m) > MOST_EDITS:
        return None
    furthest = {1: 0}  # on each diagonal, how far into `old` so many edits can reach
    history: list[dict[int, int]] = []
    for edits in range(min(n + m, MOST_EDITS) + 1):
        history.append(furthest.copy())
        for k in range(-edits, edits + 1, 2):
            down = k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])
            x = furthest[k + 1] if down else furthest[k - 1] + 1
            while x < n and x - k < m and old[x] == new[x - k]:
                x += 1
            furthest[k] = x
            if x >= n and x - k >= m:
                return _walk_back(history, n, m)
    return None


def _walk_back(history: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs = []
    for edits in range(len(history) - 1, -1, -1):
        furthest = history[edits]
        k = x - y
        down = k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])
        before = k + 1 if down else k - 1
        start = furthest[before] if edits else 0
        while x > start + (0 if down or not edits else 1) and y > 0 and x > 0:
            x -= 1
            y -= 1
            pairs.append((x, y))
        if edits:
            x, y = start, start - before
    pairs.reverse()
    return pairs


def _by_occurrence(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The n-th of an item goes with the n-th of the same item, as far as that keeps the order."""
    places: dict[Hashable, list[int]] = {}
    for i in range(len(old) - 1, -1, -1):
        places.setdefault(old[i], []).append(i)
    pairs = [(rest.pop(), j) for j, item in enumerate(new) if (rest := places.get(item))]
    return [pairs[at] for at in increasing([i for i, _ in pairs])]
