"""What of a publication is withheld: counts of 1 to 4, and as many others as it takes that nobody works them out.

The whole publication is one problem: the channels of a service add up to its total, services add up to the total of
their organisation, and what did not complete is the rest of what started.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from penholder.measure.suppression import SMALLEST_SHOWN, Sum, suppress
from penholder.measure.values import Absence
from penholder.services import quantities
from penholder.services.figures import FigureOf
from penholder.services.values import ValueOf

# A count that readers get or can work out: (service, channel, quantity). An empty service is all of them together.
Count = tuple[str, str, str]

_ATTEMPTS, _COMPLETED = "attempts", "attempts-completed"  # of journeys, beside what was submitted
_ANSWERED = "answered"
_REST = "rest of "

# Which counts a figure gives away, in its own channel.
_STANDS_ON: Mapping[str, tuple[str, ...]] = {
    "completion-rate": ("started", "completed", _ATTEMPTS, _COMPLETED),
    "share-satisfied": (*(level.key for level in quantities.LEVELS), "survey-offered", _ANSWERED),
    "satisfaction-score": (*(level.key for level in quantities.LEVELS), "survey-offered", _ANSWERED),
    "failure-demand": ("contacts", "contacts-classified", "contacts-failure"),
    "help-opened": ("help-opened", "started"),
    "digital-take-up": ("transactions",),
    "cost-per-transaction": ("transactions",),
}
_OF_SEVERAL_CHANNELS = frozenset({"digital-take-up"})


def hidden(values: Sequence[ValueOf], figures: Iterable[FigureOf]) -> set[Count]:
    """The counts that must not be shown. Each belongs to one service, or with "" to all of the publication."""
    counts = {
        (each.service, each.channel, each.quantity): int(each.amount)
        for each in values
        if isinstance(each.amount, Decimal) and quantities.BY_KEY[each.quantity].unit == "count"
    }
    for each in figures:
        figure = each.figure
        if each.origin == "journeys" and figure.definition.key == "completion-rate" and figure.n:
            completed = 0 if isinstance(figure.value, Absence) else round(figure.value * figure.n)
            counts[each.service, each.channel, _ATTEMPTS] = figure.n
            counts[each.service, each.channel, _COMPLETED] = completed
    sums = _rests(counts) + _answers(counts) + _channels(counts) + _services(counts)
    shown = suppress(counts, sums).cells
    return {key for key, count in shown.items() if count is Absence.SUPPRESSED}


def _rests(counts: dict[Count, int]) -> list[Sum[Count]]:
    """A whole is its part and the rest: few who did not complete are as few as few who did."""
    parts = {each.key: each.within for each in quantities.QUANTITIES if each.within}
    parts |= {_COMPLETED: _ATTEMPTS}
    sums = []
    for (service, channel, quantity), count in list(counts.items()):
        whole = (service, channel, parts.get(quantity, ""))
        if quantity.startswith("satisfied-") or whole not in counts or count > counts[whole]:
            continue
        rest = (service, channel, _REST + quantity)
        counts[rest] = counts[whole] - count
        sums.append(Sum(whole, ((service, channel, quantity), rest)))
    return sums


def _answers(counts: dict[Count, int]) -> list[Sum[Count]]:
    """How many answered is told with every share of them."""
    levels = [level.key for level in quantities.LEVELS]
    sums = []
    for service, channel in {(service, channel) for service, channel, quantity in counts if quantity in levels}:
        parts = tuple((service, channel, level) for level in levels)
        if all(part in counts for part in parts):
            counts[service, channel, _ANSWERED] = sum(counts[part] for part in parts)
            sums.append(Sum((service, channel, _ANSWERED), parts))
    return sums


def _channels(counts: Mapping[Count, int]) -> list[Sum[Count]]:
    """Channels that add up to the total that was given; where one is missing, nobody can work it out."""
    parts: defaultdict[Count, list[Count]] = defaultdict(list)
    for service, channel, quantity in counts:
        if channel:
            parts[service, "", quantity].append((service, channel, quantity))
    return [
        Sum(total, tuple(sorted(found)))
        for total, found in parts.items()
        if total in counts and counts[total] == sum(counts[part] for part in found)
    ]


def _services(counts: dict[Count, int]) -> list[Sum[Count]]:
    """The services of the publication add up to a total that pages show."""
    parts: defaultdict[str, list[Count]] = defaultdict(list)
    for service, channel, quantity in counts:
        if not channel and not quantity.startswith(_REST):
            parts[quantity].append((service, channel, quantity))
    sums = []
    for quantity, found in parts.items():
        counts["", "", quantity] = sum(counts[part] for part in found)
        sums.append(Sum(("", "", quantity), tuple(sorted(found))))
    return sums


def gives_away(each: FigureOf, withheld: set[Count]) -> bool:
    """Whether a figure would tell, by itself or with its n, a count that is withheld."""
    key = each.figure.definition.key
    if 0 < each.figure.n < SMALLEST_SHOWN:
        return True
    counts = _STANDS_ON.get(key, ())
    return any(
        service == each.service and quantity in counts and (channel == each.channel or key in _OF_SEVERAL_CHANNELS)
        for service, channel, quantity in withheld
    )
