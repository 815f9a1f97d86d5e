"""A text of ours → a .docx: headings, lists, notes, tables, pictures; suggestions as tracked changes.

WordprocessingML is written as it is read (`pieces`), by ourselves: what a converter makes of house Markdown loses
directives, and what it makes of tracked changes loses their ends of paragraphs.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from pathlib import PurePosixPath
from xml.sax.saxutils import quoteattr

from markdown_it.token import Token
from PIL import Image, UnidentifiedImageError

from penholder.formats.word import parts
from penholder.formats.word.letters import Stretch, run, runs
from penholder.formats.word.outgoing import Outgoing
from penholder.formats.word.remarks import Comments, stamp
from penholder.formats.word.tracked import Place, Tracked, tracked
from penholder.text.canonical import canonical
from penholder.text.dialect import Parsed, parse
from penholder.text.directives import Directive
from penholder.text.markdown import Span, spans

# English Metric Units, in which pictures are measured: one pixel of 96 to the inch, and what fits between the margins.
_PIXEL, _WIDEST = 9525, 5_400_000
# What stands between the margins of an A4 page, in twentieths of a point; letters of the shortest and longest column.
_TEXT_WIDTH, _SHORT, _LONG = 9026, 8, 60
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_ENDS = {"png": (".png",), "jpeg": (".jpg", ".jpeg"), "gif": (".gif",)}
# A zip whose entries all bear one date is the same, byte by byte, whenever it is made.
_DATE = (1980, 1, 1, 0, 0, 0)


def write(outgoing: Outgoing) -> bytes:
    """The document. The same input always gives the same bytes."""
    writer = Writer(outgoing)
    body = "".join(writer.text(text) for text in outgoing.texts)
    title = f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>{run(outgoing.title)}</w:p>' if outgoing.title else ""
    page = (
        f'<w:sectPr><w:footerReference w:type="default" r:id="{writer.footer}"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" '
        'w:left="1440" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
    )
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": parts.content_types(),
        "_rels/.rels": parts.top_relations(),
        "word/document.xml": f"{parts.HEAD}<w:document {parts.NAMES}><w:body>{title}{body}{page}</w:body></w:document>",
        "word/_rels/document.xml.rels": parts.relations(writer.relations),
        "word/styles.xml": parts.styles(outgoing.language),
        "word/numbering.xml": parts.numbering(writer.lists),
        "word/settings.xml": parts.settings(),
        "word/footnotes.xml": writer.footnotes(),
        "word/footer1.xml": parts.footer(outgoing.title, outgoing.state, outgoing.language),
        "docProps/core.xml": parts.core(outgoing.title, outgoing.language),
        "docProps/custom.xml": parts.custom(outgoing.origin),
        "customXml/item1.xml": parts.carried(tuple(map(canonical, outgoing.texts))),
        **writer.comments.parts(),
        **writer.files,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return out.getvalue()


@dataclass(slots=True)
class Writer:
    """Writes one document, once. `passage` counts over all texts; `Tracked` asks for words, marks and paragraphs."""

    outgoing: Outgoing
    relations: list[tuple[str, str, str, bool]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    lists: list[int] = field(default_factory=list)  # numbers with which numbered lists begin
    comments: Comments = field(default_factory=Comments)
    notes: list[str] = field(default_factory=list)
    passage: int = -1  # the one that is being written, over all texts
    marks: int = 0
    _parsed: Parsed | None = None
    _defined: dict[str, tuple[int, int]] = field(default_factory=dict)  # footnotes of this text: label → tokens
    _used: set[str] = field(default_factory=set)
    _open: set[str] = field(default_factory=set)  # footnotes that are being written
    _passages: dict[int, tuple[int, Span]] = field(default_factory=dict)  # by their first token
    _tracked: Tracked | None = None
    _leaf: int = 0
    footer: str = ""  # the id by which the pages refer to it

    def __post_init__(self) -> None:
        self.footer = self._relate(f"{parts.OFFICE}/footer", "footer1.xml")
        for kind in ("styles", "numbering", "settings", "footnotes", "comments"):
            self._relate(f"{parts.OFFICE}/{kind}", f"{kind}.xml")
        self._relate("http://schemas.microsoft.com/office/2011/relationships/commentsExtended", "commentsExtended.xml")
        self._relate(f"{parts.OFFICE}/customXml", "../customXml/item1.xml")

    def _relate(self, kind: str, target: str, *, out: bool = False) -> str:
        name = f"rId{len(self.relations) + 1}"
        self.relations.append((name, kind, target, out))
        return name

    # -- a text

    def text(self, source: str) -> str:
        """One section."""
        self._parsed = parsed = parse(canonical(source))
        begin = self.passage + 1
        self._passages = {}
        self._defined, self._used = {}, set()
        for number, span in enumerate(spans(parsed), start=begin):
            if span.last >= span.first:
                self._passages[span.first] = (number, span)
            self.passage = number
        last = self.passage
        again = []
        for index, token in enumerate(parsed.tokens):
            if token.type == "footnote_reference_open":
                place = (index + 1, parsed.close[index])
                if self._defined.setdefault(token.meta["label"], place) != place:
                    again.append(place)
        made = self._flow(0, len(parsed.tokens), Place())
        unused = [place for label, place in self._defined.items() if label not in self._used]
        for first, end in [*unused, *again]:  # nobody refers to it; its words are not lost
            made += self._flow(first, end, Place("FootnoteText"))
        self.passage = last
        return made

    def _enter(self, index: int) -> None:
        """Begin the passage whose first token this is, if one begins here."""
        if index in self._passages:
            number, span = self._passages[index]
            if number != self.passage or self._tracked is None or self._tracked.passage != number:
                self.passage = number
                lines = (self._parsed.lines if self._parsed else ())[span.start : span.end]
                self._tracked = tracked("\n".join(lines), number, self.outgoing)
                self._leaf = 0

    def _flow(self, index: int, stop: int, place: Place) -> str:
        parsed = self._parsed
        if parsed is None:
            return ""
        made: list[str] = []
        while index < stop:
            token, close = parsed.tokens[index], parsed.close[index]
            made.append(self._block(token, index, close, place))
            index = close + 1
        return "".join(made)

    def _block(self, token: Token, index: int, close: int, place: Place) -> str:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of block
        self._enter(index)
        match token.type:
            case "heading_open":
                return self._paragraph(index + 1, Place(f"Heading{token.tag[1]}"))
            case "paragraph_open":
                return self._paragraph(index + 1, place)
            case "bullet_list_open":
                return self._list(index, close, 1, place)
            case "ordered_list_open":
                self.lists.append(int(token.attrGet("start") or 1))
                return self._list(index, close, len(self.lists) + 1, place)
            case "blockquote_open":
                return self._flow(index + 1, close, Place("Quote"))
            case "fence" | "code_block":
                face = frozenset[str]()
                return self.laid(run(token.content.rstrip("\n"), face), Place("CodeBlock"))
            case "table_open":
                return self._table(index, close)
            case "hr":
                return '<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:color="B1B4B6"/></w:pBdr></w:pPr></w:p>'
            case "dl_open" | "dd_open":
                return self._flow(index + 1, close, Place("Definition"))
            case "dt_open":
                return self._paragraph(index + 1, Place("DefinitionTerm"))
            case "directive_open":
                return self._directive(token.meta["directive"], index, close)
            case "inline":
                return self._paragraph(index, place)
            case _:
                return ""

    def _list(self, index: int, close: int, number: int, place: Place) -> str:
        level = min(place.number[1] + 1, 8) if place.number else 0
        made: list[str] = []
        tokens, ends = (self._parsed.tokens, self._parsed.close) if self._parsed else ((), ())
        item = index + 1
        while item < close:
            self._enter(item + 1)
            inside = Place("ListParagraph", (number, level))
            at = item + 1
            while at < ends[item]:
                made.append(self._block(tokens[at], at, ends[at], inside))
                if tokens[at].type == "paragraph_open":
                    inside = Place("ListParagraph", (number, level), after=True)
                at = ends[at] + 1
            item = ends[item] + 1
        return "".join(made)

    def _table(self, index: int, close: int) -> str:
        tokens, ends = (self._parsed.tokens, self._parsed.close) if self._parsed else ((), ())
        rows: list[str] = []
        longest: list[int] = []  # of each column, its longest cell
        for at in range(index, close):
            if tokens[at].type != "tr_open":
                continue
            head = tokens[at - 1].type == "thead_open"
            cells = [one for one in range(at, ends[at]) if tokens[one].type in {"th_open", "td_open"}]
            said = [len(tokens[one + 1].content) for one in cells]
            longest = [max(pair) for pair in zip_longest(longest, said, fillvalue=0)]
            properties = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if head else "<w:trPr><w:cantSplit/></w:trPr>"
            laid = "".join(f"<w:tc><w:tcPr/>{self._paragraph(one + 1, _aligned(tokens[one]))}</w:tc>" for one in cells)
            rows.append(f"<w:tr>{properties}{laid}</w:tr>")
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _widths(longest))
        look = (
            '<w:tblLook w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        )
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="Lined"/><w:tblW w:w="5000" w:type="pct"/>{look}</w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
            '<w:p><w:pPr><w:spacing w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
        )

    def _directive(self, directive: Directive, index: int, close: int) -> str:
        kind = directive.kind
        style = "Callout" if kind == "callout" else "Caption"
        made = ""
        if kind == "figure":
            made = self.laid(self._picture(directive.argument, directive.option("alt")), Place())
        if kind == "film" and directive.argument:
            made = self.laid(run(directive.argument), Place())
        if title := directive.option("title"):
            made += self.laid(run(title), Place("CalloutTitle"))
        made += self._flow(index + 1, close, Place(style))
        if source := directive.option("source"):
            made += self.laid(run(f"Source: {source}"), Place("Source"))
        return made

    # -- a paragraph

    def _paragraph(self, index: int, place: Place) -> str:
        token = self._parsed.tokens[index] if self._parsed else None
        if token is None or token.type != "inline":
            return self.laid("", place)
        leaf, self._leaf = self._leaf, self._leaf + 1
        if self._tracked is None:
            return self.laid("", place)
        return self._tracked.paragraph(leaf, token.children or (), place, self)

    def heading(self, style: str) -> Place:
        """A place with a style."""
        return Place(style)

    def laid(self, inside: str, place: Place, mark: str = "") -> str:
        """A paragraph of runs; `mark` says what was done to its end."""
        said = f'<w:pStyle w:val="{place.style}"/>' if place.style and not place.style.startswith("@") else ""
        if place.number and not place.after:
            said += f'<w:numPr><w:ilvl w:val="{place.number[1]}"/><w:numId w:val="{place.number[0]}"/></w:numPr>'
        elif place.number:
            said += f'<w:ind w:left="{567 * (place.number[1] + 1)}"/>'
        if place.style.startswith("@"):
            said += f'<w:jc w:val="{place.style[1:]}"/>'
        said += f"<w:rPr>{mark}</w:rPr>" if mark else ""
        return f"<w:p>{f'<w:pPr>{said}</w:pPr>' if said else ''}{inside}</w:p>"

    def words(
        self, found: Sequence[Stretch], *, gone: bool = False, new: bool = False, wrap: tuple[str, str] = ("", "")
    ) -> str:
        """Stretches as runs, with what they refer to. Words that are `new` bring no footnotes."""
        note: Callable[[str], str] = (lambda _label: "") if new else self._note
        return runs(
            found,
            relation=lambda target: self._relate(f"{parts.OFFICE}/hyperlink", target, out=True),
            note=note,
            picture=lambda one: self._picture(one.picture, one.words),
            gone=gone,
            wrap=wrap,
        )

    def mark(self, tag: str, author: str, at: datetime) -> tuple[str, str]:
        """The beginning and end of a tracked change."""
        self.marks += 1
        return f'<w:{tag} w:id="{self.marks}" {stamp(author, at)}>', f"</w:{tag}>"

    # -- notes and pictures

    def _note(self, label: str) -> str:
        if label not in self._defined or label in self._open:
            return ""  # a mark without a note, or a note within itself, says nothing
        self._used.add(label)
        self._open.add(label)
        number = len(self.notes) + 1
        self.notes.append("")
        first, end = self._defined[label]
        kept = self.passage, self._tracked, self._leaf
        self._enter(first - 1)
        made = self._flow(first, end, Place("FootnoteText"))
        self.passage, self._tracked, self._leaf = kept
        self._open.discard(label)
        sign = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
        sign += '<w:r><w:t xml:space="preserve"> </w:t></w:r>'
        begin, gap, rest = made.partition("</w:pPr>")
        self.notes[number - 1] = f"{begin}{gap}{sign}{rest}" if gap else made
        return f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'

    def footnotes(self) -> str:
        """The part that holds the footnotes, with the two lines that Word wants first."""
        made = (
            '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>'
            "</w:footnote>"
        )
        made += "".join(f'<w:footnote w:id="{number}">{note}</w:footnote>' for number, note in enumerate(self.notes, 1))
        return f"{parts.HEAD}<w:footnotes {parts.NAMES}>{made}</w:footnotes>"

    def _picture(self, path: str, alternative: str) -> str:
        data = self.outgoing.pictures(path)
        try:
            with Image.open(io.BytesIO(data or b"")) as opened:
                width, height, kind = opened.width, opened.height, (opened.format or "").lower()
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            return run(f"[{alternative or path}]")  # no picture, or one that Word does not show: its words stay
        if kind not in _ENDS or data is None:
            return run(f"[{alternative or path}]")
        number = len(self.files) + 1
        own = PurePosixPath(path).name
        if not _PLAIN.fullmatch(own) or not own.lower().endswith(_ENDS[kind]) or f"word/media/{own}" in self.files:
            own = f"picture{number}{_ENDS[kind][0]}"
        self.files[f"word/media/{own}"] = data
        name = self._relate(f"{parts.OFFICE}/image", f"media/{own}")
        wide = min(width * _PIXEL, _WIDEST)
        high = max(height * _PIXEL * wide // max(width * _PIXEL, 1), 1)
        said = f'id="{number}" name="Picture {number}" descr={quoteattr(alternative)}'
        size = f'cx="{wide}" cy="{high}"'
        kind_of = "http://schemas.openxmlformats.org/drawingml/2006/picture"
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/><wp:docPr {said}/>'
            f'<a:graphic><a:graphicData uri="{kind_of}"><pic:pic><pic:nvPicPr><pic:cNvPr {said}/><pic:cNvPicPr/>'
            f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{name}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )


def _widths(longest: Sequence[int]) -> list[int]:
    """How wide each column is, in twentieths of a point: as its longest cell asks, but no sliver and not everything."""
    shares = [min(max(one, _SHORT), _LONG) for one in longest]
    return [_TEXT_WIDTH * share // sum(shares) for share in shares]


def _aligned(cell: Token) -> Place:
    said = str(cell.attrGet("style") or "")
    side = "right" if "right" in said else "center" if "center" in said else ""
    return Place(f"@{side}" if side else "")
