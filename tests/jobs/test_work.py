"""The worker: what fails stops nothing else, and a clock that jumps decides nothing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from penholder.errors import Refused
from penholder.jobs import clock, work
from penholder.jobs.work import Duty, Worker

pytestmark = pytest.mark.django_db

NOON = datetime(2013, 4, 3, 11, tzinfo=UTC)


class Time:
    """A clock on the wall and the time that passes, which need not agree."""

    def __init__(self):
        self.at, self.seconds = NOON, 100.0

    def passes(self, **span: float) -> None:
        self.at += timedelta(**span)
        self.seconds += timedelta(**span).total_seconds()


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def told():
    return []


def worker(duties, time, told):
    return Worker(duties, tell=told.append, now=lambda: time.at, running=lambda: time.seconds)


def test_each_duty_is_done_at_its_own_pace(time, told):
    done = []
    duties = [
        Duty("often", timedelta(seconds=2), lambda at: done.append("often") or 0),
        Duty("rarely", timedelta(hours=1), lambda at: done.append("rarely") or 0),
    ]
    one = worker(duties, time, told)
    for _ in range(3):
        one.once()
        time.passes(seconds=2)
    assert done == ["often", "rarely", "often", "often"]


def test_a_duty_that_fails_keeps_nothing_else_from_being_done_and_is_told_once(time, told):
    def fail(at):
        raise Refused("The disk is full.")

    one = worker([Duty("Publishing", timedelta(0), fail), Duty("Sending", timedelta(0), lambda at: 1)], time, told)
    for _ in range(5):
        assert one.once() == {"Sending": 1}
        time.passes(hours=1)
    assert [line for line in told if "disk" in line] == ["Publishing: The disk is full. It is tried again."]
    assert one.problems() == {"Publishing": "The disk is full."}


def test_a_duty_that_works_again_says_so(time, told):
    outcomes = iter([OSError(28, "No space left on device"), None])

    def act(at):
        if problem := next(outcomes):
            raise problem
        return 0

    one = worker([Duty("Publishing", timedelta(0), act)], time, told)
    one.once()
    time.passes(minutes=10)
    one.once()
    assert told[-1] == "Publishing: works again."
    assert one.problems() == {}


def test_a_clock_that_jumps_decides_nothing_until_it_has_run_evenly(time, told):
    done = []
    one = worker([Duty("Deeming", timedelta(0), lambda at: done.append(at) or 0, by_the_clock=True)], time, told)
    one.once()
    time.at += timedelta(days=30)
    one.once()
    assert len(done) == 1
    assert "The clock jumped by 30 days" in told[-1]
    time.at -= timedelta(days=30)
    time.passes(minutes=9)
    one.once()
    assert len(done) == 1
    time.passes(minutes=10)
    one.once()
    assert done == [NOON, NOON + timedelta(minutes=19)]


def test_a_correction_of_the_clock_by_seconds_is_nothing(time, told):
    steady = clock.Steady(at=NOON, running=0)
    assert steady.holds(at=NOON + timedelta(seconds=70), running=60)


def test_a_worker_that_is_told_to_stop_stops(time, told):
    stop = threading.Event()
    one = worker([Duty("Stopping", timedelta(0), lambda at: stop.set() or 0)], time, told)
    one.run(stop)
    assert stop.is_set()


def test_it_can_be_seen_when_a_worker_last_ran():
    assert work.standing().worked_at is None
    work.beat(at=NOON)
    work.beat(at=NOON + timedelta(minutes=1))
    assert work.standing() == work.Standing(waiting=0, failed=0, worked_at=NOON + timedelta(minutes=1))
