"""Excel workbooks (.xlsx): judged part by part before anything is read, then read by openpyxl.

openpyxl tells days, errors and the last results of formulas apart. What it does not tell while it streams (formulas
beside their results, merged cells, hidden rows) is read here from the same parts, entities refused, sizes limited.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse
from openpyxl import load_workbook

from penholder.errors import Refused
from penholder.formats import archive
from penholder.formats.figures.cells import MOST_COLUMNS, MOST_ROWS, NOTHING, Book, Cell, Held, Odd, Sheet, letters

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_MOST_UNFOLDED = 60_000_000
_MOST_SHEETS = 50
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What the parts of a workbook are called.
_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"


def objections_to_kind(name: str, data: bytes) -> str:
    """Why this file is no workbook that can be read, with what to do; "" where it may be one, or is no workbook."""
    if data.startswith(_OLD):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return f"{name} is protected with a password. Save it without one and send it again."
        return (
            f"{name} is in the old Excel format (.xls). Open it, choose “Save as”, and take “Excel Workbook (.xlsx)”."
        )
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return f"{name} is a web page or XML, whatever its name says. Open it and save it as .xlsx or CSV."
    if start.startswith(b"%pdf"):
        return f"{name} is a PDF. Send the spreadsheet that it was made of."
    if start.startswith(b"{\\rtf"):
        return f"{name} is a text document. Send a spreadsheet."
    return ""


def _objections_to_parts(name: str, parts: list[str], data: bytes) -> str:
    lower = {part.lower() for part in parts}
    if any(part.endswith("vbaproject.bin") for part in lower) or name.lower().endswith((".xlsm", ".xltm")):
        return f"{name} holds macros. Save it as “Excel Workbook (.xlsx)”, which has none, and send it again."
    if any(part.endswith("workbook.bin") for part in lower):
        return f"{name} is a binary workbook (.xlsb). Save it as “Excel Workbook (.xlsx)” and send it again."
    if "mimetype" in lower and b"opendocument" in data[:200]:
        return f"{name} is an OpenDocument spreadsheet. Save it as .xlsx or CSV and send it again."
    if _BOOK not in lower:
        return f"{name} is a zip, and no Excel workbook. Send an .xlsx or a CSV file."
    return ""


@dataclass
class _Seen:
    """What a sheet's part tells before it is read."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filled: int = 0
    last_row: int = 0
    last_column: int = 0


def read_workbook(name: str, data: bytes) -> Book:
    """The sheets of a workbook. Refuses, before reading, what is too large, has macros or a password, or is damaged."""
    try:
        parts = archive.load(data, whole=True).files
    except Refused as refused:
        raise Refused([f"{name}: {reason}" for reason in refused.reasons]) from refused
    if objection := _objections_to_parts(name, list(parts), data):
        raise Refused(objection)
    if sum(len(part) for part in parts.values()) > _MOST_UNFOLDED:
        raise Refused(f"{name} unfolds to more than {_MOST_UNFOLDED // 1_000_000} MB. Send the sheet of figures alone.")
    try:
        seen = {title: (part, hidden, _look(name, title, parts[part])) for title, part, hidden in _sheets(name, parts)}
        return Book(tuple(_read(name, data, seen)))
    except Refused:
        raise
    except (ParseError, DefusedXmlException, KeyError, UnicodeDecodeError, LookupError) as fault:
        raise Refused(f"{name} is damaged: {_short(fault)}. Open it, save it again as .xlsx, and send that.") from fault


def _short(fault: Exception) -> str:
    return " ".join(f"{type(fault).__name__} {fault}".split())[:120]


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Element, name: str) -> str:
    """An attribute by its local name: strict and transitional workbooks put `id` into different namespaces."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _sheets(name: str, parts: Mapping[str, bytes]) -> list[tuple[str, str, bool]]:
    """(title, part, whether it is hidden) of each sheet with cells, in order."""
    targets = {}
    for each in fromstring(parts[_RELATIONS]):
        if _attribute(each, "Type").endswith("/worksheet"):
            target = _attribute(each, "Target")
            targets[_attribute(each, "Id")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            )
    found: list[tuple[str, str, bool]] = []
    for each in fromstring(parts[_BOOK]).iter():
        if _local(each) == "sheet" and (part := targets.get(_attribute(each, "id"))):
            if part not in parts:
                raise Refused(f"{name} is damaged: the sheet “{each.get('name')}” is missing from it. Save it again.")
            found.append((each.get("name", ""), part, each.get("state", "visible") != "visible"))
    if len(found) > _MOST_SHEETS:
        raise Refused(f"{name} has {len(found)} sheets; {_MOST_SHEETS} is the most that is read.")
    return found


def _place(address: str) -> tuple[int, int] | None:
    """(row from 1, column from 0) of "B7"."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1


