"""Which events are here already, by month: 16 bytes for each, and about 100 bytes of memory.

A retry claims the same time as the first try, so it is looked for in the month that it claims and nowhere else. The
ids of a month come into memory when the first event of that month is met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence


class Seen:
    """The ids of events, by the month that they claim. `load` gives the sealed ids of a month."""

    def __init__(self, load: Callable[[int], Iterable[bytes]]) -> None:
        self._load = load
        self._months: dict[int, set[bytes]] = {}

    def month(self, month: int) -> set[bytes]:
        """The ids of a month, loaded at need."""
        if month not in self._months:
            self._months[month] = set(self._load(month))
        return self._months[month]

    def fresh(self, digests: Sequence[bytes], months: Sequence[int] | int) -> list[int] | None:
        """The places of events that are new, which are remembered from now on. None when all of them are."""
        if isinstance(months, int):
            known = self.month(months)
            if known.isdisjoint(digests):
                before = len(known)
                known.update(digests)
                if len(known) - before == len(digests):
                    return None
                first = dict(zip(reversed(digests), range(len(digests) - 1, -1, -1), strict=True))
                return sorted(first.values())
            months = [months] * len(digests)
        for month in set(months):
            self.month(month)  # when one cannot be loaded, nothing of this is remembered
        new = []
        for place, (digest, month) in enumerate(zip(digests, months, strict=True)):
            known = self.month(month)
            if digest not in known:
                known.add(digest)
                new.append(place)
        return new

    def forget(self, digests: Sequence[bytes], months: Sequence[int] | int) -> None:
        """These never reached the disk; a retry of them is new."""
        if isinstance(months, int):
            self.month(months).difference_update(digests)
            return
        for digest, month in zip(digests, months, strict=True):
            self.month(month).discard(digest)
