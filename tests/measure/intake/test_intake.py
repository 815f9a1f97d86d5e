"""Events are checked one by one, kept once, and acknowledged only when they are on disk."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measure.intake.events import NOON, batch, delivery, event, lines, take

from penholder.errors import Conflict, Refused
from penholder.measure.intake import bodies, checking, frames, segments
from penholder.measure.intake.checking import check, objection_to, said_by, when_all_hold
from penholder.measure.intake.decoding import decode
from penholder.measure.intake.intake import Intake, Unavailable
from penholder.measure.intake.salts import Salts
from penholder.measure.intake.seen import Seen


@pytest.fixture
def intake(tmp_path):
    opened = Intake(tmp_path, room_kept=0)
    yield opened
    opened.close()


def kept(folder):
    wal = folder / "wal"
    return [digest for n in segments.numbers(wal) for rows in segments.read(wal, n) for digest in frames.digests(rows)]


def test_a_batch_and_lines_are_read_alike(intake):
    assert take(intake, batch(event(1), event(2))).accepted == 2
    assert take(intake, lines(event(1), event(3))) == take(intake, lines(event(1), event(4)))


def test_a_retry_is_harmless(intake, tmp_path):
    for _ in range(50):
        said = take(intake, batch(*map(event, range(20))))
    assert (said.accepted, said.duplicate) == (0, 20)
    assert len(kept(tmp_path)) == 20


def test_an_event_that_stands_twice_in_one_delivery_is_kept_once(intake):
    said = take(intake, batch(event(1), event(1)))
    assert (said.accepted, said.duplicate) == (1, 1)


def test_a_retry_after_a_restart_is_harmless(tmp_path):
    for accepted in (1, 0):
        intake = Intake(tmp_path, room_kept=0)
        assert take(intake, batch(event(1))).accepted == accepted
        intake.close()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "ada@example.org"}, "email"),
        ({"data": {"step": "start", "name": "Ada"}}, "data.name"),
        ({"data": {}}, "data.step"),
        ({"subject": "ada@example.org"}, "subject"),
        ({"subject": "short"}, "subject"),
        ({"subject": None}, "subject"),
        ({"source": "passports/web"}, "source"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2026-11-24T11:59:00"}, "time"),
        ({"time": "2026-11-24T13:00:00Z"}, "time"),
        ({"time": "2019-11-24T12:00:00Z"}, "time"),
        ({"sent": "2029-11-24T12:00:00Z"}, "sent"),
        ({"data": {"step": "a\nb"}}, "data.step"),
        ({"id": ""}, "id"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field_and_the_rest_is_taken(intake, changes, field):
    said = take(intake, batch(event(1), event(2, **changes), event(3)))
    assert (said.accepted, said.refused) == (2, 1)
    (refusal,) = said.refusals
    assert (refusal.item, refusal.field) == (1, field)
    assert refusal.reason
    assert refusal.do


def test_a_line_that_is_no_json_is_refused_alone(intake):
    said = take(intake, lines(event(1)) + b"\n{nonsense\n" + lines(event(2)))
    assert (said.accepted, [each.item for each in said.refusals]) == (2, [1])


def test_a_skewed_clock_is_corrected(tmp_path):
    read = decode(batch(event(1, time="2026-11-24T09:59:00Z", sent="2026-11-24T10:00:00Z")))
    assert check(read, delivery()).times[0] == NOON - 60_000_000


def test_a_request_that_was_on_its_way_for_a_second_moves_nothing():
    read = decode(batch(event(1, time="2026-11-24T11:59:58Z", sent="2026-11-24T11:59:59Z")))
    assert check(read, delivery()).times[0] == NOON - 2_000_000


def test_ten_megabytes_of_event_are_refused(intake):
    with pytest.raises(bodies.TooLarge):
        bodies.unpack(batch(event(1, subject="a" * 10_000_000)), "")
    said = take(intake, batch(event(1, subject="a" * 1_000_000)))
    assert "bytes" in said.refusals[0].reason


def test_a_gzip_bomb_is_stopped_at_the_limit():
    bomb = gzip.compress(bytes(200_000_000))
    with pytest.raises(bodies.TooLarge):
        bodies.unpack(bomb, "gzip")
    many = gzip.compress(b" " * 1_000_000) * 9
    with pytest.raises(bodies.TooLarge):
        bodies.unpack(many, "gzip")


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(b"[]" * 500)[:-9]], ids=["no gzip", "cut off"])
def test_a_broken_gzip_body_is_refused(body):
    with pytest.raises(Refused, match="gzip"):
        bodies.unpack(body, "gzip")


def test_more_events_than_a_delivery_may_hold_are_refused(intake):
    with pytest.raises(bodies.TooLarge, match="10,001"):
        take(intake, batch(*[event(1)] * 10_001))


def test_only_one_process_takes_events(intake, tmp_path):
    with pytest.raises(Conflict, match="Only one"):
        Intake(tmp_path)


def test_a_full_disk_refuses_politely_and_is_recovered_from(intake, tmp_path, monkeypatch):
    take(intake, batch(event(1)))
    with monkeypatch.context() as full:
        full.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(Unavailable, match="no space left"):
            take(intake, batch(event(1), event(2)))
    assert len(kept(tmp_path)) == 1
    said = take(intake, batch(event(1), event(2)))
    assert (said.accepted, said.duplicate) == (1, 1)


FILLS = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from penholder.measure.intake.intake import Intake, Unavailable
from tests.measure.intake.events import batch, event, take
intake = Intake(Path(sys.argv[1]), room_kept=0)
taken = 0
try:
    for number in range(10_000):
        taken += take(intake, batch(event(number))).accepted
except Unavailable:
    print(taken)
intake.close()
"""


