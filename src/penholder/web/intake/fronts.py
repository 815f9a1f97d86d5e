"""A front of the intake: a process that speaks HTTP, checks what comes, and hands it to the one writer.

`crews` starts it with two sockets: one over which connections are passed to it, and one to hand events in. When the
first ends, the intake is stopping: what is being written is still answered. When the second ends, the writer is gone,
and so is a front within seconds, however the writer ended.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

from uvicorn.server import ServerState

from penholder.measure.intake.keys import KeyFile
from penholder.measure.intake.salts import Salts
from penholder.web.intake import loops
from penholder.web.intake.door import Door
from penholder.web.intake.lines import FrontLine
from penholder.web.intake.protocol import SECONDS_TO_FINISH, IntakeProtocol, configuration

# How many connections ended since the last time; said once a second, and at once when the front is ready.
CLOSED = struct.Struct("<i")


class Front:
    """Connections that were passed to this process, and the door that their requests enter by."""

    def __init__(self, folder: Path, passing: socket.socket) -> None:
        self._passing = passing
        self._stopping = asyncio.Event()
        self.line = FrontLine(self._stopping.set)
        self._keys = KeyFile(folder / "keys.json")
        self._keys.refresh()
        self._salts = Salts(folder / "salts")
        self._config = configuration(Door(self.line, self._keys, self._salts))
        self._state = ServerState()
        self._welcomed: set[asyncio.Task[object]] = set()
        self._open = 0

    async def serve(self) -> None:
        """Serve until the writer says that the intake stops, or is gone."""
        loop = asyncio.get_running_loop()
        self._passing.setblocking(False)
        loop.add_reader(self._passing, self._welcome)
        async with loops.meanwhile(loops.care(self._keys, self._salts, self._report)):
            self._report()
            await self._stopping.wait()
        loop.remove_reader(self._passing)
        await asyncio.gather(*self._welcomed, return_exceptions=True)
        for connection in list(self._state.connections):
            connection.shutdown()
        until = loop.time() + SECONDS_TO_FINISH
        while self._state.connections and loop.time() < until:  # noqa: ASYNC110 - uvicorn's set has no event
            await asyncio.sleep(0.01)
        self.line.close()

    def _welcome(self) -> None:
        try:
            said, handles, _, _ = socket.recv_fds(self._passing, 1, 1)
        except OSError:
            return
        if not said:
            self._stopping.set()
            return
        self._open += 1  # also when there was no room for its handle: it is closed then
        for handle in handles:
            connection = socket.socket(fileno=handle)
            connection.setblocking(False)
            loop = asyncio.get_running_loop()
            task = loop.create_task(loop.connect_accepted_socket(self._protocol, connection))
            self._welcomed.add(task)
            task.add_done_callback(self._welcomed.discard)

    def _protocol(self) -> IntakeProtocol:
        return IntakeProtocol(config=self._config, server_state=self._state, app_state={})

    def _report(self) -> None:
        there = len(self._state.connections) + len(self._welcomed)
        with suppress(OSError):
            self._passing.send(CLOSED.pack(self._open - there))
            self._open = there


async def _run(folder: Path, passing: socket.socket, handing: socket.socket) -> None:
    front = Front(folder, passing)
    handing.setblocking(False)
    await asyncio.get_running_loop().create_unix_connection(lambda: front.line, sock=handing)
    await front.serve()


def main() -> None:
    """Run as `python -m penholder.web.intake.fronts FOLDER PASSING HANDING`, with the numbers of two sockets."""
    # A signal to the whole group is the writer's to act on; fronts end with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Each connection is an open file, and the usual limit is a thousand.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    gc.collect()
    gc.freeze()  # what was loaded stays; going through it again and again would only make answers late
    passing, handing = (socket.socket(fileno=int(number)) for number in sys.argv[2:4])
    loops.run(_run(Path(sys.argv[1]), passing, handing))


if __name__ == "__main__":
    main()
