"""The template for figures: a row for every service, channel and period that is asked for, ready to be filled in.

As .xlsx it checks what is typed, explains each column and shows an example; as CSV it is the table alone.
What it holds is read back by `reading` as it is, filled in or not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from penholder.formats.figures.catalogue import ListedService
from penholder.formats.figures.cells import letters
from penholder.formats.figures.columns import Quantity
from penholder.formats.figures.numbers import Kind
from penholder.formats.figures.periods import Period
from penholder.formats.figures.told import say

# As wide as what stands in them usually is.
_WIDTHS = {"Service key": 26, "Service": 40, "Channel": 18, "Period": 14, "Notes": 40}
_WHICH = ("Service key", "Service", "Channel", "Period")
_NOTES = "Notes"
_INK, _PAPER, _FILL = "FF123A36", "FFF3F6F5", "FFFFFFFF"

# What a person reads before filling it in. Translated where the page speaks another language.
EXPLAINED = (
    say("Fill in the white cells of the sheet “Figures”. Change nothing in the grey ones."),
    say("0 means that you counted and there was none. If you do not know, leave the cell blank or write “-”."),
    say("If a number cannot exist for this service, write “n/a”. If you know it and must not say it, write “c”."),
    say("Write whole numbers without words: 12500, not 12.5k. A comma between thousands does no harm."),
    say("Write counts, not shares. Shares are worked out from them, in one way for everybody."),
    say("Rows that you do not need may be deleted. Rows may be added: with the name or the key of a service."),
    say("Before anything is taken in you see what was read, what is wrong and where, and you decide."),
)


@dataclass(frozen=True)
class Asked:
    """One row of the template: a service, a channel ("" for all together), a period."""

    service: ListedService
    channel: str
    period: Period

    @property
    def named(self) -> tuple[str, str, str, str]:
        """What stands in the grey cells."""
        name = self.service.channels[self.channel][1] if self.channel else "All channels"
        return self.service.key, self.service.name, name, self.period.words


def asked(services: Sequence[ListedService], periods: Sequence[Period], quantities: Sequence[Quantity]) -> list[Asked]:
    """The rows: each channel of each service in each period, and all together where something is given so."""
    together = any(not each.by_channel for each in quantities)
    rows = []
    for service in services:
        for period in periods:
            rows += [Asked(service, channel, period) for channel in service.channels]
            if together or not service.channels:
                rows.append(Asked(service, "", period))
    return rows


def as_csv(rows: Sequence[Asked], quantities: Sequence[Quantity]) -> bytes:
    """The table as CSV, with a byte order mark so that spreadsheets read names with accents."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*_WHICH, *(each.title for each in quantities), _NOTES])
    for row in rows:
        writer.writerow([*(_harmless(cell) for cell in row.named), *("" for _each in quantities), ""])
    return text.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """A name that a spreadsheet would take for a formula, made one that it does not."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def as_workbook(title: str, rows: Sequence[Asked], quantities: Sequence[Quantity], words: Sequence[str] = ()) -> bytes:
    """The table as .xlsx with a sheet that explains it and one that shows it filled in. `words` replace `EXPLAINED`."""
    made = Workbook()
    sheet = made.active
    if not isinstance(sheet, Worksheet):  # a new workbook has one sheet, and says that it may have none
        raise TypeError("openpyxl made a workbook without a sheet")
    sheet.title = "Figures"
    _table(sheet, [row.named for row in rows], quantities)
    _check(sheet, rows, quantities)
    _explain(made.create_sheet("How to fill this in"), title, quantities, words or [str(one) for one in EXPLAINED])
    example = made.create_sheet("Example")
    _table(example, [], quantities)
    for line in _example(quantities):
        example.append(line)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _table(sheet: Worksheet, rows: Sequence[tuple[str, str, str, str]], quantities: Sequence[Quantity]) -> None:
    heads = [*_WHICH, *(each.title for each in quantities), _NOTES]
    for place, head in enumerate(heads):
        cell = sheet.cell(1, place + 1, head)
        cell.font = Font(bold=True, color=_FILL)
        cell.fill = PatternFill("solid", start_color=_INK)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letters(place)].width = _WIDTHS.get(head, 16)
    for each, place in zip(quantities, range(len(_WHICH), len(heads)), strict=False):
        if each.meaning:
            sheet.cell(1, place + 1).comment = Comment(each.meaning, "Penholder")
    grey = PatternFill("solid", start_color=_PAPER)
    for number, row in enumerate(rows, start=2):
        for place, words in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            cell.value = words
            cell.data_type = "s"  # also where a name begins like a formula
            cell.fill = grey
        for place in range(len(_WHICH) + 1, len(heads) + 1):
            sheet.cell(number, place).protection = Protection(locked=False)
    sheet.freeze_panes = "E2"


def _check(sheet: Worksheet, rows: Sequence[Asked], quantities: Sequence[Quantity]) -> None:
    """Warn of what is no number while it is typed. It warns and does not forbid: “-” and “n/a” are answers too."""
    last = max(2, len(rows) + 1)
    for place, each in enumerate(quantities, start=len(_WHICH)):
        column = letters(place)
        first = f"{column}2"
        whole = f"{first}=INT({first})" if each.kind is Kind.COUNT else "TRUE"
        at_most = f"{first}<=1" if each.kind is Kind.SHARE else "TRUE"
        gaps = ",".join(f'{first}="{gap}"' for gap in ("-", "n/a", "c", "***"))
        formula = f"OR({gaps},IF(ISNUMBER({first}),AND({first}>=0,{whole},{at_most}),FALSE))"
        check = DataValidation(
            type="custom", formula1=formula, allow_blank=True, errorStyle="warning", showErrorMessage=True
        )
        check.errorTitle = each.title[:32]
        check.error = "Write a number of 0 or more, “-” for not provided, “n/a” for not applicable, or “c”."
        sheet.add_data_validation(check)
        check.add(f"{first}:{column}{last}")
    names = sorted({row.named[2] for row in rows})
    listed = ",".join(name.replace(",", " ").replace('"', "") for name in names)
    if names and len(listed) <= 250:  # what fits into a list inside the cell
        choices = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
        sheet.add_data_validation(choices)
        choices.add(f"C2:C{last}")


def _explain(sheet: Worksheet, title: str, quantities: Sequence[Quantity], words: Sequence[str]) -> None:
    sheet.column_dimensions["A"].width = 44
    sheet.column_dimensions["B"].width = 80
    sheet.append([title])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in words:
        sheet.append([line])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=2)
        sheet.cell(sheet.max_row, 1).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[sheet.max_row].height = 32
    sheet.append([])
    for each in quantities:
        sheet.append([each.title, each.meaning])
        sheet.cell(sheet.max_row, 2).alignment = Alignment(wrap_text=True)


def _example(quantities: Sequence[Quantity]) -> Iterator[list[object]]:
    """A service that does not exist, filled in: a number, none, not known, not applicable."""
    shown: tuple[object, ...] = (12500, 0, "-", "n/a")
    for turn, channel in enumerate(("Digital", "Phone", "Post", "All channels")):
        row: list[object] = ["feed-a-heron", "Feed a heron", channel, "Apr 2025"]
        for place, each in enumerate(quantities):
            together = channel == "All channels"
            row.append(shown[(turn + place) % len(shown)] if each.by_channel is not together else "")
        yield row
