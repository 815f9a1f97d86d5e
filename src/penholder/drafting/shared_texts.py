"""The Yjs document of a draft: its sections, their order and their texts, addressed by code points as Python counts.

A `Y.Map` called `sections` holds for each section's key a map of `title` and `position` (a fractional key), and a
`Y.Text` called `text:<key>` holds its house Markdown. A section that was removed leaves its text behind, unseen.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pycrdt import Assoc, Doc, Map, StickyIndex, Text, write_var_uint

from penholder.text.splices import Splice
from penholder.text.units import to_bytes

SECTIONS = "sections"
TEXT = "text:"
# The anchor of the very end of a text, whatever is added to it.
END = b""


@dataclass(frozen=True, slots=True)
class SharedSection:
    """One section as the shared document has it. `text` is not canonical: somebody may be in the middle of a word."""

    key: str
    title: str
    position: str
    text: str


class SharedText:
    """One Yjs document. Not to be used by two threads at once."""

    def __init__(self, updates: Iterable[bytes] = ()) -> None:
        """The document that these updates make. Raises ValueError for what is no update."""
        # Browsers choose 32 bits, too; pycrdt's own choice makes every update some bytes longer.
        self.doc: Doc[Any] = Doc(client_id=secrets.randbits(32))
        with self.doc.transaction():
            for update in updates:
                self.doc.apply_update(update)
        self._sections = cast("Map[Any]", self.doc.get(SECTIONS, type=Map))

    @property
    def state(self) -> bytes:
        """The state vector: what of whom is known."""
        return self.doc.get_state()

    def since(self, state: bytes | None = None) -> bytes:
        """One update that holds everything that `state` does not know; without it, everything."""
        return self.doc.get_update(state) if state else self.doc.get_update()

    def sections(self) -> list[SharedSection]:
        """The sections in their order. What a broken client left in the map (no title, no position) reads as empty."""
        found = [self._read(key, facts) for key, facts in self._facts().items()]
        return sorted(found, key=lambda section: (section.position, section.key))

    def section(self, key: str) -> SharedSection | None:
        """One section; None when it does not stand. Of a long draft that is much less work than all of them."""
        facts = self._sections.get(key)
        return self._read(key, facts.to_py() or {}) if isinstance(facts, Map) else None

    def _read(self, key: str, facts: Mapping[str, Any]) -> SharedSection:
        title, position = facts.get("title"), facts.get("position")
        return SharedSection(
            key,
            title if isinstance(title, str) else "",
            position if isinstance(position, str) else "",
            self.text(key),
        )

    def __contains__(self, key: str) -> bool:
        """Whether a section with this key stands."""
        return key in self._facts()

    def _facts(self) -> Mapping[str, Mapping[str, Any]]:
        return {key: facts for key, facts in (self._sections.to_py() or {}).items() if isinstance(facts, dict)}

    def text(self, key: str) -> str:
        """What a section says; "" when it never said anything."""
        return str(self.ytext(key))

    def ytext(self, key: str) -> Text:
        """The shared type behind a section's text."""
        return cast("Text", self.doc.get(TEXT + key, type=Text))

    def put(self, key: str, *, title: str, position: str) -> None:
        """Make a section stand with this title and position, or change either where it differs."""
        if key not in self._facts():
            self._sections[key] = Map({"title": title, "position": position})
            return
        facts = self._sections[key]
        for name, value in (("title", title), ("position", position)):
            if facts.get(name) != value:
                facts[name] = value

    def remove(self, key: str) -> None:
        """Let a section stand no longer. Its text stays, unseen, for whoever still writes in it."""
        del self._sections[key]

    def splice(self, key: str, pieces: Iterable[Splice]) -> None:
        """Exchange pieces of a section's text; all places are code points of the text as it is now."""
        ytext = self.ytext(key)
        now = str(ytext)
        with self.doc.transaction():
            for piece in sorted(pieces, reverse=True):
                start = to_bytes(now, piece.start)
                gone = len(now[piece.start : piece.end].encode())
                if gone:
                    del ytext[start : start + gone]
                if piece.text:
                    ytext.insert(start, piece.text)

    def anchors(self, key: str, places: Sequence[int]) -> list[bytes]:
        """For each place a name that stays with the character after it, whatever is written around it; else `END`.

        Yrs finds a block by bytes and then takes the bytes within it for UTF-16 units (0.14.13), so it names a place
        right only where a block begins: a copy of the document is cut at each place first.
        """
        now = self.text(key)
        ytext = SharedText([self.since()]).ytext(key)
        found: dict[int, bytes] = {len(now): END}
        for place in sorted({*places} - {len(now)}, reverse=True):
            start = to_bytes(now, place)
            ytext.insert(start, "|")
            found[place] = ytext.sticky_index(start + 1, Assoc.AFTER).encode()
        return [found[place] for place in places]

    def places(self, key: str, anchors: Sequence[bytes]) -> list[int]:
        """Where anchors of this section are now, in code points; one whose character is gone is where it stood.

        Here, too, a copy is cut where Yrs shall count.
        """
        now = self.text(key)
        cut = next(mark for mark in map(chr, range(0xFDD0, 0xFDF0)) if mark not in now)  # no text holds all of these
        copy = SharedText([self.since()])
        ytext = copy.ytext(key)
        found = []
        for anchor in anchors:
            if anchor == END:
                found.append(len(now))
                continue
            index = StickyIndex.decode(anchor, ytext)
            item = index.to_json()["item"]
            if item["clock"]:
                copy.doc.apply_update(_insertion(cut, after=(item["client"], item["clock"] - 1)))
            before = str(ytext).encode()[: index.get_index()]
            found.append(len(before.decode().replace(cut, "")))
        return found


def _insertion(mark: str, *, after: tuple[int, int]) -> bytes:
    """A Yjs update that inserts a mark after one UTF-16 unit (client, clock), cutting its block there, and no more."""
    encoded = mark.encode()
    # One client with one structure, its first; text (4) with a left neighbour (0x80); its length; nothing deleted.
    head = b"".join(map(write_var_uint, (1, 1, secrets.randbits(32), 0)))
    body = b"".join(map(write_var_uint, (*after, len(encoded))))
    return head + b"\x84" + body + encoded + b"\x00"
