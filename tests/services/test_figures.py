"""Figures are worked out of what was submitted, by the formulas of `measure`, and say what they stand on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.services.conftest import NOON, TODAY

from penholder.errors import Refused
from penholder.measure.formulas.costs import CostLine as Line
from penholder.measure.values import Absence
from penholder.services import costlines, figures
from penholder.services.periods import parse


def test_the_completion_rate_has_its_n_interval_and_provenance(ministry):
    ministry.submit("passports", "2026-10", started=200, completed=150)
    found = figures.live().of("passports", "2026-10", "completion-rate")
    assert (found.figure.value, found.figure.n, found.origin) == (0.75, 200, "submitted")
    assert 0.68 < found.figure.interval.low < 0.75 < found.figure.interval.high < 0.81
    assert found.figure.provenance == ("passports 2026-10",)


def test_take_up_is_told_by_both_definitions(ministry):
    ministry.submit(
        "passports", "2026-10",
        transactions=100, digital__transactions=60, assisted_digital__transactions=10, phone__transactions=30,
    )  # fmt: skip
    table = figures.live()
    assert table.of("passports", "2026-10", "digital-take-up", version=1).figure.value == 0.6
    assert table.of("passports", "2026-10", "digital-take-up", version=2).figure.value == 0.7
    assert table.of("passports", "2026-10", "digital-take-up").figure.definition.version == 2, "the one in force"
    assert table.of("passports", "2026-10", "digital-take-up").figure.coverage.had == 3


def test_the_definition_of_its_time_is_the_one_in_force(ministry):
    ministry.submit("passports", "2015-10", transactions=100, digital__transactions=60)
    assert figures.live().of("passports", "2015-10", "digital-take-up").figure.definition.version == 1


def test_the_total_is_added_up_only_where_every_channel_gave_one(ministry):
    ministry.submit("licences", "2026-10", digital__transactions=60, post__transactions=20)
    assert figures.live().of("licences", "2026-10", "digital-take-up").figure.value == 0.75
    ministry.submit("licences", "2026-09", digital__transactions=60)
    assert figures.live().of("licences", "2026-09", "digital-take-up").figure.value is Absence.NOT_PROVIDED


def test_what_is_missing_is_named_and_is_not_zero(ministry):
    ministry.submit("passports", "2026-10", started=200, completed=None)
    found = figures.live().of("passports", "2026-10", "completion-rate")
    assert found.figure.value is Absence.NOT_PROVIDED
    assert found.why == ("There is no number for: Attempts completed.",)


def test_nothing_of_nothing_is_not_applicable(ministry):
    ministry.submit("passports", "2026-10", started=0, completed=0)
    assert figures.live().of("passports", "2026-10", "completion-rate").figure.value is Absence.NOT_APPLICABLE


def test_what_its_source_published_and_cannot_be_is_no_figure_and_says_why(ministry):
    ministry.submit("passports", "2026-10", transactions=10, digital__transactions=12, published=True)
    found = figures.live().of("passports", "2026-10", "digital-take-up")
    assert found.figure.value is Absence.NOT_PROVIDED
    assert "the part is more than the whole" in found.why[0]


def test_satisfaction_is_two_figures_that_know_who_was_asked(ministry):
    ministry.submit(
        "passports", "2026-10", survey_offered=50,
        satisfied_1=5, satisfied_2=5, satisfied_3=0, satisfied_4=10, satisfied_5=20,
    )  # fmt: skip
    table = figures.live()
    share = table.of("passports", "2026-10", "share-satisfied").figure
    assert (share.value, share.n, share.coverage.had, share.coverage.asked) == (0.75, 40, 40, 50)
    assert table.of("passports", "2026-10", "satisfaction-score").figure.value == pytest.approx(0.71875)


def test_failure_demand_says_how_many_contacts_were_looked_into(ministry):
    ministry.submit("passports", "2026-10", contacts=100, contacts_classified=40, contacts_failure=10)
    figure = figures.live().of("passports", "2026-10", "failure-demand").figure
    assert (figure.value, figure.coverage.had, figure.coverage.asked) == (0.25, 40, 100)


def test_cost_per_transaction_comes_from_lines_and_leaves_out_what_says_why(ministry):
    ministry.submit("passports", "2026-10", transactions=100)
    lines = [
        Line("People", Decimal(300), "all of it"),
        Line("Building", Decimal(1000), "by floor space", Decimal("0.2")),
        Line("Redundancies", Decimal(5000), "all of it", excluded="once only"),
    ]
    put = {"key": "passports", "span": parse("2026-10"), "said_on": TODAY, "by": None, "at": NOON}
    costlines.put(lines=lines, **put)
    figure = figures.live().of("passports", "2026-10", "cost-per-transaction").figure
    assert (figure.value, figure.coverage.had, figure.coverage.asked) == (5.0, 2, 3)
    assert costlines.put(lines=lines, **put) == [], "the same again changes nothing"
    with pytest.raises(Refused, match="Say why"):
        costlines.put(lines=lines[1:], **put)
    costlines.put(lines=lines[1:], reason="Paid by another service.", **put)
    assert figures.live().of("passports", "2026-10", "cost-per-transaction").figure.value == 2.0


def test_a_ready_made_figure_is_shown_as_its_sources(ministry):
    ministry.submit("passports", "2026-10", cost_per_transaction="2.36")
    found = figures.live().of("passports", "2026-10", "cost-per-transaction")
    assert (found.figure.value, found.figure.n) == (2.36, 0)
    assert "Worked out by its source" in found.why[0]


def test_as_published_on_a_day(ministry):
    ministry.submit("passports", "2026-09", started=100, completed=50, published=True, said_on=date(2026, 10, 5))
    ministry.submit(
        "passports", "2026-09", started=100, completed=60, published=True, said_on=date(2026, 11, 5), reason="Late."
    )
    ministry.submit("passports", "2026-10", started=10, completed=5, said_on=date(2026, 11, 5))
    then = figures.read(as_published_on=date(2026, 10, 31))
    assert then.of("passports", "2026-09", "completion-rate").figure.value == 0.5
    assert then.of("passports", "2026-10", "completion-rate") is None
    now = figures.read(as_published_on=TODAY)
    assert now.of("passports", "2026-09", "completion-rate").figure.value == 0.6
    assert now.of("passports", "2026-10", "completion-rate") is None, "never published"


def test_reading_takes_the_same_queries_for_any_number_of_services(ministry, django_assert_num_queries):
    for month in range(1, 11):
        ministry.submit("passports", f"2026-{month:02}", started=10, completed=5)
        ministry.submit("licences", f"2026-{month:02}", transactions=10)
    with django_assert_num_queries(5):
        table = figures.read()
    assert len(table.over_time("passports", "completion-rate")) == 10
