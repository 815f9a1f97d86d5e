from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penholder.formats.figures.periods import Period, of_day, read_period
from penholder.formats.figures.told import Told

APRIL = Period(2025, 4)
SPRING = Period(2025, 4, 3)


@pytest.mark.parametrize(
    "text",
    ["2025-04", "2025/04", "2025-4", "04/2025", "Apr 2025", "april 2025", "Apr-25", "APR. 2025", "2025 April",
     "Apr-2025", "2025-04-01", "2025-04-01 00:00:00", "2025M04", " Apr  2025 ", "April, 2025", "Apr '25"],
)  # fmt: skip
def test_a_month_is_read_however_it_is_spelled(text):
    assert read_period(text) == APRIL


@pytest.mark.parametrize(
    "text",
    ["2025/26 Q1", "2025-26 Q1", "Q1 2025/26", "Q1 2025/2026", "Q1 FY2025/26", "FY 2025/26 Q1", "Apr 2025 to Jun 2025",
     "April–June 2025", "2025-04 to 2025-06", "Apr - Jun 2025", "quarter 1 2025/26"],
)  # fmt: skip
def test_a_quarter_that_can_mean_one_thing_is_read(text):
    assert read_period(text) == SPRING


def test_years_are_read():
    assert read_period("2025/26") == read_period("FY 2025/26") == read_period("2025–2026") == Period(2025, 4, 12)
    assert read_period("Apr 2025 to Mar 2026") == read_period("year to March 2026") == Period(2025, 4, 12)
    assert read_period("12 months ending Sep 2017") == Period(2016, 10, 12)
    assert read_period("Nov to Jan 2026") == Period(2025, 11, 3)


def test_a_quarter_without_its_year_s_kind_is_a_question_with_both_answers():
    told = read_period("Q1 2025")
    assert isinstance(told, Told)
    assert "Jan 2025 to Mar 2025" in str(told)
    assert "Apr 2025 to Jun 2025" in str(told)
    assert (
        read_period("Q1 2025", quarters="calendar") == read_period("2025 Q1", quarters="calendar") == Period(2025, 1, 3)
    )
    assert read_period("2025-Q1", quarters="financial") == SPRING
    assert read_period("2025", quarters="financial") == Period(2025, 4, 12)
    assert "Jan 2025 to Dec 2025" in str(read_period("2025"))


def test_what_may_be_a_month_or_two_years_is_a_question():
    assert "Dec 2011" in str(read_period("2011-12"))
    assert read_period("Dec 2011") == Period(2011, 12)
    assert read_period("FY 2011/12") == Period(2011, 4, 12)


def test_a_day_whose_month_depends_on_the_country_is_a_question():
    told = str(read_period("01/04/2025"))
    assert "Apr 2025" in told
    assert "Jan 2025" in told
    assert read_period("01/01/2025") == Period(2025, 1)


@pytest.mark.parametrize("text", ["2025-04-17", "17/04/2025", "2025-04-30"])
def test_a_day_is_no_period_and_the_month_is_offered(text):
    assert "2025-04" in str(read_period(text))


def test_a_cell_that_holds_the_first_of_a_month_is_the_month():
    assert of_day(date(2025, 4, 1)) == APRIL
    assert isinstance(of_day(date(2025, 4, 2)), Told)


@pytest.mark.parametrize(
    "text", ["", "next month", "45748", "2025-13", "13/2025", "Q5 2025", "2025/27", "Jun 2025 to Apr 2025", "32/13/2025",
             "Q1", "Jan 1900 to Dec 2099", "٢٠٢٥-٠٤"]
)  # fmt: skip
def test_what_is_no_period_is_told_with_what_to_write(text):
    assert isinstance(read_period(text), Told)


@given(st.integers(1950, 2097), st.integers(1, 12), st.integers(1, 24))
def test_the_words_of_a_period_are_read_back_as_the_same_period(year, month, months):
    period = Period(year, month, months)
    assert read_period(period.words) == period
    assert period.before().after == period.first


@given(st.text(max_size=30), st.sampled_from([None, "calendar", "financial"]))
def test_any_words_are_a_period_or_a_question(text, quarters):
    assert isinstance(read_period(text, quarters=quarters), Period | Told)
    assert str(read_period(text, quarters=quarters))
