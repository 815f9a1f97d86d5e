"""`penholder events serve`: a process that does nothing but take events in, and begins segments for sealing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from penholder.measure.intake.intake import Intake
from penholder.measure.intake.keys import KeyFile
from penholder.measure.intake.salts import Salts
from penholder.web.intake.door import Door
from penholder.web.intake.protocol import IntakeProtocol

# A figure may wait so long for its newest events to be sealed; open segments are read anyhow.
SECONDS_OF_A_SEGMENT = 10
SECONDS_BETWEEN_DELIVERIES = 75
SECONDS_TO_FINISH = 10


@asynccontextmanager
async def doors(folder: Path, *, sealed: Callable[[int], Iterable[bytes]], upto: int) -> AsyncIterator[Door]:
    """The door to the events of a folder, in this loop. Raises Conflict when another process holds it."""
    loop = asyncio.get_running_loop()
    keys = KeyFile(folder / "keys.json")
    keys.refresh()
    door = Door(
        Intake(folder, sealed=sealed, upto=upto, deliver=loop.call_soon_threadsafe), keys, Salts(folder / "salts")
    )
    care = asyncio.create_task(_care(door, keys))
    try:
        yield door
    finally:
        care.cancel()
        with suppress(asyncio.CancelledError):
            await care
        await asyncio.to_thread(door.intake.close)


async def _care(door: Door, keys: KeyFile) -> None:
    for second in range(1 << 62):
        await asyncio.sleep(1)
        keys.refresh()
        if second % SECONDS_OF_A_SEGMENT == 0:
            door.intake.turn()
        if second % 3600 == 0:
            door.salts.destroy_old(datetime.now(UTC).date())


def serve(folder: Path, listening: socket.socket, *, sealed: Callable[[int], Iterable[bytes]], upto: int) -> None:
    """Take events in until stopped by a signal."""

    async def run() -> None:
        async with doors(folder, sealed=sealed, upto=upto) as door:
            config = uvicorn.Config(
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
            await uvicorn.Server(config).serve(sockets=[listening])

    _run(run())


def _run(work: object) -> None:
    """Run in uvloop where it is, else in asyncio's own loop."""
    try:
        import uvloop  # noqa: PLC0415 - not on Windows
    except ImportError:
        asyncio.run(work)  # type: ignore[arg-type]
    else:
        uvloop.run(work)  # type: ignore[arg-type]
