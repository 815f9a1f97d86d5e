"""The journeys table at one moment, up to the newest acknowledged event: what is sealed, and what the log holds beyond.

An attempt to which the log adds something stands in `fresh`, whole, and its sealed row is passed over; so each event is
counted once, whatever sealing does meanwhile. That costs what was not sealed yet, and not what the archive holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem

from penholder.errors import Conflict
from penholder.measure.intake import drawings, folding, indexes, manifests, segments
from penholder.measure.intake.folding import JOURNEY_SCHEMA, Definitions
from penholder.measure.intake.indexes import Places
from penholder.measure.intake.manifests import Manifest
from penholder.measure.journeys import FILES

# Two generations may follow each other while one is being read; more than that in a row is not bad luck.
_TRIES = 5


@dataclass(frozen=True)
class Stocktake:
    """`files` are sealed. `passed_over` are rows of them, by file, that `fresh` holds anew, besides new attempts.

    Where files are addresses, `storage` reads them; `endpoint` is where s3:// leads, unless it is Amazon's.
    """

    files: tuple[str, ...] = ()
    sealed: int = 0  # rows of the files
    passed_over: Mapping[str, Places] = field(default_factory=dict)
    fresh: pa.Table = field(default_factory=JOURNEY_SCHEMA.empty_table)
    storage: FileSystem | None = None
    endpoint: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is no attempt at all."""
        return not self.files and not len(self.fresh)

    def table(self) -> pa.Table:
        """All rows, in memory."""
        told = [self.fresh]
        for file in self.files:
            rows = pq.ParquetFile(file.removeprefix("s3://"), filesystem=self.storage).read()
            rows = rows.replace_schema_metadata(None).cast(JOURNEY_SCHEMA)
            left = np.delete(np.arange(len(rows)), self.passed_over.get(file, []))
            told.append(rows.take(pa.array(left)))
        return pa.concat_tables(told)


@contextmanager
def opened(
    folder: Path, *, definitions: Definitions | None = None, services: Collection[str] | None = None
) -> Iterator[Stocktake]:
    """The stocktake of now. Its files stay while it is open, so leave soon.

    Of the log, only events of these `services` are read, all unless said. Steps are numbered as sealing would.
    """
    drawn = drawings.read(folder) if definitions is None else definitions
    with ExitStack() as holding:
        for _ in range(_TRIES):
            # Sealed and deleted while we read? Begin again.
            with suppress(FileNotFoundError):
                manifest = manifests.read(folder)
                holding.enter_context(manifests.held(folder, manifest))
                stocktake = _read(folder, manifest, drawn, services)
                # Segments stay for one generation after the one that holds them; then some may not have been met.
                if manifests.read(folder).generation <= manifest.generation + 1:
                    break
            holding.close()
        else:
            raise Conflict("These events are being sealed again and again. Wait until that is done.")
        yield stocktake


def _read(folder: Path, manifest: Manifest, definitions: Definitions, services: Collection[str] | None) -> Stocktake:
    files: list[Path] = []
    if manifest.generation:
        files = sorted(manifests.table(folder, manifest, manifests.JOURNEYS).glob(FILES))
    wal = folder / "wal"
    newer = [number for number in segments.numbers(wal) if number > manifest.upto] if wal.exists() else []
    events = folding.events(
        rows for number in newer for rows in segments.read(wal, number) if services is None or rows.service in services
    )
    if not len(events):
        return Stocktake(tuple(map(str, files)), manifest.journeys)
    packed = folding.packed(events, definitions)
    touched = np.unique(indexes.keys(packed.group_by(["service", "journey"]).aggregate([])))
    passed_over: dict[str, Places] = {}
    there = [JOURNEY_SCHEMA.empty_table()]
    for file in files:
        places = indexes.find(file, touched)
        if len(places):
            passed_over[str(file)] = places
            there.append(_rows(file, places))
    both = pa.concat_tables([packed, folding.unfold(pa.concat_tables(there)).select(packed.schema.names)])
    fresh = folding.fold(both, definitions)
    return Stocktake(tuple(map(str, files)), manifest.journeys, passed_over, fresh)


def _rows(file: Path, places: Places) -> pa.Table:
    """These rows of a file, of which only the groups that hold some are read."""
    stored = pq.ParquetFile(file)
    told = []
    first = 0
    for group in range(stored.num_row_groups):
        count = stored.metadata.row_group(group).num_rows
        inside = places[(places >= first) & (places < first + count)] - first
        if len(inside):
            told.append(stored.read_row_group(group).take(pa.array(inside)))
        first += count
    return pa.concat_tables(told).replace_schema_metadata(None).cast(JOURNEY_SCHEMA)
