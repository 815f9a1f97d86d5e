"""What a parsed text is made of: blocks, each a passage that can be named, compared, signed and linked to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "heading",
    "paragraph",
    "item",  # one list item without its nested items; `level` is its depth, from 1
    "quote",
    "code",
    "table",
    "figure",
    "chart",
    "film",
    "callout",  # a whole call-out with what is inside it
    "footnote",  # a definition; its label is `name`
    "term",  # one term of a definition list with its definitions
    "rule",
    "reference",  # link addresses that stand apart: `[1]: https://…`; they show nothing by themselves
]


@dataclass(frozen=True, slots=True)
class Block:
    """One passage of a text: the smallest thing that keeps an identity from iteration to iteration.

    The blocks of a text, in order, cover it: `source` lines joined with what lies between them give the text again.
    """

    kind: Kind
    source: str  # canonical Markdown of this block alone, without a trailing newline
    plain: str  # its words, without any markup, white space folded
    start: int  # first line in the canonical text, from 0
    end: int  # the line after its last
    digest: str  # SHA-256 of `source`, hex (`penholder.seal.digest`)
    level: int = 0  # of a heading 1-6, of an item its depth; else 0
    name: str = ""  # the author's own id: `{#action-01}`, `:name: fig-2`, a footnote's label
    classes: tuple[str, ...] = ()  # `{.action .no-toc}`
    attributes: tuple[tuple[str, str], ...] = field(default=())  # `{by="hmrc"}`, a directive's options, in order
