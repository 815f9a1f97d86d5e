"""Anchors and contents: where a heading can be linked to, and the tree that leads a reader there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
# Long enough to be told apart in an address bar, short enough to be sent in a letter.
_LONGEST_SLUG = 60
# The ids of footnotes and their marks (`text.notes`) are known only when all is written.
_OF_NOTES = re.compile(r"note-(?:ref-)?[0-9]")
_NUMBERED = re.compile(r"(?P<what>action|principle)-(?P<number>[0-9]+[a-z]?)\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents with what stands under it. `number` is of an action or a principle: "01"."""

    level: int
    id: str
    title: str
    number: str = ""
    kind: str = ""  # "action", "principle" or ""
    children: tuple[Entry, ...] = ()


@dataclass(slots=True)
class Anchors:
    """The ids of one page; each is given once."""

    taken: set[str] = field(default_factory=set)
    last: dict[str, int] = field(default_factory=dict)  # the last number that was tried for a name

    def reserve(self, name: str) -> bool:
        """Take an id that an author or a lineage gave; False when it is gone, or kept for footnotes."""
        if name in self.taken or _OF_NOTES.match(name):
            return False
        self.taken.add(name)
        return True

    def free(self, wanted: str) -> str:
        """`wanted`, or the next of `wanted-2`, `wanted-3` … that nobody has."""
        name = wanted = f"s-{wanted}" if _OF_NOTES.match(wanted) else wanted
        while name in self.taken:
            self.last[wanted] = self.last.get(wanted, 1) + 1
            name = f"{wanted}-{self.last[wanted]}"
        self.taken.add(name)
        return name

    def family(self, wanted: str, members: Sequence[str]) -> str:
        """A name that nobody has any `name-member` of, which are then taken: for what has parts with ids."""
        name, count = wanted, 1
        while any(f"{name}-{member}" in self.taken for member in members):
            count += 1
            name = f"{wanted}-{count}"
        self.taken.update(f"{name}-{member}" for member in members)
        return name


def slug(title: str) -> str:
    """An anchor made of a heading's words: Latin letters without accents, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    made = _NOT_SLUG.sub("-", letters).strip("-")
    if len(made) > _LONGEST_SLUG:
        made = made[: _LONGEST_SLUG + 1].rpartition("-")[0] or made[:_LONGEST_SLUG]
    if not made:
        return "section"
    return made if made[0].isalpha() else f"s-{made}"


def numbered(name: str) -> tuple[str, str]:
    """What an id like `action-01` counts, and its number; two empty strings for any other id."""
    found = _NUMBERED.match(name)
    return (found["what"], found["number"]) if found else ("", "")


def tree(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Headings in reading order, put under one another by their levels; a skipped level makes no empty place."""
    children: list[list[Entry]] = [[]]
    parents: list[Entry] = []

    def fold() -> None:
        parent, own = parents.pop(), children.pop()
        whole = Entry(parent.level, parent.id, parent.title, parent.number, parent.kind, tuple(own))
        children[-1].append(whole)

    for entry in entries:
        while parents and parents[-1].level >= entry.level:
            fold()
        parents.append(entry)
        children.append([])
    while parents:
        fold()
    return tuple(children[0])
