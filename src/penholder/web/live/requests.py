"""Co-editing by plain requests, where a network lets no WebSocket through: the same updates, the same examination.

    GET  …?after=N&client=C     what was stored after update N, as soon as there is something; at most 25 seconds later
    POST …?client=C             one Yjs update; answered when it is stored
    POST …cursor/?client=C      where the cursor is, as JSON

No request relies on the one before it, so each may reach another process.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from penholder.web.live.rooms import Room, Sent
from penholder.web.live.visitors import Visitor, cursor

# Shorter than the 30 to 60 seconds after which proxies cut a silent request.
SECONDS_TO_WAIT = 25
# A pasted chapter goes in one update.
LONGEST_BODY = 2_000_000

JSON = "application/json"
BYTES = "application/octet-stream"


class Answered(Exception):
    """The request ends here, with a status and reasons."""

    def __init__(self, status: int, reasons: Iterable[str]) -> None:
        super().__init__(status)
        self.status = status
        self.reasons = tuple(reasons)


class Asker:
    """A member for the time of one request. What is said to them is there when it is asked for."""

    def __init__(self, visitor: Visitor, client: int, reasons: tuple[str, ...]) -> None:
        self.visitor = visitor
        self.client = client
        self.reasons = reasons
        self.frames: list[bytes] = []
        self.wake = asyncio.Event()
        self.code = 0

    def put(self, frame: bytes) -> None:
        """Say something to them."""
        self.frames.append(frame)
        self.wake.set()

    def end(self, code: int) -> None:
        """Let them go."""
        self.code = code
        self.wake.set()


def asked(scope: Any) -> tuple[int, int]:
    """The client and the last update that it knows. Raises Answered."""
    fields = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    try:
        client, after = int(fields["client"][0]), int(fields.get("after", ["0"])[0])
    except (KeyError, ValueError):
        raise Answered(400, ["The address must name a client."]) from None
    if not (0 <= client < 1 << 53 and 0 <= after < 1 << 53):
        raise Answered(400, ["These are no numbers of ours."])
    return client, after


async def body_of(receive: Any) -> bytes:
    """What was posted. Raises Answered when it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Answered(400, ["The request was cut off."])
        body += message.get("body", b"")
        if len(body) > LONGEST_BODY:
            raise Answered(413, ["This is too much at once. Insert it in several pieces."])
        if not message.get("more_body"):
            return bytes(body)


async def wait(room: Room, asker: Asker, after: int, send: Any) -> None:
    """Answer as soon as something was stored after `after`, somebody moved, or nothing happened for long enough."""
    room.members.add(asker)
    try:
        if after > 0 and room.sequence <= after:
            with suppress(TimeoutError):
                await asyncio.wait_for(asker.wake.wait(), SECONDS_TO_WAIT)
    finally:
        room.members.discard(asker)
    if asker.code == 4401:
        raise Answered(401, [])
    facts = {
        "sequence": room.sequence,
        "reasons": list(asker.reasons),
        "cursors": room.cursors.everybody(),
        "name": asker.visitor.name,
        "colour": asker.visitor.colour,
    }
    said = json.dumps(facts).encode()
    await answer(send, 200, struct.pack(">I", len(said)) + said + room.since(after), BYTES)


async def keep(room: Room, asker: Asker, update: bytes, send: Any) -> None:
    """Answer when the update is stored (200), or why it is not (409)."""
    room.take(Sent(asker, 0, update))
    await asyncio.wait_for(asker.wake.wait(), SECONDS_TO_WAIT)
    if asker.code:
        raise Answered(400 if asker.code == 1007 else 503, ["This could not be stored."])
    frame = asker.frames[0]
    if frame[0] == 4:
        said = json.loads(frame[1:])
        await answer(send, 409, json.dumps(said).encode(), JSON)
    else:
        await answer(send, 200, json.dumps({"sequence": room.sequence}).encode(), JSON)


async def point(room: Room, asker: Asker, body: bytes, send: Any) -> None:
    """Note where somebody's cursor is."""
    try:
        room.point(asker.client, asker.visitor, cursor(body))
    except ValueError:
        raise Answered(400, ["This is no place of a cursor."]) from None
    await answer(send, 200, b"{}", JSON)


async def answer(send: Any, status: int, body: bytes, kind: str) -> None:
    """One whole answer, which nobody keeps."""
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Any, status: int, reasons: Sequence[str]) -> None:
    """An answer that says why not."""
    await answer(send, status, json.dumps({"reasons": list(reasons)}).encode(), JSON)
