"""Lasting names of passages: from one iteration to the next no name is lost and none is doubled.

A name that stood in the old text either stands in the new one, or an event says that it was removed or what it was
merged into. A passage that comes back word for word gets its old name back.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, get_args

from penholder.errors import Refused
from penholder.text.comparison import BETWEEN, Change, Comparison
from penholder.text.passages import Block

EventKind = Literal["edited", "rewritten", "moved", "inserted", "split-from", "restored", "merged-into", "removed"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)

# 40 bits: a clash within one document of 10,000 passages is a matter of 1 in 20,000, and is then minted again.
ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a name. What was kept where it stood has none.

    `other` is, of `split-from`, the name that it was part of, and of `merged-into`, the name that it is part of now.
    `old` and `new` are the positions of the passage in the two texts, None where it does not stand.
    """

    kind: EventKind
    passage: str
    other: str = ""
    old: int | None = None
    new: int | None = None
    moved: bool = False

    def to_data(self) -> dict[str, Any]:
        """A plain dict; what is empty is left out."""
        data: dict[str, Any] = {"kind": self.kind, "passage": self.passage}
        if self.other:
            data["other"] = self.other
        if self.old is not None:
            data["old"] = self.old
        if self.new is not None:
            data["new"] = self.new
        if self.moved:
            data["moved"] = True
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Event:
        """What `to_data` gave; Refused when it is not that."""
        if data.get("kind") not in EVENT_KINDS or not data.get("passage"):
            raise Refused(f"This is not an event of a passage: {dict(data)!r}.")
        return cls(
            data["kind"],
            data["passage"],
            data.get("other", ""),
            data.get("old"),
            data.get("new"),
            moved=bool(data.get("moved", False)),
        )


@dataclass(frozen=True, slots=True)
class Lineage:
    """The name of each new block, in order, and what happened to every name that was not simply kept."""

    ids: tuple[str, ...]
    events: tuple[Event, ...]


def minter(document_key: str, iteration_number: int) -> Callable[[int], str]:
    """Makes the names of one iteration: the same number always gives the same name, in any process."""

    def mint(number: int) -> str:
        seed = sha256(f"{document_key}\n{iteration_number}\n{number}".encode()).digest()
        return "p-" + b32encode(seed).decode().lower()[:ID_LENGTH]

    return mint


def trace(
    comparison: Comparison,
    old_ids: Sequence[str],
    new: Sequence[Block],
    *,
    mint: Callable[[int], str],
    graveyard: Mapping[str, str] | None = None,
    taken: Collection[str] = (),
) -> Lineage:
    """Carry the names of the old blocks over to the new ones.

    `mint(n)` gives a new name for block n; when that is taken, n grows by the number of blocks until it is free.
    `graveyard` maps the digest of each passage that no longer stands to its name; see `buried`. `taken` are names never
    to mint: all that the document, or the whole house, ever gave.
    """
    if len(old_ids) != comparison.old_count or len(new) != comparison.new_count:
        raise Refused(
            f"The comparison is of {comparison.old_count} and {comparison.new_count} blocks; "
            f"there are {len(old_ids)} names and {len(new)} blocks."
        )
    if len(set(old_ids)) != len(old_ids):
        raise Refused("Two passages of the old text have the same name. Seal its iteration again.")
    naming = _Naming(old_ids, new, mint, graveyard or {}, taken)
    for change in comparison.changes:
        naming.carry(change)
    for change in comparison.changes:
        naming.fill(change)
    return Lineage(tuple(naming.ids), tuple(naming.events))


def buried(
    graveyard: Mapping[str, str], lineage: Lineage, old: Sequence[Block], old_ids: Sequence[str]
) -> dict[str, str]:
    """The graveyard after this step: with what was removed or merged by its last text, without what came back."""
    standing = set(lineage.ids)
    after = {digest: name for digest, name in graveyard.items() if name not in standing}
    after.update({block.digest: name for block, name in zip(old, old_ids, strict=True) if name not in standing})
    return after


