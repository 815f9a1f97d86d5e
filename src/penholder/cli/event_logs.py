"""What `penholder events import` does: rows of a log become events, under ids that a second import finds again."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from pathlib import Path
from queue import Queue
from typing import IO, Any

from penholder.cli.console import Tell
from penholder.errors import PenholderError, Refused
from penholder.formats.event_logs import XES, Fields, Log, LogEvent
from penholder.measure.intake import manifests
from penholder.measure.intake.checking import Delivery
from penholder.measure.intake.decoding import Decoded
from penholder.measure.intake.events import (
    JOURNEY_LETTERS,
    LONGEST_JOURNEY,
    LONGEST_NAME,
    SHORTEST_JOURNEY,
    Event,
    StepData,
)
from penholder.measure.intake.intake import Intake
from penholder.measure.intake.receipts import Receipt
from penholder.measure.journeys import micros

_AT_ONCE = 5_000
_LISTED = 100


def take_in(
    folder: Path, path: Path, *, service: str, columns: dict[str, str], at: datetime, tell: Tell
) -> dict[str, Any]:
    """Take a log in. Returns accepted, duplicate, refused, passed over, and the first hundred reasons under `unread`.

    Passed over is what a log tells of tasks besides their end: that they were planned, or begun.
    """
    said: Queue[Receipt | PenholderError] = Queue()
    intake = Intake(folder, sealed=manifests.ids_of(folder), upto=manifests.read(folder).upto)
    accepted = duplicate = refused = 0
    unread: list[str] = []
    try:
        with path.open("rb") as raw, ExitStack() as opened:
            log, rows, file = _opened(path, raw, columns)
            opened.enter_context(file)
            events = _events(rows, service)
            while several := list(islice(events, _AT_ONCE)):
                delivery = Delivery(service, micros(at), history=True)
                intake.put(Decoded(several), delivery, said.put)
                answer = said.get()
                if isinstance(answer, PenholderError):
                    raise answer
                accepted, duplicate = accepted + answer.accepted, duplicate + answer.duplicate
                refused += answer.refused
                unread += [f"{path.name}: {each.reason} {each.do}" for each in answer.refusals]
                tell(raw.tell(), path.stat().st_size, f"{accepted + duplicate:,} events")
    finally:
        intake.close()
    refused += len(log.unread)
    unread += [f"{path.name}:{each.line}: {each.what}" for each in log.unread]
    return {
        "accepted": accepted, "duplicate": duplicate, "refused": refused, "passed_over": log.passed_over,
        "unread": unread[:_LISTED],
    }  # fmt: skip


def _opened(path: Path, raw: IO[bytes], columns: dict[str, str]) -> tuple[Log, Iterator[LogEvent], IO[Any]]:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes[-1:] == [".gz"]
    kind = suffixes[-2] if packed and len(suffixes) > 1 else (suffixes or [""])[-1]
    file: Any = gzip.GzipFile(fileobj=raw) if packed else raw
    if kind == ".xes":
        log = Log(path.name, Fields(**{**vars(XES), **columns}))
        return log, log.xes(file), file
    log = Log(path.name, Fields(**columns))  # type: ignore[arg-type]  # names of columns alone
    if kind not in {".csv", ".ndjson", ".jsonl", ".json"}:
        raise Refused(
            f"{path.name} is no log that is understood. Bring .csv, .ndjson or .xes, or one of them with .gz."
        )
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    if kind == ".csv":
        return log, log.csv(lines), lines
    return log, log.ndjson(lines), lines


def _events(rows: Iterable[LogEvent], service: str) -> Iterator[Event]:
    """Events with ids made of what they say; rows that say the very same are numbered, so that each is kept."""
    met: Counter[bytes] = Counter()
    for row in rows:
        told = hashlib.blake2b(f"{row.case}\0{row.at.isoformat()}\0{row.activity}".encode(), digest_size=16).digest()
        met[told] += 1
        yield Event(
            specversion="1.0",
            id=f"{told.hex()}-{met[told]}",
            source=f"{service}/log",
            type="journey.step",
            time=row.at.isoformat(),
            data=StepData(_name(row.activity), _name(row.channel) or "digital", _name(row.release)),
            subject=_journey(row.case, service),
        )


def _name(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME].strip()


def _journey(case: str, service: str) -> str:
    """The case, where it can be the id of an attempt, else a digest of it."""
    fits = SHORTEST_JOURNEY <= len(case) <= LONGEST_JOURNEY and case.isascii()
    if fits and not case.encode().translate(None, JOURNEY_LETTERS):
        return case
    return hashlib.blake2b(f"{service}\0{case}".encode(), digest_size=16).hexdigest()
