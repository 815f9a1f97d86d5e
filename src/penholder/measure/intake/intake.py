"""The one writer: takes deliveries, remembers their ids, writes them to the log, and answers when they are on disk.

`take` and `keep` decide at once what is new; a thread of its own writes what has gathered, in one group with one
fdatasync, and then every answer of the group is given. A delivery that only repeats waits for the group too: what it
repeats may still be on its way. When a group cannot be written, it and all that gathered behind it is undone and
refused.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from penholder.errors import Conflict, PenholderError, Refused
from penholder.measure.intake import frames, segments
from penholder.measure.intake.checking import Delivery, check
from penholder.measure.intake.decoding import Decoded, decode
from penholder.measure.intake.frames import Framed
from penholder.measure.intake.receipts import Receipt, receipt
from penholder.measure.intake.seen import Seen

Answer = Callable[[Receipt | PenholderError], None]

# Sealing and everything else on the disk needs some room when the intake stops.
ROOM_KEPT = 64_000_000
# What waits in memory for a slow disk; beyond it senders are asked to come back.
MOST_WAITING = 64_000_000
# A group gathers for so long. One disk write and one change of threads then serve all that came meanwhile; a sender
# waits for a millisecond more, and ten thousand senders of one event each are served instead of six.
GATHERING = 0.001


class Unavailable(Refused):
    """Nothing was taken in, through no fault of the sender; the same delivery may be sent again later."""


# How many events of each delivery were new, or what kept us.
Kept = Callable[[Sequence[int] | Unavailable], None]


@dataclass(slots=True)
class _Waiting:
    new: Sequence[Framed]
    counts: Sequence[int]
    answer: Kept


class Intake:
    """The intake of one folder. Only one process may have it open; `take` may be called from any thread.

    `sealed` gives the ids of a month that are in sealed files, and `upto` the last segment that is sealed. `deliver`
    is called with a list of calls to make, from the writing thread; an event loop hands its `call_soon_threadsafe` in.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sealed: Callable[[int], Iterable[bytes]] = lambda _: (),
        upto: int = 0,
        deliver: Callable[[Callable[[], None]], object] = lambda call: call(),
        room_kept: int = ROOM_KEPT,
    ) -> None:
        self._wal = folder / "wal"
        self._wal.mkdir(parents=True, exist_ok=True)
        self._lock_file = _lock(folder / "lock")
        self._deliver = deliver
        self._room_kept = room_kept
        self._seen = Seen(sealed)
        self._state = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._bytes_waiting = 0
        self._closing = False
        self._turn = False
        self.bytes_cut = self._recover(upto)
        self._segment = segments.Segment(self._wal, max([upto, *segments.numbers(self._wal)]) + 1)
        self._thread = threading.Thread(target=self._write, name="events-log", daemon=True)
        self._thread.start()

    def _recover(self, upto: int) -> int:
        cut = 0
        for number in segments.numbers(self._wal):
            if number <= upto:
                continue
            cut += segments.recover(self._wal, number)
            for rows in segments.read(self._wal, number):
                self._seen.fresh(frames.digests(rows), frames.months(rows))
        return cut

    def take(self, body: bytes, delivery: Delivery, answer: Answer) -> None:
        """Take in a delivery. `answer` is called with the receipt, or with what kept us, when all of it is on disk.

        Raises Refused when the delivery cannot be read at all, Unavailable when too much is waiting.
        """
        self.put(decode(body), delivery, answer)

    def put(self, read: Decoded, delivery: Delivery, answer: Answer) -> None:
        """Take in events that were read already. `answer` and what is raised are as with `take`."""
        checked = check(read, delivery)
        count = len(checked)

        def kept(said: Sequence[int] | Unavailable) -> None:
            if isinstance(said, Unavailable):
                answer(said)
            else:
                new = sum(said)
                answer(receipt(new, count - new, read.refusals))

        self.keep([frames.framed(checked, delivery)] if count else [], kept)

    def keep(self, several: Sequence[Framed], answer: Kept) -> None:
        """Keep what is new of several deliveries. `answer` is called when all of it is on disk, or none of it.

        Raises Unavailable when too much is waiting.
        """
        with self._state:
            if self._closing or self._bytes_waiting > MOST_WAITING:
                raise Unavailable("The intake is busy or closing. Send the same delivery again in a few seconds.")
            new, counts = self._new(several)
            self._waiting.append(_Waiting(new, counts, answer))
            self._bytes_waiting += sum(len(each.frame) for each in new)
            if len(self._waiting) == 1:
                self._state.notify()

    def _new(self, several: Sequence[Framed]) -> tuple[list[Framed], list[int]]:
        """What is new of these, which is remembered from now on, and how many events of each are."""
        new: list[Framed] = []
        counts: list[int] = []
        try:
            for each in several:
                places = self._seen.fresh(each.digests, each.months)
                counts.append(len(each.digests) if places is None else len(places))
                if counts[-1]:
                    new.append(each if places is None else each.only(places))
        except BaseException:  # a month that cannot be loaded: what was remembered before it will not be written
            self._forget(new)
            raise
        return new, counts

    def _forget(self, several: Sequence[Framed]) -> None:
        for each in several:
            self._seen.forget(each.digests, each.months)

    def turn(self) -> None:
        """Begin a new segment, when there is something in this one, so that it can be sealed."""
        with self._state:
            self._turn = True
            self._state.notify()

    def close(self) -> None:
        """Write what is waiting, answer it, and let go of the folder."""
        with self._state:
            self._closing = True
            self._state.notify()
        self._thread.join()
        self._segment.close()
        os.close(self._lock_file)

    def _write(self) -> None:
        while True:
            with self._state:
                while not (self._waiting or self._closing or self._turn):
                    self._state.wait()
                if self._waiting and not self._closing:
                    self._state.wait(GATHERING)
                group, self._waiting, self._bytes_waiting = self._waiting, [], 0
                turn, self._turn = self._turn, False
                if not group and self._closing:
                    return
            try:
                self._append(group)
            except OSError as problem:
                group = self._undo(group, problem)
            if group:
                self._deliver(_answers(group))
            if self._segment.size and (turn or self._segment.size >= segments.SEGMENT_BYTES):
                # Without room for another file, this one goes on; the next group tries again.
                with suppress(OSError):
                    self._begin_segment()

    def _append(self, group: list[_Waiting]) -> None:
        new = [framed.frame for each in group for framed in each.new]
        if not new:
            return
        disk = os.statvfs(self._wal)
        if disk.f_bavail * disk.f_frsize < self._room_kept:
            raise OSError(28, "No space left on device")
        self._segment.append(new)

    def _begin_segment(self) -> None:
        fresh = segments.Segment(self._wal, self._segment.number + 1)
        self._segment.close()
        self._segment = fresh

    def _undo(self, group: list[_Waiting], problem: OSError) -> list[_Waiting]:
        """Forget a group that is not on disk, and all that gathered behind it: some of that may only repeat it."""
        with self._state:
            behind, self._waiting, self._bytes_waiting = self._waiting, [], 0
            for each in (*group, *behind):
                self._forget(each.new)
        refusal = Unavailable(
            f"The events could not be kept: {(problem.strerror or str(problem)).lower()}. Nothing of this delivery was "
            "taken in. Send it again later."
        )
        return [_Waiting((), (), _refused(each.answer, refusal)) for each in (*group, *behind)]


def _refused(answer: Kept, refusal: Unavailable) -> Kept:
    return lambda _: answer(refusal)


def _answers(group: list[_Waiting]) -> Callable[[], None]:
    def give() -> None:
        for each in group:
            each.answer(each.counts)

    return give


def _lock(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        os.close(handle)
        raise Conflict(
            f"Another process takes events into {path.parent}. Only one may; stop it, or send the events to it."
        ) from problem
    return handle
