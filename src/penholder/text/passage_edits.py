"""A passage of a text replaced, taken out, or put in, by whole lines; the rest of the text stays as it is."""

from __future__ import annotations

from penholder.text.canonical import canonical
from penholder.text.passages import Block
from penholder.text.words import runs


def replaced(text: str, block: Block, source: str) -> str:
    """The text with this passage reading so."""
    lines = text.split("\n")
    return canonical("\n".join([*lines[: block.start], *source.strip("\n").split("\n"), *lines[block.end :]]))


def without(text: str, block: Block) -> str:
    """The text without this passage, and without the gap that it would leave."""
    lines = text.split("\n")
    before, after = lines[: block.start], lines[block.end :]
    while before and not before[-1] and after and not after[0]:
        after.pop(0)
    return canonical("\n".join(before + after))


def inserted(text: str, after: Block | None, source: str, *, tight: bool = False) -> str:
    """The text with a new passage after this one, or at its beginning. `tight`: it is the next item of one list."""
    lines = text.split("\n")
    at = after.end if after else 0
    words = source.strip("\n").split("\n")
    gap = [] if tight else [""]
    head = [*lines[:at], *gap] if at else []
    tail = lines[at:]
    if not tight and tail and tail[0]:
        tail = ["", *tail]
    return canonical("\n".join([*head, *words, *tail]))


def touched(old: str, new: str) -> tuple[tuple[int, int], ...]:
    """Where, in `old`, words were changed to make `new`: from and to; equal where something was only put in."""
    found: list[tuple[int, int]] = []
    at = 0
    for run in runs(old, new):
        if run.op == "same":
            at += len(run.text)
        elif run.op == "removed":
            found.append((at, at + len(run.text)))
            at += len(run.text)
        elif not found or found[-1][1] != at:
            found.append((at, at))
    return tuple(found)


def collide(one: str, other: str, quote: str) -> bool:
    """Whether two ways to change the same words touch each other: overlap, or meet at one point."""
    return any(a <= d and c <= b for a, b in touched(quote, one) for c, d in touched(quote, other))
