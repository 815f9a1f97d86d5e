"""Between the fronts of the intake and its one writer: what a front hands in, and what becomes of it.

A front sends messages: how long, which number, and frames as they stand in the log. The writer says for each number how
many events of each frame were new, or why nothing was kept. While a message is not answered a front gathers what comes
in, until it is much: to wake the writer costs more than to check an event.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from penholder.measure.intake import frames
from penholder.measure.intake.checking import Delivery, check
from penholder.measure.intake.decoding import Decoded
from penholder.measure.intake.intake import MOST_WAITING, Answer, Intake, Unavailable
from penholder.measure.intake.receipts import Refusal, receipt

_HEAD = struct.Struct("<II")
_SAID = msgspec.msgpack.Decoder(list[int] | str)
# Half a batch. So much goes to the writer at once, even when it has not answered the message before.
MUCH = 16_384
_LOST = "The intake is stopping. Send the same delivery again in a few seconds."


class _Line(asyncio.Protocol, ABC):
    """One end of a line: whole messages out of what comes in pieces."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._come = bytearray()

    def connection_made(self, transport: Any) -> None:
        """Called by the loop when the line stands."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the loop with what came."""
        self._come += data
        for number, message in self._messages():
            self.came(number, message)

    def _messages(self) -> Iterator[tuple[int, bytes]]:
        come, at = self._come, 0
        while at + _HEAD.size <= len(come):
            length, number = _HEAD.unpack_from(come, at)
            if at + _HEAD.size + length > len(come):
                break
            at += _HEAD.size + length
            yield number, bytes(come[at - length : at])
        del come[:at]

    def send(self, number: int, pieces: Sequence[bytes]) -> None:
        """Send a message that is made of these pieces."""
        self._transport.write(b"".join((_HEAD.pack(sum(map(len, pieces)), number), *pieces)))

    @abstractmethod
    def came(self, number: int, message: bytes) -> None:
        """A message is there."""

    def close(self) -> None:
        """Nothing more will be sent."""
        self._transport.close()


class _Handed(NamedTuple):
    """One delivery on its way to the writer."""

    events: int
    refusals: list[Refusal]
    answer: Answer


class FrontLine(_Line):
    """A front's end: takes deliveries as an `Intake` does, checks and frames them, and hands them to the writer."""

    def __init__(self, lost: Callable[[], object]) -> None:
        super().__init__()
        self._lost = lost
        self._frames: list[bytes] = []
        self._gathered = 0
        self._due = False
        self._handed: list[_Handed] = []
        self._sent: dict[int, tuple[list[_Handed], int]] = {}
        self._number = 0
        self._bytes_waiting = 0

    def put(self, read: Decoded, delivery: Delivery, answer: Answer) -> None:
        """Take in events that were read already; see `Intake.put`."""
        checked = check(read, delivery)
        if not len(checked):
            answer(receipt(0, 0, read.refusals))
            return
        if self._transport is None or self._transport.is_closing():
            raise Unavailable(_LOST)
        if self._bytes_waiting > MOST_WAITING:
            raise Unavailable("The intake is busy. Send the same delivery again in a few seconds.")
        frame = frames.framed(checked, delivery).frame
        self._frames.append(frame)
        self._handed.append(_Handed(len(checked), read.refusals, answer))
        self._bytes_waiting += len(frame)
        self._gathered += len(frame)
        if not self._due and (not self._sent or self._gathered >= MUCH):
            self._due = True
            asyncio.get_running_loop().call_soon(self._hand_in)  # behind all that came in with this one

    def _hand_in(self) -> None:
        self._due = False
        several, self._frames = self._frames, []
        handed, self._handed = self._handed, []
        size, self._gathered = self._gathered, 0
        self._number = (self._number + 1) & 0xFFFFFFFF
        self._sent[self._number] = handed, size
        if self._transport.is_closing():
            self._fail()
        else:
            self.send(self._number, several)

    def came(self, number: int, message: bytes) -> None:
        """The writer says what became of a message: give the answers."""
        handed, size = self._sent.pop(number)
        self._bytes_waiting -= size
        said = _SAID.decode(message)
        if self._frames and not self._sent and not self._due:
            self._hand_in()
        if isinstance(said, str):
            for each in handed:
                each.answer(Unavailable(said))
            return
        for each, new in zip(handed, said, strict=True):
            each.answer(receipt(new, each.events - new, each.refusals))

    def connection_lost(self, _: Exception | None) -> None:
        """Called by the loop when the writer is gone. Nobody knows what it has kept; a retry will show."""
        self._fail()
        self._lost()

    def _fail(self) -> None:
        sent, self._sent = list(self._sent.values()), {}
        if not self._due:
            sent.append((self._handed, self._gathered))
            self._handed, self._frames, self._gathered = [], [], 0
        for handed, size in sent:
            self._bytes_waiting -= size
            for each in handed:
                each.answer(Unavailable(_LOST))


class WriterLine(_Line):
    """The writer's end of the line to one front."""

    def __init__(self, intake: Intake) -> None:
        super().__init__()
        self._intake = intake

    def came(self, number: int, message: bytes) -> None:
        """A front hands frames in: keep what is new of them, and say so when it is on disk."""
        try:
            self._intake.keep(list(frames.taken_apart(message)), partial(self._kept, number))
        except Unavailable as problem:
            self._kept(number, problem)
        except Exception:
            # Whatever it was, the front waits for a word, and answers its senders with it.
            logging.getLogger("uvicorn.error").exception("A delivery could not be kept")
            self._kept(number, Unavailable("The intake failed. Send the delivery again later."))

    def _kept(self, number: int, said: Sequence[int] | Unavailable) -> None:
        if not self._transport.is_closing():
            self.send(number, [msgspec.msgpack.encode(str(said) if isinstance(said, Unavailable) else said)])
