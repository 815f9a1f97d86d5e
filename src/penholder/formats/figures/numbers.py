"""Cells that should hold a number: which one, or why there is none. Zero is a number; nothing else becomes one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from penholder.formats.figures.cells import Cell, Odd
from penholder.formats.figures.told import Told, say


class Gap(Enum):
    """Why there is no number, as people write it."""

    BLANK = "blank"  # nothing was written
    NOT_PROVIDED = "not provided"
    NOT_APPLICABLE = "not applicable"
    SUPPRESSED = "suppressed"


class Kind(Enum):
    """What a column counts."""

    COUNT = "count"  # whole, from 0
    MONEY = "money"  # pounds, with pence
    SHARE = "share"  # of 1, written as 85% or 0.85
    SECONDS = "seconds"  # with fractions


# What a real service counts in a year stays a thousand times below; more is a number from the wrong column.
MOST = 10**13

_GAPS = {
    **dict.fromkeys(("-", "–", "—", "--", "..", "…", ":", "[x]", "x", "not available", "not provided", "unknown",
                     "none given", "tbc", "?"), Gap.NOT_PROVIDED),
    **dict.fromkeys(("n/a", "na", "n.a.", "[z]", "z", "not applicable"), Gap.NOT_APPLICABLE),
    **dict.fromkeys(("c", "[c]", "s", "confidential", "suppressed", "withheld"), Gap.SUPPRESSED),
}  # fmt: skip
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007 ", " "))
_WHOLE = re.compile(r"\d{1,15}")
_COMMAS = re.compile(r"\d{1,3}(,\d{3})+")
_GROUPS = re.compile(r"\d{1,3}( \d{3})+|\d{1,3}('\d{3})+|\d{1,3}(’\d{3})+")
_DOTS = re.compile(r"\d{1,3}(\.\d{3})+")
_POINT = re.compile(r"(\d{1,15}|\d{1,3}(?:,\d{3})+)\.(\d+)")
_COMMA = re.compile(r"(\d{1,15}|\d{1,3}(?:\.\d{3})+),(\d+)")
_NEGATIVE = re.compile(r"[-−–]\s?[£]?\s?\d[\d,. ]*|\(\s?[£]?\s?\d[\d,. ]*\)")
_SHORTENED = re.compile(r"\d+([.,]\d+)?e[+-]?\d+", re.IGNORECASE)
_SCALED = re.compile(r"[£]?\s?\d[\d,. ]*\s?(k|m|bn|thousand|million|billion)", re.IGNORECASE)
_MARKED = re.compile(r"(\d[\d,. ]*?)\s?(\*+|\(?[a-z]\)|\[[a-z0-9]{1,8}\]|[†‡¹²³]|\([a-z]{1,12}\))", re.IGNORECASE)
_PERCENT = re.compile(r"-?\d+([.,]\d+)?\s?%")


@dataclass(frozen=True)
class Number:
    """What a cell gives: a number or a gap, and a note where it was not plain."""

    value: int | Decimal | Gap
    note: Told | None = None


def read_number(cell: Cell, kind: Kind, *, semicolons: bool = False) -> Number | Told:
    """What a cell gives, or what is wrong with it. `semicolons`: in this file a comma may be a decimal point."""
    note = None
    if cell.formula and cell.held is not Odd.UNKNOWN:
        note = say("A formula; its last saved result, %(holds)s, was taken.", holds=cell.shown)
    held = cell.held
    read: Number | Told
    if cell.percent:
        read = _percentage(cell.text, kind)
    elif held is None:
        read = Number(Gap.BLANK)
    elif isinstance(held, Odd):
        read = _odd(cell)
    elif isinstance(held, bool):
        read = say("“%(holds)s” is no number. Write the count.", holds=cell.shown)
    elif isinstance(held, date):
        read = say(
            "This cell is formatted as a date (%(holds)s). Format it as a number and look at it.", holds=cell.shown
        )
    elif isinstance(held, int | float | Decimal):
        read = _checked(Decimal(repr(held)) if isinstance(held, float) else Decimal(held), kind, cell.shown)
    else:
        read = _of_text(cell, kind, semicolons=semicolons)
    if isinstance(read, Number) and note is not None:
        return Number(read.value, note)
    return read


def _odd(cell: Cell) -> Told:
    if cell.held is Odd.ERROR:
        return say(
            "“%(holds)s”: a formula lost what it points to. Mend it, or write the number itself.", holds=cell.shown
        )
    return say(
        "A formula whose result was not saved. Open the file, save it, and send it again; or write the number itself."
    )


def _percentage(text: str, kind: Kind) -> Number | Told:
    value = Decimal(text.replace(" ", "").rstrip("%").replace(",", ".")) / 100
    if value > 1:
        return say(
            "“%(holds)s” is a share of over 100%%: the two were not counted over the same people. Write both counts.",
            holds=text,
        )
    if kind is Kind.SHARE:
        return _checked(value, kind, text)
    return say(
        "“%(holds)s” is a share, and this column is not. Write the counts that it was worked out from.", holds=text
    )


def _checked(value: Decimal, kind: Kind, shown: str) -> Number | Told:
    if not value.is_finite() or abs(value) > MOST:
        return say("“%(holds)s” is larger than any service counts. Check the column.", holds=shown)
    if value < 0:
        return say(
            "“%(holds)s” is negative; a count or a cost cannot be. To correct an earlier figure, send that one anew.",
            holds=shown,
        )
    if kind is Kind.SHARE and value > 1:
        return say("“%(holds)s” is more than the whole. Write a share as 85%% or as 0.85.", holds=shown)
    whole = value == value.to_integral()
    if kind is Kind.COUNT and not whole:
        return say("“%(holds)s” is not whole; this column counts transactions or people.", holds=shown)
    if kind is Kind.MONEY and not whole:
        value = value.quantize(Decimal("0.01"))
    return Number(int(value) if whole else value)


def _of_text(cell: Cell, kind: Kind, *, semicolons: bool) -> Number | Told:
    text = cell.text.translate(_SPACES).strip()
    low = text.casefold()
    if low in _GAPS:
        gap = _GAPS[low]
        return Number(gap, _said_gap(cell.shown, gap))
    if set(text) == {"*"}:
        return Number(Gap.SUPPRESSED, _said_gap(cell.shown, Gap.SUPPRESSED))
    if _PERCENT.fullmatch(text):
        return _percentage(text, kind)
    if _NEGATIVE.fullmatch(text):
        return _checked(Decimal(-1), kind, cell.shown)
    bare = text.removeprefix("£").strip() if kind is Kind.MONEY else text
    return _of_figures(bare, kind, cell.shown, semicolons=semicolons) or _of_words(text, kind, cell.shown)


def _of_figures(text: str, kind: Kind, shown: str, *, semicolons: bool) -> Number | Told | None:
    """Figures with what stands between them; None for what is no number at all."""
    lone = (_DOTS.fullmatch(text) and text.count(".") == 1) or (_COMMAS.fullmatch(text) and text.count(",") == 1)
    if lone and ("." in text or semicolons):
        return _two_ways(text, shown)
    if any(pattern.fullmatch(text) for pattern in (_WHOLE, _GROUPS, _COMMAS, _DOTS)):
        return _checked(Decimal(re.sub(r"\D", "", text)), kind, shown)
    if match := _POINT.fullmatch(text):
        return _checked(Decimal(f"{match[1].replace(',', '')}.{match[2]}"), kind, shown)
    if (match := _COMMA.fullmatch(text)) and (semicolons or "." in match[1]):
        return _checked(Decimal(f"{match[1].replace('.', '')}.{match[2]}"), kind, shown)
    return None


def _two_ways(text: str, shown: str) -> Told:
    return say(
        "“%(holds)s” may mean %(one)s or a number with a fraction. Write it without anything between the figures.",
        holds=shown,
        one=re.sub(r"\D", "", text),
    )


def _said_gap(shown: str, gap: Gap) -> Told:
    if gap is Gap.SUPPRESSED:
        return say("“%(holds)s” was read as suppressed: known, and not said. It is not 0.", holds=shown)
    if gap is Gap.NOT_APPLICABLE:
        return say(
            "“%(holds)s” was read as not applicable. If it was not available, leave the cell blank.", holds=shown
        )
    return say("“%(holds)s” was read as not provided. It is not 0.", holds=shown)


def _of_words(text: str, kind: Kind, shown: str) -> Told:
    if _SHORTENED.fullmatch(text):
        return say(
            "“%(holds)s” was shortened by a spreadsheet, and figures are lost. Write the whole number.", holds=shown
        )
    if _SCALED.fullmatch(text):
        return say("“%(holds)s”: write the whole number, without thousands or millions as words.", holds=shown)
    if _MARKED.fullmatch(text):
        return say(
            "“%(holds)s” has a mark beside the number. Write the number alone; notes go into their column.", holds=shown
        )
    if text.startswith("£") and kind is Kind.COUNT:
        return say("“%(holds)s” is money, and this column counts. Check the column.", holds=shown)
    return say(
        "“%(holds)s” is no number. Write a number, “-” for not provided, or “n/a” for not applicable.", holds=shown
    )
