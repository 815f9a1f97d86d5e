"""CSV as people save it: in whatever letters, with whatever stands between the cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from penholder.errors import Refused
from penholder.formats.figures.cells import MOST_COLUMNS, MOST_ROWS, Book, Cell, Odd, Sheet
from penholder.formats.figures.told import Told, say

_BETWEEN = (",", ";", "\t")
# Files with these endings are workbooks. A table of text that bears one of them by mistake is read all the same.
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
# Which character stands between cells shows in the first lines; prose may come before the table.
_LOOKED_AT = 30
_BROKEN = {
    "#REF!",
    "#N/A",
    "#DIV/0!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "Err:502",
    "Err:508",
}


def objections_to_ending(name: str, data: bytes) -> str:
    """Why a file that is no workbook, though its name says so, cannot be read as text either; "" where it can."""
    if not name.lower().endswith(_WORKBOOKS):
        return ""
    try:
        decode(name, data)
    except Refused:
        return (
            f"{name} is no workbook, though its name says so, and no table of text either. It was damaged on its way, "
            "or is another kind of file. Open the original in the spreadsheet program, save it as “Excel Workbook "
            "(.xlsx)” or CSV UTF-8, and send that."
        )
    return ""


def decode(name: str, data: bytes) -> tuple[str, tuple[Told, ...]]:
    """The text of a CSV file, and a note where its letters had to be guessed. Refuses what is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return _clean(name, data.decode(encoding)).removeprefix("\ufeff"), ()
            except UnicodeDecodeError as fault:
                raise Refused(
                    f"{name}: this is damaged {encoding.upper()} text. Save it again as CSV UTF-8."
                ) from fault
    if encoding := _wide(data):
        try:
            return _clean(name, data.decode(encoding)), ()
        except UnicodeDecodeError:
            pass
    try:
        return _clean(name, data.decode("utf-8")), ()
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as fault:
        raise Refused(f"{name}: this is neither UTF-8 nor Windows-1252 text. Save the table as CSV UTF-8.") from fault
    said = say("The file is not UTF-8; it was read as Windows-1252. Look whether names with accents came out right.")
    return _clean(name, text), (said,)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: of plain words nearly every second byte is NUL, and none of the others."""
    head = data[:400]
    if len(head) < 4 or len(data) % 2:
        return ""
    even, odd = head[::2].count(0) / len(head[::2]), head[1::2].count(0) / len(head[1::2])
    if even > 0.7 and odd == 0:
        return "utf-16-be"
    return "utf-16-le" if odd > 0.7 and even == 0 else ""


def _clean(name: str, text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
        raise Refused(f"{name}: this is not a CSV file; it holds bytes that are no text. Save the table as CSV UTF-8.")
    return text


def read_plain(name: str, data: bytes, *, is_head: Callable[[list[str]], bool]) -> Book:
    """A CSV file as a book of one sheet. `is_head` knows the first row of a table of figures when it sees it."""
    text, notes = decode(name, data)
    between = ""
    if text[:4].casefold() == "sep=" and text[4:5] in _BETWEEN:
        between, text = text[4], text.partition("\n")[2]
        first = 2
    else:
        first = 1
    between = between or _between(text, is_head)
    rows: dict[int, tuple[Cell, ...]] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    number = first - 1
    try:
        for number, row in enumerate(reader, start=first):
            while row and not row[-1].strip():
                row.pop()
            if not row:
                continue
            if len(row) > MOST_COLUMNS:
                raise Refused(f"{name}, row {number}: {len(row)} columns; {MOST_COLUMNS} is the most that is read.")
            if len(rows) >= MOST_ROWS:
                raise Refused(f"{name}: more than {MOST_ROWS:,} rows. Send it in parts, a period at a time.")
            rows[number] = tuple(_cell(held) for held in row)
    except csv.Error as fault:
        raise Refused(
            f"{name}, row {number + 1}: this row cannot be read as CSV ({fault}). Look for a quotation mark that "
            "is opened and not closed, or save the table again from the spreadsheet."
        ) from fault
    return Book((Sheet("", rows),), notes, semicolons=between == ";")


def _between(text: str, is_head: Callable[[list[str]], bool]) -> str:
    """What stands between cells: what makes a head of one of the first lines, else what stands there most."""
    lines = text.splitlines()[:_LOOKED_AT]
    for between in _BETWEEN:
        try:
            if any(is_head(row) for row in csv.reader(lines, delimiter=between)):
                return between
        except csv.Error:
            continue
    return max(_BETWEEN, key=lambda between: sum(line.count(between) for line in lines))


def _cell(held: str) -> Cell:
    text = " ".join(held.split())
    if not text:
        return Cell(None, "")
    if text.upper() in _BROKEN or text in _BROKEN:
        return Cell(Odd.ERROR, text)
    if text[0] == "=" and len(text) > 1:
        return Cell(Odd.UNKNOWN, text, formula=True)
    return Cell(text, text)
