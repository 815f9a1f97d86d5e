"""Comparing what entries hold with what rows say, where some entries are from before they held anything of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from penholder.record.accounts import Told, compare
from penholder.record.findings import Broken

# What an entry tells of a row; None for an entry from before it held what a row says.
Held = tuple[str, Told | None]


class Older(Counter[str]):
    """How many rows of which kind were written before the record held what they say."""

    def words(self) -> list[str]:
        """One line for each kind."""
        return [f"{what}: {count}" for what, count in sorted(self.items()) if count]


def sift(what: str, held: Iterable[Held], stored: Iterable[tuple[str, Told]], older: Older) -> list[Broken]:
    """Rows that differ. Of those that older entries tell of, only whether they are there."""
    listed, rows = list(held), list(stored)
    before = {name for name, told in listed if told is None}
    older[what] += sum(name in before for name, _told in rows)
    gone = sorted(before - {name for name, _told in rows})
    found = compare(
        ((name, told) for name, told in listed if told is not None and name not in before),
        ((name, told) for name, told in rows if name not in before),
    )
    return [*found, *(Broken(name, "it stands in the record and not in its table.") for name in gone)]
