"""Directives → HTML: figures, charts, captioned tables, films and call-outs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from penholder.errors import Refused
from penholder.text import flow
from penholder.text.addresses import leads_away
from penholder.text.canonical import canonical
from penholder.text.dialect import parse
from penholder.text.directives import CALLOUT_KINDS, Directive, objections
from penholder.text.flow import Writer
from penholder.text.inline import Alone, Media, picture, write_inline
from penholder.text.markdown import inline_words, words

# What the drawing of a chart names within itself: its words and the fillings of its six series.
_PARTS_OF_A_CHART = ("title", "desc", *(f"fill-{number}" for number in range(1, 7)))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all directives have: their tokens, names and words."""

    page: Writer
    index: int
    said: Directive
    attributes: str
    anchor: str
    id: str  # what links lead to, "" when there is nothing to link to
    body: tuple[int, ...]
    line: int

    @property
    def caption(self) -> str:
        """The words of the caption alone, without tables."""
        tokens, close = self.page.text.parsed.tokens, self.page.text.parsed.close
        parts = [words(tokens[i : close[i] + 1]) for i in self.body if tokens[i].type != "table_open"]
        return " ".join(part for part in parts if part)

    @property
    def table(self) -> int | None:
        """The first table inside."""
        tokens = self.page.text.parsed.tokens
        return next((index for index in self.body if tokens[index].type == "table_open"), None)


def write(page: Writer, index: int, named: bool) -> str:
    """The directive that opens at a token. What is wrong with it is reported, and its words are shown all the same."""
    said = flow.directive_at(page, index)
    line = page.line_of(index)
    for objection in objections(said):
        page.say(line, objection)
    name = said.option("name")
    if name and not named and page.anchors.reserve(name):  # a directive inside another one is no passage of its own
        page.mine.add(name)
    taken = name if name in page.mine else ""
    attributes, anchor = page.identity(index, named=named, own=taken)
    passage = page.text.passages.get(index, "") if named else ""
    frame = _Frame(page, index, said, attributes, anchor, taken or passage, tuple(page.children(index)), line)
    return _WRITERS.get(said.name, _callout)(frame)


def _body(frame: _Frame, *, without: int | None = None) -> str:
    close = frame.page.text.parsed.close
    return "".join("".join(frame.page.flow(i, close[i] + 1)) for i in frame.body if i != without)


def _words(source: str) -> str:
    """An option's words as inline HTML."""
    tokens = parse(canonical(source)).tokens
    return " ".join(write_inline(token.children or (), Alone()) for token in tokens if token.type == "inline")


def _caption(frame: _Frame, kind: str, *, without: int | None = None) -> str:
    """Caption, source and the link to this; the figure enters the page's list."""
    page = frame.page
    parts = [_body(frame, without=without)]
    if source := frame.said.option("source"):
        parts.append(f'<p class="source">{escape(page.labels["source"])} {_words(source)}</p>\n')
    if frame.id:
        page.figures.append((kind, frame.id, frame.caption))
        text = page.labels[f"link-to-{kind}"]
        name = f"{text}: {frame.caption}" if frame.caption else text
        parts.append(
            f'<p class="link-to-this"><a href="#{escape(frame.id)}" aria-label="{escape(name)}">'
            f"{escape(text)}</a></p>\n"
        )
    return "".join(parts)


def _figure(frame: _Frame) -> str:
    page = frame.page
    page.line = frame.line
    media = page.media(frame.said.argument) if frame.said.argument else None
    alt = frame.said.option("alt")
    if media is None:
        shown = f'<p class="missing">{escape(alt)}</p>' if alt else ""
    elif leads_away(media.address):
        shown = f'<p><a href="{escape(media.address)}" rel="external">{escape(alt or media.address)}</a></p>'
    else:
        shown = picture(media, alt)
    return _figured(frame, "figure", shown, _caption(frame, "figure"))


def _figured(frame: _Frame, kind: str, shown: str, caption: str, after: str = "") -> str:
    caption = f"<figcaption>\n{caption}</figcaption>\n" if caption else ""
    opening = f'<figure class="{kind}"{frame.attributes}>{frame.anchor}'
    return f"{opening}\n{shown}\n{after}{caption}</figure>\n"


def _chart(frame: _Frame) -> str:
    page, table = frame.page, frame.table
    if table is None:
        page.say(frame.line, "The chart has no table to be drawn from. Put one below its caption.")
        return _figured(frame, "chart", "", _caption(frame, "chart"))
    caption = _caption(frame, "chart", without=table)
    label = frame.caption or page.labels["table"]
    shown = flow.scrolling(page, flow.table(page, table, row_heads=True), label=label)
    drawing = _drawing(frame, table)
    if not drawing:
        return _figured(frame, "chart", shown, caption)
    summary = escape(page.labels["show-table"])
    details = f'<details class="chart-table">\n<summary>{summary}</summary>\n{shown}</details>\n'
    return _figured(frame, "chart", f'<div class="drawing">{drawing}</div>', caption, details)


def _drawing(frame: _Frame, table: int) -> str:
    draw = frame.page.options.draw
    if draw is None:
        return ""
    ident = frame.page.anchors.family(frame.id or "chart", _PARTS_OF_A_CHART)
    rows = flow.cells(frame.page, table)
    try:
        return str(draw(frame.said.argument, rows, unit=frame.said.option("unit"), ident=ident, title=frame.caption))
    except Refused as refused:
        frame.page.say(frame.line, f"The chart is shown as a table only. {refused}")
        return ""


