"""Raw HTML inside a page → house Markdown: films, tweets, tables with rowspan, and plain elements."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from penholder.formats.govspeak.inline import PROGRAMS, safe_address
from penholder.formats.govspeak.lines import Findings
from penholder.formats.govspeak.tables import Table

MOST_CELLS = 100_000  # a span of a million columns is an attack
BLOCKS = {
    "address", "article", "aside", "center", "details", "div", "fieldset", "figcaption", "figure", "footer", "form",
    "header", "main", "nav", "section", "summary", "body", "html",
}  # fmt: skip
MARKERS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
ESCAPED = re.compile(r"([\\`*_\[\]])")


@dataclass(slots=True)
class Piece:
    """A block that HTML stood for. `kind`: text, heading, table, film, quote."""

    kind: str
    text: str = ""
    level: int = 0
    table: Table | None = None
    address: str = ""  # of a film
    captions: str = ""  # of a film


@dataclass(slots=True)
class _Reader:
    file: str
    line: int
    findings: Findings
    pieces: list[Piece] = field(default_factory=list)

    def note(self, element: etree._Element, what: str, severity: Literal["note", "warning"] = "note") -> None:
        self.findings.note(self.file, self.line_of(element), what, severity)

    def line_of(self, element: etree._Element) -> int:
        """The line of the source on which an element stands."""
        offset = element.sourceline
        return self.line + (max(offset - 1, 0) if isinstance(offset, int) else 0)


def read_html(source: str, file: str, line: int, findings: Findings) -> list[Piece]:
    """The blocks that a piece of HTML stands for; what cannot be kept is noted, with file and line."""
    reader = _Reader(file, line, findings)
    try:
        root = lxml.html.fragment_fromstring(source, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError, RecursionError):
        findings.note(file, line, "This HTML is too broken to read; it was left out.", "warning")
        return []
    _walk(root, reader, 0)
    return reader.pieces


def _walk(element: etree._Element, reader: _Reader, depth: int) -> None:
    """Read the blocks inside `element`; words that stand loose between them make paragraphs."""
    loose: list[str] = [_escape(element.text)]

    def settle() -> None:
        words = _fold("".join(loose))
        loose.clear()
        if words:
            reader.pieces.append(Piece("text", words))

    for child in element:
        tag = child.tag.lower() if isinstance(child.tag, str) else ""
        handler = _HANDLERS.get(tag)
        if not tag:
            reader.note(child, "A comment in the source was left out.")
        elif _is_film(child, tag):
            settle()
            _film(child, reader)
        elif tag in PROGRAMS:
            what = f"<{tag}> was left out with what is in it; a text runs no programs."
            reader.note(child, what, "warning")
        elif "twitter-tweet" in (child.get("class") or ""):
            settle()
            reader.pieces.append(Piece("quote", _inline(child, reader)))
        elif handler:
            settle()
            handler(child, reader, depth + 1)
        elif tag in BLOCKS and depth < 100:
            settle()
            _walk(child, reader, depth + 1)
        else:
            loose.append(_inline_element(child, reader))
        loose.append(_escape(child.tail))
    settle()


def _is_film(element: etree._Element, tag: str) -> bool:
    classes = element.get("class") or ""
    if tag in {"video", "audio"} or (tag == "iframe" and _film_host(element.get("src") or "")):
        return True
    return tag in {"div", "figure"} and "media-player" in classes


def _film_host(address: str) -> bool:
    try:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return host in {"youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "player.vimeo.com"}


def film_address(address: str) -> str:
    """The address of a film as it is linked to: https where the host is known to have it."""
    address = safe_address(address)
    return "https" + address[4:] if address.startswith("http:") and _film_host(address) else address


def _film(element: etree._Element, reader: _Reader) -> None:
    address, captions, words = "", "", ""
    for part in element.iter():
        tag = part.tag if isinstance(part.tag, str) else ""
        where = part.get("href") or part.get("src") or ""
        if tag in {"a", "track"} and ("captions" in (part.get("class") or "") or tag == "track"):
            captions = captions or safe_address(where)
        elif tag in {"a", "iframe", "video", "audio", "source"} and where and not address:
            address = film_address(where)
            words = _fold(_inline(part, reader)) if tag == "a" else ""
    reader.pieces.append(Piece("film", words, address=address, captions=captions))


# -- elements ----------------------------------------------------------------------------------------------------


def _paragraph(element: etree._Element, reader: _Reader, depth: int) -> None:
    del depth
    if words := _inline(element, reader):
        reader.pieces.append(Piece("text", words))


def _heading(element: etree._Element, reader: _Reader, depth: int) -> None:
    del depth
    reader.findings.counts["headings"] += 1
    if words := " ".join(_inline(element, reader).replace("<br>", " ").split()):
        reader.pieces.append(Piece("heading", words, level=int(element.tag[1])))


def _quote(element: etree._Element, reader: _Reader, depth: int) -> None:
    inner = _Reader(reader.file, reader.line, reader.findings)
    if depth < 100:
        _walk(element, inner, depth)
    words = "\n\n".join(piece.text for piece in inner.pieces if piece.text)
    if words:
        reader.pieces.append(Piece("quote", words))


def _list(element: etree._Element, reader: _Reader, depth: int) -> None:
    lines = _items(element, reader, depth)
    if lines:
        reader.pieces.append(Piece("text", "\n".join(lines)))


def _items(element: etree._Element, reader: _Reader, depth: int) -> list[str]:
    lines: list[str] = []
    number = 0
    for item in element:
        if item.tag != "li":
            continue
        number += 1
        mark = f"{number}. " if element.tag == "ol" else "- "
        lines.append(mark + _inline(item, reader, without=("ul", "ol")))
        if depth < 100:
            for nested in item:
                if nested.tag in {"ul", "ol"}:
                    lines.extend(" " * len(mark) + line for line in _items(nested, reader, depth + 1))
    return lines


def _code(element: etree._Element, reader: _Reader, depth: int) -> None:
    del depth
    words = "".join(str(part) for part in element.itertext()).strip("\n")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", words)), default=0))
    reader.pieces.append(Piece("code", f"{fence}\n{words}\n{fence}"))


def _rule(element: etree._Element, reader: _Reader, depth: int) -> None:
    del element, depth
    reader.pieces.append(Piece("text", "---"))


def _terms(element: etree._Element, reader: _Reader, depth: int) -> None:
    del depth
    lines: list[str] = []
    for part in element.iter("dt", "dd"):
        words = _inline(part, reader)
        lines.extend([f": {words}"] if part.tag == "dd" else ["", words])
    reader.pieces.append(Piece("text", "\n".join(lines).strip()))


def _table(element: etree._Element, reader: _Reader, depth: int) -> None:
    del depth
    reader.findings.counts["tables"] += 1
    rows, headed = _grid(element, reader)
    if caption := element.find(".//caption"):
        reader.pieces.append(Piece("text", _inline(caption, reader)))
    header = rows[0] if rows and headed else ()
    body = rows[1:] if header else rows
    if rows:
        reader.pieces.append(Piece("table", table=Table(tuple(header), tuple(tuple(row) for row in body))))


def _grid(element: etree._Element, reader: _Reader) -> tuple[list[tuple[str, ...]], bool]:
    """Every row with every cell in its column, spans filled by repeating; whether the first row is a header."""
    filled: dict[tuple[int, int], str] = {}
    headed = False
    height = 0
    for at, row in enumerate(element.iter("tr")):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        if at == 0:
            headed = bool(cells) and (all(c.tag == "th" for c in cells) or _inside(row, "thead"))
        column = 0
        for cell in cells:
            while (at, column) in filled:
                column += 1
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            words = _inline(cell, reader)
            if down * across > 1:
                reader.note(cell, f"A cell spans {down} rows and {across} columns; its words are repeated in each.")
            if len(filled) + down * across > MOST_CELLS:
                reader.note(cell, f"This table has more than {MOST_CELLS:,} cells; the rest was left out.")
                return [], False
            filled.update({(at + y, column + x): words for y in range(down) for x in range(across)})
            column += across
        height = at + 1
    width = max((x for y, x in filled if y < height), default=-1) + 1
    return [tuple(filled.get((y, x), "") for x in range(width)) for y in range(height)], headed


def _inside(element: etree._Element, tag: str) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == tag


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), 1000) if value.isascii() and value.isdigit() and len(value) < 9 else 1


_HANDLERS: dict[str, Callable[[etree._Element, _Reader, int], None]] = {
    "p": _paragraph,
    **{f"h{level}": _heading for level in range(1, 7)},
    "blockquote": _quote,
    "ul": _list,
    "ol": _list,
    "pre": _code,
    "hr": _rule,
    "dl": _terms,
    "table": _table,
}


# -- words -------------------------------------------------------------------------------------------------------


def _inline(element: etree._Element, reader: _Reader, *, without: tuple[str, ...] = (), depth: int = 0) -> str:
    parts = [_escape(element.text)]
    for child in element:
        if child.tag not in without:
            parts.append(_inline_element(child, reader, depth))
        parts.append(_escape(child.tail))
    joined = "".join(parts)
    return _fold(joined) if depth == 0 else joined


def _inline_element(child: etree._Element, reader: _Reader, depth: int = 0) -> str:
    tag = child.tag.lower() if isinstance(child.tag, str) else ""
    if tag in PROGRAMS:
        reader.note(child, f"<{tag}> was left out with what is in it; a text runs no programs.")
    if not tag or tag in PROGRAMS:
        return ""
    if tag == "img":
        return f"![{_escape(child.get('alt'))}]({safe_address(child.get('src') or '') or 'picture'})"
    words = _inline(child, reader, depth=depth + 1) if depth < 100 else ""
    return "<br>" if tag == "br" else _marked(tag, words, child.get("href") or "")


def _marked(tag: str, words: str, address: str) -> str:
    """Words with the marks that their element means."""
    if tag in {"p", "div", "li", "dt", "dd", "td", "th", "tr"}:
        return f" {words} "
    if tag in MARKERS and words.strip():
        return f"{MARKERS[tag]}{words.strip()}{MARKERS[tag]}"
    if tag in {"sup", "sub"}:
        return f"<{tag}>{words}</{tag}>"
    href = safe_address(address) if tag == "a" and words.strip() else ""
    return f"[{words.strip()}]({href})" if href else words


def _escape(words: str | None) -> str:
    if not words:
        return ""
    return ESCAPED.sub(r"\\\1", words).replace("<", "&lt;").replace(">", "&gt;")


def _fold(words: str) -> str:
    return " ".join(words.split())
