"""What must hold of an event beyond its form: whose it is, and when it happened.

Three times: `time` (when it happened, by the sender's clock), `sent` (when it was sent, by the same clock) and when it
was received, by ours. Where `sent` and the receipt lie apart the sender's clock is wrong, and both are moved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import repeat

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from xxhash import xxh3_64_intdigest, xxh3_128_digest

from penholder.measure.intake import times
from penholder.measure.intake.decoding import Decoded
from penholder.measure.intake.events import JOURNEY_LETTERS, SHORTEST_JOURNEY, Event
from penholder.measure.intake.receipts import Refusal
from penholder.measure.intake.times import Times
from penholder.measure.journeys import moment, month_of

SECOND = 1_000_000
# A request may be on its way for so long; only what is beyond it is a clock that is wrong.
SKEW_FORGIVEN = 10 * SECOND
# A clock that is an hour wrong was not told of the summer; one that is years wrong was never set.
SKEW_CORRECTED = 24 * 3600 * SECOND
FUTURE_ACCEPTED = 300 * SECOND
# A year and a month: late enough for a paper form typed in at the end of the year. Older history is imported.
AGE_ACCEPTED = 400 * 24 * 3600 * SECOND

_LETTERS_AND_SPACE = JOURNEY_LETTERS + b" "

# Paths have 53 bits for a time: until 2255.
_LATEST = 1 << 53

# So few events are asked one by one: preparing the columns costs more than what it saves.
FEW = 6


class Delivery(Struct, frozen=True):
    """What is known of a delivery besides its events. Times are microseconds since 1970 UTC.

    `journey` gives an id for events of a day that bring none (`salts`); None where ids must be brought. `history` says
    that old events are welcome, as in an import.
    """

    service: str
    received: int
    sent: int | None = None
    bot: bool = False
    history: bool = False
    journey: Callable[[date], str | None] | None = None


@dataclass(slots=True)
class Checked:
    """Events that hold, by columns: time corrected, month claimed, digest, and what they say."""

    times: Times
    months: npt.NDArray[np.int32] | int
    digests: list[bytes]
    said: Said

    def __len__(self) -> int:
        return len(self.digests)


@dataclass(slots=True)
class Said:
    """What events say besides their times, column by column: asked and written without going through them again."""

    journeys: list[str]
    steps: list[str]
    channels: list[str]
    releases: list[str]
    bots: list[bool]
    sources: set[str]
    sent: list[str | None]


def said_by(events: list[Event]) -> Said:
    """The columns of these events."""
    data = [event.data for event in events]
    return Said(
        [event.subject for event in events],
        [each.step for each in data],
        [each.channel for each in data],
        [each.release for each in data],
        [each.bot for each in data],
        {event.source for event in events},
        [event.sent for event in events],
    )


def check(read: Decoded, delivery: Delivery) -> Checked:
    """The events that hold; what does not is added to `read.refusals`."""
    events = read.events
    if delivery.journey is not None:
        _give_journeys(events, delivery)
    if len(events) > FEW:
        said = said_by(events)
        if (claimed := when_all_hold(events, said, delivery)) is not None:
            return _columns(events, said, claimed, delivery)
    good = []
    for index, event in enumerate(events):
        objection = objection_to(event, delivery)
        if objection is None:
            good.append(event)
        else:
            read.refusals.append(Refusal(read.place(index), *objection))
    if len(good) <= FEW:
        return _few_columns(good, delivery)
    return _columns(good, said_by(good), times.read_all([event.time for event in good]), delivery)


def _few_columns(events: list[Event], delivery: Delivery) -> Checked:
    """What `_columns` gives, worked out event by event. They hold, so their times are within bounds."""
    corrected, months, digests = [], [], []
    said = Said([], [], [], [], [], set(), [])
    for event in events:
        claimed = times.read(event.time) or 0
        corrected.append(claimed + skew(delivery.received, times.read(event.sent) if event.sent else delivery.sent))
        months.append(month_of(claimed))
        digests.append(xxh3_128_digest(event.id.encode(), _seed(delivery.service, event.source)))
        data = event.data
        said.journeys.append(event.subject)
        said.steps.append(data.step)
        said.channels.append(data.channel)
        said.releases.append(data.release)
        said.bots.append(data.bot)
        said.sources.add(event.source)
        said.sent.append(event.sent)
    one = months[0] if len(set(months)) == 1 else np.array(months, np.int32)
    return Checked(np.array(corrected, np.int64), one, digests, said)


def when_all_hold(events: list[Event], said: Said, delivery: Delivery) -> Times | None:
    """The claimed times, if nothing is wrong with any of these: what `objection_to` asks of one, asked at once."""
    if any(said.sent) and any(objection_to(event, delivery) for event in events):
        return None
    claimed = times.read_all([event.time for event in events])
    return claimed if claimed is not None and _hold(events, said, claimed, delivery) else None


def _columns(events: list[Event], said: Said, claimed: Times | None, delivery: Delivery) -> Checked:
    if claimed is None:
        raise AssertionError("events that hold have times")
    if any(said.sent):
        skews = [skew(delivery.received, times.read(when) if when else delivery.sent) for when in said.sent]
        corrected = claimed + np.array(skews, np.int64)
    else:
        corrected = claimed + skew(delivery.received, delivery.sent)
    return Checked(corrected, _months(claimed), _digests(events, said.sources, delivery.service), said)


def skew(received: int, sent: int | None) -> int:
    """How far behind ours the sender's clock is; 0 when that is unknown, or no more than a request takes."""
    if sent is None or abs(received - sent) <= SKEW_FORGIVEN:
        return 0
    return received - sent


