"""Sealed texts and their changes as HTML for those who are asked about them, before anything is published."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from penholder.charts import draw
from penholder.drafting.media import location
from penholder.drafting.models import Iteration
from penholder.drafting.sealed_texts import SealedPart
from penholder.render.comparison_html import comparison_html
from penholder.text.compare import Comparison
from penholder.text.html import render_page
from penholder.text.inline import Media
from penholder.text.options import Options
from penholder.text.passages import Block
from penholder.web.labels import labels, of_charts
from penholder.web.pictures import size_of

_HEADING = re.compile(r"<(/?)h([1-6])\b")
# A page of the whole text holds about so many characters, an hour's reading; what is longer goes on overleaf.
PAGE = 150_000


@dataclass(frozen=True, slots=True)
class Shown:
    """One sealed section as HTML. `number` counts from 1 in its text; `body` begins with the section's own heading."""

    number: int
    key: str
    title: str
    body: SafeString


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a text: some sections whole, and the footnotes below them."""

    sections: tuple[Shown, ...]
    notes: SafeString
    number: int
    count: int


def sheets(parts: Sequence[SealedPart]) -> list[list[int]]:
    """Which sections, by position, stand on which page of a text. A section is never cut."""
    found: list[list[int]] = [[]]
    size = 0
    for number, part in enumerate(parts):
        if found[-1] and size + len(part.text) > PAGE:
            found.append([])
            size = 0
        found[-1].append(number)
        size += len(part.text)
    return found


def sheet(
    iteration: Iteration, parts: Sequence[SealedPart], *, page: int, address: Callable[[str], str], below: int = 1
) -> Sheet:
    """Page `page` (from 1) of the sealed sections; what is too large counts as the last.

    `address` says where a file of the text is served, by its digest. The highest heading comes one level under `below`.
    """
    pages = sheets(parts)
    page = min(max(page, 1), len(pages))
    here = pages[page - 1]
    files = {row["path"]: row for row in iteration.manifest.get("media", ())}
    options = Options(
        resolve_media=lambda path: _media(files.get(path), address),
        resolve_text=lambda path: _transcript(files.get(path)),
        draw=partial(draw, words=of_charts()),
        labels=labels(),
    )
    drawn = render_page([(parts[number].text, parts[number].ids) for number in here], options=options)
    levels = [int(found[2]) for one in drawn.texts for found in _HEADING.finditer(one.html)]
    by = below + 1 - min(levels, default=1)
    sections = tuple(
        Shown(number + 1, parts[number].key, parts[number].title, _lowered(one.html, by))
        for number, one in zip(here, drawn.texts, strict=True)
    )
    return Sheet(sections, mark_safe(drawn.notes), page, len(pages))  # noqa: S308 - penholder.text wrote and sanitised it


def preview(text: str, latest: Iteration | None, *, address: Callable[[str], str], below: int = 2) -> SafeString:
    """A draft text as readers would see it, with the files of the newest iteration. Nothing in it has a name yet."""
    files = {row["path"]: row for row in latest.manifest.get("media", ())} if latest else {}
    options = Options(
        resolve_media=lambda path: _media(files.get(path), address),
        resolve_text=lambda path: _transcript(files.get(path)),
        draw=partial(draw, words=of_charts()),
        labels=labels(),
    )
    drawn = render_page([(text, ())], options=options)
    levels = [int(found[2]) for found in _HEADING.finditer(drawn.texts[0].html)]
    by = below + 1 - min(levels, default=1)
    return mark_safe(_lowered(drawn.texts[0].html, by) + drawn.notes)  # noqa: S308 - penholder.text sanitised it


def redline(comparison: Comparison, old: Sequence[Block], new: Sequence[Block], *, prefix: str) -> SafeString:
    """How a text became another, word by word. `prefix` begins every id and is used once on a page."""
    return mark_safe(comparison_html(comparison, old, new, prefix=prefix, say=gettext))  # noqa: S308 - escaped there


def _lowered(html: str, by: int) -> SafeString:
    """The HTML with every heading so many levels lower, at most the sixth; the page has the only `<h1>`."""

    def write(found: re.Match[str]) -> str:
        return f"<{found[1]}h{min(6, int(found[2]) + by)}"

    return mark_safe(_HEADING.sub(write, html))  # noqa: S308 - penholder.text wrote and sanitised it


def _media(row: Mapping[str, Any] | None, address: Callable[[str], str]) -> Media | None:
    if row is None:
        return None
    width, height = size_of(location(row["sha256"]), row["type"])
    return Media(address(row["sha256"]), width, height, row["type"])


def _transcript(row: Mapping[str, Any] | None) -> str | None:
    return location(row["sha256"]).read_text(encoding="utf-8") if row else None
