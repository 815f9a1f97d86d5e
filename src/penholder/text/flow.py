"""Blocks → HTML: headings, paragraphs, lists, tables, and directives, which `figures` writes for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from penholder.text.addresses import leads_away, safe_address
from penholder.text.attributes import Attributes
from penholder.text.canonical import canonical
from penholder.text.dialect import Parsed, parse
from penholder.text.directives import Directive
from penholder.text.headings import Anchors, Entry, numbered, slug
from penholder.text.inline import Media, write_inline
from penholder.text.labels import LABELS
from penholder.text.markdown import inline_words
from penholder.text.notes import Notes
from penholder.text.options import Options

# The author's classes that a page shows; any other could pass for one of the site's own.
SHOWN_CLASSES = ("action", "principle", "response")
_ALIGNED = {"text-align:right": ' class="number"', "text-align:center": ' class="middle"'}


@dataclass(frozen=True, slots=True)
class Text:
    """One parsed text, the lasting id of the passage that begins at a token, and the names that its author gave."""

    parsed: Parsed
    passages: Mapping[int, str]
    names: tuple[tuple[int, Attributes], ...]


@dataclass(slots=True)
class Writer:
    """Writes one text of a page. Problems and figures are gathered on the way."""

    text: Text
    number: int
    options: Options
    anchors: Anchors
    notes: Notes
    directive: Callable[[Writer, int, bool], str]  # writes what opens at a token; may write blocks in turn
    labels: Mapping[str, str] = field(init=False)
    entries: list[Entry] = field(default_factory=list)
    figures: list[tuple[str, str, str]] = field(default_factory=list)
    anchored: list[tuple[str, str]] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    mine: set[str] = field(default_factory=set)  # names and kept anchors that wait for their passage
    line: int = 0  # of the block that is being written, from 0

    def __post_init__(self) -> None:
        self.labels = {**LABELS, **self.options.labels}

    def reserve_names(self, kept: Mapping[str, str]) -> None:
        """Give authors' names and the anchors of the edition before to their passages, before slugs are made."""
        for line, said in self.text.names:
            if self.anchors.reserve(said.name):
                self.mine.add(said.name)
            else:
                self.say(
                    line,
                    f"The name “{said.name}” is given twice on this page, or kept for footnotes; this one is not used.",
                )
        for passage in self.text.passages.values():
            anchor = kept.get(passage, "")
            if anchor and self.anchors.reserve(anchor):
                self.mine.add(anchor)

    def write(self) -> str:
        """The whole text, without its footnotes."""
        return "".join(self.flow(0, len(self.text.parsed.tokens), named=True))

    def note(self, index: int) -> str:
        """The words of the footnote whose definition opens at a token."""
        return "".join(self.flow(index + 1, self.text.parsed.close[index])).strip()

    def aside(self, source: str) -> str:
        """Another text inside this one (a transcript): no passages, no contents, no anchors of its own."""
        parsed = parse(canonical(source))
        other = Writer(Text(parsed, {}, ()), -1, self.options, self.anchors, Notes(self.labels), self.directive)
        return "".join(other.flow(0, len(parsed.tokens)))

    def say(self, line: int, message: str) -> None:
        """Report a problem in a line, counted from 0."""
        self.problems.append((line, message))

    def line_of(self, index: int) -> int:
        """The line of a token, from 0."""
        return (self.text.parsed.tokens[index].map or [0])[0]

    # What the inline writer asks for.

    def link(self, address: str) -> str | None:
        """Where an address leads from this page; None when it may not be linked to, which is reported."""
        safe = safe_address(address)
        if safe and self.options.resolve_link:
            resolved = self.options.resolve_link(safe)
            safe = safe_address(resolved) if resolved else None
        if safe is None:
            self.say(self.line, f"The link to “{address}” leads nowhere; only its words are shown.")
        return safe

    def media(self, address: str) -> Media | None:
        """Where a file is served; None when there is none, which is reported."""
        safe = safe_address(address)
        if safe and not leads_away(safe) and self.options.resolve_media:
            found = self.options.resolve_media(safe)
            if found and safe_address(found.address):
                return found
            safe = None
        if safe is None or safe.startswith(("mailto:", "tel:", "#")):
            self.say(self.line, f"There is no file “{address}”.")
            return None
        return Media(safe)

    def mark(self, label: str) -> str:
        """The mark of a footnote; one that nobody defines is shown as its label, and reported."""
        mark = self.notes.mark(self.number, label)
        if mark is None:
            self.say(self.line, f"Footnote [^{label}] is mentioned but not defined.")
            return f'<sup class="note-missing">{escape(label)}</sup>'
        return mark

    def inline(self, token: Token) -> str:
        """An inline token as HTML."""
        return write_inline(token.children or (), self)

    def children(self, index: int) -> Iterator[int]:
        """The tokens directly inside the one at `index`."""
        child = index + 1
        while child < self.text.parsed.close[index]:
            yield child
            child = self.text.parsed.close[child] + 1

    def identity(self, index: int, *, named: bool, own: str = "") -> tuple[str, str]:
        """The attributes that name a passage, and the extra anchor for its lasting id when the author named it too."""
        passage = self.text.passages.get(index, "") if named else ""
        if own and own in self.mine:
            self.mine.discard(own)
        elif own:
            own = ""
        data = f' data-passage="{escape(passage)}"' if passage else ""
        if own:
            anchor = f'<span class="anchor" id="{escape(passage)}"></span>' if passage else ""
            return f' id="{escape(own)}"{data}', anchor
        return (f' id="{escape(passage)}"{data}' if passage else ""), ""

    def flow(self, index: int, stop: int, *, named: bool = False) -> Iterator[str]:
        """Blocks from `index` to before `stop`; with `named`, each with its lasting id."""
        tokens, close = self.text.parsed.tokens, self.text.parsed.close
        while index < stop:
            token = tokens[index]
            if token.map:
                self.line = token.map[0]
            writer = _BLOCKS.get(token.type)
            if writer:
                yield writer(self, index, named)
            index = close[index] + 1


