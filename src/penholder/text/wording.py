"""A change as readers see it: plain words without markup, tables by cell, and notes on what words do not show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from penholder.text.align import align
from penholder.text.comparison import Change
from penholder.text.markdown import plain
from penholder.text.passages import Block
from penholder.text.similarity import family
from penholder.text.words import Run, runs

Cell = tuple[Run, ...]

_LINK = re.compile(r"\]\(\s*<?([^\s)>]+)|^\[[^\]\n]+\]:\s*(\S+)|<(https?://[^>\s]+)>", re.MULTILINE)
_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r":?-+:?")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a reader is shown of one change. `rows` is filled for tables only, `runs` always.

    `notes` are sentences on changes that plain words do not show: formatting, links, names, kinds, levels.
    """

    runs: tuple[Run, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()


def wording(change: Change, old: Sequence[Block], new: Sequence[Block]) -> Wording:
    """Read one change of the comparison of these two texts."""
    before = "\n".join(_words(old[i]) for i in change.old)
    after = "\n".join(_words(new[j]) for j in change.new)
    if change.kind in {"kept", "moved"}:
        return Wording((Run("same", after),))
    if change.kind in {"rewritten", "removed", "inserted"}:
        whole = [Run("removed", before)] if before else []
        return Wording((*whole, Run("inserted", after)) if after else tuple(whole))
    rows: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()
    if change.kind == "edited":
        left, right = old[change.old[0]], new[change.new[0]]
        notes = _notes(left, right)
        if family(left) == family(right) == "table":
            rows = _rows(left.source, right.source)
    return Wording(runs(before, after), rows, notes)


def _words(block: Block) -> str:
    return block.plain or block.source


def _notes(old: Block, new: Block) -> tuple[str, ...]:
    notes = []
    if old.kind != new.kind:
        notes.append(f"Was {_a(old.kind)}, is {_a(new.kind)}.")
    if old.kind == new.kind == "heading" and old.level != new.level:
        notes.append(f"Was a heading of level {old.level}, is one of level {new.level}.")
    if old.name != new.name:
        notes.append(f"Its own name was {old.name or 'none'}, is {new.name or 'none'}.")
    gone, come = _links(old), _links(new)
    changed = [(a, b) for a, b in zip_longest(gone, come, fillvalue="nowhere") if a != b]
    notes.extend(f"A link led to {a}, leads to {b}." for a, b in changed)
    if dict(old.attributes) != dict(new.attributes) or old.classes != new.classes:
        notes.append("What is noted with it (its options) changed.")
    if not notes and _words(old) == _words(new):
        notes.append("Only the formatting changed.")
    return tuple(notes)


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "item" else f"a {kind}"


def _links(block: Block) -> list[str]:
    return ["".join(found) for found in _LINK.findall(block.source)]


def _table(source: str) -> list[tuple[str, ...]]:
    """The cells of a pipe table, plain, without the line of dashes."""
    rows = []
    for line in source.split("\n"):
        if not line.lstrip().startswith("|"):
            continue
        cells = [cell.strip() for cell in _BAR.split(line.strip().removeprefix("|").removesuffix("|"))]
        if not all(_RULE.fullmatch(cell) for cell in cells):
            rows.append(tuple(plain(cell) for cell in cells))
    return rows


def _rows(old: str, new: str) -> tuple[tuple[Cell, ...], ...]:
    left, right = _table(old), _table(new)
    if not left or not right:
        return ()
    columns = _matched(left[0], right[0])
    by_label = _matched([row[0] for row in left], [row[0] for row in right])
    rows = []
    for a, b in by_label:
        before = left[a] if a is not None else ()
        after = right[b] if b is not None else ()
        rows.append(
            tuple(
                runs(
                    before[x] if x is not None and x < len(before) else "",
                    after[y] if y is not None and y < len(after) else "",
                )
                for x, y in columns
            )
        )
    return tuple(rows)


def _matched(old: Sequence[str], new: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Rows by their first cells or columns by their heads: the same go together; between them, as many with as many."""
    found: list[tuple[int | None, int | None]] = []
    i = j = 0
    for x, y in [*align(old, new), (len(old), len(new))]:
        if x - i == y - j:
            found.extend(zip(range(i, x), range(j, y), strict=True))
        else:
            found.extend((at, None) for at in range(i, x))
            found.extend((None, at) for at in range(j, y))
        if x < len(old):
            found.append((x, y))
        i, j = x + 1, y + 1
    return found
