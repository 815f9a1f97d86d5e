"""A comparison as data: what became of each passage, word by word, enough to make the new text from the old."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from penholder.errors import Refused
from penholder.text.passages import Block
from penholder.text.words import Op, Run

Kind = Literal["kept", "edited", "rewritten", "split", "merged", "moved", "removed", "inserted"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OPS: tuple[Op, ...] = get_args(Op)

# Stands between the blocks of a split or a merge in `Change.words`. Only `Change.parts` says where to cut.
BETWEEN = "\n\n"

# The form of the JSON. A reader refuses one that it does not know.
VERSION = 1


class Change(NamedTuple):
    """What became of one passage, or of the passages that were split or merged.

    `old` and `new` are positions in the two texts. `moved` says that the passage also changed its place among those
    that stayed. `words` runs over the Markdown source; it is empty where the source stayed (kept, moved).
    """

    kind: Kind
    old: tuple[int, ...]
    new: tuple[int, ...]
    moved: bool = False
    words: tuple[Run, ...] = ()
    parts: tuple[int, ...] = ()  # lengths, in characters, of the several blocks of a split (new) or a merge (old)

    def old_source(self) -> str:
        """The old side of `words`; of several blocks, with a blank line between them."""
        return "".join(run.text for run in self.words if run.op != "inserted")

    def new_source(self) -> str:
        """The new side of `words`; of several blocks, with a blank line between them."""
        return "".join(run.text for run in self.words if run.op != "removed")


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an old text of `old_count` blocks became a new one of `new_count`.

    `changes` stand in the reading order of the new text, removed passages where they stood. Each block of either text
    is in exactly one change.
    """

    changes: tuple[Change, ...]
    old_count: int
    new_count: int

    @property
    def same(self) -> bool:
        """True when nothing changed, moves included."""
        return all(change.kind == "kept" for change in self.changes)

    def counts(self) -> dict[str, int]:
        """Changes of each kind, and under `moved` all that moved, changed or not. Every kind is there, 0 too."""
        found = Counter(change.kind for change in self.changes)
        found["moved"] = sum(change.moved for change in self.changes)
        return {kind: found[kind] for kind in KINDS}

    def summary(self) -> str:
        """The counts in words: "3 edited, 1 moved, 1 moved and edited"; "no change" when there is none."""
        found = Counter(
            f"moved and {change.kind}" if change.moved and change.kind != "moved" else change.kind
            for change in self.changes
            if change.kind != "kept"
        )
        order = [*KINDS, *(f"moved and {kind}" for kind in KINDS)]
        return ", ".join(f"{found[kind]} {kind}" for kind in order if found[kind]) or "no change"

    def to_data(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers. What is empty or false is left out."""
        return {
            "version": VERSION,
            "old_count": self.old_count,
            "new_count": self.new_count,
            "changes": [_change_to_data(change) for change in self.changes],
        }

    @classmethod
    def from_data(cls, data: Any) -> Comparison:
        """What `to_data` gave. Refused when it is not that, saying what is wrong."""
        try:
            if data["version"] != VERSION:
                raise Refused(f"This comparison has version {data['version']!r}; only {VERSION} can be read here.")
            changes = tuple(map(_change_from_data, data["changes"]))
            comparison = cls(changes, int(data["old_count"]), int(data["new_count"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(f"This is not a comparison: {error!r}. Make it again from the two texts.") from error
        for side, count in (("old", comparison.old_count), ("new", comparison.new_count)):
            positions = sorted(i for change in changes for i in getattr(change, side))
            if positions != list(range(count)):
                raise Refused(
                    f"This comparison does not say what became of every {side} block once. "
                    "Make it again from the two texts."
                )
        return comparison

    def to_json(self) -> str:
        """`to_data` as JSON, in ASCII."""
        return json.dumps(self.to_data(), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Comparison:
        """What `to_json` gave. Refused when it is not that."""
        try:
            data = json.loads(text)
        except ValueError as error:
            raise Refused(f"This is not JSON: {error}. Make the comparison again from the two texts.") from error
        return cls.from_data(data)


def _change_to_data(change: Change) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": change.kind}
    if change.old:
        data["old"] = list(change.old)
    if change.new:
        data["new"] = list(change.new)
    if change.moved:
        data["moved"] = True
    if change.words:
        data["words"] = [[run.op, run.text] for run in change.words]
    if change.parts:
        data["parts"] = list(change.parts)
    return data


def _change_from_data(data: Mapping[str, Any]) -> Change:
    kind = data["kind"]
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}")
    words = []
    for op, text in data.get("words", ()):
        if op not in OPS or not isinstance(text, str):
            raise ValueError(f"there is no run {op!r}")
        words.append(Run(op, text))
    return Change(
        kind,
        tuple(map(int, data.get("old", ()))),
        tuple(map(int, data.get("new", ()))),
        moved=bool(data.get("moved", False)),
        words=tuple(words),
        parts=tuple(map(int, data.get("parts", ()))),
    )


def apply(comparison: Comparison, old: Sequence[Block]) -> list[str]:
    """The sources of the new text, in order, made from the comparison and the old text alone.

    Refused when `old` is not the text that the comparison was made from.
    """
    if len(old) != comparison.old_count:
        raise Refused(f"The comparison was made from a text of {comparison.old_count} blocks; this one has {len(old)}.")
    new = [""] * comparison.new_count
    for change in comparison.changes:
        if change.words and change.old and change.old_source() != BETWEEN.join(old[i].source for i in change.old):
            raise Refused(f"The comparison was made from another text: block {change.old[0] + 1} differs.")
        if not change.new:
            continue
        if len(change.new) > 1:
            source, start = change.new_source(), 0
            for j, length in zip(change.new, change.parts, strict=True):
                new[j] = source[start : start + length]
                start += length + len(BETWEEN)
        else:
            new[change.new[0]] = change.new_source() if change.words or not change.old else old[change.old[0]].source
    return new
