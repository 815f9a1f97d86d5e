"""Sheets as their reader sees them, whatever file they came from: rows of cells that know what is odd about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from penholder.formats.figures.told import Told

# A year of months for 200 services in seven channels is 16,800 rows. Who has more sends more than one file.
MOST_ROWS = 20_000
MOST_COLUMNS = 60
# A full sheet of that size is under two megabytes as .xlsx.
MOST_BYTES = 5_000_000
# A cell that holds more is prose, and is told by its beginning.
LONGEST_SHOWN = 80


class Odd(Enum):
    """What a cell of a spreadsheet may be besides words, a number or a day."""

    ERROR = "error"  # #REF!, #DIV/0! and their like
    UNKNOWN = "unknown"  # a formula whose last result was not saved


Held = str | int | float | Decimal | bool | date | Odd | None


@dataclass(frozen=True)
class Cell:
    """One cell. `text` is what a person sees in it, as near as the file tells; `held` is what it is."""

    held: Held
    text: str
    formula: bool = False
    percent: bool = False
    merged: str = ""  # the range, "A2:A5", of which it is a part

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it that a person could see."""
        return self.held is None or (isinstance(self.held, str) and not self.text)

    @property
    def shown(self) -> str:
        """What it holds, cut to what fits beside an explanation."""
        return self.text if len(self.text) <= LONGEST_SHOWN else f"{self.text[: LONGEST_SHOWN - 1]}…"


NOTHING = Cell(None, "")


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows by their number, counted from 1. A CSV file is one sheet without a name."""

    name: str
    rows: dict[int, tuple[Cell, ...]]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()  # from 0

    def __iter__(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        return iter(sorted(self.rows.items()))


@dataclass(frozen=True)
class Book:
    """All sheets of a file, and what is to be said of the file as a whole."""

    sheets: tuple[Sheet, ...]
    notes: tuple[Told, ...] = field(default=())
    semicolons: bool = False  # a CSV of a country that writes 1.234,5


def letters(place: int) -> str:
    """The letters by which a spreadsheet calls a column; 0 is A, 26 is AA."""
    said = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        said = chr(65 + rest) + said
    return said
