"""Co-editing over a WebSocket: one task reads, one writes, and what somebody does not read harms only themselves."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from penholder.web.live import frames, keeping
from penholder.web.live.frames import Garbled
from penholder.web.live.rooms import Room, Sent
from penholder.web.live.visitors import Visitor, cursor

# Somebody who has this much unread has stalled; they come back and are given the whole.
MOST_UNREAD = 8_000_000
# What one person types and points at in a second; more waits its turn in their own socket.
MESSAGES_A_SECOND = 60.0
MESSAGES_AT_ONCE = 240.0


class Pace:
    """How fast somebody may go on: a bucket that fills with time."""

    def __init__(self) -> None:
        self._left = MESSAGES_AT_ONCE
        self._at = time.monotonic()

    def wait(self) -> float:
        """Takes one message out. Returns for how many seconds to wait before the next one is read."""
        now = time.monotonic()
        self._left = min(MESSAGES_AT_ONCE, self._left + (now - self._at) * MESSAGES_A_SECOND) - 1
        self._at = now
        return 0.0 if self._left >= 0 else -self._left / MESSAGES_A_SECOND


class Socket:
    """A member who came by a WebSocket."""

    def __init__(
        self, visitor: Visitor, reasons: tuple[str, ...], send: Any, at_once: Callable[[bytes], bool] | None = None
    ) -> None:
        """`send` is the connection's, as ASGI has it; `at_once` the short way, where the server has one."""
        self.visitor = visitor
        self.client = -1
        self._at_once = at_once
        self.reasons = reasons
        self._send = send
        self._outbox: deque[bytes] = deque()
        self._size = 0
        self._wake = asyncio.Event()
        self._writing = False
        self.code = 0

    def put(self, frame: bytes) -> None:
        """Say something to them, as soon as they read."""
        if self.code or (self._at_once and not self._outbox and not self._writing and self._at_once(frame)):
            return
        self._outbox.append(frame)
        self._size += len(frame)
        if self._size > MOST_UNREAD:
            self._outbox.clear()
            self.end(1013)
        self._wake.set()

    def end(self, code: int) -> None:
        """Let them go once they have been told what waits."""
        self.code = self.code or code
        self._wake.set()

    async def write(self) -> None:
        """Send what waits until this ends. Raises what sending raises: the other side may be gone."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outbox:
                frame = self._outbox.popleft()
                self._size -= len(frame)
                self._writing = True
                await self._send({"type": "websocket.send", "bytes": frame})
                self._writing = False
            if self.code:
                await self._send({"type": "websocket.close", "code": self.code})
                return


async def talk(room: Room, member: Socket, receive: Any, send: Any) -> None:
    """Let somebody take part until either side ends it. The socket has been accepted."""
    hello = await _next(receive)
    if hello is None:
        return
    try:
        client, knows = frames.hello(hello)
    except Garbled:
        await send({"type": "websocket.close", "code": 1007})
        return
    if not await room.claims(client, member.visitor):
        await send({"type": "websocket.send", "bytes": frames.state(keeping.somebody_elses(member.visitor))})
        await send({"type": "websocket.close", "code": 4409})
        return
    member.client = client
    room.come_in(member, knows)
    writing = asyncio.create_task(member.write())
    reading = asyncio.create_task(_read(room, member, receive))
    try:
        await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        room.leave(member)
        for task in (writing, reading):
            task.cancel()
        # A peer that is gone (RST, closed lid) ends its own two tasks, whatever they raise, and nobody else's.
        await asyncio.gather(writing, reading, return_exceptions=True)


async def _read(room: Room, member: Socket, receive: Any) -> None:
    pace = Pace()
    while (message := await _next(receive)) is not None:
        try:
            _hear(room, member, message)
        except (Garbled, ValueError):
            member.end(1007)
            await asyncio.sleep(1)  # the writer closes meanwhile
            return
        if seconds := pace.wait():
            await asyncio.sleep(seconds)


def _hear(room: Room, member: Socket, message: bytes) -> None:
    kind = message[0] if message else -1
    if kind == frames.UPDATE:
        (number,), update = frames.numbers(message, ">I")
        room.take(Sent(member, number, update))
    elif kind == frames.CURSOR:
        room.point(member.client, member.visitor, cursor(message[1:]))
    else:
        raise Garbled(f"A message of kind {kind}.")


async def _next(receive: Any) -> bytes | None:
    """The next message; text counts as rubbish. None when the other side is gone."""
    message = await receive()
    if message["type"] != "websocket.receive":
        return None
    return bytes(message.get("bytes") or b"\xff")


async def turn_away(receive: Any, send: Any) -> None:
    """Refuse a socket before it is one: the browser sees that it cannot be opened."""
    with suppress(Exception):
        await receive()
        await send({"type": "websocket.close", "code": 4403})
