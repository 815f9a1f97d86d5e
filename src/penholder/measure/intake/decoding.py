"""Bytes → events: a CloudEvents JSON batch, one CloudEvent, or one CloudEvent per line.

A clean delivery is read in one go. Only when something in it is wrong is it read again, event by event, to say what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from penholder.errors import Refused
from penholder.measure.intake.bodies import TooLarge
from penholder.measure.intake.events import FIELDS, Event
from penholder.measure.intake.receipts import Refusal

MOST_EVENTS = 10_000
# Every field has a limit, and together they stay below this; what is longer is no event.
LONGEST_EVENT = 16_384

_BATCH = msgspec.json.Decoder(list[Event])
_PIECES = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(Event)

_WHERE = re.compile(r" - at `\$\.?([^`]*)`$")
_NAMED = re.compile(r"field `([^`]*)`")


@dataclass(slots=True)
class Decoded:
    """Events with their places in the delivery, and what could not be read as one. `places` is None when all could."""

    events: list[Event]
    places: list[int] | None = None
    refusals: list[Refusal] = field(default_factory=list)

    def place(self, index: int) -> int:
        """Where the event with this index stood in the delivery."""
        return index if self.places is None else self.places[index]


def decode(body: bytes) -> Decoded:
    """Every event of a delivery. Raises Refused when the whole of it cannot be read, TooLarge when it has too many."""
    start = body[:64].lstrip()[:1]
    if not start:
        raise Refused("The delivery is empty. Send a CloudEvents JSON batch, or one CloudEvent per line.")
    try:
        events = _BATCH.decode(body) if start == b"[" else _ONE.decode_lines(body)
    except msgspec.DecodeError:
        return _carefully(body, batch=start == b"[")
    if len(events) > MOST_EVENTS:
        raise _too_many(len(events))
    return Decoded(events)


def _too_many(count: int) -> TooLarge:
    return TooLarge(
        f"The delivery has {count:,} events; at most {MOST_EVENTS:,} may come at once. Send fewer at a time."
    )


def _carefully(body: bytes, *, batch: bool) -> Decoded:
    pieces: Iterable[msgspec.Raw | bytes]
    if batch:
        try:
            pieces = _PIECES.decode(body)
        except msgspec.DecodeError as problem:
            raise Refused(f"The delivery is not JSON: {problem}. Nothing of it was taken in.") from problem
    else:
        pieces = _lines(body)
    read = Decoded([], [])
    for place, piece in enumerate(pieces):
        if place >= MOST_EVENTS:
            raise _too_many(place + 1)
        found = one(place, bytes(piece))
        if isinstance(found, Refusal):
            read.refusals.append(found)
        else:
            read.events.append(found)
            read.places.append(place)  # type: ignore[union-attr]  # made two lines above
    return read


def _lines(body: bytes) -> list[bytes]:
    lines = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > 1 and lines[0].strip() == b"{":  # one event, written over several lines
        try:
            return [bytes(msgspec.json.decode(body, type=msgspec.Raw))]
        except msgspec.DecodeError:
            return lines
    return lines


def one(place: int, piece: bytes) -> Event | Refusal:
    """One event from its JSON, or why it is none."""
    if len(piece) > LONGEST_EVENT:
        return Refusal(
            place, "", f"The event has {len(piece):,} bytes.", f"Send events of at most {LONGEST_EVENT:,} bytes."
        )
    try:
        return _ONE.decode(piece)
    except msgspec.ValidationError as problem:
        return explained(place, str(problem))
    except msgspec.DecodeError as problem:
        return Refusal(place, "", f"This is not JSON: {problem}.", "Send one whole JSON object.")


def explained(place: int, said: str) -> Refusal:
    """Msgspec's words, turned into the field that they are about, what is wrong with it, and what to do."""
    found = _WHERE.search(said)
    path = found.group(1) if found else ""
    said = said[: found.start()] if found else said
    name = _NAMED.search(said)
    about = ".".join(filter(None, (path, name.group(1)[:40] if name else "")))
    if "unknown field" in said:
        return Refusal(
            place,
            about,
            f"The field “{about}” is not accepted, whatever it holds, because it might identify a person.",
            f"Leave it out. Accepted are: {', '.join(FIELDS)}.",
        )
    if "missing required field" in said:
        return Refusal(place, about, f"The field “{about}” is missing.", "Send it; docs/intake.md says what it means.")
    if path in {"time", "sent"}:
        return Refusal(
            place,
            about,
            f"“{about}” is not a time with a zone.",
            "Write it as RFC 3339 does: 2026-11-24T09:30:00.250Z.",
        )
    return Refusal(place, about, f"{said}.", "Send what docs/intake.md says for this field.")
