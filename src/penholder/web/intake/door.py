"""What a delivery over HTTP must bring, whatever server it comes through, and what is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from urllib.parse import parse_qs

import msgspec

from penholder.errors import PenholderError, Refused
from penholder.measure.intake import bodies, receipts, spans
from penholder.measure.intake.bots import is_bot
from penholder.measure.intake.checking import Delivery
from penholder.measure.intake.decoding import Decoded, decode
from penholder.measure.intake.intake import Answer as Taken
from penholder.measure.intake.intake import Unavailable
from penholder.measure.intake.keys import Key, KeyFinder
from penholder.measure.intake.receipts import Receipt
from penholder.measure.intake.salts import Salts
from penholder.measure.journeys import micros

PATH = "/intake/events"
# Where an exporter of OpenTelemetry sends its spans, when its endpoint is …/intake.
SPANS = "/intake/v1/traces"

# text/plain is what a browser's sendBeacon can send to another address without asking first.
MEDIA_TYPES = frozenset(
    {
        "application/cloudevents-batch+json", "application/cloudevents+json", "application/json",
        "application/x-ndjson", "application/ndjson", "application/jsonl", "text/plain",
    }
)  # fmt: skip

_ACCEPTED = ", ".join(sorted(MEDIA_TYPES))


class Taker(Protocol):
    """What takes events in: an `Intake`, or the line of a front to the process that has one."""

    def put(self, read: Decoded, delivery: Delivery, answer: Taken, /) -> None:
        """Take in events that were read; `Intake.put` says how."""


Answered = Callable[["Answer"], None]


class Answer(msgspec.Struct, frozen=True, gc=False):
    """Status and JSON body; seconds after which a refused delivery may come again; 0: not at all."""

    status: int
    body: bytes
    again_after: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a request says of its delivery. A sender says the same with each one, so it is read once."""

    secret: str
    from_query: bool
    media: str
    coding: str
    agent: str
    sent: bytes
    of_spans: bool = False


def head_of(headers: Mapping[bytes, bytes], query: bytes, *, of_spans: bool = False) -> Head:
    """What these headers, with small names, and this query say."""
    said = headers.get(b"authorization", b"")
    given = said[7:].strip().decode("latin-1") if said[:7].lower() == b"bearer " else ""
    return Head(
        given or parse_qs(query.decode("latin-1")).get("key", [""])[0],
        not given,
        headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1"),
        headers.get(b"content-encoding", b"").strip().lower().decode("latin-1"),
        headers.get(b"user-agent", b"").decode("latin-1"),
        headers.get(b"penholder-sent", b""),
        of_spans,
    )


@dataclass(slots=True)
class Door:
    """Lets deliveries in. `address` is the sender's."""

    intake: Taker
    find_key: KeyFinder
    salts: Salts

    def enter(self, head: Head, body: bytes, address: str, answered: Answered) -> None:
        """Take a delivery of events, or of spans, in; `answered` is called once, now or when it is on disk."""
        try:
            key = self.find_key(head.secret) if head.secret else None
            if key is None:
                answered(_unknown(known=bool(head.secret)))
                return
            if head.from_query and not key.page:
                raise Refused("A secret key must not stand in an address. Send it as “Authorization: Bearer …”.")
            if head.media not in MEDIA_TYPES:
                answered(_problem(415, f"“{head.media[:80]}” is not understood. Send {_ACCEPTED}."))
                return
            unpacked = bodies.unpack(body, head.coding)
            delivery = self._delivery(key, head, address)
            if head.of_spans:
                read = spans.decode(unpacked, delivery.service)
                self.intake.put(read, delivery, lambda said: answered(_of_spans(said)))
            else:
                self.intake.put(decode(unpacked), delivery, lambda said: answered(_answer(said)))
        except PenholderError as refusal:
            answered(_answer(refusal))

    def _delivery(self, key: Key, head: Head, address: str) -> Delivery:
        received = time.time_ns() // 1000
        sent = _time(head.sent) if head.sent else None
        if not key.page:
            return Delivery(key.service, received, sent)
        today = datetime.fromtimestamp(received // 1_000_000, UTC).date()

        def journey(day: date) -> str | None:
            return self.salts.journey(day, today=today, service=key.service, address=address, agent=head.agent)

        return Delivery(key.service, received, sent, bot=is_bot(head.agent), journey=journey)


def _time(sent: bytes) -> int:
    try:
        return micros(datetime.fromisoformat(sent.decode("ascii")))
    except ValueError as problem:
        raise Refused("“Penholder-Sent” is not a time with a zone. Write it as 2026-11-24T09:30:00.250Z.") from problem


def _answer(said: Receipt | PenholderError) -> Answer:
    if isinstance(said, Receipt):
        none = said.refused and not said.accepted and not said.duplicate
        return Answer(422 if none else 200, receipts.as_json(said))
    if isinstance(said, Unavailable):
        return Answer(503, msgspec.json.encode({"error": str(said)}), again_after=5)
    return _problem(413 if isinstance(said, bodies.TooLarge) else 400, str(said))


def _of_spans(said: Receipt | PenholderError) -> Answer:
    """The answer that an exporter of OpenTelemetry understands."""
    if not isinstance(said, Receipt):
        return _answer(said)
    if not said.refused:
        return Answer(200, b"{}")
    first = said.refusals[0]
    told = {"rejectedSpans": str(said.refused), "errorMessage": f"{first.reason} {first.do}"}
    return Answer(200, msgspec.json.encode({"partialSuccess": told}))


def _problem(status: int, words: str) -> Answer:
    return Answer(status, msgspec.json.encode({"error": words}))


def _unknown(*, known: bool) -> Answer:
    if known:
        return _problem(403, "This key is not known, or was revoked. “penholder events key add” makes a new one.")
    return _problem(401, "Send the key of the service as “Authorization: Bearer …”.")
