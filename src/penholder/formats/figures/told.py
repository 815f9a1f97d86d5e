"""What a reader has to say about a cell, kept so that it can be said in another language later."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Told:
    """A sentence with holes, and what belongs into them. Rooms that speak to readers translate `template` first."""

    template: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


def say(template: str, **values: object) -> Told:
    """A sentence; tools/messages.py finds it by the name of this function."""
    return Told(template, values)


class Weight(StrEnum):
    """What a fault does to its row."""

    ERROR = "error"  # the row is not taken in
    NOTE = "note"  # the row is taken in, and this is said beside it


@dataclass(frozen=True)
class Fault:
    """One thing to say about one cell: where it stands, what it holds, what is wrong, and what to do."""

    sheet: str
    row: int  # as the spreadsheet counts; 0 for a whole sheet or file
    column: str  # "B"; "" for a whole row
    holds: str
    told: Told
    weight: Weight = Weight.ERROR

    @property
    def address(self) -> str:
        """The cell as a spreadsheet calls it: "B7", "7" for a whole row, "" for a whole sheet."""
        return f"{self.column}{self.row or ''}"
