"""What is wrong with a text although it can be read: what a reader, or a reader's screen reader, would stumble over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape

from penholder.text.html import Problem, render_page
from penholder.text.markdown import blocks
from penholder.text.options import Options
from penholder.text.passages import Block

PICTURE = re.compile(r"!\[([^\]]*)\]\(")
CODE = re.compile(r"(`+).*?\1", re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(#([^)\s]+)")
ID = re.compile(r'\sid="([^"]+)"')


def problems(texts: Sequence[str], *, exists: Callable[[str], bool] = lambda _path: False) -> list[tuple[Problem, ...]]:
    """The problems of each of several texts that stand on one page, by line (from 1, in canonical form).

    Loose footnotes, directives that make no sense, skipped heading levels, pictures without a description, links to a
    place that is not on the page, transcripts that are not there (`exists` says which files are).
    """
    options = Options(resolve_text=lambda path: "" if exists(path) else None)
    page = render_page([(text, ()) for text in texts], options=options)
    parts = [blocks(text) for text in texts]
    # What a browser would find: the names that authors gave, and those that were made of headings.
    places = {unescape(name) for html in (*(text.html for text in page.texts), page.notes) for name in ID.findall(html)}
    level = 0
    found = []
    for text, part in zip(page.texts, parts, strict=True):
        mine = list(text.problems)
        for block in part:
            mine += _of_pictures(block)
            mine += _of_links(block, places)
            if block.kind == "heading":
                # The page's own title is level 1, so a text may well begin with 2.
                if block.level > max(level, 1) + 1:
                    what = f"A heading of level {block.level} follows one of level {max(level, 1)}. Do not skip levels."
                    mine.append(Problem(block.start + 1, what))
                level = block.level
        found.append(tuple(sorted(set(mine), key=lambda problem: (problem.line, problem.message))))
    return found


def _of_pictures(block: Block) -> Iterator[Problem]:
    if block.kind == "figure" and not dict(block.attributes).get("alt", "").strip():
        yield Problem(block.start + 1, "This figure has no “:alt:”. Say in words what it shows.")
    if block.kind not in {"code", "figure"}:
        for found in PICTURE.finditer(CODE.sub("", block.source)):
            if not found[1].strip():
                yield Problem(block.start + 1, "A picture has no description. Write it between the square brackets.")


def _of_links(block: Block, places: set[str]) -> Iterator[Problem]:
    if block.kind != "code":
        for target in LINK.findall(CODE.sub("", block.source)):
            if target not in places:
                yield Problem(block.start + 1, f"A link leads to “#{target}”, which is not in this document.")