class _Naming:
    """First every name that stays is carried, so that no name that comes back can double one that stands."""

    def __init__(
        self,
        old_ids: Sequence[str],
        new: Sequence[Block],
        mint: Callable[[int], str],
        graveyard: Mapping[str, str],
        taken: Collection[str],
    ) -> None:
        self.old_ids, self.new = old_ids, new
        self.ids = [""] * len(new)
        self.events: list[Event] = []
        self._mint = mint
        self._graveyard = graveyard
        self._taken = {*taken, *graveyard.values(), *old_ids}
        self._standing = set(old_ids)  # nor may a name come back that this very step removes: its text has changed

    def carry(self, change: Change) -> None:
        if not change.old or not change.new:
            return
        olds, news = change.old, change.new
        i = max(olds, key=lambda at: (change.parts[olds.index(at)], -at)) if len(olds) > 1 else olds[0]
        j = self._heir(change) if len(news) > 1 else news[0]
        self.ids[j] = self.old_ids[i]

    def _heir(self, change: Change) -> int:
        """Which part of a split keeps the name: the one with most of the old text; of equals, the first.

        A part that is, word for word, a passage of its own from before takes that name back instead.
        """
        stayed = _stayed(change)
        own = [self._graveyard.get(self.new[j].digest) is not None for j in change.new]
        return max(change.new, key=lambda j: (not own[j - change.new[0]], stayed[j - change.new[0]], -j))

    def fill(self, change: Change) -> None:
        """Name what has no name yet, and say what happened."""
        names = {self.old_ids[i] for i in change.old}
        heirs = [self.ids[j] for j in change.new if self.ids[j] in names]
        for j in change.new:
            if self.ids[j]:
                self._say_carried(change, j)
            else:
                self._name(change, j, heirs)
        for i in change.old:
            name = self.old_ids[i]
            if not change.new:
                self.events.append(Event("removed", name, old=i))
            elif name not in heirs:
                self.events.append(Event("merged-into", name, heirs[0], old=i, new=change.new[0], moved=change.moved))

    def _say_carried(self, change: Change, j: int) -> None:
        if change.kind == "kept":
            return
        kind: EventKind = "edited"
        if change.kind in {"rewritten", "moved"}:
            kind = "rewritten" if change.kind == "rewritten" else "moved"
        i = next(i for i in change.old if self.old_ids[i] == self.ids[j])
        self.events.append(Event(kind, self.ids[j], old=i, new=j, moved=change.moved))

    def _name(self, change: Change, j: int, heirs: list[str]) -> None:
        before = self._graveyard.get(self.new[j].digest)
        if before is not None and before not in self._standing:
            self.ids[j] = before
            self._standing.add(before)
            self.events.append(Event("restored", before, heirs[0] if heirs else "", new=j))
            return
        self.ids[j] = self._fresh(j)
        kind: EventKind = "split-from" if heirs else "inserted"
        self.events.append(
            Event(kind, self.ids[j], heirs[0] if heirs else "", new=j, moved=change.moved and bool(heirs))
        )

    def _fresh(self, j: int) -> str:
        number = j
        while (name := self._mint(number)) in self._taken:
            number += max(len(self.new), 1)
        self._taken.add(name)
        return name


def _stayed(change: Change) -> list[int]:
    """Of each part of a split, how many characters were there before."""
    stayed = [0] * len(change.parts)
    ends = []
    end = 0
    for length in change.parts:
        end += length
        ends.append(end)
        end += len(BETWEEN)
    at = part = 0
    for run in change.words:
        if run.op == "removed":
            continue
        rest = len(run.text)
        while rest:
            # A part reaches to its end; what is between two parts counts for neither.
            while part < len(ends) and at >= ends[part] + len(BETWEEN):
                part += 1
            if part == len(ends):
                break
            take = min(rest, ends[part] + len(BETWEEN) - at)
            if run.op == "same":
                stayed[part] += max(0, min(at + take, ends[part]) - at)
            at += take
            rest -= take
    return stayed