def _paragraph(page: Writer, index: int, named: bool) -> str:
    inline = page.text.parsed.tokens[index + 1]
    if inline.content.startswith(":::"):
        page.say(page.line, "A line of colons closes nothing here. Open a directive above it, or take it away.")
    words = page.inline(inline)
    if page.text.parsed.tokens[index].hidden:
        return words + "\n"
    return f"<p{page.identity(index, named=named)[0]}>{words}</p>\n"


def _heading(page: Writer, index: int, named: bool) -> str:
    token, inline = page.text.parsed.tokens[index], page.text.parsed.tokens[index + 1]
    said: Attributes = token.meta["attributes"]
    typed = int(token.tag[1])
    level = min(6, typed + page.options.shift)
    title = inline_words(inline.children or ()).strip()
    passage = page.text.passages.get(index, "") if named else ""
    name = said.name if said.name in page.mine else ""
    kept = page.options.anchors.get(passage, "")
    if not name and kept in page.mine:
        name = kept
    if not name and named:
        name = page.anchors.free(slug(title))
        page.mine.add(name)
    attributes, anchor = page.identity(index, named=named, own=name)
    kind, number = numbered(said.name)
    if passage:
        page.anchored.append((passage, name))
    if "no-toc" not in said.classes and named and name:
        page.entries.append(Entry(typed, name, title, number, kind))
    shown = [cls for cls in said.classes if cls in SHOWN_CLASSES]
    classes = f' class="{" ".join(shown)}"' if shown else ""
    words = page.inline(inline)
    if number:
        label = escape(page.labels[kind].format(number=number))
        words = (
            f'<span class="counter">{label}<span class="counter-end">:</span></span> <span class="title">{words}</span>'
        )
    motto = dict(said.pairs).get("motto", "")
    below = f'<p class="motto">{escape(motto)}</p>\n' if motto else ""
    return f"<h{level}{attributes}{classes}>{anchor}{words}</h{level}>\n{below}"


def _list(page: Writer, index: int, named: bool) -> str:
    token = page.text.parsed.tokens[index]
    start = token.attrs.get("start")
    opening = f'ol start="{int(start)}"' if start is not None else token.tag
    items = "".join(_item(page, item, named) for item in page.children(index))
    return f"<{opening}>\n{items}</{token.tag}>\n"


def _item(page: Writer, index: int, named: bool) -> str:
    passages, close = page.text.passages, page.text.parsed.close
    out: list[str] = []
    continued = False
    for child in page.children(index):
        is_list = page.text.parsed.tokens[child].type in ("bullet_list_open", "ordered_list_open")
        if continued and (is_list or child in passages):
            out.append("</div>\n")
            continued = False
        if named and not is_list and child in passages and child != index + 1:
            out.append(f"<div{page.identity(child, named=True)[0]}>")
            continued = True
        out += page.flow(child, close[child] + 1, named=named and is_list)
    if continued:
        out.append("</div>\n")
    return f"<li{page.identity(index + 1, named=named)[0]}>{''.join(out).strip()}</li>\n"


