"""Event logs of other systems: CSV, NDJSON and XES, read row by row into events of cases.

What cannot be read is told by its place and left out; the rest is read. Nothing that identifies a person is taken: only
the case, what happened, when, by which channel, and in which release.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

from defusedxml.ElementTree import iterparse

from penholder.errors import Refused
from penholder.formats.reading import Unread


@dataclass(frozen=True)
class LogEvent:
    """One event: the case it belongs to, what happened in the log's own words, and when (UTC)."""

    case: str
    activity: str
    at: datetime
    channel: str = ""
    release: str = ""


@dataclass(frozen=True)
class Fields:
    """Under which names a log keeps what is wanted; the defaults are those of most exports.

    Where a log tells the start and the end of a task apart, only events whose `lifecycle` is in `stages` are read.
    """

    case: str = "case_id"
    activity: str = "activity"
    at: str = "timestamp"
    channel: str = "channel"
    release: str = "release"
    lifecycle: str = "lifecycle"
    stages: frozenset[str] = frozenset({"complete"})


XES = Fields(case="concept:name", activity="concept:name", at="time:timestamp", lifecycle="lifecycle:transition")


@dataclass
class Log:
    """The events of a log, lazily, and what could not be read so far."""

    path: str
    fields: Fields
    unread: list[Unread] = field(default_factory=list)
    passed_over: int = 0  # events of a stage of a task that is not read

    def csv(self, lines: Iterable[str]) -> Iterator[LogEvent]:
        """Events of a CSV file with a header."""
        reader = csv.DictReader(lines)
        missing = [name for name in self._needed() if name not in (reader.fieldnames or [])]
        if missing:
            raise Refused(
                f"{self.path}, line 1: there is no column {' or '.join(missing)}. Name the columns of this log."
            )
        for row in reader:
            yield from self._event(row, row, reader.line_num)

    def ndjson(self, lines: Iterable[str]) -> Iterator[LogEvent]:
        """Events of a file with one JSON object a line."""
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                self._complain(number, "this line is not JSON")
                continue
            if isinstance(row, dict):
                yield from self._event(row, row, number)
            else:
                self._complain(number, "this line is not an object")

    def xes(self, file: IO[bytes]) -> Iterator[LogEvent]:
        """Events of an XES file (IEEE 1849); the number told for what is unread counts events."""
        case: dict[str, Any] = {}
        number = 0
        for moment, element in iterparse(file, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if moment == "start" and tag == "trace":
                case = {}
            elif moment == "end" and tag == "event":
                number += 1
                yield from self._event(case, _attributes(element), number)
                element.clear()
            elif moment == "end" and tag == "string" and element.get("key") == self.fields.case and not case:
                # Attributes of a trace come before its events.
                case = {self.fields.case: element.get("value", "")}

    def _needed(self) -> tuple[str, str, str]:
        return self.fields.case, self.fields.activity, self.fields.at

    def _event(self, of_case: dict[str, Any], row: dict[str, Any], number: int) -> Iterator[LogEvent]:
        names = self.fields
        stage = str(row.get(names.lifecycle) or "complete").lower()
        if stage not in names.stages:
            self.passed_over += 1
            return
        case, activity = str(of_case.get(names.case) or "").strip(), str(row.get(names.activity) or "").strip()
        if not case or not activity:
            self._complain(number, "this event names no case or no activity")
            return
        try:
            at = datetime.fromisoformat(str(row.get(names.at)))
        except ValueError:
            self._complain(number, f"“{row.get(names.at)}” is not a time; write it like 2026-11-24T09:00:00+00:00")
            return
        if at.tzinfo is None:
            self._complain(number, f"“{row.get(names.at)}” names no time zone; add its offset from UTC")
            return
        channel, release = str(row.get(names.channel) or ""), str(row.get(names.release) or "")
        yield LogEvent(case, activity, at.astimezone(UTC), channel, release)

    def _complain(self, number: int, what: str) -> None:
        self.unread.append(Unread(self.path, number, what, "error"))


def _attributes(event: Any) -> dict[str, Any]:
    return {child.get("key", ""): child.get("value", "") for child in event}
