"""What must hold of an event beyond its form: whose it is, and when it happened.

Three times: `time` (when it happened, by the sender's clock), `sent` (when it was sent, by the same clock) and when it
was received, by ours. Where `sent` and the receipt lie apart the sender's clock is wrong, and both are moved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import repeat

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest, xxh3_128_digest

from penholder.measure.intake.decoding import Decoded
from penholder.measure.intake.events import JOURNEY_LETTERS, SHORTEST_JOURNEY, Event
from penholder.measure.intake.receipts import Refusal
from penholder.measure.journeys import micros, moment, month_of

SECOND = 1_000_000
# A request may be on its way for so long; only what is beyond it is a clock that is wrong.
SKEW_FORGIVEN = 10 * SECOND
# A clock that is an hour wrong was not told of the summer; one that is years wrong was never set.
SKEW_CORRECTED = 24 * 3600 * SECOND
FUTURE_ACCEPTED = 300 * SECOND
# A year and a month: late enough for a paper form typed in at the end of the year. Older history is imported.
AGE_ACCEPTED = 400 * 24 * 3600 * SECOND

_LETTERS_AND_SPACE = JOURNEY_LETTERS + b" "

# So few events are asked one by one: preparing the columns costs more than what it saves.
FEW = 6


Times = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Delivery:
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
    """Events that hold, by columns: time corrected, month claimed, digest."""

    events: list[Event]
    times: npt.NDArray[np.int64]
    months: npt.NDArray[np.int32] | int
    digests: list[bytes]

    def only(self, kept: Sequence[int]) -> Checked:
        """These of the events, by their index."""
        return Checked(
            [self.events[index] for index in kept],
            self.times[list(kept)],
            self.months if isinstance(self.months, int) else self.months[list(kept)],
            [self.digests[index] for index in kept],
        )


def check(read: Decoded, delivery: Delivery) -> Checked:
    """The events that hold; what does not is added to `read.refusals`."""
    events = read.events
    if delivery.journey is not None:
        _give_journeys(events, delivery)
    if len(events) > FEW and (claimed := when_all_hold(events, delivery)) is not None:
        return _columns(events, claimed, delivery)
    good = []
    for index, event in enumerate(events):
        objection = objection_to(event, delivery)
        if objection is None:
            good.append(event)
        else:
            read.refusals.append(Refusal(read.place(index), *objection))
    return _few_columns(good, delivery) if len(good) <= FEW else _columns(good, _claimed(good), delivery)


def _few_columns(events: list[Event], delivery: Delivery) -> Checked:
    """What `_columns` gives, worked out event by event. They hold, so their times are within bounds."""
    claimed = [micros(event.time) for event in events]
    times = [
        at + skew(delivery.received, micros(event.sent) if event.sent else delivery.sent)
        for at, event in zip(claimed, events, strict=True)
    ]
    months = [month_of(at) for at in claimed]
    one = months[0] if len(set(months)) == 1 else np.array(months, np.int32)
    return Checked(events, np.array(times, np.int64), one, _digests(events, delivery.service))


def when_all_hold(events: list[Event], delivery: Delivery) -> Times | None:
    """The claimed times, if nothing is wrong with any of these: what `objection_to` asks of one, asked at once."""
    try:
        claimed = _claimed(events)
        return claimed if _hold(events, claimed, delivery) else None
    except (OverflowError, ValueError):  # a year that no clock shows
        return None


def _columns(events: list[Event], claimed: Times, delivery: Delivery) -> Checked:
    sent = [event.sent for event in events]
    if any(sent):
        skews = [skew(delivery.received, micros(when) if when else delivery.sent) for when in sent]
        times = claimed + np.array(skews, np.int64)
    else:
        times = claimed + skew(delivery.received, delivery.sent)
    return Checked(events, times, _months(claimed), _digests(events, delivery.service))


def skew(received: int, sent: int | None) -> int:
    """How far behind ours the sender's clock is; 0 when that is unknown, or no more than a request takes."""
    if sent is None or abs(received - sent) <= SKEW_FORGIVEN:
        return 0
    return received - sent


def _give_journeys(events: list[Event], delivery: Delivery) -> None:
    given: dict[date, str] = {}
    for event in events:
        if not event.subject and delivery.journey is not None:
            correction = timedelta(microseconds=skew(delivery.received, micros(event.sent) if event.sent else None))
            day = (moment(micros(event.time)) + correction).date()
            if day not in given:
                given[day] = delivery.journey(day) or ""
            event.subject = given[day]


def _hold(events: list[Event], claimed: Times, delivery: Delivery) -> bool:
    if not events:
        return True
    subjects = [event.subject for event in events]
    joined = " ".join(subjects)
    if not joined.isascii():
        return False
    journeys = joined.encode()
    low, high = _bounds(delivery)
    if delivery.sent is not None and abs(delivery.received - delivery.sent) > SKEW_CORRECTED:
        return False
    if any(event.sent for event in events):
        return all(objection_to(event, delivery) is None for event in events)
    offset = skew(delivery.received, delivery.sent)
    data = [event.data for event in events]
    return (
        low <= int(claimed.min()) + offset
        and int(claimed.max()) + offset <= high
        and not journeys.translate(None, _LETTERS_AND_SPACE)
        and journeys.count(b" ") == len(events) - 1
        and len(min(subjects, key=len)) >= SHORTEST_JOURNEY
        and all(in_scope(source, delivery.service) for source in {event.source for event in events})
        and all(map(is_name, {each.step for each in data}))
        and all(map(is_name, {each.channel for each in data}))
        and all(map(is_release, {each.release for each in data}))
    )


def objection_to(event: Event, delivery: Delivery) -> tuple[str, str, str] | None:
    """The first thing that is wrong with this event: the field, the reason, what to do. None when nothing is."""
    if not in_scope(event.source, delivery.service):
        return (
            "source",
            f"The key speaks for “{delivery.service}”, and the source does not begin with that.",
            f"Send “{delivery.service}” or “{delivery.service}/…” as the source, or use the other service's key.",
        )
    for field, value, holds in (
        ("data.step", event.data.step, is_name),
        ("data.channel", event.data.channel, is_name),
        ("data.release", event.data.release, is_release),
    ):
        if not holds(value):
            return field, f"“{field}” is no plain name.", "Use letters, digits, spaces and - . / : _ alone."
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
    claimed = _micros(event.time)
    sent = _micros(event.sent) if event.sent else delivery.sent
    if claimed is None or (event.sent and sent is None):
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


def _micros(at: datetime) -> int | None:
    try:
        count = round(at.timestamp() * SECOND)
    except (OverflowError, ValueError):
        return None
    return count if 0 <= count < 1 << 53 else None


def _claimed(events: list[Event]) -> npt.NDArray[np.int64]:
    """Times as the senders say them. A float of seconds is exact to a quarter of a microsecond until 2100."""
    seconds = np.array([event.time.timestamp() for event in events], np.float64)
    return np.asarray(np.rint(seconds * SECOND), np.int64)


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


def _digests(events: list[Event], service: str) -> list[bytes]:
    """16 bytes for each event, by which it is known again: of its source and id, within its service."""
    sources = {event.source for event in events}
    if len(sources) != 1:
        return [xxh3_128_digest(event.id.encode(), _seed(service, event.source)) for event in events]
    ids = " ".join([event.id for event in events]).encode().split(b" ")
    if len(ids) != len(events):  # an id with a space in it
        ids = [event.id.encode() for event in events]
    return list(map(xxh3_128_digest, ids, repeat(_seed(service, *sources))))
