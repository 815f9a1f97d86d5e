"""Discussions as the comments of a .docx, with their replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from penholder.formats.word.outgoing import Said
from penholder.formats.word.parts import HEAD, NAMES


def stamp(author: str, at: datetime) -> str:
    """Who and when, as attributes of a mark."""
    return f'w:author={quoteattr(author)} w:date="{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"'


class Comments:
    """Gathers comments while a document is written; each thing said is a comment, replies belong to the first."""

    def __init__(self) -> None:
        self._comments: list[str] = []
        self._extended: list[str] = []

    def add(self, said: Sequence[Said], *, resolved: bool) -> list[int]:
        """Keep what was said; the numbers by which the text refers to it."""
        numbers = []
        first = ""
        for one in said:
            number = len(self._comments)
            lines = [line for line in one.text.split("\n") if line.strip()] or [""]
            ends = f"{0x10000000 + number:08X}"
            made = "".join(
                f'<w:p w14:paraId="{ends if at == len(lines) - 1 else f"{0x20000000 + number * 1000 + at:08X}"}">'
                '<w:pPr><w:pStyle w:val="CommentText"/></w:pPr>'
                f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
                for at, line in enumerate(lines[:900])
            )
            self._comments.append(
                f'<w:comment w:id="{number}" {stamp(one.author, one.at)} w:initials="">{made}</w:comment>'
            )
            parent = f' w15:paraIdParent="{first}"' if first else ""
            self._extended.append(f'<w15:commentEx w15:paraId="{ends}"{parent} w15:done="{int(resolved)}"/>')
            first = first or ends
            numbers.append(number)
        return numbers

    def parts(self) -> dict[str, str]:
        """The two parts of the package."""
        return {
            "word/comments.xml": f"{HEAD}<w:comments {NAMES}>{''.join(self._comments)}</w:comments>",
            "word/commentsExtended.xml": f"{HEAD}<w15:commentsEx {NAMES}>{''.join(self._extended)}</w15:commentsEx>",
        }
