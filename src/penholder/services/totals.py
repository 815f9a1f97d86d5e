"""Totals over sets of services: each with its coverage, and beside the total over the same services in both periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from penholder.measure import matched
from penholder.measure.definitions import COMPLETION_RATE, TAKE_UP, Definition
from penholder.measure.matched import LikeWithLike
from penholder.services import values
from penholder.services.models import Channel, Period, ServiceVersion
from penholder.services.values import ValueOf

# Counts of one service: (part, whole).
Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Compared:
    """One share over many services in two periods. `told` says coverage, both totals, and both over the matched set."""

    definition: Definition
    before: str  # keys of periods
    after: str
    before_label: str
    after_label: str
    told: LikeWithLike

    def to_data(self) -> dict[str, Any]:
        """Everything as JSON can carry it, with the shares worked out."""
        told = self.told
        totals = {
            name: asdict(total) | {"share": total.share}
            for name, total in (
                ("before", told.before), ("after", told.after),
                ("matched_before", told.matched_before), ("matched_after", told.matched_after),
            )
        }  # fmt: skip
        return {
            "definition": self.definition.key, "version": self.definition.version, "period_before": self.before,
            "period_after": self.after, "label_before": self.before_label, "label_after": self.after_label,
            "asked": told.asked, **totals, "left": list(told.left), "joined": list(told.joined), "mix": told.mix,
        }  # fmt: skip


def take_up(before: str, after: str, *, services: Iterable[str] | None = None) -> Compared:
    """Digital take-up of these services, or of all, in two periods. Four queries."""
    return take_up_over([before, after], services=services)[0]


def take_up_over(periods: Sequence[str], *, services: Iterable[str] | None = None) -> tuple[Compared, ...]:
    """Digital take-up from each period to the next: by the definition that counts assisted digital as digital."""
    chosen = None if services is None else list(services)
    given = _by_period(values.read(services=chosen, periods=periods, quantities=["transactions"]))
    digital = _digital_channels()
    counts = {period: _volumes(given.get(period, {}), digital) for period in periods}
    return _compared(TAKE_UP, periods, counts, chosen)


def completion(before: str, after: str, *, services: Iterable[str] | None = None) -> Compared:
    """The completion rate of these services, or of all, in two periods, from attempts that were submitted."""
    chosen = None if services is None else list(services)
    given = _by_period(values.read(services=chosen, periods=[before, after], quantities=["started", "completed"]))
    counts = {
        period: {
            service: (completed, started)
            for service, cells in given.get(period, {}).items()
            if (started := _count(cells, "", "started")) is not None
            and (completed := _count(cells, "", "completed")) is not None
        }
        for period in (before, after)
    }
    return _compared(COMPLETION_RATE, [before, after], counts, chosen)[0]


_Cells = Mapping[tuple[str, str], ValueOf]


def _by_period(rows: Iterable[ValueOf]) -> dict[str, dict[str, dict[tuple[str, str], ValueOf]]]:
    found: defaultdict[str, dict[str, dict[tuple[str, str], ValueOf]]] = defaultdict(dict)
    for row in rows:
        found[row.period].setdefault(row.service, {})[row.channel, row.quantity] = row
    return found


def _count(cells: _Cells, channel: str, quantity: str) -> int | None:
    row = cells.get((channel, quantity))
    return int(row.amount) if row is not None and isinstance(row.amount, Decimal) else None


def _digital_channels() -> dict[str, dict[str, bool]]:
    """Of each service, its channels, and whether each counts as digital (assisted digital does, from 2017 on)."""
    found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for service, key, klass in Channel.objects.values_list("service__key", "key", "klass"):
        found[service][key] = klass != "other"
    return found


def _volumes(services: Mapping[str, _Cells], digital: Mapping[str, Mapping[str, bool]]) -> dict[str, tuple[int, int]]:
    """(digital, all channels) of each service that gave both, whatever they say."""
    counts = {}
    for service, cells in services.items():
        channels = digital.get(service, {})
        parts = [
            count
            for channel, counted in channels.items()
            if counted and (count := _count(cells, channel, "transactions")) is not None
        ]
        every = [_count(cells, channel, "transactions") for channel in channels]
        whole = _count(cells, "", "transactions")
        if whole is None and every and None not in every:
            whole = sum(count or 0 for count in every)
        if parts and whole is not None:
            counts[service] = sum(parts), whole
    return counts


def _compared(
    definition: Definition, periods: Sequence[str], counts: Mapping[str, Counts], services: list[str] | None
) -> tuple[Compared, ...]:
    rows = {row.key: row for row in Period.objects.filter(key__in=periods)}
    asked = _asked(rows, services)
    labels = {key: row.label or key for key, row in rows.items()}
    return tuple(
        Compared(
            definition,
            before,
            after,
            labels.get(before, before),
            labels.get(after, after),
            matched.compare(counts[before], counts[after], asked=asked.get(after, 0)),
        )
        for before, after in pairwise(periods)
    )


def _asked(rows: Mapping[str, Period], services: list[str] | None) -> dict[str, int]:
    """By period, how many services were open in it and so should have reported."""
    versions = ServiceVersion.objects.filter(superseded_by=None)
    versions = versions if services is None else versions.filter(service__key__in=services)
    days = list(versions.values_list("opened_on", "closed_on"))
    return {
        key: sum(
            (opened is None or opened < row.ends_on) and (closed is None or closed > row.starts_on)
            for opened, closed in days
        )
        for key, row in rows.items()
    }
