"""What a Yjs update would do, read without doing it: a stranger's bytes are looked at before they touch a draft.

Format: Yjs 13, version 1 (`encodeStateAsUpdate`). Only what a text editor makes is let through: text put in, text taken
out. Maps, formats, embedded things and other documents in a draft are made by the server alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Kinds of structures, in the low five bits of their first byte.
_COLLECTED, _DELETED, _STRING = 0, 1, 4
_KIND, _HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_KEY = 0x1F, 0x80, 0x40, 0x20
# 2⁵³: what a browser can count.
_MOST = 1 << 53


class Unfit(ValueError):
    """These bytes are no update that an editor of texts makes here. The message is for the log of the operator."""


@dataclass(slots=True)
class Update:
    """What one update holds. Clocks count UTF-16 units per client; `end` is the one after the last.

    `roots` are the names of shared types that it writes into by name. `needs` maps a client to the clock up to which
    it must be known. `inserted` counts UTF-8 bytes.
    """

    structures: dict[int, tuple[int, int]] = field(default_factory=dict)
    deletes: dict[int, int] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)
    needs: dict[int, int] = field(default_factory=dict)
    inserted: int = 0

    @property
    def empty(self) -> bool:
        """Whether it does nothing at all."""
        return not self.structures and not self.deletes


def inspect(data: bytes) -> Update:
    """Read an update. Raises Unfit for anything that is cut off, too long, or more than text in and text out."""
    try:
        return _Reader(data).update()
    except (IndexError, UnicodeDecodeError) as problem:
        raise Unfit(f"cut off, or no text: {problem}") from problem


def clocks(state: bytes) -> dict[int, int]:
    """A state vector as a mapping of clients to the clock after the last that is known."""
    reader = _Reader(state)
    return {reader.number(): reader.number() for _ in range(reader.number())}


def objections(update: Update, known: Mapping[int, int], *, own: int) -> str:
    """Why an update does not fit onto what is known, or speaks for somebody else; "" when it fits. For the log."""
    for client, (start, end) in update.structures.items():
        if client != own and end > known.get(client, 0):
            return f"it writes as client {client}, which belongs to somebody else"
        if start > known.get(client, 0):
            return f"it leaves out what client {client} wrote between {known.get(client, 0)} and {start}"
    for needed in (update.needs, update.deletes):
        for client, clock in needed.items():
            here = update.structures.get(client, (0, 0))[1]
            if clock > max(known.get(client, 0), here):
                return f"it builds on what nobody has seen: {clock} of client {client}"
    return ""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def update(self) -> Update:
        found = Update()
        for _ in range(self.number()):
            self.client(found)
        for _ in range(self.number()):
            client = self.number()
            for _ in range(self.number()):
                start, length = self.number(), self.number()
                found.deletes[client] = max(found.deletes.get(client, 0), start + length)
        if self.at != len(self.data):
            raise Unfit(f"{len(self.data) - self.at} bytes too many")
        return found

    def client(self, found: Update) -> None:
        count, client, start = self.number(), self.number(), self.number()
        if client in found.structures:
            raise Unfit(f"client {client} comes twice")
        clock = start
        for _ in range(count):
            clock += self.structure(found)
        found.structures[client] = (start, clock)

    def structure(self, found: Update) -> int:
        info = self.data[self.at]
        self.at += 1
        if info == _COLLECTED:
            return self.number()
        for bit in (_HAS_ORIGIN, _HAS_RIGHT_ORIGIN):
            if info & bit:
                client, clock = self.number(), self.number()
                if clock >= found.needs.get(client, 0):
                    found.needs[client] = clock + 1
        if not info & (_HAS_ORIGIN | _HAS_RIGHT_ORIGIN):
            if self.number() != 1:
                raise Unfit("it writes into something that stands in something else")
            found.roots.add(self.string())
            if info & _HAS_KEY:
                raise Unfit("it writes into a map")
        kind = info & _KIND
        if kind == _DELETED:
            return self.number()
        if kind != _STRING:
            raise Unfit(f"it holds a structure of kind {kind}")
        before = self.at
        text = self.string()
        found.inserted += self.at - before
        return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if value >= _MOST or shift > 56:
                raise Unfit("a number is too large")

    def string(self) -> str:
        length = self.number()
        end = self.at + length
        if end > len(self.data):
            raise Unfit("cut off in the middle of a text")
        text = self.data[self.at : end].decode()
        self.at = end
        return text
