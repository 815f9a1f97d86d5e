"""Reminders: on the days on which they help, once a day, one letter for all, and never to those who have answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.jobs.conftest import OPENED

from penholder.agreement import delegations, links, reminders
from penholder.agreement.models import Kind
from penholder.jobs import duties, wording
from penholder.jobs.models import Letter
from penholder.people.models import Role

pytestmark = pytest.mark.django_db

# The deadline of a round that was opened on 3 April 2013 is the end of Wednesday 17 April.
FIVE_LEFT = datetime(2013, 4, 10, 9, tzinfo=UTC)


def days(government, until: datetime) -> list[str]:
    """Days on which somebody is reminded, when it is looked every hour."""
    found, at = [], OPENED
    while at < until:
        found += [f"{at:%d %B}" for _ in range(duties.remind(at))]
        at += timedelta(hours=1)
    return found


def test_reminders_come_five_two_one_and_no_working_days_before_the_end_and_then_every_second(government):
    government.open(government.seal(aim="Better."), "health")
    assert days(government, datetime(2013, 4, 24, tzinfo=UTC)) == [
        "10 April", "15 April", "16 April", "17 April", "19 April", "23 April",
    ]  # fmt: skip


def test_nobody_is_reminded_on_a_bank_holiday_at_a_weekend_or_at_night(government):
    # Ten clear days from Thursday 25 April 2013 end on Friday 10 May, because Monday 6 May is a bank holiday.
    government.open(government.seal(aim="Better."), "health", at=datetime(2013, 4, 25, 9, tzinfo=UTC))
    sent = []
    at = datetime(2013, 4, 26, tzinfo=UTC)
    while at < datetime(2013, 5, 13, tzinfo=UTC):
        sent += [at] * duties.remind(at)
        at += timedelta(hours=1)
    assert [f"{at:%a %d %b}" for at in sent] == ["Thu 02 May", "Wed 08 May", "Thu 09 May", "Fri 10 May"]
    assert {at.hour for at in sent} == {7}  # eight o'clock in London, in summer


def test_those_who_have_answered_are_never_reminded(government):
    opened = government.open(government.seal(aim="Better."), "health", "wales")
    government.answer(opened, "health", at=OPENED)
    assert [one.email for one in reminders.take(at=FIVE_LEFT)] == ["wales@dept.example"]


def test_several_that_wait_are_one_letter(government):
    for key in ("first", "second"):
        government.open(government.seal(key, aim=f"{key} and better."), "health")
    assert duties.remind(FIVE_LEFT) == 1
    said = wording.compose(Letter.objects.get(), at=FIVE_LEFT)
    assert said.subject == "2 texts wait for your answer"
    for title in ("The first", "The second"):
        assert title in said.body
    assert "5 clear working days are left after today." in " ".join(said.body.split())


def test_a_reminder_that_waited_in_the_queue_says_how_long_is_left_when_it_is_sent(government):
    government.open(government.seal(aim="Better."), "health")
    duties.remind(FIVE_LEFT)
    late = FIVE_LEFT + timedelta(days=6)
    assert "One clear working day is left" in " ".join(wording.compose(Letter.objects.get(), at=late).body.split())


def test_two_workers_in_one_moment_remind_once(government):
    government.open(government.seal(aim="Better."), "health")
    assert duties.remind(FIVE_LEFT) == 1
    assert duties.remind(FIVE_LEFT) == 0
    assert Letter.objects.count() == 1


def test_a_delegate_and_an_office_with_a_link_are_reminded_too(government):
    opened = government.open(government.seal(aim="Better."), "health", "wales")
    health, pen = government.acting["health"], government.acting["pen"]
    delegations.give(
        post=health.post, person=government.acting["chair"].person, round=opened, since=OPENED,
        until=OPENED + timedelta(days=30), reason="On leave", by=health, at=OPENED,
    )  # fmt: skip
    asked = government.asked(opened, "wales")
    links.make(asked_id=asked.pk, email="office@minister.example", days=20, by=pen, at=OPENED)
    assert {one.email for one in reminders.take(at=FIVE_LEFT)} == {
        "chair@dept.example", "health@dept.example", "office@minister.example", "wales@dept.example",
    }  # fmt: skip


def test_a_round_in_which_nobody_must_answer_reminds_nobody(government):
    government.post("adviser", Role.ADVISER)
    government.open(government.seal(aim="Better."), "adviser", kind=Kind.ADVICE, clear_days=10)
    assert reminders.take(at=FIVE_LEFT) == []


def test_reminding_500_posts_takes_as_many_queries_as_reminding_two(government, django_assert_max_num_queries):
    keys = [f"leader-{number}" for number in range(500)]
    for key in keys:
        government.post(key, Role.LEADER)
    government.open(government.seal(aim="Better."), *keys)
    with django_assert_max_num_queries(12):
        assert len(reminders.take(at=FIVE_LEFT)) == 500


def test_a_monthly_form_that_is_not_submitted_is_reminded_of_with_how_long_is_left(db):
    from tests.services.conftest import NOON, Ministry

    from penholder.jobs import figures
    from penholder.services import monthly, registrations
    from penholder.services.periods import parse

    ministry = Ministry()
    ministry.service("passports")
    leader, manager = ministry.acting("ada"), ministry.acting("sam", Role.SERVICE_MANAGER)
    registrations.change(
        key="passports",
        as_of=NOON.date(),
        said_on=NOON.date(),
        reason="Named.",
        by=leader,
        at=NOON,
        manager=manager.post,
    )
    link, token = monthly.make(
        key="passports", span=parse("2026-10"), email="sam@example.org", days=7, by=leader, at=NOON
    )
    assert figures.remind(NOON) == 1
    assert figures.remind(NOON + timedelta(hours=3)) == 0
    letter = Letter.objects.get()
    said = wording.compose(letter, at=NOON)
    assert said.subject == "The figures of Passports for October 2026 are due"
    assert "There are 7 days left" in " ".join(said.body.split())
    assert token not in said.body
    monthly.end(link_id=link.pk, by=leader, at=NOON)
    assert isinstance(wording.compose(letter, at=NOON), wording.Unneeded)
