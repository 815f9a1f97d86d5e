"""The log, sealed: finished segments become Parquet, events by the month that they claim, journeys by their first.

Only files that hold an attempt to which something is added are written anew; all others are linked. A run that is
killed leaves the old generation, and the next run begins again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import structs

from penholder.errors import Conflict
from penholder.measure.intake import drawings, folding, indexes, manifests, segments, strangers
from penholder.measure.intake.folding import Definitions
from penholder.measure.intake.frames import Rows
from penholder.measure.intake.manifests import EVENTS, JOURNEYS, Manifest
from penholder.measure.intake.strangers import Stranger

# A million events take 400 MB while they are folded.
EVENTS_AT_ONCE = 1_000_000
# A month has at most so many files below this many rows; then they become one. Reading many small files is slow.
SMALL_FILES = 8
SMALL_ROWS = 250_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a run did."""

    segments: int = 0
    events: int = 0
    journeys: int = 0
    strangers: tuple[Stranger, ...] = ()  # steps that no version of their journey knows


def seal(folder: Path, *, at: datetime, definitions: Definitions | None = None) -> Sealed:
    """Seal every finished segment. Raises Conflict when another process is sealing; `at` is written into the files.

    Steps are numbered by the definitions, those of the folder's `definitions.json` unless given. When they are not the
    ones of the last time, all journeys are made anew from the sealed events.
    """
    done = Sealed()
    drawn = drawings.read(folder) if definitions is None else definitions
    (folder / "wal").mkdir(parents=True, exist_ok=True)
    with alone(folder / "sealing.lock"), _finished(folder) as last:
        _make_anew(folder, drawn, at)
        while True:
            before = manifests.read(folder)
            taken, rows = _next(folder, before.upto, last)
            if not taken:
                return done
            fresh = folding.events(rows)
            after, journeys = _fold_in(folder, before, upto=taken[-1], fresh=fresh, definitions=drawn, at=at)
            manifests.forget(folder, before)
            met = strangers.of(fresh, drawn, at)
            strangers.note(folder, met)
            done = Sealed(
                done.segments + len(taken), done.events + after.events - before.events, done.journeys + journeys,
                (*done.strangers, *met),
            )  # fmt: skip


def _next(folder: Path, upto: int, last: int) -> tuple[list[int], list[Rows]]:
    taken: list[int] = []
    rows: list[Rows] = []
    for number in segments.numbers(folder / "wal"):
        if upto < number <= last and sum(each.count for each in rows) < EVENTS_AT_ONCE:
            taken.append(number)
            rows += segments.read(folder / "wal", number)
    return taken, rows


def _fold_in(
    folder: Path, before: Manifest, *, upto: int, fresh: pa.Table, definitions: Definitions, at: datetime
) -> tuple[Manifest, int]:
    new = manifests.begin(folder, before)
    name = f"{before.generation + 1:06}"
    for month, chosen in _by_month(fresh):
        write(new / EVENTS / f"month={month}" / f"{name}.parquet", folding.grouped(chosen), at)
    packed = folding.packed(fresh, definitions)
    journeys, gone = _with_those_there(new / JOURNEYS, packed, definitions, name, at)
    for month, chosen in _by_month(journeys):
        file = new / JOURNEYS / f"month={month}" / f"{name}.parquet"
        write(file, chosen, at)
        indexes.write(file, indexes.keys(chosen))
    for table in (EVENTS, JOURNEYS):
        for place in (new / table).iterdir():
            _join_small(place, name, at)
    after = Manifest(
        before.generation + 1,
        upto,
        before.events + len(fresh),
        before.journeys + len(journeys) - gone,
        drawings.digest(definitions),
    )
    manifests.show(folder, new, after)
    return after, len(journeys)


def _by_month(rows: pa.Table) -> list[tuple[int, pa.Table]]:
    months = rows["month"].unique().sort().to_pylist()
    if len(months) == 1:
        return [(months[0], rows)]
    return [(month, rows.filter(pc.equal(rows["month"], month))) for month in months]


