"""The journey definitions with which sealing reads events: `definitions.json` beside the log, for all services."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from penholder import seal
from penholder.errors import Refused
from penholder.measure.journey_definitions import JourneyDefinition, objections_to_versions
from penholder.measure.journeys import COLUMNS


def read(folder: Path) -> dict[str, list[JourneyDefinition]]:
    """Versions by service; none where nobody has drawn one. Raises Refused for what is no definition."""
    try:
        drawn = msgspec.json.decode((folder / "definitions.json").read_bytes(), type=list[JourneyDefinition])
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as problem:
        raise Refused(f"{folder / 'definitions.json'} holds no journey definitions: {problem}.") from problem
    by_service: dict[str, list[JourneyDefinition]] = {}
    for each in drawn:
        by_service.setdefault(each.service, []).append(each)
    return by_service


def write(folder: Path, drawn: Sequence[JourneyDefinition]) -> None:
    """Keep the definitions of all services for the next sealing. Raises Refused when versions contradict each other."""
    services = {each.service for each in drawn}
    objections = [
        objection
        for service in sorted(services)
        for objection in objections_to_versions([each for each in drawn if each.service == service])
    ]
    if objections:
        raise Refused(objections)
    beside = folder / "definitions.new"
    with beside.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(list(drawn))))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / "definitions.json")


def digest(drawn: Mapping[str, Sequence[JourneyDefinition]]) -> str:
    """One digest for all of them; it changes when any of them does, and when the table has other columns."""
    told = [each for service in sorted(drawn) for each in sorted(drawn[service], key=lambda one: one.version)]
    return seal.digest(msgspec.json.encode([[column.name for column in COLUMNS], told]).decode())
