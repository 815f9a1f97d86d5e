"""Tells whether the machine's clock runs on as it should: what the clock decides cannot be taken back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

# A correction by NTP stays far below; a wrong date set by hand, or a machine restored from a snapshot, far above.
A_JUMP = timedelta(minutes=5)

# How long a clock that jumped must run on evenly before it is believed, so that it can be set right again.
TRUST_AFTER = timedelta(minutes=10)


def now() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


def running() -> float:
    """Seconds that have passed, however the clock is set; sleep of the machine counts where it can be told."""
    steady = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if steady is None else time.clock_gettime(steady)


class Steady:
    """Compares the clock with the time that has passed since it was last looked at."""

    def __init__(self, *, at: datetime, running: float) -> None:
        self._at, self._running = at, running
        self._believed = running
        self.jumped = timedelta(0)

    def holds(self, *, at: datetime, running: float) -> bool:
        """Whether this moment may be believed. `jumped` says how far the clock was off when it last was."""
        jump = (at - self._at) - timedelta(seconds=running - self._running)
        self._at, self._running = at, running
        if abs(jump) > A_JUMP:
            self.jumped = jump
            self._believed = running + TRUST_AFTER.total_seconds()
        return running >= self._believed
