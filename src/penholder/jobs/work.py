"""The worker: goes through its duties, each at its own pace, until it is told to stop. Nothing that fails stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections, connection

from penholder.errors import PenholderError
from penholder.jobs import clock
from penholder.jobs.models import Letter, Reading, State

# How long a duty that failed is left alone at most; short enough that a database that comes back is found soon.
LONGEST_PAUSE = 300.0

# How long the worker sleeps between two looks: a letter goes out as fast as a person can look for it.
A_MOMENT = 2.0


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done every so often. `do` gets the moment and says how much it did.

    `by_the_clock`: what it does cannot be taken back if the clock is wrong, so it waits until the clock is believed.
    """

    name: str
    every: timedelta
    do: Callable[[datetime], int]
    by_the_clock: bool = False


@dataclass(slots=True)
class _Turn:
    """When a duty is next done, in seconds that have passed, and what went wrong the last time."""

    next: float = 0.0
    pause: float = 0.0
    problem: str = ""


class Worker:
    """Does its duties. `tell` gets a line for each thing that somebody who watches should know."""

    def __init__(
        self,
        duties: Sequence[Duty],
        *,
        tell: Callable[[str], None],
        now: Callable[[], datetime] = clock.now,
        running: Callable[[], float] = clock.running,
    ) -> None:
        self._duties = [(duty, _Turn()) for duty in duties]
        self._tell, self._now, self._running = tell, now, running
        self._steady = clock.Steady(at=now(), running=running())
        self._told_of_jump = timedelta(0)

    def once(self) -> dict[str, int]:
        """Do whatever is due, and say how much of each was done; duties that failed are left out."""
        at, running = self._now(), self._running()
        believed = self._steady.holds(at=at, running=running)
        self._tell_of_jump()
        done: dict[str, int] = {}
        for duty, turn in self._duties:
            if running < turn.next or (duty.by_the_clock and not believed):
                continue
            count = self._do(duty, turn)
            if count is not None:
                done[duty.name] = count
        return done

    def problems(self) -> dict[str, str]:
        """What went wrong the last time, by duty."""
        return {duty.name: turn.problem for duty, turn in self._duties if turn.problem}

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set; what was begun is finished."""
        while not stop.is_set():
            self.once()
            stop.wait(A_MOMENT)

    def _do(self, duty: Duty, turn: _Turn) -> int | None:
        if not connection.in_atomic_block:
            close_old_connections()
        try:
            count = duty.do(self._now())
        except Exception as problem:  # noqa: BLE001 - one duty that fails must not keep the others from being done
            said = str(problem) if isinstance(problem, PenholderError) else f"{type(problem).__name__}: {problem}"
            turn.pause = min(max(duty.every.total_seconds(), turn.pause * 2, A_MOMENT), LONGEST_PAUSE)
            turn.next = self._running() + turn.pause
            if said != turn.problem:  # a full disk is told once, not every two seconds
                self._tell(f"{duty.name}: {said} It is tried again.")
            turn.problem = said
            if not connection.in_atomic_block:
                connection.close()
            return None
        if turn.problem:
            self._tell(f"{duty.name}: works again.")
        turn.pause, turn.problem = 0.0, ""
        turn.next = self._running() + duty.every.total_seconds()
        if count:
            self._tell(f"{duty.name}: {count}")
        return count

    def _tell_of_jump(self) -> None:
        if self._steady.jumped != self._told_of_jump:
            self._told_of_jump = self._steady.jumped
            minutes = clock.TRUST_AFTER.total_seconds() / 60
            self._tell(
                f"The clock jumped by {self._steady.jumped}. Nothing is deemed or published by it until it has run "
                f"evenly for {minutes:.0f} minutes."
            )


def beat(*, at: datetime) -> None:
    """Note that a worker is alive, so that its absence can be noticed."""
    Reading.objects.update_or_create(id=1, defaults={"worked_at": at})


@dataclass(frozen=True, slots=True)
class Standing:
    """How the queue stands: letters that wait and that failed, and when a worker last ran."""

    waiting: int
    failed: int
    worked_at: datetime | None


def standing() -> Standing:
    """How the queue stands, in three queries."""
    reading = Reading.objects.filter(id=1).first()
    return Standing(
        waiting=Letter.objects.filter(state__in=[State.WAITING, State.SENDING]).count(),
        failed=Letter.objects.filter(state=State.FAILED).count(),
        worked_at=reading.worked_at if reading else None,
    )
