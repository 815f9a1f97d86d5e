"""Digital take-up: how many of the completed transactions were digital."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from penholder.errors import Refused
from penholder.measure.definitions import TAKE_UP_WITHOUT_ASSISTED, Definition, definition
from penholder.measure.figures import Coverage, Figure, share


class ChannelClass(StrEnum):
    """The class of a channel, which alone decides where its transactions count."""

    DIGITAL = "digital"
    ASSISTED = "assisted digital"
    OTHER = "other"


@dataclass(frozen=True)
class TakeUp:
    """Digital take-up: completed digital transactions / completed transactions in all channels.

    Source: GOV.UK Service Manual, "Measuring digital take-up". The version in force on a day says whether those whom
    somebody helped count as digital. `share` is None, not 0, when nothing was completed.
    """

    digital: int
    all_channels: int
    by: Definition

    def __post_init__(self) -> None:
        if reasons := objections_to_volumes(digital=self.digital, total=self.all_channels):
            raise Refused(reasons)

    @property
    def share(self) -> float | None:
        """The share itself."""
        return self.digital / self.all_channels if self.all_channels else None

    def figure(self, *, coverage: Coverage, spread: float = 1.0, provenance: tuple[str, ...] = ()) -> Figure:
        """The share with its interval; `coverage` counts the services, or channels, that reported."""
        return share(self.by, self.digital, self.all_channels, coverage=coverage, spread=spread, provenance=provenance)


def take_up(completed: Mapping[ChannelClass, int], *, on: date) -> TakeUp:
    """Take-up by the version in force on a day, from completed transactions by class of channel."""
    by = definition("digital-take-up", on)
    digital = completed.get(ChannelClass.DIGITAL, 0)
    if by is not TAKE_UP_WITHOUT_ASSISTED:
        digital += completed.get(ChannelClass.ASSISTED, 0)
    negative = [f"{channel.value}: {count}" for channel, count in completed.items() if count < 0]
    if negative:
        raise Refused(f"A count cannot be negative ({'; '.join(negative)}).")
    return TakeUp(digital, sum(completed.values()), by)


def objections_to_volumes(*, digital: int, total: int) -> list[str]:
    """Every reason why these volumes give no take-up; empty means that they do."""
    if digital < 0 or total < 0:
        return [f"A count cannot be negative: {digital} digital of {total}."]
    if digital > total:
        return [
            f"{digital} digital transactions of {total} in all channels: the part is more than the whole. Check both."
        ]
    return []
