"""Like with like: a total over services that come and go, with its coverage, and the same total over those in both."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True)
class Total:
    """Parts and wholes of several services added up; `share` is None where the whole is 0."""

    services: int
    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The share of the sums; shares of services are never averaged."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class LikeWithLike:
    """Two periods compared: over all that reported in each, and over those that reported in both."""

    asked: int
    before: Total
    after: Total
    matched_before: Total
    matched_after: Total
    left: tuple[str, ...]
    joined: tuple[str, ...]

    @property
    def mix(self) -> float | None:
        """How much of the change comes from who reported: the change over all less the change over the matched."""
        shares = [each.share for each in (self.before, self.after, self.matched_before, self.matched_after)]
        if None in shares:
            return None
        before, after, matched_before, matched_after = (each or 0.0 for each in shares)
        return (after - before) - (matched_after - matched_before)


def compare(before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]], *, asked: int) -> LikeWithLike:
    """Compare (part, whole) by service in two periods; `asked` counts the services that should have reported."""
    both = before.keys() & after.keys()
    return LikeWithLike(
        asked=asked,
        before=_total(before, before.keys()),
        after=_total(after, after.keys()),
        matched_before=_total(before, both),
        matched_after=_total(after, both),
        left=tuple(sorted(before.keys() - both)),
        joined=tuple(sorted(after.keys() - both)),
    )


def _total(counts: Mapping[str, tuple[int, int]], services: AbstractSet[str]) -> Total:
    chosen = [counts[service] for service in counts if service in services]
    return Total(len(chosen), sum(part for part, _ in chosen), sum(whole for _, whole in chosen))
