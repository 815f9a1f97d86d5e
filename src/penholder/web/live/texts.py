"""The shared text of a room, and the examination of every update before the text takes it."""

from __future__ import annotations

import asyncio
from typing import Any

from pycrdt import Map, merge_updates

from penholder.drafting.shared_texts import SECTIONS, TEXT, SharedText
from penholder.drafting.updates import Unfit, Update, clocks, inspect, objections
from penholder.drafting.writing import LONGEST_SECTION
from penholder.text.dialect import LONGEST_TEXT

# A Yjs update that does nothing.
NOTHING = b"\x00\x00"


class TooLong(Exception):
    """A section would have more characters than one holds: `size`."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Full(Exception):
    """The draft, with everything that was ever written in it, would be more than is kept as one."""


class RoomText:
    """What everybody in a room sees; only ever touched in the event loop. `spoilt`: it must be read anew."""

    def __init__(self, whole: bytes) -> None:
        """`whole` is the draft as one update."""
        self.shared = SharedText([whole])
        self.spoilt = False
        self._known = clocks(self.shared.state)
        self._size = len(whole)
        self._structure: list[Any] = []
        self._watching = self.shared.doc.get(SECTIONS, type=Map).observe_deep(self._structure.append)
        # So many bytes can be put in, wherever it is, before any section can be too long; then all are counted again.
        self._left = 0
        self._lengths: dict[str, int] = {}
        self._count()

    def knows(self, client: int) -> bool:
        """Whether something in the draft was typed under this number."""
        return client in self._known

    def take(self, update: bytes, *, own: int) -> str:
        """Examine an update by the client `own` and take it. Returns why not, for the log; "" when it is taken.

        Raises TooLong, and is spoilt then, when a section has become longer by it than a section may be; Full, and is
        not spoilt, when the whole would.
        """
        try:
            found = inspect(update)
        except Unfit as problem:
            return str(problem)
        if why := objections(found, self._known, own=own) or self._out_of_bounds(found):
            return why
        if self._size + found.inserted > LONGEST_TEXT:
            raise Full
        try:
            self.shared.doc.apply_update(update)
        except (KeyboardInterrupt, SystemExit, asyncio.CancelledError):
            raise
        except BaseException as problem:  # noqa: BLE001 - Yrs panics, which is no Exception, where half a character goes
            self.spoilt = True
            return f"{type(problem).__name__}: {problem}"
        if self._structure:
            self.spoilt = True
            return "it changes which sections there are"
        self._left -= found.inserted
        if self._left < 0 and (size := self._count()):
            self.spoilt = True
            raise TooLong(size)
        self._size += found.inserted
        for client, (_, end) in found.structures.items():
            self._known[client] = max(self._known.get(client, 0), end)
        return ""

    def learn(self, update: bytes) -> None:
        """Take an update that is stored already."""
        self.shared.doc.apply_update(update)
        self._known = clocks(self.shared.state)
        self._structure.clear()
        self._count()

    def _count(self) -> int:
        """Count the characters of each section. Returns those of one that has grown beyond what one holds, else 0."""
        before = self._lengths
        self._lengths = {section.key: len(section.text) for section in self.shared.sections()}
        self._left = LONGEST_SECTION - max(self._lengths.values(), default=0)
        grown = (
            size for key, size in self._lengths.items() if size > max(LONGEST_SECTION, before.get(key, LONGEST_SECTION))
        )
        return next(grown, 0)

    def _out_of_bounds(self, update: Update) -> str:
        for name in update.roots:
            if not name.startswith(TEXT) or name.removeprefix(TEXT) not in self.shared:
                return f"it writes into {name[:80]!r}, which is no section"
        return ""


def merged(updates: list[bytes]) -> bytes:
    """Several updates as one."""
    if not updates:
        return NOTHING
    return updates[0] if len(updates) == 1 else merge_updates(*updates)
