"""The steps of a journey as a table (CSV), one a line: what a service manager can write in a spreadsheet.

Columns: number, name, kind, after (names with semicolons between them), start (yes), outcome, of, aliases (semicolons).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from penholder.errors import Refused
from penholder.formats.figures.cells import letters
from penholder.formats.figures.columns import plain
from penholder.formats.figures.plain import read_plain
from penholder.formats.figures.told import Fault, Told, say

KINDS = ("page", "question", "document", "help", "validation-error", "resume", "task")
OUTCOMES = ("intended", "not-eligible", "already-done", "error")
COLUMNS = ("number", "name", "kind", "after", "start", "outcome", "of", "aliases")
_YES = {"yes", "y", "true", "x", "1", "start"}
_NO = {"", "no", "n", "false", "0"}


@dataclass(frozen=True)
class StepRow:
    """One step as it is written, and in which line."""

    line: int
    number: int
    name: str
    kind: str
    after: tuple[str, ...]
    start: bool
    outcome: str
    of: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Steps:
    """All steps in their order, and what is wrong by line and column."""

    rows: tuple[StepRow, ...]
    faults: tuple[Fault, ...]


def read_steps(name: str, data: bytes) -> Steps:
    """Read the table. Refuses one without a head that names `number` and `name`."""
    book = read_plain(name, data, is_head=_is_head)
    lines = [(row, [cell.text for cell in cells]) for row, cells in book.sheets[0]]
    if not lines or not _is_head(lines[0][1]):
        raise Refused(f"{name}: the first line must name the columns: {', '.join(COLUMNS)}.")
    places = {plain(head): place for place, head in enumerate(lines[0][1])}
    faults = [
        Fault("", lines[0][0], letters(place), head, say("“%(holds)s” is no column of a journey.", holds=head))
        for place, head in enumerate(lines[0][1])
        if head and plain(head) not in COLUMNS
    ]
    rows = [_row(line, cells, places, faults) for line, cells in lines[1:]]
    _together(rows, places, faults)
    return Steps(tuple(rows), tuple(sorted(faults, key=lambda fault: (fault.row, fault.column))))


def _is_head(row: list[str]) -> bool:
    return {"number", "name"} <= {plain(words) for words in row}


def _row(line: int, cells: list[str], places: dict[str, int], faults: list[Fault]) -> StepRow:
    def of(column: str) -> str:
        place = places.get(column)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def wrong(column: str, told: Told) -> None:
        faults.append(Fault("", line, letters(places.get(column, 0)), of(column), told))

    number, kind = of("number"), of("kind").casefold() or "page"
    outcome, start = of("outcome").casefold().replace(" ", "-"), of("start").casefold()
    if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) < 1_000_000):
        wrong("number", say("“%(holds)s” is no number of a step. Each keeps a whole number of its own.", holds=number))
    if not of("name"):
        wrong("name", say("The step has no name. Write the one that its events use."))
    if kind not in KINDS:
        wrong(
            "kind", say("“%(holds)s” is no kind of step. There are: %(listed)s.", holds=kind, listed=", ".join(KINDS))
        )
    if outcome and outcome not in OUTCOMES:
        listed = ", ".join(OUTCOMES)
        wrong("outcome", say("“%(holds)s” is no outcome. There are: %(listed)s.", holds=outcome, listed=listed))
    if start not in _YES | _NO:
        wrong("start", say("“%(holds)s”: write “yes” where the journey starts, and nothing where not.", holds=start))
    digits = number.isascii() and number.isdigit()
    kind = kind if kind in KINDS else "page"
    return StepRow(
        line, int(number[:9]) if digits else 0, of("name"), kind, tuple(_listed(of("after"))),
        start in _YES, outcome, of("of"), tuple(_listed(of("aliases"))),
    )  # fmt: skip


def _listed(words: str) -> Iterator[str]:
    return (each.strip() for each in words.split(";") if each.strip())


def _together(rows: list[StepRow], places: dict[str, int], faults: list[Fault]) -> None:
    """What shows when the lines are looked at together: names and numbers twice, steps that are not there."""
    names: dict[str, int] = {}
    numbers: dict[int, int] = {}
    for row in rows:
        for kept, key, column in ((names, row.name, "name"), (numbers, row.number, "number")):
            if key and key in kept:
                told = say("Line %(line)s has it already. Give this step another one.", line=kept[key])  # type: ignore[index]
                faults.append(Fault("", row.line, letters(places[column]), str(key), told))
            kept.setdefault(key, row.line)  # type: ignore[arg-type]
    known = names.keys() | {alias for row in rows for alias in row.aliases}
    for row in rows:
        for column, named in (("after", row.after), ("of", (row.of,) if row.of else ())):
            for each in named:
                if each not in known:
                    told = say("There is no step “%(holds)s” in this table.", holds=each)
                    faults.append(Fault("", row.line, letters(places.get(column, 0)), each, told))
