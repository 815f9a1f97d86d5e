"""The ASGI application: published files first, and behind them whatever Django answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from penholder.web.public.files import Answer, Asked, Extent, Published

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Enough to keep a fast line busy, little enough that a hundred viewers of a film take 25 MB.
BYTES_READ_AT_ONCE = 262_144

_FIELDS = {
    b"accept-encoding": "encodings",
    b"if-none-match": "if_none_match",
    b"if-modified-since": "if_modified_since",
    b"range": "range",
    b"if-range": "if_range",
}
_log = logging.getLogger(__name__)


class Behind:
    """The application behind the files: loaded beside them, or when an address is asked for that is no file."""

    def __init__(self, load: Callable[[], tuple[Application, Callable[[str], bool]]]) -> None:
        """`load` gives the application, and the question whether it answers an address. Slow; may fail."""
        self._load = load
        self._loading = asyncio.Lock()
        self._loaded: tuple[Application, Callable[[str], bool]] | None = None
        self._beginning: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Load it beside what goes on, so that the first who asks need not wait. What goes wrong is told to them."""
        self._beginning = asyncio.create_task(self._begin())

    async def _begin(self) -> None:
        with suppress(Exception):
            await self.answers("/")

    async def answers(self, path: str) -> Application | None:
        """The application, when it has an answer for this address. Raises what loading raised."""
        if self._loaded is None:
            async with self._loading:
                if self._loaded is None:
                    self._loaded = await asyncio.to_thread(self._load)
        application, has = self._loaded
        return application if has(path) else None


class FilesFirst:
    """Answers every published address from memory, and asks the application behind only for the others."""

    def __init__(self, published: Published, behind: Behind | None = None) -> None:
        self.published = published
        self.behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI 3 hands it over."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            asked = _asked(scope)
            answer = self.published.answer(asked)
            if answer is None:
                answer = await self._elsewhere(asked, scope, receive, send)
            if answer is not None:
                await _tell(answer, send, head=asked.method == "HEAD")
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup" and self.behind:
                self.behind.begin()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket is never for the files; what stands behind them says whether it is for it."""
        try:
            application = await self.behind.answers(scope["path"]) if self.behind else None
        except Exception:  # noqa: BLE001 - as below: the public site stays up
            _log.exception("What stands behind the published pages cannot be started, and no socket can be opened")
            application = None
        if application is None:
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        else:
            await application(scope, receive, send)

    async def _elsewhere(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        if self.behind is None:
            return self.published.absent(asked)
        try:
            application = await self.behind.answers(asked.path)
        except Exception:  # noqa: BLE001 - whatever keeps Django from starting must not take the public site down
            _log.exception("What stands behind the published pages cannot be started; the pages themselves are served")
            return self.published.unavailable()
        if application is None:
            return self.published.absent(asked)
        await application(scope, receive, send)
        return None


def _asked(scope: Scope) -> Asked:
    found: dict[str, bytes] = {}
    for name, value in scope["headers"]:
        field = _FIELDS.get(name)
        if field is not None:
            # A header that comes twice means the same as one with both values.
            found[field] = found[field] + b"," + value if field in found else value
    return Asked(scope["method"], scope["path"], scope.get("query_string", b""), **found)


async def _tell(answer: Answer, send: Send, *, head: bool) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})
    if head or not isinstance(answer.body, Extent):
        await send({"type": "http.response.body", "body": b"" if head else answer.body})
        return
    left = answer.body.length
    with await asyncio.to_thread(answer.body.file.open, "rb") as file:
        file.seek(answer.body.start)
        while left:
            piece = await asyncio.to_thread(file.read, min(left, BYTES_READ_AT_ONCE))
            if not piece:
                raise OSError(f"{answer.body.file} is shorter than its index says. Publish again.")
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