def _captioned_table(frame: _Frame) -> str:
    page, table = frame.page, frame.table
    if table is None:
        page.say(frame.line, "There is no table between the colons of {table}.")
        return _figured(frame, "table", "", _caption(frame, "table"))
    tokens, close = page.text.parsed.tokens, page.text.parsed.close
    heading = next((i for i in frame.body if tokens[i].type == "paragraph_open" and i < table), None)
    title = page.inline(tokens[heading + 1]) if heading is not None else ""
    shown = flow.table(page, table, caption=title, row_heads=True)
    label = inline_words(tokens[heading + 1].children or ()) if heading is not None else ""
    rest = "".join("".join(page.flow(i, close[i] + 1)) for i in frame.body if i not in (table, heading))
    caption = _caption_only(frame, "table")
    return _figured(frame, "table", flow.scrolling(page, shown, label=label) + rest, caption)


def _caption_only(frame: _Frame, kind: str) -> str:
    empty = _Frame(frame.page, frame.index, frame.said, frame.attributes, frame.anchor, frame.id, (), frame.line)
    made = _caption(empty, kind)
    if frame.id:
        frame.page.figures[-1] = (kind, frame.id, frame.caption)
    return made


def _film(frame: _Frame) -> str:
    page, said = frame.page, frame.said
    page.line = frame.line
    title = frame.caption or page.labels["film"]
    media = page.media(said.argument) if said.argument else None
    if media is None:
        shown = ""
    elif leads_away(media.address):
        shown = _watch(page, media, title, said.option("length"))
    else:
        shown = _player(frame, media, title)
    length = f'<p class="length">{escape(said.option("length"))}</p>\n' if said.option("length") else ""
    return _figured(frame, "film", shown, length + _caption(frame, "film"), _transcript(frame))


def _watch(page: Writer, media: Media, title: str, length: str) -> str:
    text = page.labels["watch"].format(title=f"{title} ({length})" if length else title)
    return f'<p class="watch"><a href="{escape(media.address)}" rel="external">{escape(text)}</a></p>'


def _player(frame: _Frame, media: Media, title: str) -> str:
    page, said = frame.page, frame.said
    poster = page.media(said.option("poster")) if said.option("poster") else None
    image = f' poster="{escape(poster.address)}"' if poster else ""
    kind = f' type="{escape(media.media_type)}"' if media.media_type else ""
    track = ""
    captions = page.media(said.option("captions")) if said.option("captions") else None
    if captions:
        language, label = escape(page.options.language), escape(page.labels["captions"])
        track = (
            f'<track kind="captions" src="{escape(captions.address)}" srclang="{language}" label="{label}" default>\n'
        )
    else:
        page.say(frame.line, "The film has no captions that can be shown. Name a WebVTT file in :captions:.")
    return (
        f'<video controls preload="metadata"{media.size}{image} aria-label="{escape(title)}">\n'
        f'<source src="{escape(media.address)}"{kind}>\n{track}'
        f"{_watch(page, media, title, said.option('length'))}\n</video>"
    )


def _transcript(frame: _Frame) -> str:
    address = frame.said.option("transcript")
    if not address:
        return ""
    read = frame.page.options.resolve_text
    source = read(address) if read else None
    if source is None:
        frame.page.say(frame.line, f"There is no transcript “{address}”.")
        return ""
    summary = escape(frame.page.labels["transcript"])
    return f'<details class="transcript">\n<summary>{summary}</summary>\n{frame.page.aside(source)}</details>\n'


def _callout(frame: _Frame) -> str:
    page, said = frame.page, frame.said
    kind = said.argument if said.argument in CALLOUT_KINDS else "note"
    title = said.option("title")
    inside = _body(frame)
    source = said.option("source")
    credit = f'<p class="source">{escape(page.labels["source"])} {_words(source)}</p>\n' if source else ""
    if kind == "quote":
        said_by = f'<p class="callout-title">{_words(title)}</p>\n' if title else ""
        caption = f"<figcaption>\n{said_by}{credit}</figcaption>\n" if said_by or credit else ""
        opening = f'<figure class="callout callout-quote"{frame.attributes}>{frame.anchor}'
        return f"{opening}\n<blockquote>\n{inside}</blockquote>\n{caption}</figure>\n"
    label = page.labels[kind]
    if words_of(title).casefold() == label.casefold():
        title = ""  # "Case study: Case study" says nothing twice
    heading = f'<p class="callout-title"><span class="callout-kind">{escape(label)}</span>'
    heading += f' <span class="callout-name">{_words(title)}</span></p>\n' if title else "</p>\n"
    name = f"{label}: {words_of(title)}" if title else label
    opening = f'<aside class="callout callout-{kind}" role="note" aria-label="{escape(name)}"{frame.attributes}>'
    return f"{opening}{frame.anchor}\n{heading}{inside}{credit}</aside>\n"


def words_of(source: str) -> str:
    """The words of an option that may hold Markdown."""
    return words(parse(canonical(source)).tokens)


_WRITERS: dict[str, Callable[[_Frame], str]] = {
    "figure": _figure,
    "chart": _chart,
    "table": _captioned_table,
    "film": _film,
    "callout": _callout,
}