def test_a_file_that_may_not_grow_loses_nothing_that_was_acknowledged(tmp_path):
    said = subprocess.run([sys.executable, "-c", FILLS, str(tmp_path)], capture_output=True, text=True, check=True)
    assert len(kept(tmp_path)) == int(said.stdout) > 50


WRITES = """
import itertools, sys
from pathlib import Path
from penholder.measure.intake.intake import Intake
from tests.measure.intake.events import batch, event, delivery
intake = Intake(Path(sys.argv[1]), room_kept=0)
first = int(sys.argv[2])
def said(number):
    def answer(receipt):
        print(number, receipt.accepted, flush=True)
    return answer
for number in itertools.count(first, 10):
    intake.take(batch(*map(event, range(number, number + 10))), delivery(), said(number))
    if number % 500 == first % 500:
        intake.turn()
    while len(intake._waiting) > 50:
        pass
"""


def test_a_kill_at_any_moment_loses_nothing_acknowledged_and_doubles_nothing(tmp_path):
    from penholder.measure.intake.checking import check as checked

    chance = random.Random(5)
    acknowledged: set[int] = set()
    first = 0
    for _ in range(20):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITES, str(tmp_path), str(first)], stdout=subprocess.PIPE, text=True
        )
        told = [process.stdout.readline() for _ in range(chance.randrange(1, 60))]
        process.send_signal(signal.SIGKILL)
        told += process.communicate()[0].splitlines()
        numbers = [int(line.split()[0]) for line in told if len(line.split()) == 2]
        acknowledged.update(number + each for number in numbers for each in range(10))
        first = max(acknowledged) - 29  # some of them are sent again
    for number in segments.numbers(tmp_path / "wal"):
        segments.recover(tmp_path / "wal", number)
    found = Counter(kept(tmp_path))
    wanted = checked(decode(batch(*map(event, sorted(acknowledged)))[:0] or b"[]"), delivery()).digests
    ordered = sorted(acknowledged)
    for start in range(0, len(ordered), 5_000):
        wanted += checked(decode(batch(*map(event, ordered[start : start + 5_000]))), delivery()).digests
    assert set(wanted) <= set(found)
    assert set(found.values()) == {1}


@settings(max_examples=200, deadline=None)
@given(
    deliveries=st.lists(
        st.tuples(
            st.lists(st.integers(0, 9), max_size=6),
            st.one_of(st.just(None), st.lists(st.integers(0, 1), min_size=6, max_size=6)),
        ),
        max_size=6,
    )
)
def test_what_is_new_is_what_was_not_met_before_in_its_month(deliveries):
    seen, met = Seen(lambda _: ()), set()
    for numbers, told in deliveries:
        digests = [bytes([number]) * 16 for number in numbers]
        months = 202611 if told is None else [202611 + each for each in told[: len(digests)]]
        each_month = [months] * len(digests) if isinstance(months, int) else months
        wanted = []
        for place, claim in enumerate(zip(digests, each_month, strict=True)):
            if claim not in met:
                wanted.append(place)
            met.add(claim)
        found = seen.fresh(digests, months)
        assert (list(range(len(digests))) if found is None else found) == wanted


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.lists(st.integers(0, 10**6), min_size=1, max_size=12, unique=True),
    kept=st.sets(st.integers(0, 11), min_size=1),
    several=st.booleans(),
    bots=st.booleans(),
)
def test_a_frame_without_some_of_its_events_is_the_frame_of_the_others(numbers, kept, several, bots):
    told = [
        event(
            number,
            time=f"2026-{10 + several * number % 2}-24T11:59:00Z",
            data={"step": f"s{number % (1 + several)}", "bot": bots and number % 2 == 0},
        )
        for number in numbers
    ]
    kept = sorted(place for place in kept if place < len(told)) or [0]
    whole, part = (
        frames.framed(check(decode(batch(*each)), delivery()), delivery())
        for each in (told, [told[place] for place in kept])
    )
    ((rows, _),) = frames.scan(whole.only(kept).frame)
    ((wanted, _),) = frames.scan(part.frame)
    assert rows.journeys == wanted.journeys
    assert (rows.times, rows.ids, rows.count) == (wanted.times, wanted.ids, wanted.count)
    for column in ("steps", "channels", "releases"):
        assert frames.column(getattr(rows, column), rows.count) == frames.column(getattr(wanted, column), rows.count)
    assert frames.months(rows) == frames.months(wanted)
    assert list(frames.taken_apart(whole.frame + part.frame)) == [whole, part]


