"""The queue of letters: nothing is lost, nothing is made twice, and what cannot be sent is tried again, then told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction

from penholder.jobs import letters
from penholder.jobs.models import NEXT, Letter, State

pytestmark = pytest.mark.django_db

NOON = datetime(2013, 4, 3, 11, tzinfo=UTC)


def put(key: str = "one", *, at: datetime = NOON, **facts) -> Letter:
    letters.write(
        [Letter(key=key, to=f"{key}@dept.example", subject="News", body="Some.", due_at=at, made_at=at, **facts)]
    )
    return Letter.objects.get(key=key)


def test_a_letter_is_written_once_however_often_it_is_asked_for():
    put()
    put()
    assert Letter.objects.count() == 1


def test_a_letter_is_taken_by_one_worker_only():
    put()
    assert letters.take(at=NOON).key == "one"
    assert letters.take(at=NOON) is None


def test_the_one_that_waits_longest_goes_first():
    put("late", at=NOON)
    put("early", at=NOON - timedelta(hours=1))
    assert [letters.take(at=NOON).key, letters.take(at=NOON).key] == ["early", "late"]


def test_a_letter_held_by_a_worker_that_died_is_free_again():
    put()
    letters.take(at=NOON)
    assert letters.take(at=NOON + letters.HOLDING - timedelta(seconds=1)) is None
    again = letters.take(at=NOON + letters.HOLDING)
    assert (again.key, again.attempts) == ("one", 2)


def test_a_worker_that_was_thought_dead_does_not_end_the_letter_of_its_successor():
    put()
    first = letters.take(at=NOON)
    second = letters.take(at=NOON + letters.HOLDING)
    letters.fail(first, problem="too late", for_good=True, at=NOON + letters.HOLDING)
    assert Letter.objects.get().state == State.SENDING
    letters.sent(second, subject="News", at=NOON + letters.HOLDING)
    assert Letter.objects.get().state == State.SENT


def test_each_attempt_waits_longer_until_it_is_given_up():
    put()
    at, waits = NOON, []
    while (letter := letters.take(at=at)) is not None:
        if letters.fail(letter, problem="busy", for_good=False, at=at) == State.FAILED:
            break
        letter.refresh_from_db()
        waits.append(letter.due_at - at)
        at = letter.due_at
    assert waits == list(letters.PATIENCE)
    assert waits == sorted(waits)
    assert [letter.problem for letter in letters.failed()] == ["busy"]


def test_what_was_given_up_can_be_tried_again():
    put()
    letters.fail(letters.take(at=NOON), problem="no such box", for_good=True, at=NOON)
    assert letters.take(at=NOON + timedelta(days=9)) is None
    assert letters.again(at=NOON) == 1
    assert letters.take(at=NOON).attempts == 1


def test_what_was_sent_is_forgotten_but_for_its_subject():
    put()
    letters.sent(letters.take(at=NOON), subject="News", at=NOON)
    letter = Letter.objects.get()
    assert (letter.subject, letter.body) == ("News", "")
    letters.forget(at=NOON + letters.KEPT)
    assert Letter.objects.exists()
    letters.forget(at=NOON + letters.KEPT + timedelta(seconds=1))
    assert not Letter.objects.exists()


def test_what_failed_stays_until_somebody_has_seen_to_it():
    put()
    letters.fail(letters.take(at=NOON), problem="no such box", for_good=True, at=NOON)
    letters.forget(at=NOON + timedelta(days=400))
    assert Letter.objects.get().state == State.FAILED


@pytest.mark.parametrize("ahead", [timedelta(days=3), timedelta(days=4000)])
def test_a_clock_that_is_put_back_strands_no_letter(ahead):
    put("waits", at=NOON + ahead)
    put("held", at=NOON + ahead - timedelta(minutes=1))
    letters.take(at=NOON + ahead)
    assert {letters.take(at=NOON).key, letters.take(at=NOON).key} == {"waits", "held"}


def test_looking_for_work_takes_no_lock_when_there_is_none(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert letters.take(at=NOON) is None


def test_mail_of_django_goes_into_the_queue_and_shares_the_fate_of_its_act(settings):
    settings.EMAIL_BACKEND = "penholder.jobs.outgoing.Queue"
    EmailMessage("Hello\n there", "Your code is 123", to=["ada@dept.example"], cc=["bob@dept.example"]).send()
    assert set(Letter.objects.values_list("to", "subject")) == {
        ("ada@dept.example", "Hello there"),
        ("bob@dept.example", "Hello there"),
    }

    def act_that_fails():
        with transaction.atomic():
            mail.send_mail("Never", "mind", None, ["eve@dept.example"])
            raise InterruptedError

    with pytest.raises(InterruptedError):
        act_that_fails()
    assert not Letter.objects.filter(to="eve@dept.example").exists()


def test_every_state_is_in_the_table_of_what_may_follow():
    assert set(NEXT) == set(State)
