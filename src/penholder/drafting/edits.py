"""What can be done to a draft, as plain facts; `penholder.drafting.drafts.change` does it."""

from __future__ import annotations

from dataclasses import dataclass

from penholder.text.canonical import canonical

# What the columns hold. A heading longer than this is a paragraph that somebody marked as a heading.
LONGEST_TITLE = 500
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class SetText:
    """Let a section read so. Only what differs is exchanged, so anchors and cursors in the rest stay."""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class SetTitle:
    """Let a section have this title."""

    section: str
    title: str


@dataclass(frozen=True, slots=True)
class Place:
    """Let a section stand right after another one; `after` is "" for the very start."""

    section: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Insert:
    """A new section. `after` is the key of the one before it, "" for the very start, None for the end."""

    key: str
    title: str
    text: str = ""
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Let a section leave the draft."""

    section: str


@dataclass(frozen=True, slots=True)
class Splice:
    """Exchange what stands from `start` to `end` in a section, in code points of its text as `drafts.read` gives it.

    `reads` is what stood there when it was decided; where it says something else by now, the change is a Conflict.
    Several splices of one section in one `change` all count in the text as it was before the first of them.
    """

    section: str
    start: int
    end: int
    text: str
    reads: str | None = None


Edit = SetText | SetTitle | Place | Insert | Remove | Splice


def line(words: str) -> str:
    """A title in its one spelling: titles are sealed too."""
    return " ".join(canonical(words).split())
