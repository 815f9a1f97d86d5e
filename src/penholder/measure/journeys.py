"""The sealed table of journeys: one row per attempt, which every engine reads from the same Parquet files.

A journey is one attempt of one person at one service, under an id that the service gave. Its events are packed into one
sorted list of numbers, `path`: the time in microseconds since 1970 (UTC) shifted left by `STEP_BITS`, plus the number
of the step. Sorting the numbers sorts the events by time, and events of the same microsecond by the number of their
step, so every engine meets ties in the same order. Two halves of a journey are joined by sorting their numbers
together: nothing has to be unpacked when an event comes late, even one from before the start; that is why times count
from 1970 and not from the start.

Columns that do not depend on how the service draws its journey: service, journey, channel, release, month, first_at,
last_at, path, events, bot. Columns that are read from `path` with one version of the journey definition, named in
`definition`, when the row is sealed: started_at, ended_at, outcome, furthest, reached (`readings.read` fills them). A
new version of a definition needs only these columns sealed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

from penholder.errors import Refused
from penholder.measure.outcomes import OUTCOMES

# 63 bits carry a sign-free number in every engine (ClickHouse, DuckDB, Spark: Int64). Ten of them name 1,023 steps,
# many more than any service shows, because numbers of steps are never used twice; 53 are left for microseconds, which
# last until 2255.
STEP_BITS = 10
STEP_MASK = (1 << STEP_BITS) - 1
LAST_STEP = STEP_MASK

# A step that the journey definition does not know. It is kept, so that a later version of the definition may know it.
UNKNOWN_STEP = 0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000  # microseconds
_LAST_MOMENT = (1 << (63 - STEP_BITS)) - 1

# Under the folder of a table, one folder per month; `*` stands for the names that sealing gives.
FILES = "month=*/*.parquet"


@dataclass(frozen=True)
class Column:
    """One column of the table: its name, its type in Arrow's words, whether it may be empty, and what it means."""

    name: str
    kind: Literal["string", "int16", "int32", "int64", "bool", "list<int64>"]
    empty: bool
    meaning: str


COLUMNS = (
    Column("service", "string", False, "key of the service in the register"),
    Column("journey", "string", False, "id that the service gave to this attempt; unique within the service"),
    Column("channel", "string", False, "channel of the first start, or of the first event where there is none"),
    Column("release", "string", False, "release of the service at the same event; empty text when it was not said"),
    Column("month", "int32", False, "year × 100 + month of first_at in UTC; the partition"),
    Column("first_at", "int64", False, "time of the first event, microseconds since 1970 UTC"),
    Column("last_at", "int64", False, "time of the last event, microseconds since 1970 UTC"),
    Column(
        "path",
        "list<int64>",
        False,
        "packed events, ascending, never empty, at most 10,000; an event kept twice stands twice",
    ),
    Column("events", "int32", False, "how many events the path holds"),
    Column(
        "bot",
        "bool",
        False,
        "whether any event was flagged as made by a program, or there were more than 10,000; never deleted",
    ),
    Column(
        "definition", "int32", False, "version of the journey definition behind the next columns; 0 when there was none"
    ),
    Column(
        "started_at", "int64", True, "time of the first event of the start set; empty for a fragment without a start"
    ),
    Column("ended_at", "int64", True, "time of the end that gave the outcome; empty while open"),
    Column("outcome", "string", False, "one of " + ", ".join(OUTCOMES)),
    Column("furthest", "int16", False, "number of the reached step that stands last in the definition; 0 for none"),
    Column("reached", "int64", False, "the steps reached, as bits: 0 says “began”, bit n the n-th step of the graph"),
)


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC. Refuses times without a zone, before 1970 and after 2255."""
    if at.tzinfo is None:
        raise Refused(
            f"The time {at.isoformat()} names no time zone. Send times with an offset, such as 2026-11-24T09:00:00Z."
        )
    count = (at - _EPOCH) // _MICROSECOND
    if not 0 <= count <= _LAST_MOMENT:
        raise Refused(f"The time {at.isoformat()} lies outside 1970 to 2255. Check the clock of the sender.")
    return count


def moment(count: int) -> datetime:
    """The time, in UTC, that lies `count` microseconds after the start of 1970."""
    return _EPOCH + count * _MICROSECOND


def pack(at: int, step: int) -> int:
    """One event as one number: `at` in microseconds since 1970, and the number of the step."""
    if not UNKNOWN_STEP <= step <= LAST_STEP:
        raise Refused(f"Steps are numbered from 1 to {LAST_STEP}; {step} is not such a number.")
    if not 0 <= at <= _LAST_MOMENT:
        raise Refused(f"The time {at} lies outside 1970 to 2255, counted in microseconds.")
    return at << STEP_BITS | step


def unpack(number: int) -> tuple[int, int]:
    """The time in microseconds since 1970, and the step, of a packed event."""
    return number >> STEP_BITS, number & STEP_MASK


def month_of(at: int) -> int:
    """The partition of a time in microseconds: year × 100 + month, in UTC."""
    return _month_of_day(at // _DAY)


@lru_cache(4096)
def _month_of_day(day: int) -> int:
    when = moment(day * _DAY)
    return when.year * 100 + when.month


@dataclass(frozen=True)
class Event:
    """One thing that happened: `at` in microseconds since 1970 UTC, `step` by number, or 0 for an unknown one."""

    service: str
    journey: str
    at: int
    step: int
    channel: str = ""
    release: str = ""
    bot: bool = False


@dataclass(frozen=True)
class Journey:
    """One row of the table in Python, for the judge and for tests; the meanings stand in `COLUMNS`."""

    service: str
    journey: str
    channel: str
    release: str
    path: tuple[int, ...]
    bot: bool = False
    definition: int = 0
    started_at: int | None = None
    ended_at: int | None = None
    outcome: str = "open"
    furthest: int = 0
    reached: int = 1

    @property
    def first_at(self) -> int:
        """Time of the first event, in microseconds since 1970 UTC."""
        return self.path[0] >> STEP_BITS

    @property
    def last_at(self) -> int:
        """Time of the last event, in microseconds since 1970 UTC."""
        return self.path[-1] >> STEP_BITS

    @property
    def month(self) -> int:
        """The partition in which the row lies."""
        return month_of(self.first_at)

    @property
    def events(self) -> int:
        """How many events the journey has."""
        return len(self.path)


def path_of(events: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """The path of events given as (microseconds, step), in whatever order they arrived."""
    return tuple(sorted(pack(at, step) for at, step in events))
