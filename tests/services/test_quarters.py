"""What the public is told of services: periods in order, gaps and all, and what changed from one to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.conftest import Ministry

from penholder.measure.values import Absence
from penholder.services import disclosures, quarters, registrations
from penholder.services.periods import months, parse

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def ministry(db):
    """An empty register."""
    return Ministry()


def told():
    found = disclosures.read(at=AT)
    assert found is not None
    return found


def keys(spans):
    return [span.key for span in spans]


def test_an_axis_holds_the_periods_of_which_nothing_is_known():
    met = {parse(key): 1 for key in ("2026-Q1", "2026-Q2", "2026-Q4", "2025")}
    assert keys(disclosures.axis_of(met)) == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]


def test_twelve_months_that_end_in_each_quarter_stand_three_months_apart():
    met = {parse(key): 1 for key in ("2016-10_2017-09", "2016-04_2017-03", "2015-07_2016-06", "2015-10_2016-09")}
    assert keys(disclosures.axis_of(met)) == [
        "2015-07_2016-06",
        "2015-10_2016-09",
        "2016",
        "2016-04_2017-03",
        "2016-07_2017-06",
        "2016-10_2017-09",
    ]


@given(st.lists(st.integers(0, 200), min_size=1, max_size=20, unique=True), st.sampled_from([1, 3, 12]))
def test_every_period_that_was_met_is_on_the_axis(places, length):
    met = {months(date(2010 + at // 12, at % 12 + 1, 1), length): 1 for at in places}
    axis = disclosures.axis_of(met)
    assert set(met) <= set(axis)
    assert list(axis) == sorted(axis)


@pytest.fixture
def reported(ministry):
    """Three services in two quarters: one that improved, one that stayed, one that fell silent."""
    for key in ("passports", "visas", "licences"):
        ministry.service(key)
        ministry.submit(key, "2026-Q1", published=True, transactions=10_000, digital__transactions=8000, started=9000,
                        completed=6000)  # fmt: skip
    ministry.submit("passports", "2026-Q2", published=True, transactions=10_000, digital__transactions=9000,
                    started=9000, completed=7000)  # fmt: skip
    ministry.submit("visas", "2026-Q2", published=True, transactions=10_000, digital__transactions=8001, started=9000,
                    completed=6001)  # fmt: skip
    return ministry


def test_what_a_department_submitted_is_not_public_before_it_is_published(ministry):
    ministry.service("passports")
    ministry.submit("passports", "2026-Q1", published=False, transactions=10_000, digital__transactions=8000)
    assert told().newest is None
    assert told().volume("passports", "2026-Q1") is Absence.NOT_PROVIDED


def test_a_clear_change_is_told_and_a_small_one_is_not(reported):
    found = quarters.read(told(), ("digital-take-up",))
    assert [(each.service, round(each.change, 2)) for each in found.clear] == [("passports", 0.1)]
    assert found.clear[0].interval.low < 0.1 < found.clear[0].interval.high
    assert found.unclear == 1


def test_who_fell_silent_is_named(reported):
    found = quarters.read(told(), ("digital-take-up", "completion-rate"))
    assert [(each.service, each.definition.key) for each in found.silent] == [
        ("licences", "digital-take-up"),
        ("licences", "completion-rate"),
    ]


def test_totals_stand_beside_the_totals_over_the_same_services(reported):
    total = quarters.read(told(), ("digital-take-up",)).totals["digital-take-up"]
    assert (total.before.services, total.after.services, total.matched_after.services) == (3, 2, 2)
    assert total.left == ("licences",)
    assert (total.before.share, round(total.matched_before.share, 4)) == (0.8, 0.8)


def test_a_service_that_is_closed_is_not_asked(reported):
    registrations.change(
        key="licences", as_of=date(2026, 4, 1), said_on=date(2026, 4, 1), reason="It closed.", by=None, at=AT,
        closed_on=date(2026, 3, 31),
    )  # fmt: skip
    assert quarters.asked(told(), parse("2026-Q2")) == 2


def test_a_service_that_swings_is_not_said_to_have_changed(ministry):
    ministry.service("permits")
    shares = (0.8, 0.6, 0.9, 0.5, 0.8, 0.7)
    for at, part in enumerate(shares):
        ministry.submit(
            "permits", f"2025-Q{at + 1}" if at < 4 else f"2026-Q{at - 3}", published=True, transactions=10_000,
            digital__transactions=int(part * 10_000),
        )  # fmt: skip
    (found,) = [quarters.moved(told(), "permits", "digital-take-up", parse("2026-Q2"))]
    assert not found.clear
    assert not found.chance


def test_a_period_before_the_first_definition_is_read_by_the_first_definition(ministry):
    ministry.service("permits")
    ministry.submit("permits", "2012-Q1", published=True, transactions=100, digital__transactions=40)
    figure = told().figure("permits", "2012-Q1", "digital-take-up").figure
    assert (figure.value, figure.definition.version) == (0.4, 1)


def test_a_service_that_fell_silent_keeps_its_axis_to_the_end(reported):
    assert keys(told().axis("licences")) == ["2026-Q1", "2026-Q2"]
    assert told().figure("licences", "2026-Q2", "digital-take-up").figure.value is Absence.NOT_PROVIDED


def test_reading_takes_the_same_number_of_queries_however_many_services_there_are(ministry, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ministry.service("passports")
    ministry.submit("passports", "2026-Q1", published=True, transactions=100, digital__transactions=40)
    with CaptureQueriesContext(connection) as few:
        told()
    for number in range(12):
        ministry.service(f"permit-{number}")
        ministry.submit(f"permit-{number}", "2026-Q1", published=True, transactions=100, digital__transactions=40)
    with django_assert_num_queries(len(few)):
        told()
    assert len(few) < 30
