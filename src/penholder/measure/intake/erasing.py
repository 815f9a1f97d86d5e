"""Attempts that are erased: one because somebody asks, or all that are older than a service keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from penholder.errors import Missing, Refused
from penholder.measure.intake import folding, manifests, sealing, segments
from penholder.measure.intake.manifests import EVENTS, JOURNEYS, Manifest
from penholder.measure.journeys import micros

Chosen = Callable[[pa.Table], pa.ChunkedArray]


def erase(folder: Path, *, service: str, journey: str, at: datetime) -> int:
    """Erase one attempt, from the tables and the log. Returns how many events it had.

    Seals first. Raises Missing when it is not there, and Refused while the log is being written that may hold it.
    """
    gone = _without(
        folder, lambda rows: pc.and_(pc.equal(rows["service"], service), pc.equal(rows["journey"], journey)), at
    )
    if not gone:
        raise Missing(f"There is no attempt {journey} at {service}. Ids are told apart by case.")
    return gone


def forget(folder: Path, *, service: str, before: datetime, at: datetime) -> int:
    """Erase every attempt whose last event is older. Returns how many events they had."""
    limit = micros(before)
    return _without(
        folder, lambda rows: pc.and_(pc.equal(rows["service"], service), pc.less(rows["last_at"], limit)), at
    )


def _without(folder: Path, chosen: Chosen, at: datetime) -> int:
    sealing.seal(folder, at=at)
    with sealing.alone(folder / "sealing.lock"):
        before = manifests.read(folder)
        for number in segments.numbers(folder / "wal"):
            if number > before.upto and any(True for _ in segments.read(folder / "wal", number)):
                raise Refused(
                    "Events are coming in just now. Try again in half a minute, or stop the intake meanwhile."
                )
        new = manifests.begin(folder, before)
        name = f"{before.generation + 1:06}"
        gone = [_rewritten(file, name, chosen, at) for file in sorted((new / JOURNEYS).glob("month=*/*.parquet"))]
        attempts = pa.concat_tables([folding.JOURNEY_SCHEMA.empty_table(), *gone])
        pairs = attempts.select(["service", "journey"])
        keys = np.unique(folding.keys(pairs))
        events = [
            _rewritten(file, name, _of(pairs, keys), at) for file in sorted((new / EVENTS).glob("month=*/*.parquet"))
        ]
        count = sum(map(len, events))
        after = Manifest(
            before.generation + 1,
            before.upto,
            before.events - count,
            before.journeys - len(attempts),
            before.definitions,
        )
        manifests.show(folder, new, after)
        manifests.forget(folder, after)  # no grace: what is erased is gone
    return count


def _of(pairs: pa.Table, keys: npt.NDArray[np.uint64]) -> Chosen:
    names = set(zip(pairs["service"].to_pylist(), pairs["journey"].to_pylist(), strict=True))

    def chosen(rows: pa.Table) -> pa.ChunkedArray:
        if not len(keys):
            return pa.chunked_array([pa.array(np.zeros(len(rows), np.bool_))])
        found = zip(rows["service"].to_pylist(), rows["journey"].to_pylist(), strict=True)
        return pa.chunked_array([pa.array([pair in names for pair in found], pa.bool_())])

    return chosen


def _rewritten(file: Path, name: str, chosen: Chosen, at: datetime) -> pa.Table:
    """Take the chosen rows out of a file of the new generation; returns them."""
    rows = pq.ParquetFile(file).read()
    hit = chosen(rows)
    gone = rows.filter(hit)
    if len(gone):
        sidecar = file.with_suffix(".keys")
        keys = np.fromfile(sidecar, np.uint64) if sidecar.exists() else None
        file.unlink()
        sidecar.unlink(missing_ok=True)
        rest = rows.filter(pc.invert(hit))
        if len(rest):
            there = file.with_name(f"{file.stem.partition('-')[0]}-{name}e.parquet")
            sealing.write(there, rest, at)
            if keys is not None:
                sealing.write_keys(there, keys[~hit.to_numpy()])
    return gone