def _quote(page: Writer, index: int, named: bool) -> str:
    inside = "".join(page.flow(index + 1, page.text.parsed.close[index]))
    return f"<blockquote{page.identity(index, named=named)[0]}>\n{inside}</blockquote>\n"


def _code(page: Writer, index: int, named: bool) -> str:
    attributes = page.identity(index, named=named)[0]
    label = escape(page.labels["code"])
    # A wide line scrolls; what scrolls must be reachable with the keyboard.
    opening = f'<pre{attributes} tabindex="0" role="group" aria-label="{label}">'
    return f"{opening}<code>{escape(page.text.parsed.tokens[index].content)}</code></pre>\n"


def _rule(page: Writer, index: int, named: bool) -> str:
    return f"<hr{page.identity(index, named=named)[0]}>\n"


def _terms(page: Writer, index: int, named: bool) -> str:
    out: list[str] = []
    for child in page.children(index):
        token = page.text.parsed.tokens[child]
        if token.type == "dt_open":
            out.append("</div>\n" if out else "")
            words = page.inline(page.text.parsed.tokens[child + 1])
            out.append(f"<div{page.identity(child, named=named)[0]}><dt>{words}</dt>")
        else:
            inside = "".join(page.flow(child + 1, page.text.parsed.close[child])).strip()
            out.append(f"<dd>{inside}</dd>")
    return f"<dl>\n{''.join(out)}</div>\n</dl>\n"


def _table(page: Writer, index: int, named: bool) -> str:
    return scrolling(page, table(page, index), page.identity(index, named=named)[0], page.labels["table"])


def scrolling(page: Writer, inside: str, attributes: str = "", label: str = "") -> str:
    """A table in a box that scrolls on a narrow screen, and can be reached with the keyboard."""
    label = label or page.labels["table"]
    return (
        f'<div class="table-scroll"{attributes} tabindex="0" role="group" aria-label="{escape(label)}">{inside}</div>\n'
    )


def table(page: Writer, index: int, *, caption: str = "", row_heads: bool = False) -> str:
    """A table; with `row_heads` the first cell of each row is its heading."""
    rows = [row for part in page.children(index) for row in page.children(part)]
    out = [f"<table>{f'<caption>{caption}</caption>' if caption else ''}\n<thead>\n"]
    width = len(list(page.children(rows[0])))
    for number, row in enumerate(rows):
        _count_cells(page, row, width)
        cells = (_cell(page, cell, head=row_heads and place == 0) for place, cell in enumerate(page.children(row)))
        out.append(f"<tr>{''.join(cells)}</tr>\n")
        if number == 0:
            out.append("</thead>\n" + ("<tbody>\n" if len(rows) > 1 else ""))
    out.append("</tbody>\n</table>" if len(rows) > 1 else "</table>")
    return "".join(out)


def _count_cells(page: Writer, row: int, width: int) -> None:
    line = page.line_of(row)
    typed = escapedSplit(page.text.parsed.lines[line].strip(" \t>").removeprefix("|").removesuffix("|"))
    if len(typed) > width:
        page.say(
            line, f"This row of a table has {len(typed)} cells and its heading {width}; what is beyond is not shown."
        )


def _cell(page: Writer, index: int, *, head: bool) -> str:
    token, inline = page.text.parsed.tokens[index], page.text.parsed.tokens[index + 1]
    aligned = _ALIGNED.get(str(token.attrs.get("style", "")), "")
    words = page.inline(inline)
    if not words.strip() or not (head or token.tag == "th"):
        return f"<td{aligned}>{words}</td>"
    scope = "col" if token.tag == "th" else "row"
    return f'<th scope="{scope}"{aligned}>{words}</th>'


def _directive(page: Writer, index: int, named: bool) -> str:
    return page.directive(page, index, named)


_BLOCKS: dict[str, Callable[[Writer, int, bool], str]] = {
    "paragraph_open": _paragraph,
    "heading_open": _heading,
    "bullet_list_open": _list,
    "ordered_list_open": _list,
    "blockquote_open": _quote,
    "fence": _code,
    "code_block": _code,
    "hr": _rule,
    "dl_open": _terms,
    "table_open": _table,
    "directive_open": _directive,
}


def cells(page: Writer, index: int) -> list[list[str]]:
    """The words of a table's cells, heading row first."""
    rows: Sequence[int] = [row for part in page.children(index) for row in page.children(part)]
    tokens = page.text.parsed.tokens
    return [[inline_words(tokens[cell + 1].children or ()).strip() for cell in page.children(row)] for row in rows]


def directive_at(page: Writer, index: int) -> Directive:
    """The directive that opens at a token."""
    found: Directive = page.text.parsed.tokens[index].meta["directive"]
    return found
