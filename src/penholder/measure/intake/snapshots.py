"""The journeys of a service as they are now: the sealed rows, and what the log holds beyond them, folded together."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from penholder.measure.intake import folding, manifests, segments
from penholder.measure.intake.folding import Definitions

# Two generations may follow each other while one is being read; more than that in a row is not bad luck.
_TRIES = 5


def journeys(folder: Path, *, service: str, definitions: Definitions | None = None) -> pa.Table:
    """One row per attempt at the service (columns of `journeys.COLUMNS`), up to the newest acknowledged event."""
    for tries in range(_TRIES):
        try:
            return _journeys(folder, service, definitions or {})
        except FileNotFoundError:  # sealed and deleted while we read; begin again
            if tries == _TRIES - 1:
                raise
    raise AssertionError("the loop returns or raises")


def _journeys(folder: Path, service: str, definitions: Definitions) -> pa.Table:
    manifest = manifests.read(folder)
    there = [folding.JOURNEY_SCHEMA.empty_table()]
    if manifest.generation:
        place = manifests.table(folder, manifest, manifests.JOURNEYS)
        place.stat()
        for file in sorted(place.glob("month=*/*.parquet")):
            read = pq.read_table(file, filters=[("service", "=", service)], partitioning=None)
            there.append(read.replace_schema_metadata(None).cast(folding.JOURNEY_SCHEMA))
    sealed = pa.concat_tables(there)
    wal = folder / "wal"
    newer = [number for number in segments.numbers(wal) if number > manifest.upto] if wal.exists() else []
    fresh = folding.events(rows for number in newer for rows in segments.read(wal, number) if rows.service == service)
    if not len(fresh):
        return sealed
    packed = folding.packed(fresh, definitions)
    touched = pc.is_in(sealed["journey"], value_set=fresh["journey"].combine_chunks())
    old = folding.unfold(sealed.filter(touched)).select(packed.schema.names)
    folded = folding.fold(pa.concat_tables([packed, old]), definitions)
    return pa.concat_tables([sealed.filter(pc.invert(touched)), folded])
