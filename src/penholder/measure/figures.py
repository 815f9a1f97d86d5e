"""A figure as it is shown: a number or the reason why there is none, and everything one must know to trust it."""

from __future__ import annotations

from dataclasses import dataclass

from penholder.measure.definitions import Definition
from penholder.measure.intervals import Interval, share_interval
from penholder.measure.values import Absence, Value


@dataclass(frozen=True)
class Coverage:
    """Of how many that were asked (services, channels, attempts) the figure knows. Never more than were asked."""

    had: int
    asked: int

    def __post_init__(self) -> None:
        if not 0 <= self.had <= self.asked:
            raise ValueError(f"coverage of {self.had} out of {self.asked}")


@dataclass(frozen=True)
class Figure:
    """One figure. `n` is what the value is a share or a mean of; `provenance` says where the counts came from."""

    definition: Definition
    value: Value
    n: int
    coverage: Coverage
    interval: Interval | None = None
    provenance: tuple[str, ...] = ()


def share(
    definition: Definition,
    part: int,
    whole: int,
    *,
    coverage: Coverage,
    spread: float = 1.0,
    provenance: tuple[str, ...] = (),
) -> Figure:
    """A share with Wilson's interval. Nothing out of nothing has no share: the value is "not applicable", not 0."""
    if whole == 0:
        return Figure(definition, Absence.NOT_APPLICABLE, 0, coverage, None, provenance)
    interval = share_interval(part, whole, spread=spread)
    return Figure(definition, part / whole, whole, coverage, interval, provenance)
