"""Word between processes that a draft has changed, through Redis. The updates themselves are read from the table."""

from __future__ import annotations

import asyncio
import logging
import secrets
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

    def __init__(self, address: str, heard: Callable[[int], None]) -> None:
        """`heard` is called in the event loop with the primary key of a document that has changed somewhere."""
        self._address = address
        self._heard = heard
        # What this process says comes back to it, too, and is no news.
        self._name = secrets.token_hex(8)
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
