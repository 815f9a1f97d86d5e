"""Periods by their days: months, quarters, years, twelve months, weeks; and the rows that stand for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.services.models import Period

_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_YEAR = re.compile(r"\d{4}")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A period that may not be kept yet. `ends_on` is the first day after it; `label` does not make it another one."""

    starts_on: date
    ends_on: date

    @property
    def key(self) -> str:
        """The one spelling of these days: "2026-10", "2026-Q4", "2026", "2016-10_2017-09", "2026-10-05_2026-10-11"."""
        return _key(self.starts_on, self.ends_on)

    @property
    def months(self) -> int:
        """How many calendar months begin in it."""
        return (self.ends_on.year - self.starts_on.year) * 12 + self.ends_on.month - self.starts_on.month

    @property
    def words(self) -> str:
        """The days in words: "October 2026", "October 2016 to September 2017"."""
        first, last = self.starts_on, self.ends_on - _DAY
        if first.day != 1 or self.ends_on.day != 1:
            return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
        return f"{first:%B %Y}" if self.months == 1 else f"{first:%B %Y} to {last:%B %Y}"

    def before(self) -> Span:
        """The period of the same length that ends where this one starts; whole months stay whole months."""
        if self.starts_on.day == 1 and self.ends_on.day == 1:
            return months(_shifted(self.starts_on, -self.months), self.months)
        return Span(self.starts_on - (self.ends_on - self.starts_on), self.starts_on)


@lru_cache(maxsize=4096)  # a site of 700 services asks for the same few dozen 800,000 times
def _key(first: date, after: date) -> str:
    last = after - _DAY
    if first.day != 1 or after.day != 1:
        return f"{first}_{last}"
    count = Span(first, after).months
    if count == 1:
        return f"{first:%Y-%m}"
    if count == 3 and first.month % 3 == 1:
        return f"{first.year}-Q{first.month // 3 + 1}"
    if count == 12 and first.month == 1:
        return str(first.year)
    return f"{first:%Y-%m}_{last:%Y-%m}"


def months(first: date, count: int = 1) -> Span:
    """So many whole months from the one in which `first` lies."""
    first = first.replace(day=1)
    return Span(first, _shifted(first, count))


def parse(key: str) -> Span:
    """The period that a key spells. Raises Refused."""
    try:
        if found := _MONTH.fullmatch(key):
            return months(date(int(found[1]), int(found[2]), 1))
        if found := _QUARTER.fullmatch(key):
            return months(date(int(found[1]), 3 * int(found[2]) - 2, 1), 3)
        if _YEAR.fullmatch(key):
            return months(date(int(key), 1, 1), 12)
        first, _sign, last = key.partition("_")
        if _MONTH.fullmatch(first) and _MONTH.fullmatch(last):
            span = Span(parse(first).starts_on, parse(last).ends_on)
        else:
            span = Span(date.fromisoformat(first), date.fromisoformat(last) + _DAY)
    except (ValueError, IndexError):
        span = Span(date.max, date.min)
    if span.starts_on >= span.ends_on:
        raise Refused(
            _("“%(key)s” is no period. Write a month (2026-10), a quarter (2026-Q4), a year, or 2026-04_2027-03.")
            % {"key": key}
        )
    return span


def span(period: Period) -> Span:
    """The days of a row."""
    return Span(period.starts_on, period.ends_on)


def keep(spans: Iterable[Span], labels: dict[Span, str] | None = None) -> dict[Span, Period]:
    """The rows of these periods, made where there are none. Three queries."""
    return keep_all(spans, labels)[0]


def keep_all(spans: Iterable[Span], labels: dict[Span, str] | None = None) -> tuple[dict[Span, Period], list[Period]]:
    """The rows of these periods, and those among them that were made because there were none. Three queries."""
    wanted = {each.key: each for each in spans}
    known = {row.key: row for row in Period.objects.filter(key__in=wanted)}
    made = [
        Period(key=key, label=(labels or {}).get(one, ""), starts_on=one.starts_on, ends_on=one.ends_on)
        for key, one in wanted.items()
        if key not in known
    ]
    Period.objects.bulk_create(made)
    known |= {row.key: row for row in made}
    return {one: known[key] for key, one in wanted.items()}, made


def _shifted(first: date, by: int) -> date:
    month = first.year * 12 + first.month - 1 + by
    return date(month // 12, month % 12 + 1, 1)
