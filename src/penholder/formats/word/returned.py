"""What a returned document holds: the text as it was sent, and what each person did to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# formatting: only how it looks. note: a footnote. picture: a picture or drawing. table: rows, cells or a whole table.
# join: two paragraphs became one. over: words that somebody else had put in were taken out. box: inside a text box.
Reason = Literal["formatting", "note", "picture", "table", "join", "over", "box", "split", "empty"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What an export wrote into the document's properties; empty where it did not, or where they were lost."""

    document: str = ""
    iteration: int | None = None
    seal: str = ""
    carries: bool = False  # suggestions and discussions went out with it


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the text as it was sent, with at least one word. `where`: body, table, footnote."""

    words: str  # white space folded
    where: str = "body"
    style: str = ""  # "heading 2", "item", or ""


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """Words taken out, put in or replaced by one person: `words[start:end]` of a paragraph became `text`.

    `text` is Markdown. It may begin or end with an empty line, then it makes paragraphs of its own. `whole` says that
    the paragraph went altogether. `notes` is how many footnotes went with the words. `move` names a move that this is
    one end of. `joined` is the paragraph that became one with this one, -1 when none did.

    `row` is for a table: `in`, the rows `text` behind the row whose cells are the paragraphs `cells`; `out`, that row
    goes; `all`, their whole table goes.
    """

    paragraph: int
    start: int
    end: int
    quote: str
    text: str
    author: str
    at: datetime | None
    whole: bool = False
    notes: int = 0
    move: str = ""
    joined: int = -1
    row: Literal["", "in", "out", "all"] = ""
    cells: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """insertion, deletion or replacement."""
        if self.start == self.end:
            return "insertion"
        return "replacement" if self.text else "deletion"


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered to a comment."""

    text: str
    author: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class TrackedComment:
    """A comment on `words[start:end]` of a paragraph (on its first one, when it spans several: `quote` has all)."""

    paragraph: int
    start: int
    end: int
    quote: str
    text: str
    author: str
    at: datetime | None
    resolved: bool = False
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """Something in the document that has no place in a text of ours, with who did it, what it is about, and why."""

    reason: Reason
    quote: str
    author: str = ""
    at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Everything that was read from one document, in its order. What has no place in a text of ours is `left`."""

    name: str
    origin: Origin
    paragraphs: tuple[Paragraph, ...]
    changes: tuple[TrackedChange, ...]
    comments: tuple[TrackedComment, ...]
    left: tuple[Left, ...]
    notes: tuple[str, ...] = ()  # what happened on the way, for the person who brings the document
