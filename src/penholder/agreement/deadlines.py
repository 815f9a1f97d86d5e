"""Deadlines in clear working days, and how long is left. Pure: no clock and no table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# England and Wales share their bank holidays; the library files them under England.
COUNTRY, SUBDIVISION = "GB", "ENG"
ZONE = "Europe/London"


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    # Frozen a year at a time: the library's own calendars fill themselves while they are read, unsafe among threads.
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def is_working_day(day: date, *, country: str = COUNTRY, subdivision: str = SUBDIVISION) -> bool:
    """Whether people are at work: neither a weekend nor a bank holiday there."""
    return day.weekday() < 5 and day not in _holidays(country, subdivision, day.year)


def local_day(at: datetime, zone: str = ZONE) -> date:
    """The day it is there at that moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def end_of(day: date, zone: str = ZONE) -> datetime:
    """24:00 of that day there, in UTC: the first moment that no longer belongs to it, clock changes included."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def deadline(
    opened_at: datetime,
    clear_days: int,
    zone: str = ZONE,
    country: str = COUNTRY,
    subdivision: str = SUBDIVISION,
) -> datetime:
    """The end (24:00 local time, as UTC) of the `clear_days`-th working day after the day of opening.

    Clear days are whole ones: the day of opening does not count, whatever the hour. Source: the Cabinet Office's rules
    for clearance by correspondence, where bank holidays count as holidays. Raises ValueError for fewer than one day.
    """
    if clear_days < 1:
        msg = f"a deadline is at least one clear working day away, not {clear_days}"
        raise ValueError(msg)
    day = local_day(opened_at, zone)
    passed = 0
    while passed < clear_days:
        day += timedelta(days=1)
        passed += is_working_day(day, country=country, subdivision=subdivision)
    return end_of(day, zone)


def later(deadline_at: datetime, clear_days: int, *, at: datetime, zone: str = ZONE) -> datetime:
    """A deadline put off by `clear_days`: counted from the day on which it ends, or from today when that is past."""
    last_moment = deadline_at - timedelta(microseconds=1)  # 24:00 of a day already belongs to the next one
    return deadline(max(last_moment, at), clear_days, zone)


@dataclass(frozen=True, slots=True)
class Left:
    """How long is left: whole working days after today, or since the end; `words` is in the reader's language."""

    state: Literal["days", "today", "over"]
    clear_days: int
    words: str


def left(at: datetime, deadline_at: datetime, zone: str = ZONE) -> Left:
    """How long is left at a moment; the deadline itself is over."""
    today = local_day(at, zone)
    last = local_day(deadline_at - timedelta(microseconds=1), zone)
    days = _working_days(min(today, last), max(today, last))
    if at >= deadline_at:
        ago = ngettext("ended %(count)s working day ago", "ended %(count)s working days ago", days) % {"count": days}
        return Left("over", days, _("ended today") if today == last else ago if days else _("has ended"))
    if today == last:
        return Left("today", 0, _("ends today, %(time)s") % {"time": clock(deadline_at, zone)})
    said = ngettext("%(count)s working day left", "%(count)s working days left", days) % {"count": days}
    return Left("days", days, said if days else _("ends before the next working day"))


def _working_days(after: date, until: date) -> int:
    return sum(is_working_day(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


def clock(at: datetime, zone: str = ZONE) -> str:
    """The time of day there, in the reader's language: "at midnight" for the end of a day, else "at 5:30pm"."""
    there = at.astimezone(ZoneInfo(zone))
    return _("at midnight") if there.time() == time.min else _("at %(time)s") % {"time": _time(there)}


def _time(there: datetime) -> str:
    minutes = f":{there.minute:02}" if there.minute else ""
    return f"{there.hour % 12 or 12}{minutes}{_('am') if there.hour < 12 else _('pm')}"


def words(at: datetime, zone: str = ZONE) -> str:
    """A deadline in the reader's words: "the end of Friday 5 April 2013", or "5:30pm on Friday 5 April 2013"."""
    there = at.astimezone(ZoneInfo(zone))
    ends_a_day = there.time() == time.min
    day = there.date() - timedelta(days=1) if ends_a_day else there.date()
    said = date_format(day, "l j F Y")
    if ends_a_day:
        return _("the end of %(day)s") % {"day": said}
    return _("%(time)s on %(day)s") % {"time": _time(there), "day": said}
