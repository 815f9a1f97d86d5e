"""A worker beside the server: started with it, started again when it dies, and ended with it, however it ends."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

# How long a worker may take to finish the letter that it holds.
SECONDS_TO_FINISH = 10.0

# A worker that ran so long did not die of its start, so the next start does not wait.
SECONDS_OF_A_GOOD_RUN = 60.0

# The longest wait between two starts of a worker that cannot start, for instance while the database is away.
SECONDS_BETWEEN_STARTS = 60.0

SECONDS_OF_A_MINUTE = 60.0

PENHOLDER = (sys.executable, "-c", "from penholder.cli import main; main()")


@contextmanager
def worker(address: str) -> Iterator[None]:
    """Keep `penholder work` running inside. It ends when this process does, even when that is killed."""
    keeper = _Keeper([*PENHOLDER, "work", "--beside", "--address", address])
    thread = threading.Thread(target=keeper.keep, name="keeper of the worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        keeper.end()
        thread.join(SECONDS_TO_FINISH + 5)


@contextmanager
def every_minute(*words: str) -> Iterator[None]:
    """Run a command of ours once a minute, one at a time, until this ends. It must be one that may be killed."""
    ending = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def run() -> None:
        while not ending.wait(SECONDS_OF_A_MINUTE):
            with subprocess.Popen([*PENHOLDER, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:
                running[:] = [child]
                if ending.is_set():
                    child.terminate()
                code = child.wait()
            if code and not ending.is_set():
                click.echo(f"“penholder {' '.join(words)}” ended with {code}; it runs again in a minute.", err=True)

    thread = threading.Thread(target=run, name=" ".join(words), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        for child in running:
            if child.poll() is None:
                child.terminate()
        thread.join(SECONDS_TO_FINISH)


class _Keeper:
    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)
        self._ending = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        wait = 1.0
        while not self._ending.is_set():
            started = time.monotonic()
            # The worker reads its standard input to its end, which comes when nobody holds the other side any more.
            # A session of its own, so that Ctrl+C reaches it through us and not in the middle of a letter.
            with subprocess.Popen(self._words, stdin=subprocess.PIPE, start_new_session=True) as child:
                self._child = child
                if self._ending.is_set():
                    self._close(child)
                code = child.wait()
            if self._ending.is_set():
                return
            wait = 1.0 if time.monotonic() - started > SECONDS_OF_A_GOOD_RUN else min(wait * 2, SECONDS_BETWEEN_STARTS)
            click.echo(f"The worker ended with {code}; it is started again in {wait:.0f} s.", err=True)
            self._ending.wait(wait)

    def end(self) -> None:
        self._ending.set()
        child = self._child
        if child is None or child.poll() is not None:
            return
        self._close(child)
        try:
            child.wait(SECONDS_TO_FINISH)
        except subprocess.TimeoutExpired:
            child.kill()

    @staticmethod
    def _close(child: subprocess.Popen[bytes]) -> None:
        if child.stdin is not None:
            child.stdin.close()