def _make_anew(folder: Path, definitions: Definitions, at: datetime) -> None:
    before = manifests.read(folder)
    if not before.generation or before.definitions == drawings.digest(definitions):
        return
    new = manifests.begin(folder, before)
    shutil.rmtree(new / JOURNEYS)
    (new / JOURNEYS).mkdir()
    files = sorted((new / EVENTS).glob("month=*/*.parquet"))
    services = {
        name for file in files for name in pq.ParquetFile(file).read(["service"])["service"].unique().to_pylist()
    }
    count = 0
    for place, service in enumerate(sorted(services)):
        told = [pq.read_table(file, filters=[("service", "=", service)], partitioning=None) for file in files]
        plain = [each.replace_schema_metadata(None) for each in told]
        rows = folding.fold(folding.packed(pa.concat_tables(plain), definitions), definitions)
        count += len(rows)
        for month, chosen in _by_month(rows):
            file = new / JOURNEYS / f"month={month}" / f"{before.generation + 1:06}s{place:04}.parquet"
            write(file, chosen, at)
            indexes.write(file, indexes.keys(chosen))
    for place_of_month in (new / JOURNEYS).iterdir():
        _join_small(place_of_month, f"{before.generation + 1:06}", at)
    after = structs.replace(
        before, generation=before.generation + 1, journeys=count, definitions=drawings.digest(definitions)
    )
    manifests.show(folder, new, after)
    manifests.forget(folder, before)


def _with_those_there(
    place: Path, packed: pa.Table, definitions: Definitions, name: str, at: datetime
) -> tuple[pa.Table, int]:
    """The rows of all attempts that these events touch; those that were there are taken out of their files."""
    touched = np.unique(indexes.keys(packed.group_by(["service", "journey"]).aggregate([])))
    there: list[pa.Table] = []
    for number, file in enumerate(sorted(place.glob("month=*/*.parquet"))):
        found = indexes.find(file, touched)
        if not len(found):
            continue
        rows = pq.ParquetFile(file).read()
        numbers = indexes.read(file)
        there.append(rows.take(pa.array(found)))
        file.unlink()  # this generation's link; the one before keeps the file
        indexes.path_of(file).unlink(missing_ok=True)
        if len(found) < len(rows):
            left = np.delete(np.arange(len(rows)), found)
            rest = file.with_name(f"{name}-{number:04}.parquet")
            write(rest, rows.take(pa.array(left)), at)
            indexes.write(rest, numbers[left])
    old = pa.concat_tables(there) if there else folding.JOURNEY_SCHEMA.empty_table()
    both = pa.concat_tables([packed.select(packed.schema.names), folding.unfold(old).select(packed.schema.names)])
    return folding.fold(both, definitions), len(old)


def _join_small(place: Path, name: str, at: datetime) -> None:
    small = [file for file in sorted(place.glob("*.parquet")) if pq.read_metadata(file).num_rows < SMALL_ROWS]
    if len(small) <= SMALL_FILES:
        return
    joined = place / f"{name}.joined"
    write(joined, pa.concat_tables([pq.ParquetFile(file).read() for file in small]), at)
    indexed = place.parent.name == JOURNEYS
    numbers = [indexes.read(file) for file in small] if indexed else []
    for file in small:
        file.unlink()
        indexes.path_of(file).unlink(missing_ok=True)
    final = place / f"{name}-joined.parquet"
    joined.rename(final)
    if indexed:
        indexes.write(final, np.concatenate(numbers))


def write(file: Path, rows: pa.Table, at: datetime) -> None:
    """Write these rows to a new file that lasts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = rows.replace_schema_metadata({"sealed_at": at.isoformat()})
    pq.write_table(told, file, compression="zstd", compression_level=1, row_group_size=250_000)
    _sync(file)


def _sync(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one process makes generations at a time. Raises Conflict for the second."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise Conflict("Another process is sealing these events. Wait until it is done.") from problem
        yield


@contextmanager
def _finished(folder: Path) -> Iterator[int]:
    """The last segment that nobody writes any more; while no intake runs, that is the last of all."""
    numbers = segments.numbers(folder / "wal")
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield numbers[-1] - 1 if numbers else 0
        else:
            for number in numbers[-1:]:
                segments.recover(folder / "wal", number)
            yield numbers[-1] if numbers else 0