def _give_journeys(events: list[Event], delivery: Delivery) -> None:
    given: dict[date, str] = {}
    for event in events:
        claimed = times.read(event.time) if not event.subject else None
        if claimed is not None and delivery.journey is not None:
            corrected = claimed + skew(delivery.received, times.read(event.sent) if event.sent else None)
            if not 0 <= corrected < _LATEST:
                continue
            day = moment(corrected).date()
            if day not in given:
                given[day] = delivery.journey(day) or ""
            event.subject = given[day]


def _hold(events: list[Event], said: Said, claimed: Times, delivery: Delivery) -> bool:
    if not events:
        return True
    joined = " ".join(said.journeys)
    if not joined.isascii():
        return False
    journeys = joined.encode()
    low, high = _bounds(delivery)
    if delivery.sent is not None and abs(delivery.received - delivery.sent) > SKEW_CORRECTED:
        return False
    # Events that say when they were sent were asked one by one already.
    offset = skew(delivery.received, delivery.sent)
    if not any(said.sent) and not (low <= int(claimed.min()) + offset and int(claimed.max()) + offset <= high):
        return False
    return (
        not journeys.translate(None, _LETTERS_AND_SPACE)
        and journeys.count(b" ") == len(events) - 1
        and min(map(len, said.journeys)) >= SHORTEST_JOURNEY
        and all(in_scope(source, delivery.service) for source in said.sources)
        and all(map(is_name, set(said.steps)))
        and all(map(is_name, set(said.channels)))
        and all(map(is_release, set(said.releases)))
    )


def objection_to(event: Event, delivery: Delivery) -> tuple[str, str, str] | None:
    """The first thing that is wrong with this event: the field, the reason, what to do. None when nothing is."""
    if not in_scope(event.source, delivery.service):
        return (
            "source",
            f"The key speaks for “{delivery.service}”, and the source does not begin with that.",
            f"Send “{delivery.service}” or “{delivery.service}/…” as the source, or use the other service's key.",
        )
    data = event.data
    if not (is_name(data.step) and is_name(data.channel) and is_release(data.release)):
        field = "step" if not is_name(data.step) else "release" if is_name(data.channel) else "channel"
        words = "Use letters, digits, spaces and - . / : _ alone."
        return f"data.{field}", f"“data.{field}” is no plain name.", words
    return _objection_to_subject(event.subject, delivery) or _objection_to_times(event, delivery)


