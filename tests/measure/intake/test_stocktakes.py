"""What is acknowledged is seen at once, and each event once, whatever sealing does meanwhile."""

from __future__ import annotations

import threading

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measure.intake.events import batch, event, take
from tests.measure.intake.test_sealing import AT, DEFINITIONS, DRAWN, open_intake, send, step, table

from penholder.measure.engines import DuckDB
from penholder.measure.intake import erasing, indexes, manifests, sealing, stocktakes
from penholder.measure.journeys import micros
from penholder.measure.questions import Question

BY_NAME = {"definitions": DEFINITIONS}


@pytest.fixture
def embedded():
    engine = DuckDB([], threads=2)
    yield engine
    engine.close()


def counted(engine, folder):
    """Attempts and events that DuckDB sees, and how many different attempts."""
    with stocktakes.opened(folder, **BY_NAME) as stocktake:
        engine.over_all(stocktake)
        ((attempts, events, different),) = engine.rows(
            f"SELECT count(*), sum(events)::BIGINT, count(DISTINCT journey) FROM {engine.journeys()}"
        )
    return attempts, events, different


def test_an_acknowledged_event_is_seen_at_once_and_sealing_changes_nothing(tmp_path, embedded):
    send(
        tmp_path,
        step(1, "start", "attempt-1", "2026-11-24T10:00:00Z"),
        step(9, "start", "attempt-9", "2026-11-24T10:00:00Z"),
    )
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    intake = open_intake(tmp_path)
    late = [
        step(2, "about-you", "attempt-1", "2026-11-24T10:05:00Z"),
        step(3, "start", "attempt-2", "2026-10-24T10:06:00Z"),
        step(4, "about-you", "attempt-2", "2026-10-24T10:07:00Z"),
    ]
    take(intake, batch(*late))
    question = Question((DRAWN,), at=micros(AT.replace(year=2027)), by=("month",))

    def asked():
        with stocktakes.opened(tmp_path, **BY_NAME) as now:
            embedded.over_all(now)
            told = embedded.funnels(question), embedded.outcomes(question), embedded.efforts(question)
            return (*told, embedded.visits(question)), now.table().sort_by("journey").to_pylist()

    answers, rows = asked()
    assert [(row["journey"], row["events"], row["furthest"]) for row in rows] == [
        ("attempt-1", 2, 2), ("attempt-2", 2, 2), ("attempt-9", 1, 1),
    ]  # fmt: skip
    assert sum(funnel.started for funnel in answers[0]) == 3
    intake.close()
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    assert asked() == (answers, rows)
    assert table(tmp_path, "journeys").sort_by("journey").to_pylist() == rows


def test_before_anything_is_sealed_the_log_alone_is_read(tmp_path, embedded):
    with stocktakes.opened(tmp_path) as nothing:
        assert nothing.empty
    send(tmp_path, event(1), event(7))
    assert counted(embedded, tmp_path) == (2, 2, 2)


def test_only_the_services_that_are_asked_about_are_read_from_the_log(tmp_path):
    send(tmp_path, event(1))
    with stocktakes.opened(tmp_path, services={"passports"}) as others:
        assert others.empty


def test_readers_see_each_acknowledged_event_once_while_others_write_and_seal(tmp_path, embedded):
    acknowledged, faults = [0], []
    intake = open_intake(tmp_path)

    def write():
        for turn in range(60):
            # Each attempt gets its five events in five deliveries, so sealed rows are touched again and again.
            take(
                intake,
                batch(
                    *[
                        event(attempt * 5 + turn % 5, id=f"{turn}-{attempt}")
                        for attempt in range(turn // 5, turn // 5 + 8)
                    ]
                ),
            )
            acknowledged[0] += 8
            intake.turn()

    def seal():
        while writing.is_alive():
            sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)

    writing = threading.Thread(target=write)
    writing.start()
    sealer = threading.Thread(target=seal)
    sealer.start()
    while writing.is_alive():
        before = acknowledged[0]
        attempts, events, different = counted(embedded, tmp_path)
        if attempts != different or (events or 0) < before:
            faults.append((before, attempts, events, different))
    sealer.join()
    intake.close()
    assert not faults
    assert counted(embedded, tmp_path)[1] == 480
    sealing.seal(tmp_path, at=AT, definitions=DEFINITIONS)
    assert counted(embedded, tmp_path)[1] == 480
    assert manifests.read(tmp_path).generation > 2, "nothing was sealed meanwhile, so nothing was tried"


def test_files_that_are_being_read_stay_and_erasing_waits_for_the_reader(tmp_path):
    send(tmp_path, event(1, subject="erase-me-please"))
    sealing.seal(tmp_path, at=AT)
    gone = threading.Thread(
        target=erasing.erase, args=(tmp_path,), kwargs={"service": "permits", "journey": "erase-me-please", "at": AT}
    )
    with stocktakes.opened(tmp_path) as reading:
        for number in (2, 3, 4):
            send(tmp_path, event(number, subject=f"attempt-{number}"))
            sealing.seal(tmp_path, at=AT)
        gone.start()
        while manifests.read(tmp_path).generation < 5:
            pass
        assert reading.table()["journey"].to_pylist() == ["erase-me-please"]
    gone.join(20)
    assert len(list((tmp_path / "sealed").iterdir())) == 1


def test_files_that_are_written_anew_in_one_run_do_not_take_each_others_names(tmp_path, monkeypatch):
    """A large file and what was joined beside it in the same run are both touched by the next."""
    monkeypatch.setattr(sealing, "SMALL_ROWS", 3)
    monkeypatch.setattr(sealing, "SMALL_FILES", 1)
    send(tmp_path, event(0))
    sealing.seal(tmp_path, at=AT)
    send(tmp_path, event(5))
    sealing.seal(tmp_path, at=AT)
    everyone = [event(number * 5 + 2) for number in range(9)]
    send(tmp_path, *everyone)
    sealing.seal(tmp_path, at=AT)
    send(tmp_path, *[event(number, subject=each["subject"]) for number, each in enumerate(everyone[1:6], 100)])
    sealing.seal(tmp_path, at=AT)
    rows = table(tmp_path, "journeys")
    assert len(rows) == manifests.read(tmp_path).journeys == 9
    assert sum(rows["events"].to_pylist()) == 16


numbers = st.lists(st.integers(0, 30), max_size=40)


@given(held=numbers, wanted=numbers)
def test_an_index_finds_every_row_of_the_wanted_numbers(tmp_path_factory, held, wanted):
    file = tmp_path_factory.mktemp("index") / "one.parquet"
    indexes.write(file, np.array(held, np.uint64))
    found = indexes.find(file, np.unique(np.array(wanted, np.uint64)))
    assert found.tolist() == [place for place, number in enumerate(held) if number in wanted]
    assert indexes.read(file).tolist() == held


def test_a_file_sealed_before_there_were_indexes_is_asked_itself(tmp_path):
    send(tmp_path, event(1), event(7))
    sealing.seal(tmp_path, at=AT)
    for file in (tmp_path / "sealed").rglob("*.index"):
        file.unlink()
    send(tmp_path, event(2))
    with stocktakes.opened(tmp_path) as now:
        assert sorted(now.table()["events"].to_pylist()) == [1, 2]
    sealing.seal(tmp_path, at=AT)
    assert sorted(table(tmp_path, "journeys")["events"].to_pylist()) == [1, 2]
    assert pa.types.is_list(table(tmp_path, "journeys").schema.field("path").type)
