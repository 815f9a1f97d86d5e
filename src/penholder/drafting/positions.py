"""Fractional keys: the order of sections as text, so that moving one section writes one row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

# In the order of their bytes, which is the order in which every database sorts them here.
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def between(before: str, after: str) -> str:
    """A key that sorts after `before` and before `after`; "" means the very start or end. It never ends in "0"."""
    key = ""
    index = 0
    while True:
        low = DIGITS.index(before[index]) if index < len(before) else 0
        high = DIGITS.index(after[index]) if index < len(after) else len(DIGITS)
        if high - low > 1:
            return key + DIGITS[(low + high) // 2]
        key += DIGITS[low]
        if high != low:
            after = ""  # the key is below it from here on
        index += 1


def ordered(current: Sequence[str]) -> list[str]:
    """New keys for things that shall stand in this order; "" marks one that is new. As many as can keep theirs.

    The longest run of keys that are in order already stays; the others get keys between their neighbours.
    """
    staying = _longest_rising(current)
    keys = [key if index in staying else "" for index, key in enumerate(current)]
    following = [""] * (len(keys) + 1)
    for index in range(len(keys) - 1, -1, -1):
        following[index] = keys[index] or following[index + 1]
    before = ""
    for index, key in enumerate(keys):
        before = keys[index] = key or between(before, following[index + 1])
    return keys


def _longest_rising(keys: Sequence[str]) -> set[int]:
    tails: list[int] = []  # tails[n] ends the rising run of n + 1 keys that ends lowest
    values: list[str] = []
    previous: list[int] = [-1] * len(keys)
    for index, key in enumerate(keys):
        if not key:
            continue
        at = bisect_left(values, key)
        previous[index] = tails[at - 1] if at else -1
        if at == len(tails):
            tails.append(index)
            values.append(key)
        else:
            tails[at], values[at] = index, key
    found = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        found.add(index)
        index = previous[index]
    return found
