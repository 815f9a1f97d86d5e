"""The changes of a comparison, grouped under the headings that readers know: an action, a principle, a chapter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from penholder.text.comparison import Comparison
from penholder.text.passages import Block


@dataclass(frozen=True, slots=True)
class Group:
    """Changes under one heading. `old` and `new` are its positions; None where it does not stand, both before any."""

    old: int | None
    new: int | None
    changes: tuple[int, ...]  # positions in `Comparison.changes`


def by_heading(
    comparison: Comparison, old: Sequence[Block], new: Sequence[Block], *, starts: Callable[[Block], bool]
) -> tuple[Group, ...]:
    """Each change under its nearest heading for which `starts` is true, in reading order; no change is left out.

    A heading that does not start a group ends one of its own or a deeper level. A removed passage belongs to the
    heading it stood under, wherever that is now.
    """
    old_under, new_under = _under(old, starts), _under(new, starts)
    to_new = {i: change.new[0] for change in comparison.changes if change.new for i in change.old}
    to_old = {change.new[0]: change.old[0] for change in comparison.changes if change.new and change.old}
    groups: dict[tuple[int | None, int | None], list[int]] = {}
    for at, change in enumerate(comparison.changes):
        if change.new:
            heading = new_under[change.new[0]]
            key = (to_old.get(heading) if heading is not None else None, heading)
        else:
            stood = old_under[change.old[0]]
            key = (stood, to_new.get(stood) if stood is not None else None)
        groups.setdefault(key, []).append(at)
    return tuple(Group(before, after, tuple(at)) for (before, after), at in groups.items())


def _under(blocks: Sequence[Block], starts: Callable[[Block], bool]) -> list[int | None]:
    under: list[int | None] = []
    current: int | None = None
    for at, block in enumerate(blocks):
        if starts(block):
            current = at
        elif block.kind == "heading" and current is not None and block.level <= blocks[current].level:
            current = None
        under.append(current)
    return under
