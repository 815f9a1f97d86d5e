"""The shortest way from a delivery on the wire to the intake: no task, no queue, no scope for each request.

uvicorn parses and keeps the connections. Answers are given in the order of the requests, although each waits for its
own group to be on disk. docs/decisions says what that is worth.
"""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from penholder.measure.intake.bodies import MOST_BYTES
from penholder.web.intake.door import PATH, SPANS, Answer, Door

_HEADS = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/json\r\n".encode()
    for status in HTTPStatus
}
# Pages of services send from other addresses; the answer tells them nothing that they did not send.
_OPEN = b"access-control-allow-origin: *\r\n"
_PATHS = (PATH.encode(), SPANS.encode())
# A sender that has this many requests unanswered on one connection is not listened to until some are.
MOST_UNANSWERED = 64
# Longer than a slow line needs for a delivery; a connection that dribbles is closed.
SECONDS_TO_SEND = 30


class _Slot:
    """One request: what has come of it, and its answer when there is one."""

    __slots__ = ("answer", "body", "close", "headers", "method", "path", "query", "size")

    def __init__(self, method: bytes, url: bytes, headers: dict[bytes, bytes], *, close: bool) -> None:
        self.method = method
        self.path, _, self.query = url.partition(b"?")
        self.headers = headers
        self.body: list[bytes] = []
        self.size = 0
        self.close = close
        self.answer: Answer | None = None


class IntakeProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 for a process that does nothing but take events in. The loaded application is the `Door`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slots: deque[_Slot] = deque()
        self._coming: _Slot | None = None
        self._deadline: Any = None

    def on_message_begin(self) -> None:
        """Called by the parser when a request begins."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Called by the parser when a request's headers are read."""
        parser = self.parser
        slot = _Slot(parser.get_method(), self.url, dict(self.headers), close=not parser.should_keep_alive())
        self._coming = slot
        self._slots.append(slot)
        if self.expect_100_continue and len(self._slots) == 1:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
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
        if self._deadline is None and len(slot.body) == 1 and not self._whole(slot):
            self._deadline = self.loop.call_later(SECONDS_TO_SEND, self.transport.close)

    @staticmethod
    def _whole(slot: _Slot) -> bool:
        return slot.headers.get(b"content-length") == str(slot.size).encode()

    def on_message_complete(self) -> None:
        """Called by the parser when a request is there in full."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        slot, self._coming = self._coming, None
        if slot is None or slot.answer is not None:
            return
        if slot.path not in _PATHS:
            self._answered(slot, Answer(404, b'{"error":"Events are sent to %s."}' % PATH.encode()))
        elif slot.method == b"OPTIONS":
            self._answered(slot, Answer(204, b""))
        elif slot.method != b"POST":
            self._answered(slot, Answer(405, b'{"error":"Send events with POST."}'))
        else:
            body = slot.body[0] if len(slot.body) == 1 else b"".join(slot.body)
            slot.body = []
            address = self.client[0] if self.client else ""
            door: Door = self.app
            try:
                door.enter(
                    slot.headers,
                    slot.query,
                    body,
                    address,
                    lambda answer: self._answered(slot, answer),
                    of_spans=slot.path == SPANS.encode(),
                )
            except Exception:
                # The parser would call it a bad request, and hide what happened.
                self.logger.exception("A delivery could not be handled")
                self._answered(slot, Answer(500, b'{"error":"The intake failed. Send the delivery again later."}'))

    def _answered(self, slot: _Slot, answer: Answer) -> None:
        slot.answer = answer
        if self.transport.is_closing():
            return
        pieces: list[bytes] = []
        close = False
        while self._slots and not close and (first := self._slots[0]).answer is not None:
            self._slots.popleft()
            close = first.close
            pieces += self._written(first.answer, close=close)
        if pieces:
            self.transport.write(b"".join(pieces))
            if close:
                self.transport.close()
            elif len(self._slots) < MOST_UNANSWERED:
                self.flow.resume_reading()
            if not self._slots and not close:
                self._unset_keepalive_if_required()
                self.timeout_keep_alive_task = self.loop.call_later(
                    self.timeout_keep_alive, self.timeout_keep_alive_handler
                )

    def _written(self, answer: Answer, *, close: bool) -> list[bytes]:
        extra = [_OPEN]
        if answer.again_after:
            extra.append(b"retry-after: %d\r\n" % answer.again_after)
        if answer.status == 204:
            extra.append(b"access-control-allow-methods: POST\r\naccess-control-max-age: 86400\r\n")
        if close:
            extra.append(b"connection: close\r\n")
        return [_HEADS[answer.status], *extra, b"content-length: %d\r\n\r\n" % len(answer.body), answer.body]

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop when the line is gone; what was taken in stays."""
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Called by the server when it stops: what is being written is still answered."""
        if not self._slots:
            self.transport.close()
        else:
            self._slots[-1].close = True