def _objection_to_subject(subject: str, delivery: Delivery) -> tuple[str, str, str] | None:
    if not subject:
        if delivery.journey is not None:
            return (
                "subject",
                "The event has no id of an attempt, and the day on which it happened is over.",
                "Send events within a day, or give each attempt an id and send it as “subject”.",
            )
        return "subject", "The event does not say to which attempt it belongs.", "Send the attempt's id as “subject”."
    if len(subject) < SHORTEST_JOURNEY or not subject.isascii() or subject.encode().translate(None, JOURNEY_LETTERS):
        return (
            "subject",
            "The id of the attempt is too short, or has characters that ids do not have.",
            (
                f"Make a random id for each attempt, {SHORTEST_JOURNEY} to 64 letters, digits and - _ . : ~; "
                "never anything by which a person is known."
            ),
        )
    return None


def _objection_to_times(event: Event, delivery: Delivery) -> tuple[str, str, str] | None:
    claimed = times.read(event.time)
    sent = times.read(event.sent) if event.sent else delivery.sent
    if claimed is None or (event.sent is not None and sent is None):
        field = "time" if claimed is None else "sent"
        return field, f"“{field}” is not a time with a zone.", "Write it as RFC 3339 does: 2026-11-24T09:30:00.250Z."
    if not 0 <= claimed < _LATEST:
        return "time", "The time lies before 1970 or after 2255.", "Set the clock of the sender."
    if sent is not None and abs(delivery.received - sent) > SKEW_CORRECTED:
        return (
            "sent",
            f"The sender's clock is {_span(delivery.received - sent)} off.",
            "Set it; up to a day is corrected.",
        )
    low, high = _bounds(delivery)
    corrected = claimed + skew(delivery.received, sent)
    if corrected > high:
        return (
            "time",
            f"The event lies {_span(corrected - delivery.received)} in the future.",
            "Set the clock of the sender, or send “sent” too, so that it can be corrected.",
        )
    if corrected < low:
        return (
            "time",
            f"The event is {_span(delivery.received - corrected)} old.",
            "If the sender's clock is right, import it: penholder events import.",
        )
    return None


def _bounds(delivery: Delivery) -> tuple[int, int]:
    oldest = 0 if delivery.history else max(0, delivery.received - AGE_ACCEPTED)
    return oldest, delivery.received + FUTURE_ACCEPTED


def _span(length: int) -> str:
    days = abs(length) / (24 * 3600 * SECOND)
    if days >= 730:
        return f"{days / 365.25:.0f} years"
    return f"{days:.0f} days" if days >= 2 else f"{abs(length) // (60 * SECOND)} minutes"


def _months(claimed: npt.NDArray[np.int64]) -> npt.NDArray[np.int32] | int:
    if not len(claimed):
        return 197001
    first, last = month_of(int(claimed.min())), month_of(int(claimed.max()))
    if first == last:
        return first
    months = claimed.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return ((months // 12 + 1970) * 100 + months % 12 + 1).astype(np.int32)


@lru_cache(8192)
def in_scope(source: str, service: str) -> bool:
    """Whether a source is the service, or a part of it: "permits", "permits/web", "/permits/web"."""
    inside = source.removeprefix("/")
    return inside == service or inside.startswith(service + "/")


@lru_cache(65536)
def is_name(text: str) -> bool:
    """Whether a step or channel has a plain name, at most 64 characters that print, none of which makes an address."""
    return bool(text) and is_release(text)


@lru_cache(65536)
def is_release(text: str) -> bool:
    """Whether a release has a plain name, or none."""
    return len(text) <= 64 and text.isprintable() and "@" not in text and text == text.strip()


@lru_cache(8192)
def _seed(service: str, source: str) -> int:
    return xxh3_64_intdigest(f"{service}\0{source}".encode())


def _digests(events: list[Event], sources: set[str], service: str) -> list[bytes]:
    """16 bytes for each event, by which it is known again: of its source and id, within its service."""
    if len(sources) != 1:
        return [xxh3_128_digest(event.id.encode(), _seed(service, event.source)) for event in events]
    ids = " ".join([event.id for event in events]).encode().split(b" ")
    if len(ids) != len(events):  # an id with a space in it
        ids = [event.id.encode() for event in events]
    return list(map(xxh3_128_digest, ids, repeat(_seed(service, *sources))))
