"""The tree of blocks → house Markdown: figures, charts, films, call-outs, headings with their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from penholder.errors import Refused
from penholder.formats.govspeak.attributes import Attributes
from penholder.formats.govspeak.blocks import ITEM, Node
from penholder.formats.govspeak.figures import Picture, can_be_captioned, chart_kind, labels_last, read_picture
from penholder.formats.govspeak.films import Films
from penholder.formats.govspeak.footnotes import Footnotes
from penholder.formats.govspeak.inline import Inline
from penholder.formats.govspeak.lines import FENCE, Findings
from penholder.formats.govspeak.markup import Piece, film_address, read_html
from penholder.formats.govspeak.pictures import PICTURES, Pictures
from penholder.formats.govspeak.tables import Table, write_table
from penholder.formats.structure import attribute_value
from penholder.text.canonical import canonical

CAPTION = re.compile(r"^\s*(?:Figure|Fig\.?|Table|Chart)\s+(\w{1,8})\s*[:.–—-]\s*(.+)$", re.DOTALL | re.IGNORECASE)
SOURCE = re.compile(r"\s*\*\s*Sources?:\s*([^*]{1,2000})\*\s*$", re.IGNORECASE)
LONE_LINK = re.compile(
    r'^\s*\[([^\[\]\n]{1,1000})\]\([ \t]*<?([^\s)<>]{1,2000})>?(?:[ \t]{1,9}"[^"]{0,1000}")?[ \t]*\)\s*$'
)
PRINCIPLE = re.compile(r"^Principle(?:\s+0*(\d{1,3}))?\s*[:.–—-]\s*(.+)$", re.IGNORECASE)
ACTION = re.compile(r"^Action\s+0*(\d{1,3})\s*[:.–—-]\s*(.+)$", re.IGNORECASE)
MOTTO = re.compile(r"^\s*([*_])(?![*_])([“\"‘'][^*_]{1,300}[”\"’'])\1\s*$")
# Classes that make a box a call-out; every other one is only a box.
CALLOUTS = {"case-study": "case-study", "note": "note", "warning": "warning", "example": "example", "quote": "quote"}
CHART_CLASS = re.compile(r"(?:^|-)chart$|^mc-")


@dataclass(slots=True)
class Directive:
    """One fenced directive of the house, not yet written."""

    kind: str
    argument: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    body: list[Out] = field(default_factory=list)

    def depth(self) -> int:
        """How many directives stand inside each other in it, itself included."""
        return 1 + max((item.depth() for item in self.body if isinstance(item, Directive)), default=0)


Out = str | Directive


def write(blocks: Sequence[Out]) -> str:
    """The blocks as text, an empty line between them."""
    return "\n\n".join(_written(block) for block in blocks if block)


def house(markdown: str, file: str) -> str:
    """The canonical form of what was written. Raises Refused, naming the file, when it grew beyond any text."""
    try:
        return _canonical(markdown)
    except Refused as refused:
        raise Refused([f"{file}: {reason}" for reason in refused.reasons]) from refused


# Of a history most texts come again with every state.
@lru_cache(maxsize=2048)
def _canonical(markdown: str) -> str:
    return canonical(markdown)


def _written(block: Out) -> str:
    if isinstance(block, str):
        return block.strip("\n")
    fence = ":" * (2 + block.depth())
    head = f"{fence}{{{block.kind}}} {block.argument}".rstrip()
    options = [f":{key}: {' '.join(value.split())}" for key, value in block.options if value.strip()]
    body = write(block.body)
    # A body that begins with a colon would be read as one more option.
    return "\n".join([head, *options, *([""] if body.startswith(":") else []), *([body] if body else []), fence])


class Writer:
    """Writes the pages of one document. Names of figures are unique in it; `shorts` are its actions' short titles."""

    def __init__(
        self,
        findings: Findings,
        pictures: Pictures,
        footnotes: Footnotes,
        films: Films,
        *,
        shorts: Mapping[int, str] | None = None,
    ) -> None:
        self.findings = findings
        self.pictures = pictures
        self.footnotes = footnotes
        self.films = films
        self.shorts = shorts
        self.principles = 0
        self.names: set[str] = set()
        self.inline = Inline(findings, picture=self._inline_picture, reference=footnotes.reference)

    def blocks(self, nodes: Sequence[Node]) -> list[Out]:
        """House blocks for the nodes of one box or page, in order."""
        out: list[Out] = []
        at = 0
        while at < len(nodes):
            node = nodes[at]
            following = nodes[at + 1] if at + 1 < len(nodes) else None
            if node.kind == "text" and (found := self._caption(node, following)):
                out.extend(self._captioned(node, found, following))
                at += 2 if following and can_be_captioned(following) else 1
                continue
            if self._is_principle(node) and following and following.kind == "text" and MOTTO.match(following.text):
                out.append(self.heading(node, motto=following.text.strip()[1:-1].strip("“”\"‘’' ")))
                at += 2
                continue
            out.extend(self._block(node))
            at += 1
        return out

    def _block(self, node: Node) -> list[Out]:
        out: list[Out] = []  # of a footnote: it stands where it is referred to
        match node.kind:
            case "heading":
                out = [self.heading(node)]
            case "text":
                out = self._text(node)
            case "code":
                # What is only indented was no code to the old site, which put its marks in before looking.
                fenced = FENCE.match(node.text.partition("\n")[0])
                out = [node.text if fenced else self.inline.without_marks(node.text, node.file, node.line)]
            case "table" if node.table:
                out = self._table(node, node.table, [])
            case "html":
                out = self._html(node)
            case "div":
                out = self._box(node)
        return out

    # -- headings ------------------------------------------------------------------------------------------------

    def _is_principle(self, node: Node) -> bool:
        return self.shorts is not None and node.kind == "heading" and bool(PRINCIPLE.match(node.text))

    def heading(self, node: Node, *, motto: str = "") -> str:
        """A heading; of a principle or an action with its name, and its number no longer in its words."""
        title = self.title(node)
        said = f"#{node.attributes.name}" if node.attributes.name else ""
        if self.shorts is not None and (found := PRINCIPLE.match(title)):
            self.principles = int(found[1]) if found[1] else self.principles + 1
            title, said = found[2], f"#principle-{self.principles:02d} .principle"
            said += f' motto="{attribute_value(motto)}"' if motto else ""
        elif self.shorts is not None and (found := ACTION.match(title)):
            number = int(found[1])
            title, said = found[2], f"#action-{number:02d} .action"
            short = self.shorts.get(number, "")
            said += f' short="{attribute_value(short)}"' if short else ""
        if node.attributes.classes and {"no_toc", "no-toc"} & set(node.attributes.classes):
            said = f"{said} .no-toc".strip()
        return f"{'#' * node.level} {title}" + (f" {{{said}}}" if said else "")

    def title(self, node: Node) -> str:
        """A heading's words: breaks become spaces, pictures their words, and no brace closes the line."""
        words = self.inline.convert(node.text, node.file, node.line)
        words = " ".join(words.replace("<br>", " ").split())
        return words[:-1] + ")" if words.endswith("}") else words

    # -- words ---------------------------------------------------------------------------------------------------

    def _text(self, node: Node) -> list[Out]:
        if "toc" in node.attributes.references:
            return []
        if "meta" in node.attributes.classes:
            self.inline.convert(node.text, node.file, node.line)
            self.findings.note(
                node.file, node.line, "A list of downloads and dates about the page itself was left out."
            )
            return []
        if picture := read_picture(node):
            return self._picture(node, picture)
        words = self.inline.convert(_without_timestamps(node, self.findings), node.file, node.line)
        if node.pull and words.strip():
            return [Directive("callout", "quote", [], [words])]
        return [_definitions(words)] if words.strip() else []

    def _inline_picture(self, address: str, alt: str, file: str, line: int) -> str:
        """A picture in the middle of words: kept when it is there, else its description."""
        self.findings.counts["images"] += 1
        path = self.pictures.find(address, file, line)
        return f"![{alt}]({path})" if path else alt

    def _picture(self, node: Node, picture: Picture, caption: str = "", source: str = "", name: str = "") -> list[Out]:
        """A picture on its own: a figure; or, when it is not in the source, its words with the link it carried."""
        self.findings.counts["images"] += 1
        alt = " ".join(self.inline.convert(picture.alt, node.file, node.line).split())
        path = self.pictures.find(picture.address, node.file, node.line)
        link = "" if picture.link == picture.address or picture.link.lower().endswith(PICTURES) else picture.link
        if path is None:
            label = alt or caption
            words = f"[{label}]({link})" if link and label else f"*{alt}*" if alt and "*" not in alt else alt
            told = f"{caption} *Source: {source}*" if caption and source else caption
            return [part for part in (told, words) if part]
        words = caption or picture.title
        if link:
            words = f"[{words or alt}]({link})"
        return [Directive("figure", path, [("name", self._name(name)), ("alt", alt), ("source", source)], [words])]

    # -- figures, charts and tables ------------------------------------------------------------------------------

    def _caption(self, node: Node, following: Node | None) -> re.Match[str] | None:
        """The caption that a paragraph is: said by its class, or by its words when a table or picture follows."""
        found = CAPTION.match(node.text)
        if not found or ITEM.match(node.text):
            return None
        marked = "fig" in node.attributes.classes or node.attributes.name.startswith(("fig-", "table-"))
        return found if marked or (following and can_be_captioned(following) and "\n" not in node.text) else None

    def _captioned(self, node: Node, found: re.Match[str], following: Node | None) -> list[Out]:
        self.findings.counts["captions"] += 1
        # The number stays in the words: the text around it speaks of "figure 3".
        words = self.inline.convert(node.text, node.file, node.line).strip()
        source = SOURCE.search(words)
        caption = words[: source.start()].rstrip() if source else words
        said = source[1].strip() if source else ""
        name = node.attributes.name or f"fig-{found[1].lower()}"
        options = [("name", name), ("source", said)]
        if following and following.kind == "table" and following.table:
            return self._table(following, following.table, options, caption)
        if following and (picture := read_picture(following)):
            return self._picture(following, picture, caption, said, name)
        self.findings.note(node.file, node.line, "This is a caption, but no picture or table follows it.", "warning")
        return [self.inline.convert(node.text, node.file, node.line)]

    def _name(self, name: str) -> str:
        """`name`, or a variant of it when another figure of the document has it."""
        if not name:
            return ""
        unique, number = name, 2
        while unique in self.names:
            unique, number = f"{name}-{number}", number + 1
        self.names.add(unique)
        return unique

    def _table(self, node: Node, table: Table, options: list[tuple[str, str]], caption: str = "") -> list[Out]:
        classes = set(node.attributes.classes)
        table = self._cells(table, node)
        kind = chart_kind(table, classes) if any(CHART_CLASS.search(c) for c in classes) else ""
        if kind and labels_last(table):
            self.findings.note(node.file, node.line, "The columns of this chart changed places: its labels come first.")
            table = Table(table.header[::-1], tuple(row[::-1] for row in table.rows), table.aligned[::-1])
        lines = "\n".join(write_table(table, node.file, node.line, self.findings))
        named = [(key, self._name(value) if key == "name" else value) for key, value in options]
        if not kind:
            return [Directive("table", "", named, [caption, lines])] if caption else [lines]
        self.findings.counts["charts"] += 1
        if any("%" in cell for row in table.rows for cell in row):
            named.append(("unit", "%"))
        return [Directive("chart", kind, named, [caption, lines] if caption else [lines])]

    def _cells(self, table: Table, node: Node) -> Table:
        def words(row: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(self.inline.convert(cell, node.file, node.line) for cell in row)

        return Table(words(table.header), tuple(words(row) for row in table.rows), table.aligned)

    # -- boxes and HTML ------------------------------------------------------------------------------------------

    def _box(self, node: Node) -> list[Out]:
        classes = set(node.attributes.classes)
        if "show-hide" in classes and (film := self._titled_film(node)):
            return film
        kind = next((CALLOUTS[c] for c in node.attributes.classes if c in CALLOUTS), "")
        if not kind:
            return self.blocks(node.children)
        self.findings.counts["callouts"] += 1
        children = list(node.children)
        options = []
        heading = next((child for child in children if child.kind == "heading"), None)
        if heading:
            options.append(("title", self.title(heading)))
            children.remove(heading)
        body = self.blocks(children)
        return [Directive("callout", kind, options, body)] if body or options else []

    def _titled_film(self, node: Node) -> list[Out] | None:
        """A box that holds a film and a link to it: the link's words are the film's caption."""
        htmls = [child for child in node.children if child.kind == "html"]
        pieces = [(c, read_html(c.text, c.file, c.line, self.findings)) for c in htmls]
        found = next(((c, p) for c, some in pieces for p in some if p.kind == "film"), None)
        if not found:
            return None
        holder, film = found
        for child in node.children:
            link = LONE_LINK.match(child.text) if child.kind == "text" else None
            if link and (not film.address or film_address(link[2]) == film.address):
                film.address, film.text = film_address(link[2]), link[1]
                others = [other for other in node.children if other not in (child, holder)]
                return [*self._film(film, holder), *self.blocks(others)]
        return None

    def _film(self, piece: Piece, node: Node) -> list[Out]:
        self.findings.counts["films"] += 1
        if not piece.address.startswith("https://"):
            what = "A film stands here without an address that a reader could follow; it was left out."
            self.findings.note(node.file, node.line, what, "warning")
            return []
        options = self.films.options(piece.captions, node.file, node.line)
        return [Directive("film", piece.address, options, [self.inline.convert(piece.text, node.file, node.line)])]

    def _html(self, node: Node) -> list[Out]:
        out: list[Out] = []
        for piece in read_html(node.text, node.file, node.line, self.findings):
            if piece.kind == "film":
                out.extend(self._film(piece, node))
            elif piece.kind == "table" and piece.table:
                out.extend(self._table(node, piece.table, []))
            elif piece.kind == "heading":
                heading = Node("heading", node.file, node.line, piece.text, piece.level, Attributes())
                out.append(self.heading(heading))
            elif piece.kind == "quote":
                words = self.inline.convert(piece.text, node.file, node.line)
                out.append("\n".join(f"> {line}".rstrip() for line in words.split("\n")))
            elif piece.kind == "code":
                out.append(piece.text)
            elif words := self.inline.convert(piece.text, node.file, node.line):
                out.append(words)
        return out


def _without_timestamps(node: Node, findings: Findings) -> str:
    """The text without list items that only say when the page was built."""
    if "{TIMESTAMP}" not in node.text and "{PDF=" not in node.text:
        return node.text
    kept = []
    for offset, line in enumerate(node.text.split("\n")):
        if ITEM.match(line) and ("{TIMESTAMP}" in line or "{PDF=" in line):
            findings.counts["timestamp" if "{TIMESTAMP}" in line else "pdf"] += 1
            findings.note(
                node.file, node.line + offset, "A line about the page itself (its date, its PDF) was left out."
            )
        else:
            kept.append(line)
    return "\n".join(kept)


def _definitions(words: str) -> str:
    """Definition lists with the lines that run on moved under their definition; all else as it is."""
    lines = words.split("\n")
    if not any(line.startswith(": ") for line in lines[1:]):
        return words
    inside, out = False, []
    for line in lines:
        inside = inside or line.startswith(":")
        out.append(f"  {line.strip()}" if inside and not line.startswith(":") else line)
    return "\n".join(out)
