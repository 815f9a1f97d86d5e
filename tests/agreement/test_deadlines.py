from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penholder.agreement import deadlines

LONDON = ZoneInfo("Europe/London")
moments = st.integers(0, 19 * 365 * 24 * 60).map(
    lambda minutes: datetime(2012, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def test_ten_clear_days_from_a_monday_end_with_the_monday_a_fortnight_later():
    assert deadlines.deadline(at("2012-09-10 09:00"), 10) == at("2012-09-25 00:00")


@pytest.mark.parametrize("hour", ["00:00", "09:00", "23:59"])
def test_the_day_of_opening_does_not_count_whatever_the_hour(hour):
    assert deadlines.deadline(at(f"2012-09-10 {hour}"), 1) == at("2012-09-12 00:00")


def test_bank_holidays_count_as_holidays():
    # Good Friday is 29 March 2013 and Easter Monday 1 April: two working days in eight.
    assert deadlines.deadline(at("2013-03-27 12:00"), 2) == at("2013-04-03 00:00")


def test_the_deadline_is_midnight_there_on_both_sides_of_a_clock_change():
    # Clocks went forward on 31 March 2013, so midnight on 5 April is an hour earlier in UTC.
    assert deadlines.deadline(at("2013-03-22 12:00"), 8) == datetime(2013, 4, 5, 23, tzinfo=UTC)
    assert deadlines.deadline(at("2013-03-18 12:00"), 2) == datetime(2013, 3, 21, 0, tzinfo=UTC)
    # They go back on 27 October 2013.
    assert deadlines.deadline(at("2013-10-24 12:00"), 2) == datetime(2013, 10, 29, 0, tzinfo=UTC)


def test_scotland_rests_on_other_days():
    second_of_january = at("2013-01-01 12:00")
    assert deadlines.deadline(second_of_january, 1) == at("2013-01-03 00:00")
    assert deadlines.deadline(second_of_january, 1, subdivision="SCT") == at("2013-01-04 00:00")


def test_half_a_day_is_no_clear_day():
    with pytest.raises(ValueError, match="at least one"):
        deadlines.deadline(at("2013-01-01 12:00"), 0)


@given(moments, st.integers(1, 30))
def test_there_are_exactly_as_many_clear_working_days_between(opened_at, days):
    until = deadlines.deadline(opened_at, days)
    first = deadlines.local_day(opened_at) + timedelta(days=1)
    last = deadlines.local_day(until - timedelta(seconds=1))
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sum(map(deadlines.is_working_day, between)) == days
    assert deadlines.is_working_day(last)
    assert until.astimezone(LONDON).strftime("%H:%M:%S") == "00:00:00"


@given(moments, st.integers(1, 20))
def test_a_deadline_put_off_by_days_counts_from_where_it_was(opened_at, days):
    until = deadlines.deadline(opened_at, days)
    assert deadlines.later(until, 3, at=opened_at) == deadlines.deadline(opened_at, days + 3)


def test_a_deadline_that_has_passed_is_put_off_from_today():
    until = at("2012-09-25 00:00")
    assert deadlines.later(until, 1, at=at("2012-10-01 10:00")) == at("2012-10-03 00:00")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2012-09-10 09:00", "10 working days left"),
        ("2012-09-21 09:00", "1 working day left"),
        ("2012-09-24 23:59", "ends today, at midnight"),
        ("2012-09-25 00:00", "has ended"),
        ("2012-09-26 00:00", "ended 2 working days ago"),
    ],
)
def test_how_long_is_left_is_said_in_working_days(now, said):
    until = at("2012-09-25 00:00")
    left = deadlines.left(at(now), until)
    assert left.words in {said, "ended 1 working day ago"} if said == "has ended" else left.words == said
    assert (left.state == "over") == (at(now) >= until)


def test_a_deadline_is_said_as_the_end_of_its_day():
    assert deadlines.words(at("2013-04-06 00:00")) == "the end of Friday 5 April 2013"
    assert deadlines.words(at("2013-04-05 17:30")) == "5:30pm on Friday 5 April 2013"


def test_weekends_are_no_working_days():
    assert not deadlines.is_working_day(date(2012, 9, 15))
    assert deadlines.is_working_day(date(2012, 9, 17))
