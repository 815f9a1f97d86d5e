"""Attempts that are erased: one because somebody asks, or all that are older than a service keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from penholder.errors import Missing, Refused
from penholder.measure.intake import folding, indexes, manifests, sealing, segments
from penholder.measure.intake.frames import Rows
from penholder.measure.intake.manifests import EVENTS, JOURNEYS, Manifest
from penholder.measure.journeys import micros

Chosen = Callable[[pa.Table], pa.ChunkedArray]


def erase(folder: Path, *, service: str, journey: str, at: datetime) -> int:
    """Erase one attempt, from the tables and the log. Returns how many events it had.

    Seals first. Raises Missing when it is not there, and Refused while the log is being written that may hold it.
    """
    gone = _without(
        folder,
        lambda rows: pc.and_(pc.equal(rows["service"], service), pc.equal(rows["journey"], journey)),
        at,
        unless=lambda rows: rows.service == service and journey in rows.journeys.split(" "),
    )
    if not gone:
        raise Missing(f"There is no attempt {journey} at {service}. Ids are told apart by case.")
    return gone


def forget(folder: Path, *, before: Mapping[str, datetime], at: datetime) -> int:
    """Erase every attempt at these services whose last event is older. Returns how many events they had.

    An event of such an attempt that comes in just now begins an attempt of its own.
    """
    services = pa.array(before.keys(), pa.string())
    limits = pa.array([micros(moment) for moment in before.values()], pa.int64())

    def old(rows: pa.Table) -> pa.ChunkedArray:
        limit = limits.take(pc.index_in(rows["service"].combine_chunks(), value_set=services))
        return pc.fill_null(pc.less(rows["last_at"], limit), False)

    return _without(folder, old, at, unless=lambda _: False)


def _without(folder: Path, chosen: Chosen, at: datetime, *, unless: Callable[[Rows], bool]) -> int:
    """Everything but the chosen rows; not while the log holds what `unless` says, for that would come back."""
    sealing.seal(folder, at=at)
    with sealing.alone(folder / "sealing.lock"):
        before = manifests.read(folder)
        for number in segments.numbers(folder / "wal"):
            if number > before.upto and any(map(unless, segments.read(folder / "wal", number))):
                raise Refused(
                    "Events of this attempt are coming in just now. Try again in half a minute, or stop the intake "
                    "meanwhile."
                )
        new = manifests.begin(folder, before)
        name = f"{before.generation + 1:06}"
        gone = _taken_out(new / JOURNEYS, name, chosen, at)
        attempts = pa.concat_tables([folding.JOURNEY_SCHEMA.empty_table(), *gone])
        pairs = attempts.select(["service", "journey"])
        keys = np.unique(indexes.keys(pairs))
        events = _taken_out(new / EVENTS, name, _of(pairs, keys), at)
        count = sum(map(len, events))
        after = Manifest(
            before.generation + 1,
            before.upto,
            before.events - count,
            before.journeys - len(attempts),
            before.definitions,
        )
        manifests.show(folder, new, after)
        manifests.forget(folder, after, wait=True)  # no grace: what is erased is gone
    return count


def _of(pairs: pa.Table, keys: npt.NDArray[np.uint64]) -> Chosen:
    names = set(zip(pairs["service"].to_pylist(), pairs["journey"].to_pylist(), strict=True))

    def chosen(rows: pa.Table) -> pa.ChunkedArray:
        if not len(keys):
            return pa.chunked_array([pa.array(np.zeros(len(rows), np.bool_))])
        found = zip(rows["service"].to_pylist(), rows["journey"].to_pylist(), strict=True)
        return pa.chunked_array([pa.array([pair in names for pair in found], pa.bool_())])

    return chosen


def _taken_out(table: Path, name: str, chosen: Chosen, at: datetime) -> list[pa.Table]:
    """Take the chosen rows out of the files of a table of the new generation; returns them, by file."""
    files = sorted(table.glob("month=*/*.parquet"))
    return [_rewritten(file, f"{name}-{number:04}e.parquet", chosen, at) for number, file in enumerate(files)]


def _rewritten(file: Path, name: str, chosen: Chosen, at: datetime) -> pa.Table:
    stored = pq.ParquetFile(file)
    narrow = [column for column in ("service", "journey", "last_at") if column in stored.schema_arrow.names]
    hit = chosen(stored.read(narrow))
    if not pc.any(hit).as_py():
        return stored.schema_arrow.empty_table()
    rows = stored.read()
    gone = rows.filter(hit)
    if len(gone):
        numbers = indexes.read(file) if file.parent.parent.name == JOURNEYS else None
        file.unlink()
        indexes.path_of(file).unlink(missing_ok=True)
        rest = rows.filter(pc.invert(hit))
        if len(rest):
            there = file.with_name(name)
            sealing.write(there, rest, at)
            if numbers is not None:
                indexes.write(there, numbers[~hit.to_numpy()])
    return gone
