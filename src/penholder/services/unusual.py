"""Values that are far from what the same service gave before: worth a second look, and no reason to refuse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from penholder.services.cells import MOST_KEYS, Cell
from penholder.services.models import Submitted

# Fewer periods than this say nothing about what is usual; older ones were another service.
FEWEST, MOST = 4, 12
# B. Iglewicz and D. Hoaglin, "How to Detect and Handle Outliers" (1993): a modified z-score above 3.5 is far off.
_FAR = 3.5
_MAD_TO_DEVIATION = 0.6745
# Where earlier periods hardly differ, a hundredth of their middle counts as their spread: less is rounding.
_LEAST_SPREAD = 0.01
# Of counts: a season moves them by less than half, and below so many a handful of people is a large part.
PART, SMALLEST = 0.5, 20


@dataclass(frozen=True, slots=True)
class Unusual:
    """A value, the median of the periods before it, and how many they were."""

    cell: Cell
    usual: float
    periods: int


def far(value: float, before: Iterable[float], *, part: float = 0, smallest: float = 0) -> float | None:
    """The median of what was before, where `value` is far from it; None where it is not, or too little is known.

    Nothing is far that is away by no more than `smallest`, or by no more than this `part` of the median.
    """
    known = list(before)[-MOST:]
    if len(known) < FEWEST:
        return None
    middle = median(known)
    spread = max(median(abs(each - middle) for each in known), abs(middle) * _LEAST_SPREAD)
    apart = abs(value - middle)
    if apart <= max(smallest, part * abs(middle)) or _MAD_TO_DEVIATION * apart <= _FAR * spread:
        return None
    return middle


def among(cells: Iterable[Cell]) -> list[Unusual]:
    """The cells whose number is far from the same service's numbers of earlier periods of the same length. One query.

    Earlier periods are those that stand and those among the cells themselves.
    """
    listed = [(cell, float(cell.value)) for cell in cells if isinstance(cell.value, Decimal)]
    services = {cell.service for cell, _value in listed}
    series: defaultdict[tuple[str, str, str, int], dict[str, tuple[date, float]]] = defaultdict(dict)
    rows = Submitted.objects.filter(superseded_by=None, status="value")
    rows = rows.filter(service__key__in=services) if len(services) <= MOST_KEYS else rows
    names = "service__key", "channel", "quantity", "period__key", "period__starts_on", "period__ends_on", "amount"
    for service, channel, quantity, key, starts, ends, amount in rows.values_list(*names).iterator(5000):
        length = (ends - starts).days // 28
        series[service, channel, quantity, length][key] = starts, float(amount)
    for cell, value in listed:
        series[_series(cell)][cell.period.key] = cell.period.starts_on, value
    found = []
    for cell, value in listed:
        earlier = sorted(one for one in series[_series(cell)].values() if one[0] < cell.period.starts_on)
        usual = far(value, [before for _starts, before in earlier], part=PART, smallest=SMALLEST)
        if usual is not None:
            found.append(Unusual(cell, usual, len(earlier)))
    return found


def _series(cell: Cell) -> tuple[str, str, str, int]:
    # Months have 28 to 31 days, and quarters 90 to 92.
    return cell.service, cell.channel, cell.quantity, (cell.period.ends_on - cell.period.starts_on).days // 28
