"""With what a new document of each kind begins: its sections, and in each the question that its text shall answer.

The data stand beside this module, one file a kind. What is still to be written is marked, so that it can be found.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from penholder.drafting.documents import Draft
from penholder.drafting.models import Kind
from penholder.errors import Missing
from penholder.text.markdown import blocks

# How a question of the template begins. Whoever writes the section puts their text in its place.
TO_WRITE: Final = "> **To write:**"
# The kinds that can be begun at the desk; case studies come with an import.
BEGINNING: Final = (Kind.STRATEGY, Kind.DEPARTMENTAL, Kind.POST, Kind.REPORT, Kind.PAPER)
# What of an action is quoted; tables, charts and films stay where they stand.
_QUOTED = frozenset({"paragraph", "item", "quote"})
# Marks that would end the heading's words, or begin a list of attributes in it.
_UNSAFE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Promised:
    """An action of the strategy that is in force, as a departmental strategy quotes it."""

    number: int
    title: str
    text: str
    source: str  # where it stands, in words


def beginning(kind: str, *, title: str, organisation: str = "", actions: Sequence[Promised] = ()) -> list[Draft]:
    """The sections of a new document of this kind. Raises Missing for a kind that has no template."""
    words = {"title": _UNSAFE.sub("", title), "organisation": _UNSAFE.sub("", organisation)}
    return [draft for row in _rows(kind) for draft in _drafts(row, words, actions)]


def to_write(text: str) -> int:
    """How many questions of the template still stand in a text."""
    return sum(line.startswith(TO_WRITE) for line in text.splitlines())


def _drafts(row: Mapping[str, Any], words: Mapping[str, str], actions: Sequence[Promised]) -> Iterator[Draft]:
    if "each" not in row:
        yield _draft(row, words)
        return
    for action in actions:
        told = {"number": f"{action.number:02}", "title": _UNSAFE.sub("", action.title), "quoted": _quoted(action)}
        yield _draft(row, {**words, **told})


def _draft(row: Mapping[str, Any], words: Mapping[str, str]) -> Draft:
    return Draft(*(_filled(row[name], words) for name in ("key", "title", "text")))


def _filled(template: str, words: Mapping[str, str]) -> str:
    """The template with each `{name}` that is known in its place. Other braces are house Markdown."""
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), template).lstrip("\n")


def _quoted(action: Promised) -> str:
    lines: list[str] = []
    before = ""
    for block in blocks(action.text):
        if block.kind not in _QUOTED:
            continue
        if lines and not (block.kind == before == "item"):
            lines.append(">")
        lines += [f"> {line}".rstrip() for line in block.source.splitlines()]
        before = block.kind
    return "\n".join([*lines, *([">"] if lines else []), f"> — {action.source}"])


@cache
def _rows(kind: str) -> tuple[dict[str, Any], ...]:
    if kind not in BEGINNING:
        raise Missing(f"There is no template for “{kind}”. These have one: {', '.join(BEGINNING)}.")
    data = tomllib.loads((Path(__file__).parent / f"{kind}.toml").read_text(encoding="utf-8"))
    return tuple(data["section"])
