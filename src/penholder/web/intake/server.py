"""`penholder events serve`: processes that do nothing but take events in, and begin segments for sealing."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from penholder.measure.intake.intake import Intake
from penholder.measure.intake.keys import KeyFile
from penholder.measure.intake.salts import Salts
from penholder.web.intake import loops
from penholder.web.intake.crews import Crew
from penholder.web.intake.door import Door
from penholder.web.intake.protocol import configuration

# One writer keeps up with three or four fronts; each takes 35 MB and more.
MOST_FRONTS = 4


def usual_fronts() -> int:
    """As many fronts as there are processors for us. With one there are none: the writer speaks HTTP itself."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if there == 1 else min(there, MOST_FRONTS)


@asynccontextmanager
async def _writing(folder: Path, sealed: Callable[[int], Iterable[bytes]], upto: int) -> AsyncIterator[Intake]:
    """The intake of a folder, in this loop. Raises Conflict when another process holds it."""
    loop = asyncio.get_running_loop()
    intake = Intake(folder, sealed=sealed, upto=upto, deliver=loop.call_soon_threadsafe)
    try:
        async with loops.meanwhile(loops.turns(intake)):
            yield intake
    finally:
        await asyncio.to_thread(intake.close)


def serve(
    folder: Path, listening: socket.socket, *, sealed: Callable[[int], Iterable[bytes]], upto: int, fronts: int
) -> None:
    """Take events in until stopped by a signal, with so many fronts; with none, all in this process."""

    async def run() -> None:
        async with _writing(folder, sealed, upto) as intake:
            if fronts:
                await Crew(folder, listening, intake).serve(fronts)
                return
            keys, salts = KeyFile(folder / "keys.json"), Salts(folder / "salts")
            keys.refresh()
            async with loops.meanwhile(loops.care(keys, salts)):
                await uvicorn.Server(configuration(Door(intake, keys, salts))).serve(sockets=[listening])

    loops.run(run())
