"""What the processes of the intake have in common: the loop that they run in, and what they look after in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from penholder.errors import PenholderError
from penholder.measure.intake.intake import Intake
from penholder.measure.intake.keys import KeyFile
from penholder.measure.intake.salts import Salts

SECONDS_OF_AN_HOUR = 3600
# A figure may wait so long for its newest events to be sealed; open segments are read anyhow.
SECONDS_OF_A_SEGMENT = 10


async def care(keys: KeyFile, salts: Salts, every_second: Callable[[], object] = lambda: None) -> None:
    """Keep keys and salts up to date, for as long as this is not cancelled."""
    for second in range(1 << 62):
        await asyncio.sleep(1)
        every_second()
        try:
            keys.refresh()
            if second % SECONDS_OF_AN_HOUR == 0:
                salts.destroy_old(datetime.now(UTC).date())
        except (PenholderError, OSError):
            logging.getLogger("uvicorn.error").exception("The intake goes on with the keys that it knows")


async def turns(intake: Intake) -> None:
    """Finish segments so that they can be sealed, for as long as this is not cancelled."""
    while True:
        intake.turn()
        await asyncio.sleep(SECONDS_OF_A_SEGMENT)


@asynccontextmanager
async def meanwhile(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do these for as long as the block lasts."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run in uvloop where it is, else in asyncio's own loop."""
    try:
        import uvloop  # noqa: PLC0415 - not on Windows
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)
