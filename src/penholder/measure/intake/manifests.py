"""Where sealed events lie, and how one state of them takes the place of another in one step.

events/CURRENT                the manifest: which generation readers get, and up to which segment it holds the log
events/sealed/000012/         one generation: `events` and `journeys`, each with a folder per month; never changed
events/wal/                   segments; those up to the manifest's `upto` are in the generation too

Files that did not change are hard links of the generation before, which stays until the next one after it.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from msgspec import Struct

from penholder.errors import Refused
from penholder.measure.intake.segments import sync_folder

EVENTS, JOURNEYS = "events", "journeys"
_GENERATION = re.compile(r"\d{6}(\.tmp)?")


class Manifest(Struct, frozen=True):
    """The generation that readers get, the last segment that is in it, and how many rows it has."""

    generation: int = 0
    upto: int = 0
    events: int = 0
    journeys: int = 0
    definitions: str = ""  # digest of the journey definitions with which the journeys were read


def read(folder: Path) -> Manifest:
    """The manifest as it stands; an empty one where nothing was sealed. Raises Refused when it is damaged."""
    try:
        return msgspec.json.decode((folder / "CURRENT").read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except msgspec.MsgspecError as problem:
        raise Refused(f"{folder / 'CURRENT'} is damaged: {problem}. Restore it from a backup.") from problem


def generation(folder: Path, number: int) -> Path:
    """The folder of a generation."""
    return folder / "sealed" / f"{number:06}"


def table(folder: Path, manifest: Manifest, name: str) -> Path:
    """The folder of one table in the generation of this manifest; its files are `month=*/*.parquet` below it."""
    return generation(folder, manifest.generation) / name


def ids_of(folder: Path) -> Callable[[int], Iterator[bytes]]:
    """The ids of the sealed events that claim a month."""

    def ids(month: int) -> Iterator[bytes]:
        files = sorted((table(folder, read(folder), EVENTS) / f"month={month}").glob("*.parquet"))
        for file in files:
            for batch in pq.ParquetFile(file).iter_batches(columns=["id"]):
                yield from batch.column(0).to_pylist()

    return ids


def begin(folder: Path, manifest: Manifest) -> Path:
    """A new generation that holds what the current one holds, to be changed and then shown with `show`."""
    sealed = folder / "sealed"
    sealed.mkdir(parents=True, exist_ok=True)
    for left in sealed.glob("*.tmp"):
        shutil.rmtree(left)
    new = generation(folder, manifest.generation + 1).with_suffix(".tmp")
    old = generation(folder, manifest.generation)
    for name in (EVENTS, JOURNEYS):
        (new / name).mkdir(parents=True)
        for file in old.glob(f"{name}/month=*/*"):
            if file.suffix == ".keys":  # of an earlier version; `indexes` took its place
                continue
            there = new / file.relative_to(old)
            there.parent.mkdir(exist_ok=True)
            os.link(file, there)
    return new


def show(folder: Path, new: Path, manifest: Manifest) -> None:
    """Let readers get this generation from now on, in one step that lasts."""
    for place in (*(path for path in new.rglob("*") if path.is_dir()), new):
        sync_folder(place)
    final = generation(folder, manifest.generation)
    if final.exists():  # written by a run that was killed before it was shown
        shutil.rmtree(final)
    new.rename(final)
    sync_folder(final.parent)
    beside = folder / "CURRENT.new"
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(manifest))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / "CURRENT")
    sync_folder(folder)


@contextmanager
def held(folder: Path, manifest: Manifest) -> Iterator[None]:
    """The files of a generation stay while they are read. Raises FileNotFoundError when they are gone already."""
    if not manifest.generation:
        yield
        return
    place = generation(folder, manifest.generation)
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        place.stat()  # it may have gone between the two
        yield
    finally:
        os.close(handle)


def forget(folder: Path, before: Manifest, *, wait: bool = False) -> None:
    """Delete what nobody reads any more: generations older than `before`, and the segments that `before` holds.

    What is being read stays until the next time, or, with `wait`, until it was read.
    """
    for path in (folder / "sealed").iterdir():
        if _GENERATION.fullmatch(path.name) and path.suffix != ".tmp" and int(path.name) < before.generation:
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                shutil.rmtree(path)
            except BlockingIOError:
                continue
            finally:
                os.close(handle)
    for path in (folder / "wal").glob("seg-*"):
        if int(path.name.removeprefix("seg-")) <= before.upto:
            path.unlink()
