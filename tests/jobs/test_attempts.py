"""The worker erases attempts that are older than their service keeps, where nobody seals and when the clock is believed."""

from __future__ import annotations

from datetime import timedelta

from tests.measure.intake.events import event
from tests.measure.intake.test_sealing import AT, send, table

from penholder.jobs import duties
from penholder.measure.intake import keeping


def test_old_attempts_are_forgotten_once_a_day_by_the_worker(tmp_path, settings):
    settings.PENHOLDER_EVENTS = tmp_path
    (duty,) = [each for each in duties.every(sender=None) if each.name == "Old attempts forgotten"]
    assert duty.by_the_clock, "what is erased does not come back"
    assert duty.do(AT) == 0, "nothing is here, and nothing was said of how long it is kept"
    send(
        tmp_path,
        event(1, subject="attempt-old", time=(AT - timedelta(days=200)).isoformat()),
        event(2, subject="attempt-new", time=(AT - timedelta(days=20)).isoformat()),
    )
    keeping.say(tmp_path, "permits", 100)
    assert [duty.do(AT), duty.do(AT)] == [1, 0]
    assert table(tmp_path, "journeys")["journey"].to_pylist() == ["attempt-new"]
