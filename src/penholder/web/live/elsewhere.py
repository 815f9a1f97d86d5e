"""Word between processes that a draft has changed, or a cursor in it, through Redis. What it is, each reads itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import redis
from redis import asyncio as redis_asyncio

CHANNEL = "penholder:draft"
# A server that is away for longer is asked again so often; meanwhile each process looks at the table by itself.
SECONDS_BETWEEN_ATTEMPTS = 2

_log = logging.getLogger(__name__)


class Others:
    """The other processes."""

    def __init__(self, address: str, name: str, heard: Callable[[int], None]) -> None:
        """`name` is that of this process, which what it says comes back to, too.

        `heard` is called in the event loop with the primary key of a document that has changed somewhere.
        """
        self._address = address
        self._name = name
        self._heard = heard
        self._client: Any = redis.Redis.from_url(address, socket_timeout=1, socket_connect_timeout=1)
        self._listening: asyncio.Task[None] | None = None

    def tell(self, document_id: int) -> None:
        """Tell the others. What cannot be told they find by themselves. May be called on any thread."""
        try:
            self._client.publish(CHANNEL, f"{document_id} {self._name}")
        except redis.RedisError as problem:
            _log.warning("Redis cannot be told of a change: %s", problem)

    def listen(self) -> None:
        """Hear the others from now on."""
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            try:
                async with redis_asyncio.Redis.from_url(self._address) as client, client.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._hear(message["data"])
            except (redis.RedisError, OSError) as problem:
                _log.warning("Redis cannot be heard: %s", problem)
            await asyncio.sleep(SECONDS_BETWEEN_ATTEMPTS)

    def _hear(self, said: bytes) -> None:
        document, _, name = said.decode(errors="replace").partition(" ")
        if name != self._name and document.isdecimal():
            self._heard(int(document))
