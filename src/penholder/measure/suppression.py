"""Small counts withheld, and as many others as it takes that nobody works them out from the totals.

A publication is looked at as a whole: the same key in two tables is one cell, and every total of every table is a sum
that a reader may use. A cell is safe when the sums leave more than one possibility for it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from penholder.errors import Refused
from penholder.measure.values import Absence

Key = TypeVar("Key", bound=Hashable)

# Counts of 1 to 4 may point to a person; 0 points to nobody and is shown.
SMALLEST_SHOWN = 5
# Below this a number of the null space is rounding, not freedom.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Sum(Generic[Key]):
    """One total that readers can check: the cell `total` is the sum of `parts`."""

    total: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
class Suppressed(Generic[Key]):
    """What may be shown: counts or SUPPRESSED. `small` were withheld for themselves, `complements` to protect them."""

    cells: dict[Key, int | Absence]
    small: frozenset[Key]
    complements: frozenset[Key]


def suppress(counts: Mapping[Key, int], sums: Sequence[Sum[Key]]) -> Suppressed[Key]:
    """Withhold counts under five, with complements, so that none can be worked out from all the sums together."""
    if negative := [key for key, count in counts.items() if count < 0]:
        raise Refused(f"Counts cannot be negative; look at {negative[0]!r}.")
    for each in sums:
        if counts[each.total] != sum(counts[part] for part in each.parts):
            raise Refused(f"The total {each.total!r} is not the sum of its parts; publish neither before it is.")
    small = {key for key, count in counts.items() if 0 < count < SMALLEST_SHOWN}
    hidden = _withheld(counts, sums, small)
    shown: dict[Key, int | Absence] = {
        key: Absence.SUPPRESSED if key in hidden else count for key, count in counts.items()
    }
    return Suppressed(shown, frozenset(small), frozenset(hidden - small))


def _withheld(counts: Mapping[Key, int], sums: Sequence[Sum[Key]], small: set[Key]) -> set[Key]:
    """The small cells with their complements: all that hangs together with them, less what can be shown again.

    Cells are shown again from the largest down, so that totals come back first, and each only while every small cell
    keeps a second possibility. What is left cannot be made smaller by showing any one cell.
    """
    near = set(small)
    while more := {
        key for each in sums if near & {each.total, *each.parts} for key in (each.total, *each.parts) if key not in near
    }:
        near |= more
    hidden = {key for key in near if counts[key] > 0}
    if _exposed(counts, sums, hidden, small):
        hidden = near  # even the zeros have to go
    for key in sorted(hidden - small, key=lambda key: (-counts[key], str(key))):
        if not _exposed(counts, sums, hidden - {key}, small):
            hidden.discard(key)
    return hidden


def _exposed(counts: Mapping[Key, int], sums: Sequence[Sum[Key]], hidden: set[Key], small: set[Key]) -> set[Key]:
    """The small cells that a reader can work out."""
    order = sorted(hidden, key=str)
    place = {key: at for at, key in enumerate(order)}
    rows = []
    exposed = set()
    for each in sums:
        unknown = [key for key in (each.total, *each.parts) if key in hidden]
        if not unknown:
            continue
        row = np.zeros(len(order))
        for part in each.parts:
            if part in place:
                row[place[part]] += 1
        if each.total in place:
            row[place[each.total]] -= 1
        rows.append(row)
        # Readers know that small means 1 to 4: parts that add up to the least or the most give themselves away.
        if each.total not in hidden and all(key in small for key in unknown):
            known = counts[each.total] - sum(counts[part] for part in each.parts if part not in hidden)
            if known in (len(unknown), len(unknown) * (SMALLEST_SHOWN - 1)):
                exposed |= set(unknown)
    if not rows:
        return set()
    _, strength, directions = np.linalg.svd(np.array(rows))
    free = directions[int((strength > _NOTHING).sum()) :]
    moves = np.abs(free).max(axis=0, initial=0.0)
    return exposed | {key for key in order if key in small and moves[place[key]] <= _NOTHING}
