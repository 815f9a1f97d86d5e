"""Events → rows of the journeys table, many at once; rows that are there already are unfolded and folded in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from penholder.measure import readings
from penholder.measure.intake.frames import Rows
from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.journeys import COLUMNS, STEP_BITS, STEP_MASK, micros
from penholder.measure.outcomes import OPEN, OUTCOMES

# No person takes ten thousand steps; a loop in a program does, in an attempt that never ends. It is flagged as one, and
# its path holds no more, so that one sender cannot make every sealing slow.
LONGEST_PATH = 10_000

Definitions = Mapping[str, Sequence[JourneyDefinition]]
Numbers = npt.NDArray[np.int64]

EVENT_SCHEMA = pa.schema(
    [
        ("service", pa.string()), ("journey", pa.string()), ("time", pa.int64()), ("step", pa.string()),
        ("channel", pa.string()), ("release", pa.string()), ("bot", pa.bool_()), ("month", pa.int32()),
        ("received", pa.int64()), ("id", pa.binary(16)),
    ]
)  # fmt: skip
_TYPES = {"list<int64>": pa.list_(pa.int64()), "bool": pa.bool_()}
JOURNEY_SCHEMA = pa.schema(
    [pa.field(each.name, _TYPES.get(each.kind) or getattr(pa, each.kind)(), nullable=each.empty) for each in COLUMNS]
)


def events(deliveries: Iterable[Rows]) -> pa.Table:
    """The rows of the log as one table, each event once. Column by column, so that no event becomes a Python object."""
    told = list(deliveries)
    if not told:
        return EVENT_SCHEMA.empty_table()
    counts = np.array([rows.count for rows in told])
    ids = pa.py_buffer(b"".join([rows.ids for rows in told]))
    months = [np.frombuffer(_repeated(rows.months, rows.count, np.int32), np.int32) for rows in told]
    bots = [np.frombuffer(_repeated(rows.bots, rows.count, np.bool_), np.bool_) for rows in told]
    table = pa.Table.from_arrays(
        [
            pa.array([rows.service for rows in told]).take(pa.array(np.repeat(np.arange(len(told)), counts))),
            _split([rows.journeys for rows in told], " "),
            pa.array(np.frombuffer(b"".join([rows.times for rows in told]), np.int64)),
            *(
                _names(texts, counts)
                for texts in (
                    [rows.steps for rows in told],
                    [rows.channels for rows in told],
                    [rows.releases for rows in told],
                )
            ),
            pa.array(np.concatenate(bots)),
            pa.array(np.concatenate(months)),
            pa.array(np.repeat(np.array([rows.received for rows in told], np.int64), counts)),
            pa.Array.from_buffers(pa.binary(16), int(counts.sum()), [None, ids]),
        ],
        schema=EVENT_SCHEMA,
    )
    # Half of an id is sorted in a tenth of the time; where two halves are alike, whole ids are asked.
    halves = np.sort(np.frombuffer(ids, np.uint64)[::2])
    if (halves[1:] != halves[:-1]).all():
        return table
    first = table.append_column("place", pa.array(np.arange(len(table)))).group_by("id").aggregate([("place", "min")])
    return table.take(first["place_min"].sort())


def grouped(table: pa.Table) -> pa.Table:
    """Events of the log by service, those of an attempt one behind the other: as they compress and are read best."""
    services, names = _coded(table["service"])
    attempts, _ = _coded(table["journey"])
    ranks = np.argsort(np.argsort(names))
    count = int(attempts.max(initial=0)) + 1
    return table.take(pa.array(np.argsort(ranks[services] * count + attempts, kind="stable")))


def _repeated(told: int | bytes, count: int, kind: type[np.generic]) -> bytes:
    """A column of the log that says what is the same for all once, or each by itself."""
    return told if isinstance(told, bytes) else np.full(count, told, kind).tobytes()


def _names(texts: Sequence[str], counts: Numbers) -> pa.Array:
    """A column of names, of which a delivery says either one for all its events, or one for each."""
    if len(set(texts)) == 1 and "\n" not in texts[0]:
        return pa.repeat(texts[0], int(counts.sum()))
    several = zip(texts, counts.tolist(), strict=True)
    return _split([text if "\n" in text else "\n".join([text] * count) for text, count in several], "\n")


def _split(texts: Sequence[str], mark: str) -> pa.Array:
    """The names that stand in joined columns, one after the other."""
    return pc.split_pattern(pa.array([mark.join(texts)], pa.large_string()), mark).flatten().cast(pa.string())


def unfold(rows: pa.Table) -> pa.Table:
    """Rows of the journeys table as one row per event: service, journey, packed, channel, release, bot."""
    paths = rows["path"].combine_chunks()
    lengths = np.diff(paths.offsets.to_numpy())
    places = np.repeat(np.arange(len(rows)), lengths)
    told = rows.select(["service", "journey", "channel", "release", "bot"]).take(places)
    told = told.cast(pa.schema([field.with_nullable(True) for field in told.schema]))
    return told.append_column("packed", paths.flatten())


def packed(table: pa.Table, definitions: Definitions) -> pa.Table:
    """Events of the log in the shape of `unfold`: their times and the numbers of their steps in one number each."""
    services, steps = _coded(table["service"]), _coded(table["step"])
    numbers = np.zeros((len(services[1]), len(steps[1])), np.int64)
    for place, service in enumerate(services[1]):
        known = {name: step.number for drawn in definitions.get(service, ()) for name, step in drawn.by_name.items()}
        numbers[place] = [known.get(name, 0) for name in steps[1]]
    number = numbers[services[0], steps[0]] if len(table) else np.zeros(0, np.int64)
    told = table.select(["service", "journey", "channel", "release", "bot"])
    return told.append_column("packed", pa.array(table["time"].to_numpy() << STEP_BITS | number))


def fold(table: pa.Table, definitions: Definitions) -> pa.Table:
    """One row per attempt from events in the shape of `unfold`, ordered by month, service and journey."""
    if not len(table):
        return JOURNEY_SCHEMA.empty_table()
    services, names = _coded(table["service"])
    attempts, _ = _coded(table["journey"])
    values = table["packed"].to_numpy()
    attempts += services * (int(attempts.max()) + 1)
    order = np.lexsort((values, attempts))
    values, services, attempts = values[order], services[order], attempts[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = attempts[1:] != attempts[:-1]
    heads = np.flatnonzero(new)
    lengths = np.diff(np.append(heads, len(order)))
    bots = np.logical_or.reduceat(table["bot"].to_numpy()[order], heads)
    if (endless := lengths > LONGEST_PATH).any():
        # The first so many, whatever came when: paths that are cut and joined again are cut at the same place.
        kept = np.arange(len(order)) - np.repeat(heads, lengths) < LONGEST_PATH
        values, services, order = values[kept], services[kept], order[kept]
        lengths = np.minimum(lengths, LONGEST_PATH)
        heads = np.cumsum(lengths) - lengths
        bots |= endless
    offsets = np.append(heads, len(order))
    # Channel and release are those of the first start, or of the first event when there is no start.
    starts = _starts(definitions, names)[services, values & STEP_MASK]
    places = np.where(starts, np.arange(len(order)), len(order))
    first = np.minimum.reduceat(places, heads)
    shown = order[np.where(first < len(order), first, heads)]
    told: dict[str, Any] = {
        "service": table["service"].take(shown),
        "journey": table["journey"].take(shown),
        "channel": table["channel"].take(shown),
        "release": table["release"].take(shown),
        "first_at": values[heads] >> STEP_BITS,
        "last_at": values[offsets[1:] - 1] >> STEP_BITS,
        "path": pa.ListArray.from_arrays(offsets.astype(np.int32), values),
        "events": np.diff(offsets).astype(np.int32),
        "bot": bots,
    }
    told["month"] = _month(told["first_at"])
    told |= _read(definitions, [names[code] for code in services[heads]], values, offsets, told["first_at"])
    rows = pa.table(told).select(JOURNEY_SCHEMA.names).cast(JOURNEY_SCHEMA)
    return rows.sort_by([("month", "ascending"), ("service", "ascending"), ("journey", "ascending")])


def _coded(strings: pa.ChunkedArray) -> tuple[Numbers, list[str]]:
    coded = strings.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary.to_pylist()


def _starts(definitions: Definitions, services: Sequence[str]) -> npt.NDArray[np.bool_]:
    starts = np.zeros((len(services), 1 << STEP_BITS), np.bool_)
    for place, service in enumerate(services):
        for drawn in definitions.get(service, ()):
            starts[place] |= readings.shape_of(drawn).starts
    return starts


def _month(times: Numbers) -> npt.NDArray[np.int32]:
    count = times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return ((count // 12 + 1970) * 100 + count % 12 + 1).astype(np.int32)


def _micros(day: date) -> int:
    return micros(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _read(
    definitions: Definitions, services: Sequence[str], values: Numbers, offsets: Numbers, first_at: Numbers
) -> dict[str, Any]:
    """The columns that depend on how the service draws its journey, by the version in force on the first day."""
    count = len(services)
    definition = np.zeros(count, np.int32)
    started, ended = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    outcome, furthest = np.full(count, OUTCOMES.index(OPEN), np.int8), np.zeros(count, np.int16)
    reached = np.ones(count, np.int64)
    named = np.array(services, object)
    for service in dict.fromkeys(services):
        for drawn in definitions.get(service, ()):
            until = _micros(drawn.effective_to) if drawn.effective_to else np.iinfo(np.int64).max
            ours = np.flatnonzero((named == service) & (first_at >= _micros(drawn.effective_from)) & (first_at < until))
            if not len(ours):
                continue
            lengths = offsets[ours + 1] - offsets[ours]
            inner = np.append(0, np.cumsum(lengths))
            places = np.arange(inner[-1]) + np.repeat(offsets[ours] - inner[:-1], lengths)
            read = readings.read(drawn, values[places], inner)
            definition[ours], started[ours], ended[ours] = drawn.version, read.started_at, read.ended_at
            outcome[ours], furthest[ours], reached[ours] = read.outcome, read.furthest, read.reached
    words = pa.array(OUTCOMES).take(pa.array(outcome.astype(np.int64)))
    return {
        "definition": definition,
        "started_at": pc.if_else(pa.array(started >= 0), pa.array(started), None),
        "ended_at": pc.if_else(pa.array(ended >= 0), pa.array(ended), None),
        "outcome": words,
        "furthest": furthest,
        "reached": reached,
    }