row_events = st.lists(st.integers(0, 10**6), min_size=1, max_size=20, unique=True)


@settings(max_examples=60, deadline=None)
@given(groups=st.lists(row_events, min_size=1, max_size=6), cut=st.integers(0, 200), noise=st.binary(max_size=40))
def test_whatever_is_torn_off_whole_frames_before_it_are_read(groups, cut, noise):
    told = []
    for numbers in groups:
        checked = check(decode(batch(*map(event, numbers))), delivery())
        told.append(frames.rows_of(checked, service="permits", received=NOON, bot=False))
    log = b"".join(map(frames.encode, told))
    assert [rows for rows, _ in frames.scan(log)] == told
    torn = log[: max(0, len(log) - cut)]
    ends = [end for _, end in frames.scan(torn)]
    assert ends == [end for _, end in frames.scan(log) if end <= len(torn)]
    assert [rows for rows, end in frames.scan(log + noise)][: len(told)] == told


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_a_changed_bit_is_never_read(place, flip):
    checked = check(decode(batch(*map(event, range(8)))), delivery())
    log = bytearray(frames.encode(frames.rows_of(checked, service="permits", received=NOON, bot=False)))
    log[place % len(log)] ^= flip
    assert list(frames.scan(bytes(log))) == []


odd = st.one_of(st.none(), st.sampled_from(["", "a", "ada@x.org", "é" * 9, "fine-journey-1", "two words here"]))


@settings(max_examples=150, deadline=None)
@given(
    events=st.lists(
        st.tuples(
            odd,
            st.sampled_from(["permits", "permits/web", "/permits", "permit", "other/permits"]),
            st.integers(-600, 600),
            st.one_of(st.none(), st.integers(-3000, 3000)),
            st.sampled_from(["start", " a", "b\tc", "x@y"]),
        ),
        max_size=4,
    )
)
def test_asking_all_at_once_says_what_asking_one_by_one_says(events):
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    told = [
        event(n, subject=subject, source=source, time=(noon + timedelta(days=days)).isoformat(),
              sent=None if sent is None else (noon + timedelta(minutes=sent)).isoformat(), data={"step": step})
        for n, (subject, source, days, sent, step) in enumerate(events)
    ]  # fmt: skip
    read = decode(batch(*told)).events
    none_wrong = all(objection_to(each, delivery()) is None for each in read)
    assert (when_all_hold(read, said_by(read), delivery()) is not None) == none_wrong


@given(st.lists(st.tuples(st.integers(-90, 0), st.one_of(st.none(), st.integers(-600, 600))), min_size=1, max_size=5))
def test_few_events_are_checked_as_many_are(events):
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    told = [
        event(n, time=(noon + timedelta(days=days, microseconds=n)).isoformat(),
              sent=None if sent is None else (noon + timedelta(minutes=sent)).isoformat())
        for n, (days, sent) in enumerate(events)
    ]  # fmt: skip
    few = check(decode(batch(*told)), delivery())
    with mock.patch.object(checking, "FEW", 0):
        many = check(decode(batch(*told)), delivery())
    assert few.times.tolist() == many.times.tolist()
    assert few.digests == many.digests
    assert few.months == many.months if isinstance(few.months, int) else few.months.tolist() == many.months.tolist()


def test_a_salt_is_destroyed_within_48_hours(tmp_path):
    salts = Salts(tmp_path / "salts")
    monday, tuesday, wednesday = (datetime(2026, 11, day, tzinfo=UTC).date() for day in (23, 24, 25))
    who = {"service": "permits", "address": "192.0.2.1", "agent": "Mozilla/5.0"}
    first = salts.journey(monday, today=monday, **who)
    assert (
        first
        == salts.journey(monday, today=tuesday, **who)
        == Salts(tmp_path / "salts").journey(monday, today=monday, **who)
    )
    assert first != salts.journey(tuesday, today=tuesday, **who)
    assert salts.journey(monday, today=wednesday, **who) is None
    assert salts.destroy_old(wednesday) == 1
    assert sorted(path.name for path in (tmp_path / "salts").iterdir()) == ["2026-11-24"]
