"""What is sealed is what was taken in: each event once, each attempt in one row, however late its events come."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.measure.intake.events import NOON, batch, event, take

from penholder.errors import Conflict
from penholder.measure.intake import drawings, folding, manifests, sealing, strangers
from penholder.measure.intake.intake import Intake
from penholder.measure.journey_definitions import JourneyDefinition, Step
from penholder.measure.journeys import unpack

AT = datetime(2026, 11, 24, 13, tzinfo=UTC)
DRAWN = JourneyDefinition(
    service="permits", version=1, effective_from=date(2020, 1, 1), starts=("start",),
    steps=(Step(1, "start"), Step(2, "about-you", after=("start",)), Step(3, "done", after=("about-you",), outcome="intended")),
    window=timedelta(days=30), idle_after=timedelta(minutes=30),
)  # fmt: skip
DEFINITIONS = {"permits": [DRAWN]}


def open_intake(folder):
    return Intake(folder, sealed=manifests.ids_of(folder), upto=manifests.read(folder).upto, room_kept=0)


def send(folder, *events):
    intake = open_intake(folder)
    said = take(intake, batch(*events))
    intake.close()
    return said


def step(number, name, journey, at, **data):
    return event(number, subject=journey, time=at, data={"step": name, **data})


def table(folder, name):
    files = sorted(manifests.table(folder, manifests.read(folder), name).glob("month=*/*.parquet"))
    return pa.concat_tables([pq.ParquetFile(file).read() for file in files])


def test_an_attempt_becomes_one_row_read_with_its_definition(tmp_path):
    send(
        tmp_path,
        step(1, "done", "attempt-1", "2026-11-24T10:20:00Z"),
        step(2, "start", "attempt-1", "2026-11-24T10:00:00Z", channel="phone", release="7"),
        step(3, "about-you", "attempt-1", "2026-11-24T10:10:00Z"),
        step(4, "unheard-of", "attempt-2", "2026-11-24T10:00:00Z", bot=True),
    )
    done = sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    assert (done.events, done.journeys) == (4, 2)
    one, two = table(tmp_path, "journeys").to_pylist()
    assert [unpack(number)[1] for number in one["path"]] == [1, 2, 3]
    assert (one["channel"], one["release"], one["outcome"], one["furthest"]) == ("phone", "7", "intended", 3)
    assert one["ended_at"] - one["started_at"] == 20 * 60 * 1_000_000
    assert (two["bot"], two["outcome"], two["started_at"]) == (True, "open", None)


def test_steps_that_no_version_knows_are_told_until_one_does(tmp_path):
    send(
        tmp_path,
        step(1, "start", "attempt-1", "2026-11-24T10:00:00Z"),
        step(2, "unheard-of", "attempt-1", "2026-11-24T10:01:00Z"),
        step(3, "unheard-of", "attempt-2", "2026-11-24T10:02:00Z"),
    )
    done = sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    assert done.strangers == (strangers.Stranger("permits", "unheard-of", 2, AT),)
    assert strangers.read(tmp_path, DEFINITIONS) == [*done.strangers]
    send(tmp_path, step(4, "unheard-of", "attempt-3", "2026-11-24T11:00:00Z"))
    sealing.seal(tmp_path, at=AT + timedelta(hours=1), definitions=DEFINITIONS)
    assert [(one.events, one.at) for one in strangers.read(tmp_path, DEFINITIONS)] == [(1, AT + timedelta(hours=1))]
    known = replace(DRAWN, steps=(replace(DRAWN.steps[0], aliases=("unheard-of",)), *DRAWN.steps[1:]))
    assert strangers.read(tmp_path, {"permits": [known]}) == []
    assert strangers.read(tmp_path, {}) == [], "who has drawn no journey is told nothing of its steps"
    (tmp_path / "unknown-steps.json").write_text("{")
    assert strangers.read(tmp_path, DEFINITIONS) == []


def test_a_step_is_known_by_every_word_that_logs_use_for_it(tmp_path):
    steps = (Step(1, "start", aliases=("Application received",)), DRAWN.steps[1], DRAWN.steps[2])
    drawn = replace(DRAWN, steps=steps)
    send(
        tmp_path,
        step(1, "Application received", "attempt-1", "2026-11-24T10:00:00Z"),
        step(2, "about-you", "attempt-1", "2026-11-24T10:10:00Z"),
    )
    sealing.seal(tmp_path, at=AT, definitions={"permits": [drawn]})
    (one,) = table(tmp_path, "journeys").to_pylist()
    assert [unpack(number)[1] for number in one["path"]] == [1, 2]
    assert one["started_at"] is not None


def test_a_late_event_from_before_the_start_moves_its_attempt_to_the_month_before(tmp_path):
    send(
        tmp_path,
        step(1, "about-you", "attempt-1", "2026-11-01T00:05:00Z"),
        step(9, "start", "attempt-9", "2026-11-01T09:00:00Z"),
    )
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    send(tmp_path, step(2, "start", "attempt-1", "2026-10-31T23:55:00Z", channel="post"))
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    rows = table(tmp_path, "journeys").to_pylist()
    assert [(row["journey"], row["month"], row["events"], row["channel"]) for row in rows] == [
        ("attempt-1", 202610, 2, "post"),
        ("attempt-9", 202611, 1, "digital"),
    ]
    assert manifests.read(tmp_path).journeys == 2


def test_a_retry_after_sealing_is_a_duplicate(tmp_path):
    told = [event(number) for number in range(30)]
    send(tmp_path, *told)
    sealing.seal(tmp_path, at=AT)
    said = send(tmp_path, *told, event(31))
    assert (said.accepted, said.duplicate) == (1, 30)
    sealing.seal(tmp_path, at=AT)
    ids = table(tmp_path, "events")["id"].to_pylist()
    assert len(ids) == len(set(ids)) == 31


def test_sealing_again_changes_nothing(tmp_path):
    send(tmp_path, event(1))
    sealing.seal(tmp_path, at=AT)
    before = manifests.read(tmp_path)
    assert sealing.seal(tmp_path, at=AT).events == 0
    assert manifests.read(tmp_path).events == before.events == 1


def test_many_small_files_become_one_and_say_the_same(tmp_path):
    for number in range(sealing.SMALL_FILES + 4):
        send(tmp_path, event(number * 5), event(number * 5 + 1))
        sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    files = list(manifests.table(tmp_path, manifests.read(tmp_path), "journeys").glob("month=*/*.parquet"))
    assert len(files) <= sealing.SMALL_FILES
    assert table(tmp_path, "journeys")["events"].to_pylist() == [2] * (sealing.SMALL_FILES + 4)
    send(tmp_path, event(2))  # one more for the attempt of the first file
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    assert sorted(table(tmp_path, "journeys")["events"].to_pylist()) == [2] * (sealing.SMALL_FILES + 3) + [3]


def test_a_run_that_dies_before_it_is_shown_leaves_the_old_state(tmp_path, monkeypatch):
    send(tmp_path, event(1))
    sealing.seal(tmp_path, at=AT)
    send(tmp_path, event(2))
    with monkeypatch.context() as dying:
        dying.setattr(manifests, "show", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sealing.seal(tmp_path, at=AT)
    assert len(table(tmp_path, "events")) == 1
    sealing.seal(tmp_path, at=AT)
    assert len(table(tmp_path, "events")) == 2


def test_the_segment_that_is_being_written_is_left_alone(tmp_path):
    intake = open_intake(tmp_path)
    take(intake, batch(event(1)))
    assert sealing.seal(tmp_path, at=AT).segments == 0
    intake.close()
    assert sealing.seal(tmp_path, at=AT).events == 1


def test_two_sealings_at_once_are_refused(tmp_path):
    with sealing.alone(tmp_path / "sealing.lock"), pytest.raises(Conflict, match="Another process"):
        sealing.seal(tmp_path, at=AT)


def test_readers_see_whole_generations_while_sealing_goes_on(tmp_path):
    send(tmp_path, *[event(number) for number in range(10)])
    sealing.seal(tmp_path, at=AT)
    seen: list[tuple[int, int]] = []
    stop = threading.Event()

    def look():
        while not stop.is_set():
            manifest = manifests.read(tmp_path)
            files = list(manifests.table(tmp_path, manifest, "events").glob("month=*/*.parquet"))
            seen.append((manifest.events, sum(pq.read_metadata(file).num_rows for file in files)))

    reader = threading.Thread(target=look)
    reader.start()
    for turn in range(1, 8):
        send(tmp_path, *[event(number) for number in range(turn * 10, turn * 10 + 10)])
        sealing.seal(tmp_path, at=AT)
    stop.set()
    reader.join()
    assert len(seen) > 5
    assert all(said == found for said, found in seen)


def test_unfolding_and_folding_again_changes_nothing(tmp_path):
    send(
        tmp_path,
        *[
            step(n, ("start", "about-you", "done")[n % 3], f"attempt-{n // 3}", f"2026-11-2{n % 4}T10:00:0{n % 7}Z")
            for n in range(40)
        ],
    )
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    rows = table(tmp_path, "journeys")
    assert folding.fold(folding.unfold(rows), DEFINITIONS).to_pylist() == rows.to_pylist()
    assert max(rows["last_at"].to_pylist()) < NOON


def test_a_new_definition_reads_the_old_events_again(tmp_path):
    send(
        tmp_path,
        step(1, "start", "attempt-1", "2026-11-24T10:00:00Z"),
        step(2, "done", "attempt-1", "2026-10-24T10:00:00Z"),
    )
    sealing.seal(tmp_path, at=AT)
    (row,) = table(tmp_path, "journeys").to_pylist()
    assert [unpack(number)[1] for number in row["path"]] == [0, 0]
    drawings.write(tmp_path, [DRAWN])
    sealing.seal(tmp_path, at=AT)
    (row,) = table(tmp_path, "journeys").to_pylist()
    assert ([unpack(number)[1] for number in row["path"]], row["definition"]) == ([3, 1], 1)
    generation = manifests.read(tmp_path).generation
    sealing.seal(tmp_path, at=AT)
    assert manifests.read(tmp_path).generation == generation


def test_an_attempt_that_never_ends_is_taken_for_a_program_and_its_path_holds_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(folding, "LONGEST_PATH", 5)
    told = [step(n, "about-you", "attempt-loop", f"2026-11-24T10:00:{n:02}Z") for n in range(12)]
    send(tmp_path, *told[3:], step(90, "start", "attempt-fine", "2026-11-24T10:00:00Z"))
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    send(tmp_path, *told[:3])
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    fine, loop = table(tmp_path, "journeys").to_pylist()
    assert (fine["bot"], loop["bot"], loop["events"]) == (False, True, 5)
    assert loop["last_at"] - loop["first_at"] == 4_000_000, "the first five, whatever came when"
    assert manifests.read(tmp_path).events == 13
