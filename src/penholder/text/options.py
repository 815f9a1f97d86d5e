"""How a page of texts is written: what the caller decides and what it is asked for on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from penholder.text.inline import Media
from penholder.text.labels import LABELS


@dataclass(frozen=True, slots=True)
class Options:
    """How a page is written. What a callable does not know, it answers with None, and the page says so.

    `resolve_link` rewrites an address, `resolve_media` finds a file with its size, `resolve_text` reads a transcript,
    `draw(kind, rows, unit=, ident=, title=)` makes an SVG of a table's cells or raises `errors.Refused` with the reason
    (`penholder.charts.draw` is one). `anchors` are the headings' anchors of the edition
    before, by passage id, which stay.
    `shift` moves headings down: with 1, `#` becomes `<h2>`. `language` is the language of captions.
    """

    resolve_link: Callable[[str], str | None] | None = None
    resolve_media: Callable[[str], Media | None] | None = None
    resolve_text: Callable[[str], str | None] | None = None
    draw: Callable[..., str] | None = None
    anchors: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=lambda: LABELS)
    shift: int = 0
    notes_level: int = 2
    language: str = "en"
