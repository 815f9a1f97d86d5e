"""What changed from one period to the next: services that moved, those that fell silent, and totals like with like.

Two periods are compared that share no day: twelve months with the twelve months before. Nothing here says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from penholder.measure import matched
from penholder.measure.definitions import Definition
from penholder.measure.intervals import Interval, difference, swing
from penholder.measure.matched import LikeWithLike
from penholder.measure.values import Absence
from penholder.services.disclosures import Disclosed
from penholder.services.figures import FigureOf
from penholder.services.periods import Span

# Periods that share no day tell how much a service swings anyway; what is older says little about how it is now.
_MOST_BEFORE = 8


@dataclass(frozen=True, slots=True)
class Moved:
    """One figure of one service in two periods that share no day. `interval` is None where there is none (costs).

    The interval is widened by how much the changes of this service differed in the periods before. `chance` says that
    not even the interval without that leaves 0 out.
    """

    service: str
    definition: Definition
    before: FigureOf
    after: FigureOf
    change: float
    interval: Interval | None
    chance: bool = False

    @property
    def clear(self) -> bool:
        """Whether chance, and how much the service swings anyway, would hardly make such a change."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


@dataclass(frozen=True, slots=True)
class Silent:
    """A service that gave a figure in the period before and gave none now."""

    service: str
    definition: Definition
    before: FigureOf


def moved(told: Disclosed, service: str, key: str, span: Span) -> Moved | None:
    """How a figure changed since the period before; None where one of them has no number, or another definition."""
    before = span.before()
    if before.key not in told.table.spans:
        return None
    old, new = told.of(service, before.key, key), told.of(service, span.key, key)
    if old is None or new is None or old.figure.definition != new.figure.definition:
        return None
    was, now = old.figure.value, new.figure.value
    if isinstance(was, Absence) or isinstance(now, Absence):
        return None
    counted_old, counted_new = counted(old), counted(new)
    if not counted_old or not counted_new or new.figure.interval is None:
        return Moved(service, new.figure.definition, old, new, now - was, None)
    earlier = _chain(told, service, key, before)
    spread = swing([part for part, _whole in earlier], [whole for _part, whole in earlier])
    interval = difference(*counted_old, *counted_new, spread=spread)
    plain = difference(*counted_old, *counted_new)
    chance = plain is None or plain.low <= 0 <= plain.high
    return Moved(service, new.figure.definition, old, new, now - was, interval, chance)


def _chain(told: Disclosed, service: str, key: str, span: Span) -> list[tuple[int, int]]:
    """The counts of the periods up to `span` that share no day with each other, oldest first."""
    found = []
    for _ in range(_MOST_BEFORE):
        if span.key not in told.table.spans:
            break
        figure = told.of(service, span.key, key)
        pair = counted(figure) if figure else None
        if pair:
            found.append(pair)
        span = span.before()
    return found[::-1]


def counted(figure: FigureOf) -> tuple[int, int] | None:
    """Part and whole of a share that was counted (or pounds and transactions); None where they are not known."""
    value, n = figure.figure.value, figure.figure.n
    if isinstance(value, Absence) or not n:
        return None
    return round(value * n), n


def like_with_like(told: Disclosed, key: str, before: Span, after: Span) -> LikeWithLike:
    """The totals of two periods over all services that gave the figure, and over those in both."""
    return matched.compare(_counts(told, key, before), _counts(told, key, after), asked=asked(told, after))


def asked(told: Disclosed, span: Span) -> int:
    """How many services should have reported: those that were not closed before the period began."""
    return sum(1 for each in told.services if each.now.closed_on is None or each.now.closed_on > span.starts_on)


def _counts(told: Disclosed, key: str, span: Span) -> dict[str, tuple[int, int]]:
    if span.key not in told.table.spans:
        return {}
    found = {}
    for each in told.services:
        figure = told.of(each.key, span.key, key)
        pair = counted(figure) if figure else None
        if pair:
            found[each.key] = pair
        elif figure and figure.figure.value is Absence.NOT_APPLICABLE and figure.figure.coverage.had:
            found[each.key] = (0, 0)  # it reported that there was nothing to count
    return found


@dataclass(frozen=True)
class Quarter:
    """What changed from `before` to `after`: clear movements, the largest first, and who fell silent."""

    before: Span
    after: Span
    totals: Mapping[str, LikeWithLike]  # by figure
    clear: tuple[Moved, ...]
    unclear: int  # movements that chance may have made
    silent: tuple[Silent, ...]

    def of(self, key: str, *, up: bool, most: int) -> list[Moved]:
        """The largest movements of one figure in one direction."""
        chosen = [each for each in self.clear if each.definition.key == key and (each.change > 0) == up]
        return chosen[:most]


def read(told: Disclosed, keys: Iterable[str]) -> Quarter | None:
    """The newest period of the main axis beside the one before; None where there are not two."""
    after = told.newest
    if after is None or after.before().key not in told.table.spans:
        return None
    before = after.before()
    clear, silent, unclear = [], [], 0
    listed = tuple(keys)
    for service in told.services:
        for key in listed:
            found = moved(told, service.key, key, after)
            if found is None:
                silent += _silent(told, service.key, key, before, after)
            elif found.clear:
                clear.append(found)
            else:
                unclear += found.interval is not None
    return Quarter(
        before,
        after,
        {key: like_with_like(told, key, before, after) for key in listed},
        tuple(sorted(clear, key=lambda each: (-abs(each.change), each.service))),
        unclear,
        tuple(sorted(silent, key=lambda each: (-each.before.figure.n, each.service))),
    )


def _silent(told: Disclosed, service: str, key: str, before: Span, after: Span) -> list[Silent]:
    old = told.of(service, before.key, key)
    if old is None or isinstance(old.figure.value, Absence):
        return []
    new = told.figure(service, after.key, key).figure.value
    return [Silent(service, old.figure.definition, old)] if new is Absence.NOT_PROVIDED else []
