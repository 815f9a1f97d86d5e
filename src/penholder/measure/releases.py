"""Before and after a release, channel by channel: "changed by … after …", never "because"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from penholder.measure.intervals import Interval, difference
from penholder.measure.questions import Outcomes


@dataclass(frozen=True)
class ReleaseComparison:
    """Completion before and after a release: as counted, and with the mix of channels held still.

    `matched_change` weighs each channel's change by its attempts in both periods together, over the channels in both;
    so a release that merely came when more people telephoned shows no change. None where a side has no mature attempts.
    """

    release: str
    before: tuple[int, int]  # completed, cohort
    after: tuple[int, int]
    change: float | None
    interval: Interval | None
    matched_change: float | None
    channels: tuple[str, ...]
    unmatched: tuple[str, ...]

    def sentence(self) -> str:
        """The comparison in words that claim no cause."""
        if self.change is None or self.interval is None:
            return f"Too few attempts have had their time to compare before and after release {self.release}."
        said = (
            f"The completion rate changed by {100 * self.change:+.1f} percentage points after release {self.release} "
            f"(95% interval {100 * self.interval.low:+.1f} to {100 * self.interval.high:+.1f})"
        )
        if self.matched_change is not None:
            said += f"; with the same mix of channels it changed by {100 * self.matched_change:+.1f}"
        return said + "."


def compare(
    before: Iterable[Outcomes], after: Iterable[Outcomes], *, release: str, spread: float = 1.0
) -> ReleaseComparison:
    """Compare outcomes by channel; `spread` is the dispersion between periods, which widens the interval."""
    old, new = _by_channel(before), _by_channel(after)
    both = sorted(channel for channel in old.keys() & new.keys() if old[channel][1] and new[channel][1])
    (x1, n1), (x2, n2) = _sum(old), _sum(new)
    weights = {channel: old[channel][1] + new[channel][1] for channel in both}
    matched = None
    if both:
        changes = {channel: _rate(new[channel]) - _rate(old[channel]) for channel in both}
        matched = sum(weights[channel] * changes[channel] for channel in both) / sum(weights.values())
    return ReleaseComparison(
        release=release,
        before=(x1, n1),
        after=(x2, n2),
        change=x2 / n2 - x1 / n1 if n1 and n2 else None,
        interval=difference(x1, n1, x2, n2, spread=spread),
        matched_change=matched,
        channels=tuple(both),
        unmatched=tuple(sorted((old.keys() | new.keys()) - set(both))),
    )


def _by_channel(answers: Iterable[Outcomes]) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for answer in answers:
        completed, cohort = counts.get(answer.group.channel or "", (0, 0))
        counts[answer.group.channel or ""] = (completed + answer.completed, cohort + answer.cohort)
    return counts


def _sum(counts: dict[str, tuple[int, int]]) -> tuple[int, int]:
    return sum(part for part, _ in counts.values()), sum(whole for _, whole in counts.values())


def _rate(count: tuple[int, int]) -> float:
    return count[0] / count[1]
