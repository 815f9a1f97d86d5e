"""Steps that events name and no version of their journey knows: kept, counted in no funnel, and told to who draws it.

`unknown-steps.json` beside the log holds, by service and step, how many events the last sealing that met the step had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import pyarrow as pa

from penholder.measure.journey_definitions import JourneyDefinition

_FILE = "unknown-steps.json"
# A sender that makes a step of every page's number has more; the first of them tell as much.
MOST = 200

Definitions = Mapping[str, Sequence[JourneyDefinition]]


@dataclass(frozen=True, slots=True)
class Stranger:
    """A step of one service that no version of its journey knows: in how many events, and when they were sealed."""

    service: str
    step: str
    events: int
    at: datetime


def of(events: pa.Table, definitions: Definitions, at: datetime) -> list[Stranger]:
    """The strangers among events of the log. A service that has drawn no journey has none."""
    counts = events.group_by(["service", "step"]).aggregate([([], "count_all")]).to_pylist()
    return [
        Stranger(row["service"], row["step"], row["count_all"], at)
        for row in sorted(counts, key=lambda row: (row["service"], row["step"]))
        if row["service"] in definitions and not _known(row["step"], definitions[row["service"]])
    ]


def note(folder: Path, met: Sequence[Stranger]) -> None:
    """Keep them for whoever draws the journeys. The newest that are met stay."""
    if not met:
        return
    kept = {(one.service, one.step): one for one in (*_kept(folder), *met)}
    by_service: dict[str, list[Stranger]] = {}
    for one in sorted(kept.values(), key=lambda one: one.at, reverse=True):
        by_service.setdefault(one.service, []).append(one)
    beside = folder / f"{_FILE}.new"
    beside.write_bytes(msgspec.json.encode([one for listed in by_service.values() for one in listed[:MOST]]))
    beside.replace(folder / _FILE)


def read(folder: Path, definitions: Definitions) -> list[Stranger]:
    """Those that no version knows by now, by service and name."""
    found = [
        one for one in _kept(folder) if one.service in definitions and not _known(one.step, definitions[one.service])
    ]
    return sorted(found, key=lambda one: (one.service, one.step))


def _kept(folder: Path) -> list[Stranger]:
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=list[Stranger])
    except FileNotFoundError:
        return []
    except msgspec.MsgspecError:  # nothing hangs on it: the next sealing tells again
        return []


def _known(step: str, drawn: Sequence[JourneyDefinition]) -> bool:
    return any(step in each.by_name for each in drawn)
