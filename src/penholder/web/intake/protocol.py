"""The shortest way from a delivery on the wire to the intake: no task, no queue, no scope for each request.

uvicorn parses and keeps the connections. A head that the parser has read before, letter by letter, is not read again.
Answers are given in the order of the requests, although each waits for its own group to be on disk. docs/decisions says
what that is worth.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from http import HTTPStatus
from typing import Any, ClassVar

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from penholder.measure.intake.bodies import MOST_BYTES
from penholder.web.intake.door import PATH, SPANS, Answer, Door, head_of

_PATHS = (PATH.encode(), SPANS.encode())
# A sender that has this many requests unanswered on one connection is not listened to until some are.
MOST_UNANSWERED = 64
# Longer than a slow line needs for a delivery; a connection that dribbles is closed.
SECONDS_TO_SEND = 30
SECONDS_BETWEEN_DELIVERIES = 75
SECONDS_TO_FINISH = 10


def configuration(door: Door) -> uvicorn.Config:
    """What uvicorn must know to serve this door."""
    return uvicorn.Config(
        door,  # type: ignore[arg-type]  # the protocol asks it; no ASGI application is needed
        http=IntakeProtocol,
        interface="asgi3",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # it would put an application around the door
        date_header=False,
        backlog=1024,
        timeout_keep_alive=SECONDS_BETWEEN_DELIVERIES,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


# Heads that were read; a sender's differ in nothing but the length of the body.
MOST_HEADS = 4_096
LONGEST_HEAD = 2_048


@cache
def _head(status: int, again_after: int, *, close: bool) -> bytes:
    """The head of an answer up to the length of its body."""
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "content-type: application/json",
        # Pages of services send from other addresses; the answer tells them nothing that they did not send.
        "access-control-allow-origin: *",
    ]
    if again_after:
        lines.append(f"retry-after: {again_after}")
    if status == HTTPStatus.NO_CONTENT:
        lines += ["access-control-allow-methods: POST", "access-control-max-age: 86400"]
    if close:
        lines.append("connection: close")
    return "\r\n".join([*lines, "content-length: "]).encode()


class _Request:
    """The head of a request: what it asks for, and how long its body is when it says so."""

    __slots__ = ("close", "head", "length", "method", "path")

    def __init__(self, method: bytes, url: bytes, headers: dict[bytes, bytes], *, close: bool) -> None:
        self.method = method
        self.path, _, query = url.partition(b"?")
        length = headers.get(b"content-length", b"")
        self.length = int(length) if length.isdigit() else None
        self.head = head_of(headers, query, of_spans=self.path == SPANS.encode())
        self.close = close


class _Slot:
    """One request: what has come of it, and its answer when there is one."""

    __slots__ = ("answer", "body", "close", "request", "size")

    def __init__(self, request: _Request) -> None:
        self.request = request
        self.body: list[bytes] = []
        self.size = 0
        self.close = request.close
        self.answer: Answer | None = None


class IntakeProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 for a process that does nothing but take events in. The loaded application is the `Door`."""

    _heads: ClassVar[dict[bytes, _Request]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slots: deque[_Slot] = deque()
        self._coming: _Slot | None = None
        self._between = True  # no request has begun that has not come in full
        self._deadline: Any = None
        self._address = ""
        self._quiet_since = 0.0

    def connection_made(self, transport: Any) -> None:
        """Called by the loop when a connection stands."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._quiet_since = self.loop.time()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self._look_whether_quiet)

    def _look_whether_quiet(self) -> None:
        """Close a connection on which nothing was answered for long, and nothing waits for an answer."""
        if self.transport.is_closing():
            return
        left = self._quiet_since + self.timeout_keep_alive - self.loop.time()
        if left <= 0 and not self._slots:
            self.transport.close()
            return
        self.timeout_keep_alive_task = self.loop.call_later(max(left, 1), self._look_whether_quiet)

    def data_received(self, data: bytes) -> None:
        """Called by the loop with what came: usually one request, whole, with a head that was read before."""
        if not self._between:
            self._parse(data)
            return
        end = data.find(b"\r\n\r\n") + 4
        known = self._heads.get(data[:end])
        if known is not None and known.length == len(data) - end:
            slot = _Slot(known)
            self._begin(slot)
            self._come(slot, data[end:])
            return
        self._parse(data)
        if self._between and 4 <= end <= LONGEST_HEAD and self._slots:
            self._remember(data[:end], len(data) - end)

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            message = "Invalid HTTP request received."
            self.logger.warning(message)
            self.send_400_response(message)
        except httptools.HttpParserUpgrade:  # the request is answered; what it offers besides is left alone
            self._unsupported_upgrade_warning()

    def _remember(self, head: bytes, length: int) -> None:
        """Remember the head of a request that came whole and alone, if a body of its length is all that follows it."""
        request = self._slots[-1].request
        if request.length == length and not request.close and not self.expect_100_continue:
            if len(self._heads) >= MOST_HEADS:
                self._heads.clear()
            self._heads[head] = request

    def on_message_begin(self) -> None:
        """Called by the parser when a request begins."""
        self._between = False
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Called by the parser when a request's headers are read."""
        parser = self.parser
        slot = _Slot(_Request(parser.get_method(), self.url, dict(self.headers), close=not parser.should_keep_alive()))
        self._coming = slot
        self._begin(slot)
        if self.expect_100_continue and len(self._slots) == 1:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _begin(self, slot: _Slot) -> None:
        self._slots.append(slot)
        if len(self._slots) >= MOST_UNANSWERED:
            self.flow.pause_reading()

    def on_body(self, body: bytes) -> None:
        """Called by the parser with each piece of a request's body."""
        slot = self._coming
        if slot is None or slot.answer is not None:
            return
        slot.size += len(body)
        if slot.size > MOST_BYTES:
            slot.close = True
            self._answered(slot, Answer(413, b'{"error":"The delivery is too large. Send fewer events at a time."}'))
            return
        slot.body.append(body)
        if self._deadline is None and len(slot.body) == 1 and slot.request.length != slot.size:
            self._deadline = self.loop.call_later(SECONDS_TO_SEND, self.transport.close)

    def on_message_complete(self) -> None:
        """Called by the parser when a request is there in full."""
        self._between = True
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        slot, self._coming = self._coming, None
        if slot is not None and slot.answer is None:
            body = slot.body[0] if len(slot.body) == 1 else b"".join(slot.body)
            slot.body = []
            self._come(slot, body)

    def _come(self, slot: _Slot, body: bytes) -> None:
        request = slot.request
        if request.path not in _PATHS:
            self._answered(slot, Answer(404, b'{"error":"Events are sent to %s."}' % PATH.encode()))
        elif request.method == b"OPTIONS":
            self._answered(slot, Answer(204, b""))
        elif request.method != b"POST":
            self._answered(slot, Answer(405, b'{"error":"Send events with POST."}'))
        else:
            door: Door = self.app
            try:
                door.enter(request.head, body, self._address, lambda answer: self._answered(slot, answer))
            except Exception:
                # The parser would call it a bad request, and hide what happened.
                self.logger.exception("A delivery could not be handled")
                self._answered(slot, Answer(500, b'{"error":"The intake failed. Send the delivery again later."}'))

    def _answered(self, slot: _Slot, answer: Answer) -> None:
        slot.answer = answer
        slots = self._slots
        if self.transport.is_closing() or slots[0].answer is None:
            return
        pieces: list[bytes] = []
        close = False
        while slots and not close and (first := slots[0].answer) is not None:
            close = slots.popleft().close
            pieces += (_head(first.status, first.again_after, close=close), b"%d\r\n\r\n" % len(first.body), first.body)
        self.transport.write(b"".join(pieces))
        if close:
            self.transport.close()
        elif len(slots) < MOST_UNANSWERED:
            self.flow.resume_reading()
        self._quiet_since = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop when the line is gone; what was taken in stays."""
        for timer in (self._deadline, self.timeout_keep_alive_task):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Called by the server when it stops: what is being written is still answered."""
        if not self._slots:
            self.transport.close()
        else:
            self._slots[-1].close = True
