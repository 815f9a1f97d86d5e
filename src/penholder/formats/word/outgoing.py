"""What goes out as a .docx: a text, where it comes from, and what people suggest and say about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from penholder.formats.word.returned import Origin


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion that is not decided: the passage would read `text`, be followed by it (insert), or go (delete)."""

    what: Literal["replace", "insert", "delete"]
    passage: int  # counted over all texts, from 0
    text: str
    author: str
    at: datetime
    about: str = ""  # its number and reason; stands in a comment where it cannot be shown in the text


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Discussion:
    """A thread on a passage, or on the words `source[start:end]` of it. The first thing said began it."""

    passage: int
    said: tuple[Said, ...]
    start: int = 0
    end: int | None = None
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A document with its texts (one for each section, in order). `pictures` gives the bytes of one, or None.

    `state` says in words which state of the text it is; it stands at the foot of each page.
    """

    title: str
    texts: tuple[str, ...]
    language: Literal["en-GB", "cy-GB"] = "en-GB"
    origin: Origin = field(default_factory=Origin)
    pictures: Callable[[str], bytes | None] = lambda _path: None
    proposals: tuple[Proposal, ...] = ()
    discussions: tuple[Discussion, ...] = ()
    state: str = ""
