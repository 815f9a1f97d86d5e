"""What every rendering of a comparison shows, in order: changes, unchanged text left out, places that were left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from penholder.text.compare import Change, Comparison
from penholder.text.passages import Block
from penholder.text.wording import Wording, wording

# So many unchanged passages are shown around a change: enough to see where one is.
CONTEXT = 1

LABELS = {
    "kept": "Unchanged",
    "edited": "Edited",
    "rewritten": "Rewritten",
    "split": "Split",
    "merged": "Merged",
    "moved": "Moved",
    "removed": "Removed",
    "inserted": "Inserted",
}

# A text may not speak to a terminal or a typesetter: escape sequences would recolour it, retitle it or worse.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing to show. `number` is the change's position in the comparison.

    `left` stands where a moved passage was; `skipped` for `count` unchanged passages. `up` says, of a moved passage,
    that it stands further up now than before.
    """

    kind: Literal["change", "left", "skipped"]
    number: int
    change: Change | None = None
    wording: Wording | None = None
    block: Block | None = None
    label: str = ""
    up: bool = False
    count: int = 0


def shown(
    comparison: Comparison, old: Sequence[Block], new: Sequence[Block], *, context: int | None = CONTEXT
) -> Iterator[Shown]:
    """Everything in reading order. With `context` None all unchanged passages are shown too."""
    leaving = _leaving(comparison)
    up = {number for after, numbers in leaving.items() for number in numbers if number <= after}
    visible = _visible(comparison, leaving, context)
    skipped = 0
    yield from (_left(comparison, number, old, up=False) for number in leaving.get(-1, ()))
    for number, change in enumerate(comparison.changes):
        if number not in visible:
            skipped += 1
            continue
        if skipped:
            yield Shown("skipped", number, count=skipped)
            skipped = 0
        block = new[change.new[0]] if change.new else old[change.old[0]]
        yield Shown(
            "change", number, change, wording(change, old, new), block, label(change), up=change.moved and number in up
        )
        yield from (_left(comparison, other, old, up=other in up) for other in leaving.get(number, ()))
    if skipped:
        yield Shown("skipped", len(comparison.changes), count=skipped)


def tame(text: str) -> str:
    """The text with a visible mark in place of each control character."""
    return _CONTROL.sub("\ufffd", text)


def label(change: Change) -> str:
    """What happened, in a word or two: "Edited", "Moved and edited"."""
    if change.moved and change.kind != "moved":
        return f"Moved and {change.kind}"
    return LABELS[change.kind]


def _left(comparison: Comparison, number: int, old: Sequence[Block], *, up: bool) -> Shown:
    change = comparison.changes[number]
    return Shown("left", number, change, block=old[change.old[0]], label="Moved away", up=up)


def _leaving(comparison: Comparison) -> dict[int, list[int]]:
    """After which change (-1: before all) each moved passage stood in the old text."""
    stayed = {change.old[-1]: at for at, change in enumerate(comparison.changes) if change.old and not change.moved}
    moved = {change.old[0]: at for at, change in enumerate(comparison.changes) if change.old and change.moved}
    leaving: dict[int, list[int]] = {}
    after = -1
    for i in range(comparison.old_count):
        if i in stayed:
            after = stayed[i]
        elif i in moved:
            leaving.setdefault(after, []).append(moved[i])
    return leaving


def _visible(comparison: Comparison, leaving: dict[int, list[int]], context: int | None) -> set[int]:
    every = range(len(comparison.changes))
    if context is None:
        return set(every)
    marks = {at for at in every if comparison.changes[at].kind != "kept"} | set(leaving)
    return {at for mark in marks for at in range(mark - context, mark + context + 1) if at in every}
