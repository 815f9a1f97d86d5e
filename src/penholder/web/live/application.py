"""The ASGI application of co-editing: all below /desk/live/, in front of Django, for whoever is signed in there."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.utils import timezone

from penholder.drafting import drafts
from penholder.web.live import keeping, requests, sockets
from penholder.web.live.protocol import AT_ONCE
from penholder.web.live.requests import Answered, Asker
from penholder.web.live.rooms import Room
from penholder.web.live.sockets import Socket
from penholder.web.live.visitors import Complete, identify, objections_to_posting

_PLACE = re.compile(r"/desk/live/(?P<key>[-\w]{1,120})/(?P<cursor>cursor/)?\Z")
# A room that nobody is in is kept a little: a page that is loaded again finds it warm, and long-polls come and go.
SECONDS_EMPTY = 60

_log = logging.getLogger(__name__)


class Live:
    """Rooms, and the ways into them. What is no address of theirs goes to the application behind."""

    def __init__(self, behind: Any, complete: Complete, redis: str = "") -> None:
        """`complete` completes a request as the desk does; `redis` is the address of a server, "" for none."""
        self._behind = behind
        self._complete = complete
        self._rooms: dict[int, asyncio.Task[Room]] = {}
        # One thread stores, in order; the other lets somebody in meanwhile.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="live")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._redis = redis
        self._process = ""
        self._others: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request or socket, as ASGI 3 hands it over."""
        found = _PLACE.match(scope["path"]) if scope["type"] in {"http", "websocket"} else None
        if found is None:
            if scope["type"] == "websocket":
                await sockets.turn_away(receive, send)
            else:
                await self._behind(scope, receive, send)
            return
        self._begin()
        if scope["type"] == "websocket":
            await self._socket(found["key"], scope, receive, send)
            return
        try:
            await self._request(found["key"], bool(found["cursor"]), scope, receive, send)
        except Answered as answered:
            await requests.refuse(send, answered.status, answered.reasons)
        except TimeoutError:
            await requests.refuse(send, 503, ["The draft could not be reached in time. Try again."])

    async def _socket(self, key: str, scope: Any, receive: Any, send: Any) -> None:
        visitor = await self._run(identify, scope, self._complete)
        found = await self._run(keeping.enter, key, visitor, timezone.now()) if visitor else None
        if visitor is None or found is None or not found[2]:
            await sockets.turn_away(receive, send)
            return
        document_id, reasons, _ = found
        await receive()
        await send({"type": "websocket.accept"})
        room = await self._room(document_id)
        at_once = scope.get("extensions", {}).get(AT_ONCE)
        await sockets.talk(room, Socket(visitor, reasons, send, at_once), receive, send)
        self._leave(document_id)

    async def _request(self, key: str, pointing: bool, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] not in {"GET", "POST"}:
            raise Answered(405, ["Only GET and POST lead anywhere here."])
        client, after = requests.asked(scope)
        posted = scope["method"] == "POST"
        if posted and (why := objections_to_posting(scope)):
            raise Answered(403, [why])
        body = await requests.body_of(receive)
        visitor = await self._run(identify, scope, self._complete)
        if visitor is None:
            raise Answered(401, [])
        found = await self._run(keeping.enter, key, visitor, timezone.now())
        if found is None:
            raise Answered(404, [])
        document_id, reasons, reads = found
        if not reads:
            raise Answered(403, reasons)
        room = await self._room(document_id)
        if not await room.claims(client, visitor):
            raise Answered(409, keeping.somebody_elses(visitor))
        asker = Asker(visitor, client, reasons)
        if not posted:
            await requests.wait(room, asker, after, send)
        elif pointing:
            await requests.point(room, asker, body, send)
        else:
            await requests.keep(room, asker, body, send)
        self._leave(document_id)

    # Rooms.

    def _begin(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            # Processes that have one draft open know one another by this; given here, because servers may fork.
            self._process = secrets.token_hex(8)
            drafts.changed.connect(self._changed)
            if self._redis:
                from penholder.web.live.elsewhere import Others  # noqa: PLC0415 - most instances have no Redis

                self._others = Others(self._redis, self._process, self._poke)
                self._others.listen()

    def _changed(self, document_id: int, sequence: int, **_facts: Any) -> None:
        """Somebody in this process has written through a form, or a room has stored: on whatever thread that was."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._poke, document_id, sequence)
        if self._others is not None:
            self._others.tell(document_id)

    def _poke(self, document_id: int, sequence: int = 0) -> None:
        task = self._rooms.get(document_id)
        if task is not None and task.done() and not task.cancelled() and task.exception() is None:
            task.result().poke(sequence)

    async def _room(self, document_id: int) -> Room:
        """The room of a document, read once however many come at once."""
        task = self._rooms.get(document_id)
        if task is None:
            task = self._rooms[document_id] = asyncio.create_task(self._open(document_id))
        try:
            return await asyncio.shield(task)
        except Exception:
            self._rooms.pop(document_id, None)
            raise

    async def _open(self, document_id: int) -> Room:
        tell = self._others.tell if self._others is not None else _tell_nobody
        room = Room(document_id, self._run, timezone.now, process=self._process, tell=tell)
        await room.open()
        return room

    def _leave(self, document_id: int) -> None:
        asyncio.get_running_loop().call_later(SECONDS_EMPTY, self._close_if_empty, document_id)

    def _close_if_empty(self, document_id: int) -> None:
        task = self._rooms.get(document_id)
        if task is not None and task.done() and not task.result().members:
            del self._rooms[document_id]
            closing = asyncio.create_task(task.result().close())
            closing.add_done_callback(_tell_of_trouble)

    async def _run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments))


def _tell_nobody(_document_id: int) -> None:
    """Without Redis the others find out by themselves."""


def _tell_of_trouble(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (problem := task.exception()) is not None:
        _log.error("A room could not be closed", exc_info=problem)
