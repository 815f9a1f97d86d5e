"""The layout of the Transactions Explorer, read as rows that somebody may take in, with faults told by their cells.

One row a service, six figures a quarter. `formats.transactions_explorer` reads what was published as it is; here
somebody sends it, so what that would leave out is an error that can be mended.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date

from penholder.formats.figures.catalogue import Catalogue
from penholder.formats.figures.numbers import Gap
from penholder.formats.figures.periods import Period
from penholder.formats.figures.reading import FigureRow, Figures, Given
from penholder.formats.figures.told import Fault, Told, Weight, say
from penholder.formats.transactions_explorer import (
    Explorer,
    ListedService,
    Mark,
    quarter,
    read_transactions_explorer,
    unread_rows,
)

# Name of a figure in the table → channel and quantity, by their keys.
Named = Mapping[str, tuple[str, str]]

_FIGURE = re.compile(r"20\d\d-Q[1-4] \S.*")
_GAPS = {Mark.DASH: Gap.NOT_PROVIDED, Mark.WITHHELD: Gap.SUPPRESSED}
_NOTES = {
    Mark.DASH: say("A dash says that there is nothing to give: it is read as not provided, not as 0."),
    Mark.WITHHELD: say("The figure is known and withheld: it is read as suppressed, not as 0."),
}
_READ_AS = say(
    "This file has the layout of the Transactions Explorer. A label such as “2017-Q4” names the quarter of asking: its "
    "figures are of the twelve months that ended before it."
)


def is_explorer(data: bytes) -> bool:
    """Whether the first row names services and figures as the Transactions Explorer does."""
    first = data[:100_000].partition(b"\n")[0].decode("utf-8-sig", errors="replace")
    try:
        heads = [" ".join(head.split()) for head in next(csv.reader([first]), [])]
    except csv.Error:  # a workbook, or rows that end as nothing ends them
        return False
    return "Slug" in heads and any(_FIGURE.fullmatch(head) for head in heads)


def read_explorer(name: str, data: bytes, *, catalogue: Catalogue, named: Named) -> Figures:
    """Read such a file. A row with an error is told and left out. Raises Refused where no row can be read."""
    table = read_transactions_explorer(name, data)
    rows: list[FigureRow] = []
    faults = list(_twice(table))
    holds = {(each.row, each.column): each.holds for each in table.odd}
    for service in table.services:
        found = catalogue.by_key.get(service.slug) or catalogue.find(service.name)
        told = list(_faults(service, holds, named))
        if isinstance(found, Told):
            told.append(Fault("", service.row, "", service.name, found))
        elif all(fault.weight is not Weight.ERROR for fault in told):
            rows.append(FigureRow("", service.row, found.key, tuple(_given(service, named))))
        faults += told
    order = sorted(faults, key=lambda fault: (fault.row, len(fault.column), fault.column))
    return Figures(tuple(row for row in rows if row.given), tuple(order), (_READ_AS,))


def _given(service: ListedService, named: Named) -> Iterator[Given]:
    for (label, figure), held in service.figures.items():
        if figure not in named or held is Mark.BLANK:
            continue
        channel, quantity = named[figure]
        value = _GAPS[held] if isinstance(held, Mark) else held
        yield Given(quantity, channel, _period(label), value, service.places[label, figure], str(held))


def _period(label: str) -> Period:
    first, after = quarter(label).days
    return Period(first.year, first.month, _months(first, after))


def _months(first: date, after: date) -> int:
    return (after.year - first.year) * 12 + after.month - first.month


def _faults(service: ListedService, holds: Mapping[tuple[int, str], str], named: Named) -> Iterator[Fault]:
    for (label, figure), held in service.figures.items():
        if figure not in named or not isinstance(held, Mark) or held is Mark.BLANK:
            continue
        column = service.places[label, figure]
        shown = holds.get((service.row, column), str(held))
        if held in _NOTES:
            yield Fault("", service.row, column, shown, _NOTES[held], Weight.NOTE)
        elif held is Mark.BROKEN:
            told = say("A formula lost what it points to. Put the number there, or leave the cell empty.")
            yield Fault("", service.row, column, shown, told)
        elif shown.lstrip().startswith("-"):
            yield Fault(
                "", service.row, column, shown, say("A count or a cost cannot be negative. Correct the number.")
            )
        else:
            told = say("Words stand where a number belongs. Put the number there, “-” for none, or leave it empty.")
            yield Fault("", service.row, column, shown, told)


def _twice(table: Explorer) -> Iterator[Fault]:
    for each in unread_rows(table):
        told = say("This service stands in the file twice. Keep one of the two rows.")
        yield Fault("", each.row, each.column, each.holds, told)
