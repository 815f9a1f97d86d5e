"""What is said over a socket: one byte for the kind of message, then numbers and bytes. docs/drafting.md lists it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final

# What a browser says.
HELLO: Final = 0  # its client (8 bytes), the last update that it knows (8 bytes; 0: none)
UPDATE: Final = 1  # a number of its own (4 bytes), a Yjs update
CURSOR: Final = 2  # JSON: where its cursor is, null: nowhere
# What the server says.
WELCOME: Final = (
    0  # JSON of its length (4 bytes) with `sequence`, `name`, `colour`, then all that it lacks, as a Yjs update
)
UPDATES: Final = 1  # the last update that this brings (8 bytes), a Yjs update
CURSORS: Final = 2  # JSON: who is where
KEPT: Final = 3  # the number of an update that is stored (4 bytes)
REFUSED: Final = 4  # JSON: the `number` of an update that is not stored, `reasons`, whether it was `aside`
STATE: Final = 5  # JSON: why this person may not write, `reasons`; none when they may


class Garbled(ValueError):
    """A message that no browser of ours sends."""


def numbers(data: bytes, layout: str) -> tuple[tuple[int, ...], bytes]:
    """The whole numbers at the start of a message, after its kind, and what follows them. Raises Garbled."""
    size = struct.calcsize(layout)
    if len(data) < size + 1:
        raise Garbled(f"A message of kind {data[:1]!r} has {len(data)} bytes.")
    return struct.unpack(layout, data[1 : size + 1]), data[size + 1 :]


def hello(data: bytes) -> tuple[int, int]:
    """The client and the last update that it knows. Raises Garbled."""
    if data[:1] != bytes([HELLO]):
        raise Garbled("The first message is no hello.")
    (client, knows), _ = numbers(data, ">QQ")
    return client, knows


def welcome(facts: dict[str, Any], update: bytes) -> bytes:
    """Everything that somebody who comes in needs."""
    said = json.dumps(facts).encode()
    return struct.pack(">BI", WELCOME, len(said)) + said + update


def updates(sequence: int, update: bytes) -> bytes:
    """What has been stored, for everybody."""
    return struct.pack(">BQ", UPDATES, sequence) + update


def kept(number: int) -> bytes:
    """That an update is stored, for who sent it."""
    return struct.pack(">BI", KEPT, number)


def refused(number: int, reasons: Sequence[str], *, aside: bool) -> bytes:
    """That an update is not stored, and why, for who sent it."""
    return bytes([REFUSED]) + json.dumps({"number": number, "reasons": list(reasons), "aside": aside}).encode()


def state(reasons: Iterable[str]) -> bytes:
    """Whether somebody may write."""
    return bytes([STATE]) + json.dumps({"reasons": list(reasons)}).encode()


def cursors(places: Sequence[dict[str, Any]]) -> bytes:
    """Who is where."""
    return bytes([CURSORS]) + json.dumps(list(places)).encode()
