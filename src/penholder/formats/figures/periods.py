"""Periods as people write them: a month, a quarter, a year, a run of whole months. What may mean two is a question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from penholder.formats.figures.told import Told, say

Quarters = Literal["calendar", "financial"]

_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {word: place for place, name in enumerate(_NAMES, start=1) for word in (name, name[:3])} | {"sept": 9}
# The financial year of the United Kingdom's government begins on 1 April.
_FINANCIAL_STARTS = 4

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d)")
_ISO = re.compile(rf"({_YEAR})[-/.](\d\d?)[-/.](\d\d?)(?:[t ][\d:.]+z?)?")
_YEAR_MONTH = re.compile(rf"({_YEAR})\s?([-/.m])\s?(\d\d?)")
_MONTH_YEAR = re.compile(rf"(\d\d?)\s?[-/.]\s?({_YEAR})")
_NAMED = re.compile(rf"({_MONTH})\.?,?[\s/-]*(?:['’]?(\d\d)|({_YEAR}))")
_NAMED_BACK = re.compile(rf"({_YEAR})[\s/-]*({_MONTH})\.?")
_SPAN_OF_YEARS = rf"({_YEAR})\s?[-/–]\s?(\d\d|{_YEAR})"
_FINANCIAL = re.compile(rf"(?:fy|financial year)?\s*{_SPAN_OF_YEARS}")
_QUARTER = re.compile(rf"(?:q|quarter )\s?([1-4])[\s,-]*(?:({_YEAR})|(?:fy\s*)?{_SPAN_OF_YEARS})")
_QUARTER_BACK = re.compile(rf"(?:({_YEAR})|(?:fy\s*)?{_SPAN_OF_YEARS})[\s,-]*(?:q|quarter )\s?([1-4])")
_TWELVE = re.compile(r"(?:the )?(?:year|12 months|twelve months)(?: ending| ended)?(?: to| in)? (.+)")
_RUN = re.compile(r"(.+?)\s*(?: to |–|—| - | until )\s*(.+)")


@dataclass(frozen=True, order=True)
class Period:
    """A run of whole months, from the first day of one."""

    year: int
    month: int
    months: int = 1

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def after(self) -> date:
        """The first day after it."""
        count = self.year * 12 + self.month - 1 + self.months
        return date(count // 12, count % 12 + 1, 1)

    @property
    def words(self) -> str:
        """The period in words that are read back as the same: "Apr 2025", "Apr 2025 to Jun 2025"."""
        last = self.year * 12 + self.month - 2 + self.months
        begins = f"{_SHORT[self.month - 1]} {self.year}"
        return begins if self.months == 1 else f"{begins} to {_SHORT[last % 12]} {last // 12}"

    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        count = self.year * 12 + self.month - 1 - self.months
        return Period(count // 12, count % 12 + 1, self.months)


def _financial(year: int) -> Period:
    return Period(year, _FINANCIAL_STARTS, 12)


def _quarter(quarter: int, year: int, *, starts: int) -> Period:
    count = starts - 1 + 3 * (quarter - 1)
    return Period(year + count // 12, count % 12 + 1, 3)


def _follows(first: str, second: str) -> bool:
    """Whether "2025" and "26", or "2026", are neighbours."""
    return int(second) == (int(first) + 1) % 100 if len(second) == 2 else int(second) == int(first) + 1


def _unreadable(text: str) -> Told:
    return say(
        "“%(holds)s” is no period that can be read. Write a month as 2025-04, a quarter as “Apr 2025 to Jun 2025”.",
        holds=text,
    )


def read_period(text: str, *, quarters: Quarters | None = None) -> Period | Told:
    """The period that a text names, or the question that it leaves open. `quarters` says what "Q1 2025" means."""
    plain = " ".join(text.casefold().split())
    for reader in (_read_day, _read_month):
        if (found := reader(plain, text)) is not None:
            return found
    if (found := _read_quarter(plain, text, quarters)) is not None:
        return found
    if re.fullmatch(_YEAR, plain):
        return _read_year(int(plain), text, quarters)
    if match := _FINANCIAL.fullmatch(plain):
        if _follows(match[1], match[2]):
            return _financial(int(match[1]))
        return say("“%(holds)s” does not name two years that follow each other. Write 2025/26.", holds=text)
    return _read_run(plain, text)


def _read_day(plain: str, text: str) -> Period | Told | None:
    if match := _ISO.fullmatch(plain):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY.fullmatch(plain):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        if one == two == 1:
            return Period(year, 1)
        if 1 <= one <= 12 and 1 <= two <= 12 and 1 in {one, two}:
            month = two if one == 1 else one
            return say(
                "“%(holds)s” may mean %(one)s or a day in %(two)s, by the habit of the country. Write the month "
                "as 2025-04.",
                holds=text,
                one=Period(year, month).words,
                two=Period(year, 1).words,
            )
        day, month = one, two
    else:
        return None
    if not 1 <= month <= 12:
        return _unreadable(text)
    return _month_of(year, month, day, text)


def _month_of(year: int, month: int, day: int, text: str) -> Period | Told:
    if day == 1:
        return Period(year, month)
    return say(
        "“%(holds)s” is a day, not a period. If it is the figure of the whole month, write %(month)s.",
        holds=text,
        month=f"{year}-{month:02}",
    )


def of_day(day: date) -> Period | Told:
    """A cell that holds a day: the first of a month stands for the month, as spreadsheets make it of "Apr 2025"."""
    return _month_of(day.year, day.month, day.day, day.isoformat())


def _read_month(plain: str, text: str) -> Period | Told | None:
    if match := _YEAR_MONTH.fullmatch(plain):
        return _year_and_month(match[1], match[2], match[3], text)
    if (match := _MONTH_YEAR.fullmatch(plain)) and 1 <= int(match[1]) <= 12:
        return Period(int(match[2]), int(match[1]))
    if match := _NAMED.fullmatch(plain):
        return Period(int(match[3] or 2000 + int(match[2])), _MONTHS[match[1]])
    if match := _NAMED_BACK.fullmatch(plain):
        return Period(int(match[1]), _MONTHS[match[2]])
    return None


def _year_and_month(year: str, between: str, month: str, text: str) -> Period | Told | None:
    """The month of "2025-04", unless that may be two years: "2011-12". None for two years and nothing else."""
    one = Period(int(year), int(month))
    if not 1 <= one.month <= 12:
        return None if between in "-/" else _unreadable(text)
    if between in "-/" and len(month) == 2 and _follows(year, month):
        return say(
            "Does “%(holds)s” mean %(one)s, or the financial year from April %(year)s to March %(next)s? "
            "Write “%(one)s”, or “FY %(year)s/%(next)s”.",
            holds=text,
            one=one.words,
            year=one.year,
            next=one.year + 1,
        )
    return one


def _read_quarter(plain: str, text: str, quarters: Quarters | None) -> Period | Told | None:
    if match := _QUARTER.fullmatch(plain):
        number, year, first, second = match.groups()
    elif match := _QUARTER_BACK.fullmatch(plain):
        year, first, second, number = match.groups()
    else:
        return None
    if first:
        if _follows(first, second):
            return _quarter(int(number), int(first), starts=_FINANCIAL_STARTS)
        return say("“%(holds)s” does not name two years that follow each other. Write 2025/26.", holds=text)
    calendar = _quarter(int(number), int(year), starts=1)
    financial = _quarter(int(number), int(year), starts=_FINANCIAL_STARTS)
    if quarters is None:
        return say(
            "Does “%(holds)s” mean %(one)s, or %(two)s? Say what quarters mean in this file, or write the months.",
            holds=text,
            one=calendar.words,
            two=financial.words,
        )
    return calendar if quarters == "calendar" else financial


def _read_year(year: int, text: str, quarters: Quarters | None) -> Period | Told:
    if quarters is None:
        return say(
            "Does “%(holds)s” mean %(one)s, or %(two)s? Say what quarters mean in this file, or write the months.",
            holds=text,
            one=Period(year, 1, 12).words,
            two=_financial(year).words,
        )
    return Period(year, 1, 12) if quarters == "calendar" else _financial(year)


def _read_run(plain: str, text: str) -> Period | Told:
    if match := _TWELVE.fullmatch(plain):
        last = _read_month(match[1], text)
        if isinstance(last, Period):
            count = last.year * 12 + last.month - 12
            return Period(count // 12, count % 12 + 1, 12)
    if match := _RUN.fullmatch(plain):
        begins, ends = match[1], match[2]
        last = _read_month(ends, text)
        if isinstance(last, Period) and begins in _MONTHS:
            begins = f"{begins} {last.year if _MONTHS[begins] <= last.month else last.year - 1}"
        start = _read_month(begins, text)
        if isinstance(start, Period) and isinstance(last, Period):
            months = (last.year - start.year) * 12 + last.month - start.month + 1
            # Ten years: a run that is longer is a slip of the pen.
            if 1 <= months <= 120:
                return Period(start.year, start.month, months)
            return say("“%(holds)s” ends before it begins, or lasts over ten years. Check both months.", holds=text)
    return _unreadable(text)