def _look(name: str, title: str, part: bytes) -> _Seen:
    """Read a sheet's part once for what openpyxl would not tell, and refuse what is too large to be read."""
    seen = _Seen()
    row = column = 0
    merges: list[str] = []
    for event, element in iterparse(io.BytesIO(part), events=("start", "end")):
        kind = _local(element)
        if (event, kind) == ("start", "row"):
            row, column = _row(element, row), -1
            if _is_hidden(element):
                seen.hidden_rows.add(row)
        elif (event, kind) == ("start", "c"):
            row, column = _place(element.get("r", "")) or (row, column + 1)
        elif (event, kind) == ("end", "c"):
            _note(seen, row, column, {_local(child) for child in element})
            _limit(name, title, seen)
            element.clear()
        elif (event, kind) == ("end", "row"):
            element.clear()
        elif (event, kind) == ("end", "col") and _is_hidden(element):
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            seen.hidden_columns.update(range(first - 1, min(last, MOST_COLUMNS)))
        elif (event, kind) == ("end", "mergeCell"):
            merges.append(element.get("ref", ""))
    # A range may claim a whole sheet, and so may each of thousands.
    _merge_all(f"{name}, sheet “{title}”", seen, merges)
    return seen


def _merge_all(where: str, seen: _Seen, merges: list[str]) -> None:
    left = MOST_ROWS * MOST_COLUMNS  # a range may claim a whole sheet, and so may each of thousands
    for ref in merges:
        left -= _merge(seen, ref)
        if left < 0:
            raise Refused(f"{where}: too many cells are merged to be told apart. Unmerge them.")


def _is_hidden(element: Element) -> bool:
    return element.get("hidden") in {"1", "true"}


def _note(seen: _Seen, row: int, column: int, inside: set[str]) -> None:
    if "f" in inside:
        seen.formulas.add((row, column))
    if inside & {"v", "is", "f"}:
        seen.filled += 1
        seen.last_row, seen.last_column = max(seen.last_row, row), max(seen.last_column, column)


def _row(element: Element, before: int) -> int:
    said = element.get("r", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else before + 1


def _limit(name: str, title: str, seen: _Seen) -> None:
    where = f"{name}, sheet “{title}”"
    if seen.last_row > MOST_ROWS or seen.filled > MOST_ROWS * MOST_COLUMNS // 4:
        raise Refused(f"{where}: more than {MOST_ROWS:,} rows. Send it in parts, a period at a time.")
    if seen.last_column >= MOST_COLUMNS:
        place = letters(seen.last_column)
        raise Refused(
            f"{where}: something stands in column {place}; {MOST_COLUMNS} columns are the most that are read."
        )


def _merge(seen: _Seen, ref: str) -> int:
    """Note the range with each of its cells that could be read, and say how many; it may claim a whole sheet."""
    first, _, last = ref.partition(":")
    start, end = _place(first), _place(last or first)
    if start is None or end is None:
        return 1
    count = 1
    for row in range(start[0], min(end[0], seen.last_row) + 1):
        for column in range(start[1], min(end[1], seen.last_column) + 1):
            seen.merged[row, column] = ref
            count += 1
    return count


def _read(name: str, data: bytes, seen: dict[str, tuple[str, bool, _Seen]]) -> list[Sheet]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, none of which is looked at
            opened = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            return [
                _sheet(opened[title], title, hidden, told)
                for title, (_part, hidden, told) in seen.items()
                if title in opened.sheetnames
            ]
    except (Refused, MemoryError):
        raise
    # openpyxl reads what others wrote with dozens of converters, and each raises what it likes when a part is damaged.
    except Exception as fault:
        raise Refused(f"{name} is damaged: {_short(fault)}. Open it, save it again as .xlsx, and send that.") from fault


def _sheet(opened: Any, title: str, hidden: bool, seen: _Seen) -> Sheet:
    rows: dict[int, tuple[Cell, ...]] = {}
    if seen.filled:
        opened.reset_dimensions()  # some programs write a wrong size; what was seen is right
        cells = opened.iter_rows(max_row=seen.last_row, max_col=seen.last_column + 1)
        for number, row in enumerate(cells, start=1):
            read = [_cell(cell, number, place, seen) for place, cell in enumerate(row)]
            while read and read[-1].blank and not read[-1].merged:
                read.pop()
            if read:
                rows[number] = tuple(read)
    return Sheet(title, rows, hidden, frozenset(seen.hidden_rows), frozenset(seen.hidden_columns))


def _cell(cell: Any, row: int, column: int, seen: _Seen) -> Cell:
    merged = seen.merged.get((row, column), "")
    formula = (row, column) in seen.formulas
    value = cell.value
    if value is None and not formula:
        return Cell(None, "", merged=merged) if merged else NOTHING
    if value is None:
        return Cell(Odd.UNKNOWN, "", formula=True, merged=merged)
    if cell.data_type == "e":
        return Cell(Odd.ERROR, str(value), formula, merged=merged)
    held, text = _held(value)
    percent = "%" in str(cell.number_format or "") and isinstance(held, int | float)
    if percent and isinstance(held, int | float):
        text = f"{held * 100:.6g}%"
    return Cell(held, text, formula, percent, merged)


def _held(value: object) -> tuple[Held, str]:
    held: Held
    if isinstance(value, bool):
        held, text = value, str(value).upper()
    elif isinstance(value, datetime):
        held, text = value.date(), value.date().isoformat()
    elif isinstance(value, date):
        held, text = value, value.isoformat()
    elif isinstance(value, float) and abs(value) < 1e15 and value == int(value):
        held, text = int(value), str(int(value))
    elif isinstance(value, int | float):
        held, text = value, repr(value)
    else:
        text = " ".join(str(value).split())
        held = text or None
    return held, text
