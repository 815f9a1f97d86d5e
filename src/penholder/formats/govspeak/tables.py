"""kramdown's tables → rows of cells: separators anywhere, outer pipes or none, no cell lost or invented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from penholder.formats.govspeak.lines import Findings, Line

SEPARATES = frozenset(" \t|:+=-")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the source has it; `header` is empty when the source names no header row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    aligned: tuple[str, ...] = ()  # "left", "right", "center" or "" for each column

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max((len(row) for row in (self.header, *self.rows)), default=0)


def is_separator(line: str, *, second: bool = False) -> bool:
    """Whether the line only separates rows: `|---|---|`, `--- | ---`, `|===|`.

    A row of single dashes is a row of unknowns, except as the `second` line, where every reader takes it for a rule.
    """
    if "|" not in line or not SEPARATES.issuperset(line):
        return False
    return "--" in line or "==" in line or (second and "-" in line)


def looks_like_table(lines: Sequence[str]) -> int | None:
    """The line at which a table starts that reaches to the end of the block; None when there is none."""
    if len(lines) > 1 and all(line.lstrip().startswith("|") for line in lines):
        return 0
    for at, line in enumerate(lines):
        if not is_separator(line, second=at == 1):
            continue
        start = max(at - 1, 0)
        while start > 0 and "|" in lines[start - 1]:
            start -= 1
        return start if all("|" in later for later in lines[start:]) else None
    return None


def read_table(lines: Sequence[Line], findings: Findings) -> Table:
    """The rows of a table's lines. What stands above the first separator is its header."""
    rows: list[tuple[str, ...]] = []
    header: tuple[str, ...] = ()
    aligned: tuple[str, ...] = ()
    separators = 0
    for at, line in enumerate(lines):
        if not is_separator(line.text, second=at == 1):
            rows.append(split_row(line.text))
            continue
        separators += 1
        if separators == 1 and rows:
            header, aligned, rows = rows[0], tuple(_alignment(c) for c in split_row(line.text)), rows[1:]
            if rows:
                findings.note(line.file, line.number, "Only the first of this table's header rows is kept as header.")
        elif separators > 1:
            findings.counts["separators_between_rows"] += 1
    return Table(header, tuple(rows), aligned)


def split_row(line: str) -> tuple[str, ...]:
    """The cells of one row; a pipe in code or after a backslash is text."""
    text = line.strip()
    cells: list[str] = []
    cell: list[str] = []
    code, at, ticks = False, 0, text.count("`")
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            cell.append(text[at : at + 2])
            at += 2
            continue
        if char == "`":
            ticks -= 1
            code = not code and ticks > 0
        if char == "|" and not code:
            cells.append("".join(cell).strip())
            cell = []
        else:
            cell.append(char)
        at += 1
    cells.append("".join(cell).strip())
    if text.startswith("|"):
        cells = cells[1:]
    if text.endswith("|") and not text.endswith("\\|") and cells and not cells[-1]:
        cells = cells[:-1]
    return tuple(cells)


def _alignment(cell: str) -> str:
    left, right = cell.startswith(":"), cell.endswith(":")
    return "center" if left and right else "right" if right else "left" if left else ""


def write_table(table: Table, file: str, line: int, findings: Findings) -> list[str]:
    """The table as a GFM pipe table, every cell in it. `file` and `line` say where notes about it belong."""
    header, rows, width = table.header, table.rows, table.width
    if not header and rows:
        header, rows = rows[0], rows[1:]
        findings.note(file, line, "This table names no header row; its first row is shown as one.")
    if any(len(row) < width for row in (header, *rows)):
        findings.note(file, line, "The rows of this table differ in length; the short ones end in empty cells.")
    aligned = [*table.aligned, *[""] * width][:width]
    rule = {"left": ":---", "right": "---:", "center": ":---:", "": "---"}
    full = [[*row, *[""] * (width - len(row))] for row in (header, *rows)]
    lines = ["| " + " | ".join(_piped(cell) for cell in row) + " |" for row in full]
    lines.insert(1, "| " + " | ".join(rule[side] for side in aligned) + " |")
    return lines


def _piped(cell: str) -> str:
    """`cell` on one line with its pipes escaped."""
    one_line = " ".join(cell.split())
    return re.sub(r"(?<!\\)\|", r"\\|", one_line)
