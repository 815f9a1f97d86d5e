"""What a delivery over HTTP must bring, whatever server it comes through, and what is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import parse_qs

import msgspec

from penholder.errors import PenholderError, Refused
from penholder.measure.intake import bodies, receipts, spans
from penholder.measure.intake.bots import is_bot
from penholder.measure.intake.checking import Delivery
from penholder.measure.intake.intake import Intake, Unavailable
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

Answered = Callable[["Answer"], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON body; seconds after which a refused delivery may come again; 0: not at all."""

    status: int
    body: bytes
    again_after: int = 0


@dataclass(slots=True)
class Door:
    """Lets deliveries in. `headers` have small names, as ASGI gives them; `address` is the sender's."""

    intake: Intake
    find_key: KeyFinder
    salts: Salts

    def enter(
        self,
        headers: Mapping[bytes, bytes],
        query: bytes,
        body: bytes,
        address: str,
        answered: Answered,
        *,
        of_spans: bool = False,
    ) -> None:
        """Take a delivery of events, or of spans, in; `answered` is called once, now or when it is on disk."""
        try:
            key, known = self._key(headers, query)
            if key is None:
                answered(_unknown(known=known))
                return
            media = headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
            if media not in MEDIA_TYPES:
                answered(_problem(415, f"“{media[:80]}” is not understood. Send {_ACCEPTED}."))
                return
            unpacked = bodies.unpack(body, headers.get(b"content-encoding", b"").strip().lower().decode("latin-1"))
            delivery = self._delivery(key, headers, address)
            if of_spans:
                self.intake.put(
                    spans.decode(unpacked, delivery.service), delivery, lambda said: answered(_of_spans(said))
                )
            else:
                self.intake.take(unpacked, delivery, lambda said: answered(_answer(said)))
        except PenholderError as refusal:
            answered(_answer(refusal))

    def _key(self, headers: Mapping[bytes, bytes], query: bytes) -> tuple[Key | None, bool]:
        said = headers.get(b"authorization", b"")
        if said[:7].lower() == b"bearer ":
            return self.find_key(said[7:].strip().decode("latin-1")), True
        given = parse_qs(query.decode("latin-1")).get("key", [""])[0]
        key = self.find_key(given) if given else None
        if key is not None and not key.page:
            raise Refused("A secret key must not stand in an address. Send it as “Authorization: Bearer …”.")
        return key, bool(given)

    def _delivery(self, key: Key, headers: Mapping[bytes, bytes], address: str) -> Delivery:
        received = time.time_ns() // 1000
        sent = headers.get(b"penholder-sent")
        agent = headers.get(b"user-agent", b"").decode("latin-1")
        journey: Callable[[date], str | None] | None = None
        if key.page:
            today = datetime.fromtimestamp(received // 1_000_000, UTC).date()

            def journey(day: date) -> str | None:
                return self.salts.journey(day, today=today, service=key.service, address=address, agent=agent)

        return Delivery(
            key.service, received, _time(sent) if sent else None, bot=key.page and is_bot(agent), journey=journey
        )


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
