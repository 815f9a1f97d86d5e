"""How events stand in the log: frames of columns, each with its length and its checksum.

A frame is eight bytes (length and CRC-32 of the payload, little-endian) and a MessagePack payload. A frame that was cut
off, or of which a bit has changed, is seen; what follows it is not read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import msgspec
import numpy as np
from msgspec import Struct

from penholder.measure.intake.checking import Checked

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


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Rows)


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


def _joined(names: list[str]) -> str:
    return names[0] if len(set(names)) == 1 else "\n".join(names)


def column(text: str, count: int) -> list[str]:
    """The names of a joined column, one for each event."""
    names = text.split("\n")
    return names * count if len(names) == 1 else names


def months(rows: Rows) -> list[int]:
    """The month that each event claims."""
    if isinstance(rows.months, int):
        return [rows.months] * rows.count
    told: list[int] = np.frombuffer(rows.months, np.int32).tolist()
    return told


def digests(rows: Rows) -> list[bytes]:
    """The 16 bytes by which each event is known again."""
    return [rows.ids[start : start + 16] for start in range(0, len(rows.ids), 16)]


def encode(rows: Rows) -> bytes:
    """The frame of these rows."""
    payload = _ENCODER.encode(rows)
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


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
        if zlib.crc32(payload) != checksum:
            return
        try:
            rows = _DECODER.decode(payload)
        except msgspec.MsgspecError:
            return
        at = end
        yield rows, end
