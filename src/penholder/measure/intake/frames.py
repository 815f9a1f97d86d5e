"""How events stand in the log: frames of columns, each with its length and its checksum.

A frame is eight bytes (length and CRC-32 of the payload, little-endian) and a MessagePack payload. A frame that was cut
off, or of which a bit has changed, is seen; what follows it is not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec
import numpy as np
from isal import isal_zlib
from msgspec import Struct

from penholder.measure.intake.checking import Checked, Delivery

_HEAD = struct.Struct("<II")
# Larger than any delivery: a length beyond it was never written by us.
LONGEST_FRAME = 64_000_000


class Rows(Struct, array_like=True, frozen=True, gc=False):
    """Events of one delivery, column by column. What is the same for all of them stands once.

    `times` are int64 microseconds since 1970, `months` int32 (year × 100 + month, as claimed), `ids` 16 bytes each,
    `bots` one byte each. Journeys are joined by spaces; steps, channels and releases by line ends.
    """

    service: str
    received: int
    count: int
    times: bytes
    months: int | bytes
    ids: bytes
    journeys: str
    steps: str
    channels: str
    releases: str
    bots: bool | bytes


class _Claims(Struct, array_like=True, frozen=True, gc=False):
    """The columns of `Rows` by which events are known again; what stands between and behind them is stepped over."""

    service: msgspec.Raw
    received: int
    count: int
    times: msgspec.Raw
    months: int | bytes
    ids: bytes


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Rows)
_CLAIMS = msgspec.msgpack.Decoder(_Claims)


class Framed(Struct, frozen=True):
    """Events of one delivery as they are written, and by what each is known again: its digest in its month."""

    frame: bytes
    digests: Sequence[bytes]
    months: Sequence[int] | int

    def only(self, kept: Sequence[int]) -> Framed:
        """These of the events, by their index."""
        rows = only(_DECODER.decode(memoryview(self.frame)[_HEAD.size :]), kept)
        return Framed(encode(rows), digests(rows), _months_of(rows))


def framed(checked: Checked, delivery: Delivery) -> Framed:
    """Events that hold, as they are written."""
    rows = rows_of(checked, service=delivery.service, received=delivery.received, bot=delivery.bot)
    return Framed(encode(rows), checked.digests, _months_of(rows))


def taken_apart(several: bytes) -> Iterator[Framed]:
    """Frames that stand one behind the other, made by a process of ours and not by a disk: whole, and not checked."""
    view, at = memoryview(several), 0
    while at < len(several):
        end = at + _HEAD.size + _HEAD.unpack_from(several, at)[0]
        claims = _CLAIMS.decode(view[at + _HEAD.size : end])
        yield Framed(several[at:end], digests(claims), _months_of(claims))
        at = end


def rows_of(checked: Checked, *, service: str, received: int, bot: bool) -> Rows:
    """The columns of events that hold and are new."""
    said = checked.said
    bots: bool | bytes = bot or (bytes(said.bots) if True in said.bots else False)
    return Rows(
        service,
        received,
        len(checked),
        checked.times.tobytes(),
        checked.months if isinstance(checked.months, int) else checked.months.tobytes(),
        b"".join(checked.digests),
        " ".join(said.journeys),
        _joined(said.steps),
        _joined(said.channels),
        _joined(said.releases),
        bots,
    )


def only(rows: Rows, kept: Sequence[int]) -> Rows:
    """These of the events, by their index."""
    journeys = rows.journeys.split(" ")
    return Rows(
        rows.service,
        rows.received,
        len(kept),
        _pieces(rows.times, 8, kept),
        rows.months if isinstance(rows.months, int) else _pieces(rows.months, 4, kept),
        _pieces(rows.ids, 16, kept),
        " ".join([journeys[index] for index in kept]),
        _names(rows.steps, kept),
        _names(rows.channels, kept),
        _names(rows.releases, kept),
        rows.bots if isinstance(rows.bots, bool) else _pieces(rows.bots, 1, kept),
    )


def _pieces(told: bytes, size: int, kept: Sequence[int]) -> bytes:
    return b"".join([told[size * index : size * index + size] for index in kept])


def _names(told: str, kept: Sequence[int]) -> str:
    names = told.split("\n")
    return told if len(names) == 1 else _joined([names[index] for index in kept])


def _joined(names: list[str]) -> str:
    return names[0] if len(set(names)) == 1 else "\n".join(names)


def column(text: str, count: int) -> list[str]:
    """The names of a joined column, one for each event."""
    names = text.split("\n")
    return names * count if len(names) == 1 else names


def months(rows: Rows) -> list[int]:
    """The month that each event claims."""
    told = _months_of(rows)
    return [told] * rows.count if isinstance(told, int) else told


def _months_of(rows: Rows | _Claims) -> list[int] | int:
    if isinstance(rows.months, int):
        return rows.months
    told: list[int] = np.frombuffer(rows.months, np.int32).tolist()
    return told


def digests(rows: Rows | _Claims) -> list[bytes]:
    """The 16 bytes by which each event is known again."""
    return list(_cut(len(rows.ids) // 16).unpack(rows.ids))


@lru_cache(64)
def _cut(count: int) -> struct.Struct:
    """Cuts so many ids apart; senders keep to one size, and slicing takes five times as long."""
    return struct.Struct("16s" * count)


def encode(rows: Rows) -> bytes:
    """The frame of these rows."""
    payload = _ENCODER.encode(rows)
    return _HEAD.pack(len(payload), isal_zlib.crc32(payload)) + payload


def scan(log: bytes | memoryview) -> Iterator[tuple[Rows, int]]:
    """Every whole frame from the start, each with the offset at which it ends; stops at the first that is not whole."""
    at = 0
    view = memoryview(log)
    while at + _HEAD.size <= len(view):
        length, checksum = _HEAD.unpack_from(view, at)
        end = at + _HEAD.size + length
        if not 0 < length <= LONGEST_FRAME or end > len(view):
            return
        payload = view[at + _HEAD.size : end]
        if isal_zlib.crc32(payload) != checksum:
            return
        try:
            rows = _DECODER.decode(payload)
        except msgspec.MsgspecError:
            return
        at = end
        yield rows, end
