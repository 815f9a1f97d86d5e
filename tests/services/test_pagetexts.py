"""What the pages of a service say is told in versions, and gives the reading age of every period that it held in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from tests.measure.drawings import straight
from tests.services.conftest import NOON

from penholder.errors import Refused
from penholder.measure.values import Absence
from penholder.people.models import Role
from penholder.services import attempts, figures, journeys, pagetexts, publications, registrations
from penholder.services.models import FrozenFigure, PageText
from penholder.services.periods import parse

pytestmark = pytest.mark.django_db

PLAIN = "Apply for a licence here. It costs £20."
HARD = "The applicant's circumstances necessitate verification of all documentation. We check it."


@pytest.fixture
def licences(ministry, monkeypatch, tmp_path):
    """A journey with four pages, of which one is drawn with its words."""
    monkeypatch.setattr(settings, "PENHOLDER_EVENTS", tmp_path)
    drawn = straight("licences")
    steps = (drawn.steps[0], replace(drawn.steps[1], text=PLAIN), *drawn.steps[2:])
    return journeys.draw(drawn=replace(drawn, steps=steps, effective_from=date(2026, 1, 1)), by=None, at=NOON)


def put(words, as_of, page="start", **more):
    return pagetexts.put(
        key="licences", page=page, words=words, as_of=as_of, said_on=NOON.date(), by=more.pop("by", None), at=NOON,
        **more,
    )  # fmt: skip


def ages(*periods):
    found = attempts.figures(settings.PENHOLDER_EVENTS, [parse(one) for one in periods], at=NOON)
    return {each.period: each.figure for each in found if each.figure.definition.key == "reading-age"}


def test_each_period_is_read_with_the_words_that_held_at_its_end(licences):
    put(HARD, date(2026, 9, 10))
    put(PLAIN, date(2026, 10, 31), reason="Written anew.")
    found = ages("2025-12", "2026-08", "2026-09", "2026-10")
    assert {period: (each.value, each.coverage.had, each.coverage.asked) for period, each in found.items()} == {
        "2026-08": (5, 1, 4), "2026-09": (12, 2, 4), "2026-10": (5, 2, 4),
    }  # fmt: skip
    assert found["2026-08"].provenance == ("words of the pages of the service, as its journey is drawn with them",)
    assert found["2026-10"].provenance[1:] == ("words of pages of the service (1), as they were noted by 2026-11-20",)


def test_words_that_are_taken_back_are_known_no_more(licences):
    put(HARD, date(2026, 9, 1), page=licences.graph["steps"][1]["name"])
    put("", date(2026, 10, 1), page=licences.graph["steps"][1]["name"], reason="It was another page.")
    assert ages("2026-09", "2026-10").keys() == {"2026-09"}


def test_the_figure_is_frozen_with_the_others_of_its_period(licences, ministry):
    put(HARD, date(2026, 9, 10))
    live = figures.read(at=NOON, periods=["2026-10"]).of("licences", "2026-10", "reading-age")
    assert (live.figure.value, live.origin) == (12, "journeys")
    ministry.submit("licences", "2026-10", started=100, completed=90)
    publication = publications.freeze(organisation=ministry.body("interior"), span=parse("2026-10"), by=None, at=NOON)
    put(PLAIN, date(2026, 10, 1), reason="Too hard.")
    row = FrozenFigure.objects.get(publication=publication, service__key="licences", definition="reading-age")
    assert (row.value, row.had, row.asked) == (12, 2, 4)


@pytest.mark.parametrize(
    ("words", "more", "why"),
    [
        (" ", {}, "Write what the page says"), (PLAIN, {"page": "nowhere"}, "It has: start"),
        ("a" * 20_001, {}, "20,001 letters"),
    ],
)  # fmt: skip
def test_what_cannot_be_noted_is_refused_with_what_to_do(licences, words, more, why):
    with pytest.raises(Refused, match=why):
        put(words, date(2026, 10, 1), **more)


def test_a_change_says_why_changes_something_and_comes_later(licences):
    put(HARD, date(2026, 9, 10))
    for words, day, reason, why in (
        (PLAIN, date(2026, 9, 11), "", "Say why"), (HARD, date(2026, 9, 10), "x", "Nothing would change"),
        (PLAIN, date(2026, 9, 9), "x", "a later one"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            put(words, day, reason=reason)
    assert PageText.objects.count() == 1


def test_a_service_without_a_journey_has_no_pages(ministry):
    with pytest.raises(Refused, match="Draw it first"):
        pagetexts.put(
            key="passports", page="start", words=PLAIN, as_of=NOON.date(), said_on=NOON.date(), by=None, at=NOON
        )
    assert pagetexts.reading_age_on(NOON.date(), [], ()) is None


def test_a_manager_words_the_pages_of_the_own_services_alone(licences, ministry):
    maud, zoe = (ministry.acting(name, Role.SERVICE_MANAGER) for name in ("maud", "zoe"))
    registrations.change(
        key="licences", manager=maud.post, as_of=NOON.date(), said_on=NOON.date(), reason="x", by=None, at=NOON
    )
    with pytest.raises(Refused, match="this is another one"):
        put(PLAIN, date(2026, 10, 1), by=zoe)
    assert put(PLAIN, date(2026, 10, 1), by=maud).by == maud.words
    assert Absence.NOT_PROVIDED not in {each.value for each in ages("2026-10").values()}
