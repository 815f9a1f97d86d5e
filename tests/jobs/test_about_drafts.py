"""Letters about work on drafts: who is named is told, once a day what happened, and nothing inside gets out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.drafting.tables import WEEKLY, laid

from penholder.agreement import rounds, seating
from penholder.drafting import daily_letters, suggestions, visits, waypoints
from penholder.drafting.contributions import Waypoint
from penholder.jobs import about_drafts, wording
from penholder.jobs.models import Letter

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def table(office):  # noqa: F811
    return laid(office)


def composed(kind: str, at) -> dict[str, wording.Said | wording.Unneeded]:
    """What each letter of that kind would say, by address."""
    return {
        letter.to: wording.compose(letter, at=at, address="https://desk.example")
        for letter in Letter.objects.filter(kind=kind)
    }


def people(table):
    return seating.people(table.document, at=table.office.at)


def test_who_is_named_is_told_once_with_the_words(table):
    table.discuss("clerk", WEEKLY, "@Pen who pays?", people=people(table))
    at = table.office.later()
    assert (about_drafts.tell_mentioned(at), about_drafts.tell_mentioned(at)) == (1, 0)
    said = composed("mentioned", at)["pen@example.org"]
    assert "named you in a discussion of “The strategy”" in said.subject
    assert "@Pen who pays?" in said.body
    assert "/desk/texts/strategy/discussions/" in said.body


def test_a_letter_about_a_discussion_inside_a_department_does_not_say_what_was_said(table):
    table.discuss("clerk", WEEKLY, "@Health SECRETLY, who pays?", inside=True, people=people(table))
    at = table.office.later()
    about_drafts.tell_mentioned(at)
    said = composed("mentioned", at)["health@example.org"]
    assert "inside your organisation" in said.body
    assert "SECRETLY" not in said.body + said.subject


def test_who_has_no_seat_any_more_when_a_letter_is_sent_gets_none(table):
    table.discuss("pen", WEEKLY, "@Clerk who pays?", people=people(table))
    about_drafts.tell_mentioned(table.office.later())
    rounds.call_off(
        round_id=table.office.round.pk, reason="Too early.", by=table.office.acting("pen"), at=table.office.later()
    )
    assert isinstance(composed("mentioned", table.office.later())["clerk@example.org"], wording.Unneeded)


def been(table, *names):
    """Let people have been at the draft, and the draft be kept as they saw it."""
    for name in names:
        visits.note(document=table.document, by=table.seat(name), at=table.office.later())
    waypoints.keep(document=table.document, at=table.office.later())


def test_once_a_day_those_who_were_here_are_told_in_lines_what_happened(table):
    row = table.swap("clerk", "each week", "every month")
    been(table, "clerk", "home")
    table.accept(row, words="Leaders meet every other week in London.", reason="A month is too long.")
    table.discuss("clerk", WEEKLY.replace("each week", "every other week"), "SECRETLY, who pays?", inside=True)
    table.discuss("pen", "Every department has a leader", "Is it so?")
    night, morning = table.office.at.replace(hour=2) + DAY, table.office.at.replace(hour=8) + DAY
    assert about_drafts.write_daily(night) == 0
    assert (about_drafts.write_daily(morning), about_drafts.write_daily(morning)) == (2, 0)
    told = composed("daily", morning)
    clerk, home = (" ".join(told[f"{name}@example.org"].body.split()) for name in ("clerk", "home"))
    assert "Your suggestion 1: Accepted in part. A month is too long." in clerk
    assert "“Leaders”: 1 passage edited" in clerk
    assert "Discussion 1: 1 new thing was said" in home
    assert "SECRETLY" not in clerk + home
    assert "inside your organisation" not in home
    assert "You can switch it off" in home
    assert "cannot be switched off" not in home


def test_nothing_happened_is_no_letter_and_neither_is_one_that_was_switched_off(table):
    been(table, "clerk", "home")
    morning = table.office.at.replace(hour=8) + DAY
    assert about_drafts.write_daily(morning) == 0
    daily_letters.choose(person=table.office.people["home"], wanted=False)
    table.office.at = morning
    table.discuss("pen", WEEKLY)
    assert about_drafts.write_daily(morning + DAY) == 1
    assert list(composed("daily", morning + DAY)) == ["clerk@example.org"]
    daily_letters.choose(person=table.office.people["clerk"], wanted=False)
    assert isinstance(composed("daily", morning + DAY)["clerk@example.org"], wording.Unneeded)


def test_what_was_told_yesterday_is_not_told_today(table):
    been(table, "clerk")
    table.discuss("pen", WEEKLY)
    morning = table.office.at.replace(hour=8) + DAY
    assert about_drafts.write_daily(morning) == 1
    assert about_drafts.write_daily(morning + DAY) == 0


def test_a_draft_is_kept_for_looking_back_when_it_was_written_in_and_only_then(table):
    row = table.swap("clerk", "each week", "every month")
    table.accept(row)
    assert waypoints.keep_all(at=table.office.later(minutes=5)) == 1
    assert waypoints.keep_all(at=table.office.later(minutes=5)) == 0
    assert Waypoint.objects.get().people == ["Pen"]
    suggestions.accept(
        suggestion_id=table.swap("clerk", "London", "Cardiff").pk, by=table.seat("pen"), at=table.office.later()
    )
    assert waypoints.keep_all(at=table.office.later(minutes=5)) == 1
    kept = waypoints.before(table.document, table.office.at - timedelta(minutes=7))
    assert "every month in London" in {part.key: part.text for part in waypoints.parts(kept)}["leaders"]
