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
    freedom = _Freedom(hidden, sums)
    if _betrayed(counts, sums, hidden, small) or not freedom.holds(small):
        hidden = near  # even the zeros have to go
        freedom = _Freedom(hidden, sums)
    told: dict[Key, list[Sum[Key]]] = {}
    for each in sums:
        for key in (each.total, *each.parts):
            told.setdefault(key, []).append(each)
    for key in sorted(hidden - small, key=lambda key: (-counts[key], str(key))):
        less = freedom.without(key)
        if less.holds(small) and not _betrayed(counts, told.get(key, []), hidden - {key}, small):
            hidden.discard(key)
            freedom = less
    return hidden


def _betrayed(counts: Mapping[Key, int], sums: Sequence[Sum[Key]], hidden: set[Key], small: set[Key]) -> bool:
    """Whether hidden parts that are all small add up to the least or the most that they can: then each is known."""
    for each in sums:
        if each.total in hidden:
            continue
        unknown = [part for part in each.parts if part in hidden]
        if unknown and all(part in small for part in unknown):
            known = counts[each.total] - sum(counts[part] for part in each.parts if part not in hidden)
            if known in (len(unknown), len(unknown) * (SMALLEST_SHOWN - 1)):
                return True
    return False


class _Freedom(Generic[Key]):
    """How the hidden cells can move together while every sum stays: an orthonormal basis of all such moves.

    A cell that no move changes can be worked out. Showing a cell leaves the moves in which it stands still; that is one
    reflection of the basis, where working the moves out anew for each cell took minutes for forty services (measured).
    """

    def __init__(self, hidden: set[Key], sums: Sequence[Sum[Key]]) -> None:
        self._place = {key: at for at, key in enumerate(sorted(hidden, key=str))}
        rows = []
        for each in sums:
            row = np.zeros(len(self._place))
            for part in each.parts:
                if part in self._place:
                    row[self._place[part]] += 1
            if each.total in self._place:
                row[self._place[each.total]] -= 1
            if row.any():
                rows.append(row)
        if rows:
            _, strength, directions = np.linalg.svd(np.array(rows))
            self._moves = directions[int((strength > _NOTHING).sum()) :]
        else:
            self._moves = np.eye(len(self._place))

    def holds(self, cells: set[Key]) -> bool:
        """Whether each of these cells that is hidden keeps a second possibility."""
        at = [self._place[key] for key in cells if key in self._place]
        return bool((np.abs(self._moves[:, at]).max(axis=0, initial=0.0) > _NOTHING).all())

    def without(self, key: Key) -> _Freedom[Key]:
        """The moves that are left when this cell is shown."""
        less: _Freedom[Key] = _Freedom.__new__(_Freedom)
        less._place = self._place
        toward = self._moves[:, self._place[key]].copy()
        length = float(np.linalg.norm(toward))
        if length <= _NOTHING:
            less._moves = self._moves  # it could be worked out anyhow
            return less
        # Householder: turn the basis so that one vector alone moves the cell, and leave that one out.
        toward[0] += np.copysign(length, toward[0])
        toward /= np.linalg.norm(toward)
        less._moves = (self._moves - 2 * np.outer(toward, toward @ self._moves))[1:]
        return less
