"""The writer of the intake and its fronts: it starts them, passes connections to them, and ends them.

One socket listens, and each connection goes to the front that has the fewest: whoever sends much over eight connections
keeps all fronts busy, where a socket for each front would draw lots. A front that dies is started again; what it had
handed in is kept and what it had not was never acknowledged.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path

import click

from penholder.errors import Refused
from penholder.measure.intake.intake import Intake
from penholder.web.intake.fronts import CLOSED
from penholder.web.intake.lines import WriterLine
from penholder.web.intake.protocol import SECONDS_TO_FINISH

# A front that is busy with a large delivery takes a connection after so long at the latest.
SECONDS_BETWEEN_TRIES = 0.01


class _Front:
    """One front, as the writer knows it."""

    def __init__(self, process: subprocess.Popen[bytes], passing: socket.socket) -> None:
        self.process = process
        self.passing = passing
        self.ready = False
        self.connections = 0


class Crew:
    """The fronts of one intake."""

    def __init__(self, folder: Path, listening: socket.socket, intake: Intake) -> None:
        self._folder = folder
        self._listening = listening
        self._intake = intake
        self._fronts: list[_Front] = []
        self._held: socket.socket | None = None
        self._ended = asyncio.Event()
        self._failed = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, count: int) -> None:
        """Serve with so many fronts until a signal comes. Raises Refused when a front cannot start."""
        loop = asyncio.get_running_loop()
        for stop in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(stop, self._ended.set)
        self._listening.setblocking(False)
        try:
            for _ in range(count):
                await self._start()
            await self._ended.wait()
        finally:
            await self._stop()
        if self._failed:
            raise Refused("A front of the intake cannot start; what it said stands above.")

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        (passing, theirs), (handing, also_theirs) = socket.socketpair(), socket.socketpair()
        with theirs, also_theirs:
            handles = theirs.fileno(), also_theirs.fileno()
            process = subprocess.Popen(  # noqa: ASYNC220 - it is there in a millisecond
                [sys.executable, "-m", "penholder.web.intake.fronts", str(self._folder), *map(str, handles)],
                pass_fds=handles,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C reaches it through us
            )
        front = _Front(process, passing)
        self._fronts.append(front)
        for line in (passing, handing):
            line.setblocking(False)
        loop.add_reader(passing, self._told, front)
        await loop.create_unix_connection(lambda: WriterLine(self._intake), sock=handing)

    def _told(self, front: _Front) -> None:
        """A front says that it is ready, or how many connections ended; or it is gone."""
        try:
            said = front.passing.recv(CLOSED.size)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if len(said) < CLOSED.size:
            asyncio.get_running_loop().remove_reader(front.passing)
            self._fronts.remove(front)
            if not self._ended.is_set():
                self._begin(self._replace(front))
            return
        front.connections -= CLOSED.unpack(said)[0]
        if not front.ready:
            front.ready = True
            if self._held is not None:
                self._pass()
            elif all(each.ready for each in self._fronts):
                self._listen()

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replace(self, front: _Front) -> None:
        front.passing.close()
        code = await asyncio.to_thread(_see_off, front.process)
        if not front.ready and code >= 0:  # not killed: the next one would fare no better
            self._failed = True
            self._ended.set()
            return
        if not self._ended.is_set():
            click.echo(f"A front of the intake ended with {code}; another one takes its place.", err=True)
            try:
                await self._start()
            except OSError as problem:
                click.echo(f"There is no room for it: {problem.strerror}.", err=True)
                self._failed = True
                self._ended.set()

    def _listen(self) -> None:
        if not self._ended.is_set():
            asyncio.get_running_loop().add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        try:
            self._held, _ = self._listening.accept()
        except OSError:  # it went away again
            return
        self._pass()

    def _pass(self) -> None:
        """Pass the connection that is held to the front that has the fewest; leave others in the queue meanwhile."""
        if self._held is None or self._ended.is_set():
            return
        loop = asyncio.get_running_loop()
        for front in sorted((each for each in self._fronts if each.ready), key=lambda each: each.connections):
            try:
                socket.send_fds(front.passing, [b"c"], [self._held.fileno()])
            except OSError:
                continue
            front.connections += 1
            self._held.close()
            self._held = None
            self._listen()
            return
        loop.remove_reader(self._listening)
        loop.call_later(SECONDS_BETWEEN_TRIES, self._pass)

    async def _stop(self) -> None:
        """Take no more connections, let the fronts answer what is being written, and see them end."""
        self._ended.set()
        asyncio.get_running_loop().remove_reader(self._listening)
        self._listening.close()
        if self._held is not None:
            self._held.close()
        await asyncio.gather(*self._tasks)
        leaving = list(self._fronts)
        for front in leaving:
            with suppress(OSError):
                front.passing.shutdown(socket.SHUT_WR)
        await asyncio.gather(*(asyncio.to_thread(_see_off, front.process) for front in leaving))
        for front in leaving:
            asyncio.get_running_loop().remove_reader(front.passing)
            front.passing.close()


def _see_off(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(SECONDS_TO_FINISH + 2)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
