"""The Transactions Explorer's own table: one service a row, six figures a quarter, and everything odd told by its cell.

A period's label names the quarter in which departments were asked. The figures are of the twelve months that ended
before it: "2017-Q4" is October 2016 to September 2017.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from penholder.errors import Refused

_LABEL = re.compile(r"(20\d\d)-Q([1-4]) (.+)")
_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?")
_BROKEN = re.compile(r"#(REF|N/A|DIV/0|VALUE|NAME|NUM|NULL)[!?]?")

# What stands in the first row over the columns that say which service it is.
_NAMES = {"department": "Abbr", "agency": "Agency/body", "name": "Name of service", "slug": "Slug"}
# What may stand there too.
_MORE = {"department_name": "Department", "url": "URL", "description": "Description of service"}

# The first asking, late in 2012, was for the financial year before; the public table with its periods in words says so.
_FIRST_ASKED = (2012, 4)


class Mark(StrEnum):
    """Why a cell gives no number."""

    BLANK = "blank"  # nothing was written
    DASH = "-"  # somebody wrote that there is nothing
    WITHHELD = "***"  # known, and not said
    BROKEN = "#REF!"  # a formula of the spreadsheet that lost what it points to
    WORDS = "words"  # words, or a number that is none


@dataclass(frozen=True)
class Quarter:
    """The quarter in which a figure was asked for."""

    year: int
    quarter: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.quarter}"

    @property
    def days(self) -> tuple[date, date]:
        """The twelve months that its figures are of: the first day, and the first day after the last."""
        if (self.year, self.quarter) == _FIRST_ASKED:
            return date(2011, 4, 1), date(2012, 4, 1)
        month = 3 * self.quarter - 2
        return date(self.year - 1, month, 1), date(self.year, month, 1)


def quarter(label: str) -> Quarter:
    """The quarter that a label such as "2017-Q4" names."""
    year, _, number = label.partition("-Q")
    return Quarter(int(year), int(number))


@dataclass(frozen=True, order=True)
class OddCell:
    """One cell that needs a word: row and column as a spreadsheet counts them, what it holds, and why it is odd."""

    row: int
    column: str
    header: str
    holds: str
    explanation: str


@dataclass(frozen=True)
class ListedService:
    """One service: what it is called, and its figures by (label of the period, name of the figure)."""

    row: int
    slug: str
    name: str
    department: str
    agency: str
    figures: dict[tuple[str, str], Decimal | Mark]
    places: dict[tuple[str, str], str]  # column of each figure, as a spreadsheet calls it
    department_name: str = ""
    url: str = ""
    description: str = ""


@dataclass(frozen=True)
class Explorer:
    """The whole table, with the labels of its periods in order, and every odd cell."""

    services: tuple[ListedService, ...]
    periods: tuple[str, ...]
    odd: tuple[OddCell, ...]

    def volumes(self, period: str) -> dict[str, tuple[int, int]]:
        """(digital, all) by slug, of the services that gave both in a period."""
        given = {}
        for service in self.services:
            digital, total = service.figures.get((period, "Digital vol.")), service.figures.get((period, "Vol."))
            if isinstance(digital, Decimal) and isinstance(total, Decimal):
                given[service.slug] = int(digital), int(total)
        return given


def column(place: int) -> str:
    """The letters by which a spreadsheet calls a column; 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_transactions_explorer(path: str, data: bytes) -> Explorer:
    """Read the file as it is published. Refuses a table without the columns that name a service or without periods."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise Refused(f"{path}, row {line}: this is not UTF-8. Save the table as “CSV UTF-8”, then send it.") from None
    rows = list(csv.reader(text.splitlines(keepends=True)))
    headers = [" ".join(header.split()) for header in rows[0]] if rows else []
    if missing := [name for name in _NAMES.values() if name not in headers]:
        raise Refused(
            f"{path}, row 1: there is no column “{'”, “'.join(missing)}”. This is not the Transactions Explorer."
        )
    labels = {place: match for place, header in enumerate(headers) if (match := _LABEL.fullmatch(header))}
    if not labels:
        raise Refused(f"{path}, row 1: no column is named like “2017-Q4 Vol.”, so there are no figures to read.")
    odd: list[OddCell] = []
    services: list[ListedService] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        service = _service(headers, labels, row, number, odd)
        if service.slug in seen:
            place = headers.index(_NAMES["slug"])
            said = f"row {seen[service.slug]} is the same service; this row was not read"
            odd.append(OddCell(number, column(place), headers[place], service.slug, said))
            continue
        seen[service.slug] = number
        services.append(service)
    periods = sorted({f"{match[1]}-Q{match[2]}" for match in labels.values()})
    return Explorer(tuple(services), tuple(periods), tuple(sorted(odd)))


def unread_rows(table: Explorer) -> list[OddCell]:
    """Rows that were not read because their service stands in the table twice, by the cell that names it."""
    return [each for each in table.odd if each.header == _NAMES["slug"]]


def _service(
    headers: list[str], labels: dict[int, re.Match[str]], row: list[str], number: int, odd: list[OddCell]
) -> ListedService:
    figures: dict[tuple[str, str], Decimal | Mark] = {}
    places: dict[tuple[str, str], int] = {}
    for place, held in enumerate(row):
        header = headers[place] if place < len(headers) else ""
        if place in labels:
            key = f"{labels[place][1]}-Q{labels[place][2]}", labels[place][3]
            figures[key], why = _figure(held)
            places[key] = place
        else:
            why = _beside(header, held)
        if why:
            odd.append(OddCell(number, column(place), header, held, why))
    for (period, name), digital in figures.items():
        total = figures.get((period, "Vol."))
        if name == "Digital vol." and isinstance(digital, Decimal) and isinstance(total, Decimal) and digital > total:
            place = places[period, name]
            why = f"more than the {total:,} transactions of all channels in {period}; both were kept as published"
            odd.append(OddCell(number, column(place), headers[place], row[place], why))
    said = {
        key: " ".join(row[headers.index(header)].split())
        for key, header in (_NAMES | _MORE).items()
        if header in headers and headers.index(header) < len(row)
    }
    return ListedService(number, figures=figures, places={key: column(place) for key, place in places.items()}, **said)


def _figure(held: str) -> tuple[Decimal | Mark, str]:
    """What a cell of a figure says, and why that is odd, if it is."""
    text = held.strip()
    if not text:
        return Mark.BLANK, ""
    if _NUMBER.fullmatch(text):
        value = Decimal(text.replace(",", ""))
        return (value, "") if value >= 0 else (Mark.WORDS, "a count or a cost cannot be negative; it was left out")
    if text == "-":
        return Mark.DASH, "a dash says that there is nothing to give; read as not provided, not as 0"
    if set(text) == {"*"}:
        return Mark.WITHHELD, "the figure is known and withheld; read as suppressed, not as 0"
    if _BROKEN.fullmatch(text):
        return Mark.BROKEN, "a formula lost what it points to; read as not provided"
    return Mark.WORDS, "words where a number belongs; read as not provided"


def _beside(header: str, held: str) -> str:
    """Why a cell outside the figures is odd, if it is: the file's own sums and checks, which are not used."""
    text = held.strip()
    if _BROKEN.fullmatch(text):
        return "a formula lost what it points to; this column repeats others and is not read"
    if header.startswith("Totals check") and text == "x":
        return "the file's own check says that the quarters do not add up to the year; nothing was changed"
    if header.startswith("Digital exceeds all") and text == "error":
        return "the file's own check says that digital transactions exceed all transactions; nothing was changed"
    counts = re.match(r"(Total|Digital) transactions ", header)
    if counts and text and text != "-" and not _NUMBER.fullmatch(text):
        return "words where a number of transactions belongs; this column is not read"
    return ""
