"""The journeys table as Arrow and Parquet: its schema, rows made of events, and files that engines read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.journeys import COLUMNS, STEP_BITS, Event, month_of, path_of
from penholder.measure.outcomes import OUTCOMES
from penholder.measure.readings import Numbers, read

_ARROW = {
    "string": pa.string(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    # Not empty inside either: ClickHouse folds over Array(Int64), not over Array(Nullable(Int64)).
    "list<int64>": pa.list_(pa.field("element", pa.int64(), nullable=False)),
}

# Files are read a group of rows at a time: enough rows to fill both cores, few enough to skip other services' rows.
ROWS_IN_A_GROUP = 122_880


def schema() -> pa.Schema:
    """The table's schema in Arrow's types; `journeys.COLUMNS` says what the columns mean."""
    return pa.schema([pa.field(each.name, _ARROW[each.kind], nullable=each.empty) for each in COLUMNS])


def gather(events: Iterable[Event], definitions: Mapping[str, JourneyDefinition]) -> pa.Table:
    """The table of these events, in whatever order they came; each service is read with its definition, if it has one.

    Rows are sorted by service and first event, so that files can be read in part. For memory-sized numbers of events.
    """
    attempts: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        attempts[event.service, event.journey].append(event)
    rows = []
    for (service, journey), of_it in attempts.items():
        # Of two events at the same time and step, which only differ in channel or release, the alphabet picks one.
        of_it.sort(key=lambda event: (event.at, event.step, event.channel, event.release))
        drawn = definitions.get(service)
        starts = {drawn.by_name[name].number for name in drawn.starts} if drawn else set()
        said = next((event for event in of_it if event.step in starts), of_it[0])
        path = path_of((event.at, event.step) for event in of_it)
        bot = any(event.bot for event in of_it)
        rows.append((service, of_it[0].at, journey, said.channel, said.release, path, bot))
    rows.sort(key=lambda row: row[:3])
    paths = [row[5] for row in rows]
    offsets = np.cumsum([0, *(len(path) for path in paths)], dtype=np.int64)
    values = np.array([event for path in paths for event in path], np.int64)
    services = [row[0] for row in rows]
    columns = {
        "service": services,
        "journey": [row[2] for row in rows],
        "channel": [row[3] for row in rows],
        "release": [row[4] for row in rows],
        "month": [month_of(row[1]) for row in rows],
        "first_at": [row[1] for row in rows],
        "last_at": [path[-1] >> STEP_BITS for path in paths],
        "path": paths,
        "events": [len(path) for path in paths],
        "bot": [row[6] for row in rows],
        **_read_columns(services, values, offsets, definitions),
    }
    return pa.table(columns, schema=schema())


def _read_columns(
    services: list[str], values: Numbers, offsets: Numbers, definitions: Mapping[str, JourneyDefinition]
) -> dict[str, list[object]]:
    """The columns that depend on a journey definition, service by service; `services` come in runs."""
    names = ("definition", "started_at", "ended_at", "outcome", "furthest", "reached")
    columns: dict[str, list[object]] = {name: [] for name in names}
    at = 0
    while at < len(services):
        end = at + 1
        while end < len(services) and services[end] == services[at]:
            end += 1
        drawn = definitions.get(services[at])
        if drawn is None:
            blank = {
                "definition": 0, "started_at": None, "ended_at": None, "outcome": "open", "furthest": 0, "reached": 1,
            }  # fmt: skip
            for name, value in blank.items():
                columns[name].extend([value] * (end - at))
        else:
            low, high = int(offsets[at]), int(offsets[end])
            readings = read(drawn, values[low:high], offsets[at : end + 1] - low)
            columns["definition"].extend([drawn.version] * (end - at))
            columns["started_at"].extend(None if each < 0 else each for each in readings.started_at.tolist())
            columns["ended_at"].extend(None if each < 0 else each for each in readings.ended_at.tolist())
            columns["outcome"].extend(OUTCOMES[each] for each in readings.outcome.tolist())
            columns["furthest"].extend(readings.furthest.tolist())
            columns["reached"].extend(readings.reached.tolist())
        at = end
    return columns


def write(table: pa.Table, file: Path) -> None:
    """Write rows as one Parquet file that every engine reads. The folder must exist."""
    # zstd 1 reads as fast as snappy here and takes two thirds of the room; words that repeat are kept as dictionaries.
    pq.write_table(
        table,
        file,
        compression="zstd",
        compression_level=1,
        row_group_size=ROWS_IN_A_GROUP,
        use_dictionary=["service", "channel", "release", "outcome"],
    )
