"""Journeys are drawn in versions that never overlap, and what their events tell becomes figures."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from tests.measure.drawings import branching, straight
from tests.measure.intake.events import batch, event, take
from tests.services.conftest import NOON

from penholder.cli import main
from penholder.errors import Refused
from penholder.measure.intake import drawings, manifests, sealing
from penholder.measure.intake.intake import Intake
from penholder.measure.journey_definitions import Kind, Step
from penholder.measure.journeys import micros
from penholder.services import attempts, figures, journeys, publications
from penholder.services.models import DrawnJourney, FrozenFigure, Period
from penholder.services.periods import parse


@pytest.fixture
def licences(ministry):
    drawn = straight("licences")
    pages = (replace(drawn.steps[0], text="Apply for a licence here. It costs £20."), *drawn.steps[1:])
    helps = (Step(20, "help", Kind.HELP), Step(21, "help-with-paying", Kind.HELP))
    return replace(drawn, steps=(*pages, *helps), effective_from=date(2026, 1, 1))


def test_a_version_is_read_back_as_it_was_drawn(licences):
    for drawn in (licences, replace(branching("licences"), version=2, effective_from=date(2027, 1, 1))):
        if drawn.version == 2:
            journeys.end(key="licences", number=1, on=date(2027, 1, 1), reason="New graph.", by=None, at=NOON)
            drawn = replace(drawn, steps=tuple(replace(step, number=step.number + 100) for step in drawn.steps))  # noqa: PLW2901
        journeys.draw(drawn=drawn, by=None, at=NOON)
        assert journeys.definitions()["licences"][-1] == drawn


def test_two_versions_in_force_on_one_day_are_refused(licences):
    journeys.draw(drawn=licences, by=None, at=NOON)
    second = replace(licences, version=2, effective_from=date(2026, 6, 1))
    with pytest.raises(Refused, match="both in force from 2026-06-01"):
        journeys.draw(drawn=second, by=None, at=NOON)
    journeys.end(key="licences", number=1, on=date(2026, 6, 1), reason="New graph.", by=None, at=NOON)
    with pytest.raises(Refused, match="ended on"):
        journeys.end(key="licences", number=1, on=date(2026, 7, 1), reason="Again.", by=None, at=NOON)
    journeys.draw(drawn=second, by=None, at=NOON)
    assert DrawnJourney.objects.count() == 2


def test_a_version_has_the_next_number(licences):
    with pytest.raises(Refused, match="is number 1"):
        journeys.draw(drawn=replace(licences, version=3), by=None, at=NOON)


def test_what_is_no_definition_is_refused_with_the_fault():
    with pytest.raises(Refused, match="no journey definition"):
        journeys.read({"service": "licences"})


def test_definitions_are_handed_to_sealing_beside_those_of_others(licences, tmp_path):
    drawings.write(tmp_path, [straight("elsewhere")])
    journeys.draw(drawn=licences, by=None, at=NOON)
    assert journeys.hand_over(tmp_path) == 2
    assert drawings.read(tmp_path) == {"elsewhere": [straight("elsewhere")], "licences": [licences]}


@pytest.fixture
def sealed(licences, tmp_path, settings):
    """Attempts of September and October: ten by the web of which seven finish, and four by phone of which two do."""
    settings.PENHOLDER_EVENTS = tmp_path
    journeys.draw(drawn=licences, by=None, at=NOON)
    journeys.hand_over(tmp_path)
    intake = Intake(tmp_path, sealed=manifests.ids_of(tmp_path), upto=0, room_kept=0)
    number = 0
    for month in (9, 10):
        for attempt in range(14):
            at = datetime(2026, month, 5, 9, attempt, tzinfo=UTC)
            channel = "digital" if attempt < 10 else "post"
            steps = ["start", "who-you-are", "pay", "done"] if attempt not in {7, 8, 9, 12, 13} else ["start"]
            if not attempt:
                steps[2:2] = ["help", "help-with-paying"]
            told = []
            for place, step in enumerate(steps):
                number += 1
                moment = (at + timedelta(minutes=2 * place)).isoformat()
                data = {"step": step, "channel": channel}
                told.append(
                    event(
                        number, source="licences/web", subject=f"attempt-{month}-{attempt:03}", time=moment, data=data
                    )
                )
            receipt = take(intake, batch(*told), service="licences", received=micros(NOON))
            assert receipt.accepted == len(told), receipt
    intake.close()
    assert sealing.seal(tmp_path, at=NOON).journeys == 28
    return tmp_path


def test_journeys_give_figures_by_month_and_channel(sealed):
    found = {
        (each.period, each.channel, each.figure.definition.key): each.figure
        for each in attempts.figures(sealed, [parse("2026-09"), parse("2026-10")], at=NOON)
    }
    rate = found["2026-10", "", "completion-rate"]
    assert (rate.n, round(rate.value * 14)) == (14, 9)
    assert found["2026-09", "digital", "completion-rate"].value == 0.7
    assert found["2026-09", "post", "completion-rate"].value == 0.5
    assert found["2026-09", "", "median-time"].value == 360
    assert found["2026-09", "", "questions"].value == 2
    assert found["2026-09", "", "help-opened"].value == 1 / 14, "once, although at two steps"
    assert found["2026-09", "digital", "help-opened"].value == 0.1
    age = found["2026-09", "", "reading-age"]
    assert (age.value, age.coverage.had, age.coverage.asked) == (5, 1, 4)


def test_a_quarter_is_counted_as_one(sealed):
    found = attempts.figures(sealed, [parse("2026-Q3"), parse("2026-09_2026-10")], at=NOON)
    rates = {each.period: each.figure.n for each in found if each.figure.definition.key == "completion-rate"
             and not each.channel}  # fmt: skip
    assert rates == {"2026-Q3": 14, "2026-09_2026-10": 28}


def test_journeys_take_the_place_of_what_was_submitted_and_are_frozen(sealed, ministry):
    ministry.submit("licences", "2026-10", started=100, completed=10, transactions=40)
    shown = figures.read(at=NOON).of("licences", "2026-10", "completion-rate")
    assert (shown.figure.n, shown.origin) == (14, "journeys")
    assert figures.read().of("licences", "2026-10", "completion-rate").figure.n == 100, "without a clock, as submitted"
    publication = publications.freeze(organisation=ministry.body("interior"), span=parse("2026-10"), by=None, at=NOON)
    rows = FrozenFigure.objects.filter(publication=publication, service__key="licences")
    assert rows.get(definition="completion-rate", channel="").n == 14
    assert rows.get(definition="completion-rate", channel="post").status == "suppressed", "four attempts are few"


def test_what_has_not_had_its_time_is_not_judged(sealed):
    early = datetime(2026, 10, 6, tzinfo=UTC)
    (rate,) = [
        each
        for each in attempts.figures(sealed, [parse("2026-10")], at=early)
        if each.figure.definition.key == "completion-rate" and not each.channel
    ]
    assert (rate.young, rate.figure.n) == (14, 0)


def test_nothing_sealed_gives_no_figures_but_of_what_pages_say(licences, tmp_path):
    journeys.draw(drawn=licences, by=None, at=NOON)
    (age,) = attempts.figures(tmp_path, [parse("2026-10")], at=NOON)
    assert age.figure.definition.key == "reading-age", "what its pages say can be read without anybody coming"


def test_a_command_shows_live_figures_of_a_period_that_nobody_has_noted(sealed, tmp_path, settings):
    assert not Period.objects.filter(key="2026-10").exists()
    told = json.loads(
        CliRunner().invoke(main, ["services", "figures", "licences", "--period", "2026-10", "--json"]).stdout
    )
    rate = next(each for each in told if (each["figure"], each["channel"]) == ("completion-rate", ""))
    assert (rate["n"], rate["origin"], rate["coverage"]) == (14, "journeys", [14, 14])
    said = CliRunner().invoke(main, ["services", "figures", "licences", "--period", "2026-10"]).stdout
    assert re.search(r"Completion rate +all +64.3% +38.8% to 83.7% +14 +journeys", said)
    nothing = CliRunner().invoke(main, ["services", "figures", "licences", "--period", "2031-01"]).stdout
    assert "No figure of licences for 2031-01" in nothing
