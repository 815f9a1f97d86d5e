"""What is erased is gone from every file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.measure.intake.events import batch, event, take
from tests.measure.intake.test_sealing import AT, open_intake, send, table

from penholder.errors import Missing, Refused
from penholder.measure.intake import erasing, keeping, manifests, sealing


def everything(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_an_erased_attempt_is_in_no_file_any_more(tmp_path):
    send(tmp_path, event(1, subject="erase-me-please"), event(2, subject="keep-me-please"))
    sealing.seal(tmp_path, at=AT)
    send(tmp_path, event(3, subject="erase-me-please", time="2026-10-01T10:00:00Z"))
    assert erasing.erase(tmp_path, service="permits", journey="erase-me-please", at=AT) == 2
    assert table(tmp_path, "journeys")["journey"].to_pylist() == ["keep-me-please"]
    assert table(tmp_path, "events")["journey"].to_pylist() == ["keep-me-please"]
    assert b"erase-me-please" not in everything(tmp_path)
    assert (manifests.read(tmp_path).events, manifests.read(tmp_path).journeys) == (1, 1)


def test_the_attempt_of_another_service_stays(tmp_path):
    send(tmp_path, event(1, subject="attempt-1"))
    with pytest.raises(Missing):
        erasing.erase(tmp_path, service="passports", journey="attempt-1", at=AT)
    assert len(table(tmp_path, "events")) == 1


def test_nothing_is_called_erased_while_the_log_may_hold_it(tmp_path):
    intake = open_intake(tmp_path)
    take(intake, batch(event(1, subject="attempt-1")))
    with pytest.raises(Refused, match="coming in"):
        erasing.erase(tmp_path, service="permits", journey="attempt-1", at=AT)
    intake.close()


def test_attempts_older_than_a_service_keeps_are_forgotten(tmp_path):
    send(
        tmp_path,
        event(1, subject="attempt-old", time="2026-01-05T10:00:00Z"),
        event(2, subject="attempt-long", time="2026-01-06T10:00:00Z"),
        event(3, subject="attempt-long", time="2026-11-06T10:00:00Z"),
    )
    assert erasing.forget(tmp_path, before={"permits": datetime(2026, 6, 1, tzinfo=UTC)}, at=AT) == 1
    assert table(tmp_path, "events")["journey"].to_pylist() == ["attempt-long"] * 2


def test_each_service_keeps_attempts_for_its_own_time_and_forgets_once_a_day(tmp_path):
    days_old = {"attempt-new": 10, "attempt-mid": 50, "attempt-old": 300}
    told = [
        event(n, subject=name, time=(AT - timedelta(days=days)).isoformat())
        for n, (name, days) in enumerate(days_old.items())
    ]
    send(tmp_path, *told)
    sealing.seal(tmp_path, at=AT)
    assert keeping.forget_once_a_day(tmp_path, at=AT) == 0
    keeping.say(tmp_path, "passports", 30)
    keeping.say(tmp_path, "permits", 100)
    assert keeping.forget_once_a_day(tmp_path, at=AT) == 1
    keeping.say(tmp_path, "permits", 40)
    assert keeping.forget_once_a_day(tmp_path, at=AT) == 0
    assert keeping.forget_once_a_day(tmp_path, at=AT + timedelta(days=1)) == 1
    assert table(tmp_path, "events")["journey"].to_pylist() == ["attempt-new"]
    keeping.say(tmp_path, "permits", None)
    assert keeping.read(tmp_path) == {"passports": 30}


def test_old_attempts_are_forgotten_while_events_come_in(tmp_path):
    send(tmp_path, event(1, subject="attempt-old", time=(AT - timedelta(days=300)).isoformat()))
    intake = open_intake(tmp_path)
    take(intake, batch(event(2, subject="attempt-new")))
    assert erasing.forget(tmp_path, before={"permits": AT - timedelta(days=100)}, at=AT) == 1
    intake.close()
    assert everything(tmp_path).count(b"attempt-old") == 0


def test_an_attempt_is_not_kept_for_less_than_its_window(tmp_path):
    with pytest.raises(Refused, match="at least 30 days"):
        keeping.say(tmp_path, "permits", 7)
