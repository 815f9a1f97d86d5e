"""What stands at the head of a table of figures: which column says what, however people spell it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from penholder.formats.figures.cells import Cell
from penholder.formats.figures.numbers import Kind
from penholder.formats.figures.periods import Period, Quarters, of_day, read_period

_PLAIN = re.compile(r"[^a-z0-9%]+")

# What says which row it is. "key" is the short name that stays when a service is renamed.
_WHICH = {
    "key": ("service key", "key", "slug", "service id", "id", "service code"),
    "service": ("service", "service name", "name of service", "name of the service", "transaction", "transaction name"),
    "channel": ("channel", "channels", "route", "contact channel"),
    "period": ("period", "month", "quarter", "date", "reporting period", "time period", "year", "period label"),
    "notes": ("notes", "note", "comments", "comment", "remarks", "department", "organisation", "agency", "definition"),
}

# The kinds of channel, by the words that people use for them.
CHANNELS = {
    "digital": ("digital", "online", "web", "internet", "website", "digital self service"),
    "assisted-digital": ("assisted digital", "assisted", "digital assisted", "assisted online"),
    "phone": ("phone", "telephone", "tel", "call", "calls", "call centre", "phone calls"),
    "post": ("post", "mail", "letter", "letters", "paper", "postal", "by post"),
    "counter": ("counter", "face to face", "in person", "f2f", "office", "desk"),
    "agent": ("agent", "agents", "intermediary", "third party"),
}
_ALL = ("all", "all channels", "total", "all channels together", "any", "overall")


@dataclass(frozen=True)
class Quantity:
    """One thing that may be given: its key, what its column is called here, what it counts, and other heads for it."""

    key: str
    title: str
    kind: Kind
    meaning: str = ""
    by_channel: bool = True
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Use:
    """What one column is read as: which row it is (`which`), or values, perhaps of one channel or period alone."""

    place: int
    title: str
    which: str = ""
    quantity: str = ""
    channel: str = ""  # the kind of channel that the head names
    period: Period | None = None


@dataclass(frozen=True)
class Head:
    """The first row of a table, read. `unread` are columns with a head that means nothing here."""

    row: int
    uses: tuple[Use, ...]
    unread: tuple[tuple[int, str], ...] = ()
    twice: tuple[tuple[int, str], ...] = ()

    def place(self, which: str) -> int | None:
        """The column that says which service, channel or period a row is about."""
        return next((use.place for use in self.uses if use.which == which), None)

    @property
    def values(self) -> tuple[Use, ...]:
        """The columns that hold values."""
        return tuple(use for use in self.uses if use.quantity)


def plain(words: str) -> str:
    """Words as heads and names are compared: no case, no punctuation."""
    return _PLAIN.sub(" ", words.casefold().replace("&", " and ")).strip()


def channel_kind(words: str) -> str | None:
    """The kind of channel that words name; "" for all channels together, None for no kind that is known."""
    said = plain(words)
    if not said or said in _ALL:
        return ""
    return next((kind for kind, names in CHANNELS.items() if said in names or said == plain(kind)), None)


def read_head(
    row: int, cells: Sequence[Cell], quantities: Sequence[Quantity], quarters: Quarters | None
) -> Head | None:
    """The head of a table, where this row is one: it names the service, and periods or quantities."""
    uses: list[Use] = []
    unread: list[tuple[int, str]] = []
    twice: list[tuple[int, str]] = []
    seen: set[tuple[str, str, str, Period | None]] = set()
    for place, cell in enumerate(cells):
        if cell.blank:
            continue
        use = _use(place, cell, quantities, quarters)
        if use is None:
            unread.append((place, cell.shown))
            continue
        told = use.which, use.quantity, use.channel, use.period
        if told in seen and use.which != "notes":
            twice.append((place, cell.shown))
            continue
        seen.add(told)
        uses.append(use)
    head = Head(row, tuple(uses), tuple(unread), tuple(twice))
    named = head.place("service") is not None or head.place("key") is not None
    timed = head.place("period") is not None
    over_time = any(use.period for use in uses)
    return head if named and (over_time or (timed and head.values)) else None


def _use(place: int, cell: Cell, quantities: Sequence[Quantity], quarters: Quarters | None) -> Use | None:
    if isinstance(cell.held, date):
        period = of_day(cell.held)
        return Use(place, cell.text, quantity="transactions", period=period) if isinstance(period, Period) else None
    said = plain(cell.text)
    for which, names in _WHICH.items():
        if said in names:
            return Use(place, cell.text, which=which)
    for one in quantities:
        if said in {plain(one.title), plain(one.key), *one.heads}:
            return Use(place, cell.text, quantity=one.key)
    if said in {"vol", "volume", "volumes", "number of transactions", "total transactions", "total"}:
        return Use(place, cell.text, quantity="transactions")
    for kind, names in CHANNELS.items():
        for name in names:
            if said in {
                name,
                f"{name} transactions",
                f"of which {name}",
                f"{name} vol",
                f"{name} volume",
                f"transactions {name}",
            }:
                return Use(place, cell.text, quantity="transactions", channel=kind)
    period = read_period(cell.text, quarters=quarters)
    return Use(place, cell.text, quantity="transactions", period=period) if isinstance(period, Period) else None


def is_head(row: Sequence[str]) -> bool:
    """Whether a row of words may be the head of a table of figures: it names a service, and a second thing."""
    said = {plain(words) for words in row}
    named = said & {*_WHICH["key"], *_WHICH["service"]}
    return bool(named) and len(said) > 1
