"""Changes to the shape of a text in its Markdown: two passages that become one, rows of a table put in or taken out."""

from __future__ import annotations

import re

from penholder.text.markdown import blocks
from penholder.text.passages import Block

# Passages that are one run of words each, so that two of them can be one.
_ONE_RUN = frozenset({"paragraph", "item"})
_OPENING = re.compile(r"[ ]*(?:[-+*]|\d{1,9}[.)])[ ]+")
_BAR = re.compile(r"(?<!\\)\|")


def joined(first: Block, second: Block) -> str | None:
    """Two passages as one; None where they are of different kinds, or hold more than their words."""
    if first.kind != second.kind or first.kind not in _ONE_RUN:
        return None
    opening = _OPENING.match(second.source) if second.kind == "item" else None
    made = f"{first.source} {second.source[opening.end() if opening else 0 :].lstrip()}"
    found = blocks(made[len(made) - len(made.lstrip(" ")) :])
    fits = len(found) == 1 and found[0].kind == first.kind and found[0].plain == f"{first.plain} {second.plain}"
    return made if fits else None


def with_rows(source: str, line: int, rows: str) -> str | None:
    """A table with rows behind the one on this line; None where they do not fit it."""
    lines = source.split("\n")
    if line == 0:
        line = 1  # behind the head stands its rule
    if line >= len(lines) or any(_columns(row) != _columns(lines[0]) for row in rows.split("\n")):
        return None
    return _table([*lines[: line + 1], *rows.split("\n"), *lines[line + 1 :]])


def without_row(source: str, line: int) -> str | None:
    """A table without the row on this line; None for its head."""
    lines = source.split("\n")
    return _table([*lines[:line], *lines[line + 1 :]]) if line > 1 else None


def _columns(line: str) -> int:
    return len(_BAR.split(line.strip().strip("|")))


def _table(lines: list[str]) -> str | None:
    """These lines, if they are one table with nothing but rows."""
    made = "\n".join(lines)
    found = blocks(made)
    whole = len(found) == 1 and found[0].kind == "table" and all(_BAR.search(line) for line in lines)
    return made if whole else None
