"""Sealed files on S3-compatible storage: every engine reads them there, and a list that readers get always holds."""

from __future__ import annotations

import shutil

import pytest
from tests.measure.intake.events import event
from tests.measure.intake.test_sealing import AT, DEFINITIONS, DRAWN, send, step

from penholder.errors import Refused
from penholder.measure.engines import choose
from penholder.measure.intake import erasing, sealing
from penholder.measure.intake.storage import Storage
from penholder.measure.journeys import micros
from penholder.measure.questions import Question


@pytest.fixture
def address(s3, tmp_path):
    return f"s3://penholder/{tmp_path.name}?region=eu-west-2&scheme=http&endpoint_override={s3}"


@pytest.fixture
def storage(address):
    return Storage(address)


def seal(folder, *events):
    send(folder, *events)
    sealing.seal(folder, at=AT, definitions=DEFINITIONS)


@pytest.mark.parametrize("engine", ["", "chdb", "sail"])
def test_every_engine_reads_the_files_where_they_lie(tmp_path, storage, engine, request):
    for number in range(4):
        seal(
            tmp_path,
            step(2 * number, "start", f"attempt-{number}", f"2026-{7 + number // 2:02}-0{number + 1}T10:00:00Z"),
            step(2 * number + 1, "done", f"attempt-{number // 2}", f"2026-07-0{number // 2 + 1}T1{number + 1}:00:00Z"),
        )
        storage.send(tmp_path)
    chosen = choose(request.getfixturevalue("sail") if engine == "sail" else engine)
    try:
        chosen.over_all(storage.stocktake())
        (outcomes,) = chosen.outcomes(Question((DRAWN,), at=micros(AT.replace(year=2027))))
        assert outcomes.mature == {"intended": 2, "open": 2}
    finally:
        chosen.close()


def test_only_what_is_new_is_sent_and_what_is_in_no_list_goes_one_list_later(tmp_path, storage):
    seal(tmp_path, event(1))
    assert storage.send(tmp_path) == 2
    assert storage.send(tmp_path) == 0
    first = set(storage.listed().files)
    seal(tmp_path, event(2))  # the attempt of the first file
    assert storage.send(tmp_path) == 2
    assert first < {*storage.everything()}, "whoever reads the list before still finds its files"
    seal(tmp_path, event(7))
    storage.send(tmp_path)
    assert not [name for name in first.difference(storage.listed().files) if name in storage.everything()]


def test_a_sending_that_is_cut_off_leaves_the_list_before_and_is_made_good(tmp_path, storage, monkeypatch):
    seal(tmp_path, event(1))
    storage.send(tmp_path)
    before = storage.listed()
    seal(tmp_path, event(7))
    with monkeypatch.context() as dying:
        dying.setattr(shutil, "copyfileobj", lambda *_: (_ for _ in ()).throw(OSError("cut")))
        with pytest.raises(Refused, match="cannot be used: cut"):
            storage.send(tmp_path)
    assert storage.listed() == before
    assert len(storage.stocktake().table()) == 1
    storage.send(tmp_path)
    assert len(storage.stocktake().table()) == 2


def test_what_is_erased_is_gone_from_the_storage_at_once(tmp_path, storage):
    seal(tmp_path, event(1, subject="erase-me-please"), event(7))
    storage.send(tmp_path)
    erasing.erase(tmp_path, service="permits", journey="erase-me-please", at=AT)
    storage.send(tmp_path, grace=False)
    assert storage.everything() == sorted(["CURRENT", *storage.listed().files])
    assert storage.stocktake().table()["journey"].to_pylist() == ["attempt-0001"]


def test_a_folder_that_was_restored_does_not_write_over_what_is_newer(tmp_path, storage):
    seal(tmp_path / "now", event(1))
    seal(tmp_path / "now", event(7))
    storage.send(tmp_path / "now")
    seal(tmp_path / "restored", event(1))
    with pytest.raises(Refused, match=r"restored from a backup, delete s3://.*CURRENT"):
        storage.send(tmp_path / "restored")


@pytest.mark.parametrize(
    "address", ["file:///tmp", "s3://penholder/a?endpoint_override=127.0.0.1:1&scheme=http&region=x"]
)
def test_a_storage_that_cannot_be_used_is_told(address):
    with pytest.raises(Refused, match=r"cannot be used|no address of a storage"):
        Storage(address).listed()
