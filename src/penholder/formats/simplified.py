"""pandoc's tree → the same tree with nothing in it but what house Markdown has.

Raw HTML becomes text, divs and spans fall away, tables lose their spans, pictures become figures, and whatever would
read as house markup without being meant so is escaped. Shapes: https://hackage.haskell.org/package/pandoc-types.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from penholder.formats.structure import attribute_value

Node = dict[str, Any]

# Text that pandoc's writer leaves alone and the house dialect would not: entities, and braces after a heading.
_SPECIAL = re.compile(r"&(?=#?\w)|\{")
# At the start of a block these begin a directive, a definition or code.
_OPENERS = re.compile(r"[:~]")
_PRINCIPLE = re.compile(r"^Principle(?:\s+0*(\d{1,3}))?\s*[:.–—-]\s*(?=\S)", re.IGNORECASE)
_ACTION = re.compile(r"^Action\s+0*(\d{1,3})\s*[:.–—-]\s*(?=\S)", re.IGNORECASE)
_BARE = {"Underline", "SmallCaps", "Strikeout", "Quoted", "Cite", "Span"}


@dataclass(slots=True)
class Simplifier:
    """Walks one tree once, and counts what it had to change."""

    picture: Callable[[str], str]  # the path of a picture in the document → its path in the folder, "" when it is lost
    names: dict[str, str] = field(default_factory=dict)  # what `names_of` gave: a heading's name in the tree → its own
    linked: frozenset[str] = frozenset()  # names in the tree that something links to
    changed: Counter[str] = field(default_factory=Counter)

    def blocks(self, nodes: Iterable[Node]) -> list[Node]:
        """A list of blocks, made simple."""
        simple: list[Node] = []
        for node in nodes:
            simple += self._block(node)
        return simple

    def _block(self, node: Node) -> list[Node]:  # noqa: C901, PLR0912 - one case for each kind of block pandoc knows
        kind: str = node["t"]
        content: Any = node.get("c")
        made: list[Node]
        match kind:
            case "Para" | "Plain":
                made = self._paragraph(kind, content)
            case "Header":
                made = [self._heading(content)]
            case "Div":
                made = self.blocks(content[1])
            case "BlockQuote":
                made = [{"t": kind, "c": self.blocks(content)}]
            case "BulletList":
                made = [{"t": kind, "c": [self.blocks(item) for item in content]}]
            case "OrderedList":
                start = [content[0][0], {"t": "Decimal"}, {"t": "Period"}]
                made = [{"t": kind, "c": [start, [self.blocks(item) for item in content[1]]]}]
            case "DefinitionList":
                pairs = [[self.inlines(term), [self.blocks(one) for one in said]] for term, said in content]
                made = [{"t": kind, "c": pairs}]
            case "LineBlock":
                lines: list[Node] = []
                for line in content:
                    lines += [*line, {"t": "LineBreak"}]
                made = self._paragraph("Para", lines[:-1])
            case "Table":
                made = self._table(content)
            case "Figure":
                made = self._figure(content)
            case "CodeBlock":
                made = [{"t": kind, "c": [["", ["text"], []], content[1]]}]  # a class makes the writer fence it
            case "RawBlock":
                self.changed["raw"] += 1
                made = [_para([_text(content[1])])]
            case _:
                made = [node] if kind == "HorizontalRule" else []
        return made

    # -- inside a block

    def inlines(self, nodes: Iterable[Node]) -> list[Node]:
        """A list of inlines, made simple."""
        simple: list[Node] = []
        for node in nodes:
            simple += self._inline(node)
        return simple

    def _inline(self, node: Node) -> list[Node]:  # noqa: C901 - one case for each kind of inline that pandoc knows
        kind: str = node["t"]
        content: Any = node.get("c")
        made: list[Node]
        match kind:
            case "Str":
                made = _escaped(content)
            case "Emph" | "Strong":
                made = [{"t": kind, "c": self.inlines(content)}]
            case "Superscript" | "Subscript":
                tag = "sup" if kind == "Superscript" else "sub"
                made = [_html(f"<{tag}>"), *self.inlines(content), _html(f"</{tag}>")]
            case "Note":
                made = [{"t": kind, "c": self.blocks(content)}]
            case "Link":
                made = self._link(content)
            case "Image":
                path = self.picture(content[2][0])
                made = [{"t": kind, "c": [["", [], []], self.inlines(content[1]), [path, ""]]}] if path else []
            case "Code":
                made = [{"t": kind, "c": [["", [], []], content[1]]}]
            case "Math":
                self.changed["math"] += 1
                made = [{"t": "Code", "c": [["", [], []], content[1]]}]
            case "RawInline":
                self.changed["raw"] += 1
                made = _escaped(content[1])
            case _ if kind in _BARE:
                made = self._bare(kind, content)
            case _:
                made = [node] if kind in {"Space", "SoftBreak", "LineBreak"} else []
        return made

    def _bare(self, kind: str, content: Any) -> list[Node]:
        """The words of something that the house dialect has no mark for."""
        if kind == "Quoted":
            first, last = ("‘", "’") if content[0]["t"] == "SingleQuote" else ("“", "”")
            return [_text(first), *self.inlines(content[1]), _text(last)]
        if kind == "Strikeout":
            self.changed["struck"] += 1
        return self.inlines(content[1] if kind in {"Span", "Cite"} else content)

    # -- blocks that need care

    def _paragraph(self, kind: str, content: list[Node]) -> list[Node]:
        worded = [node for node in content if node["t"] not in {"Space", "SoftBreak", "LineBreak"}]
        if len(worded) == 1 and worded[0]["t"] == "Image":
            return self._figure_of(worded[0], [])
        inside = self.inlines(content)
        if inside and inside[0]["t"] == "Str" and _OPENERS.match(inside[0]["c"]):
            inside.insert(0, _raw("\\"))
        return [{"t": kind, "c": inside}] if inside else []

    def _heading(self, content: list[Any]) -> Node:
        level, (given, _, _), inlines = content
        title = plain(inlines)
        name = self.names.get(given, "")
        if found := _numbered(title):  # the number stands in the name; the title keeps its words and loses its marks
            return {"t": "Header", "c": [level, [name, [found[0]], []], _words(title[found[2] :])]}
        return {"t": "Header", "c": [level, [name if given in self.linked else "", [], []], self.inlines(inlines)]}

    def _link(self, content: list[Any]) -> list[Node]:
        _, words, (target, _) = content
        inside = self.inlines(words)
        if target.startswith("#"):
            name = self.names.get(target[1:], "")
            if not name:
                self.changed["links"] += 1
                return inside
            target = f"#{name}"
        return [{"t": "Link", "c": [["", [], []], inside, [target, ""]]}] if inside else []

    def _table(self, content: list[Any]) -> list[Node]:
        _, caption, columns, (_, head), bodies, (_, foot) = content
        rows = [row for body in bodies for row in (*body[2], *body[3])] + list(foot)
        top = head[0] if head else None
        if len(head) > 1:
            rows = [*head[1:], *rows]
        if not columns:
            return []
        laid = self._laid_out(([top] if top else []) + rows, len(columns))
        heading, body = (laid[0], laid[1:]) if top else ([[] for _ in columns], laid)
        sides = [[side, {"t": "ColWidthDefault"}] for side, _ in columns]
        empty = ["", [], []]
        made: Node = {
            "t": "Table",
            "c": [
                empty,
                [None, []],
                sides,
                [empty, [_row(heading)]],
                [[empty, 0, [], [_row(cells) for cells in body]]],
                [empty, []],
            ],
        }
        words = self.blocks(caption[1])
        return [_raw_block(":::{table}"), *words, made, _raw_block(":::")] if words else [made]

    def _laid_out(self, rows: list[Any], width: int) -> list[list[list[Node]]]:
        """Each row as `width` cells; a cell that spans others stands in its first place, and the others are empty."""
        taken: Counter[tuple[int, int]] = Counter()
        laid: list[list[list[Node]]] = []
        for number, (_, cells) in enumerate(rows):
            line: list[list[Node]] = [[] for _ in range(width)]
            at = 0
            for _, _, down, across, blocks in cells:
                while at < width and taken[number, at]:
                    at += 1
                if at >= width:
                    break
                line[at] = self._cell(blocks)
                if down > 1 or across > 1:
                    self.changed["spans"] += 1
                    taken.update((number + i, at + j) for i in range(min(down, len(rows))) for j in range(across))
                at += across
            laid.append(line)
        return laid

    def _cell(self, blocks: list[Node]) -> list[Node]:
        """What a cell says, on one line: paragraphs and items with line breaks between them."""
        parts: list[list[Node]] = []
        for node in self.blocks(blocks):
            parts += _lines_of(node)
        line: list[Node] = []
        for part in parts:
            line += ([_html("<br>")] if line else []) + [
                _html("<br>") if node["t"] == "LineBreak" else node for node in part if node["t"] != "SoftBreak"
            ]
        return line

    def _figure(self, content: list[Any]) -> list[Node]:
        _, caption, blocks = content
        images = [node for block in blocks for node in block.get("c") or [] if _is_image(node)]
        if len(blocks) == 1 and len(images) == 1:
            return self._figure_of(images[0], self.blocks(caption[1]))
        return self.blocks([*blocks, *caption[1]])

    def _figure_of(self, image: Node, caption: list[Node]) -> list[Node]:
        path = self.picture(image["c"][2][0])
        if not path:
            return caption
        alternative = attribute_value(plain(image["c"][1]))
        option = f"\n:alt: {alternative}" if alternative else ""
        if not caption:
            return [_raw_block(f":::{{figure}} {path}{option}\n:::")]
        return [_raw_block(f":::{{figure}} {path}{option}"), *caption, _raw_block(":::")]


def plain(nodes: Iterable[Node]) -> str:
    """The words of inlines, without notes."""
    words: list[str] = []
    for node in nodes:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind == "Str":
            words.append(content)
        elif kind in {"Space", "SoftBreak", "LineBreak"}:
            words.append(" ")
        elif kind in {"Code", "Math", "RawInline"}:
            words.append(content[1])
        elif kind in {"Link", "Image", "Span", "Quoted", "Cite"}:
            words.append(plain(content[1]))
        elif kind != "Note" and isinstance(content, list):
            words.append(plain(content))
    return " ".join("".join(words).split())


def links_of(tree: Any) -> frozenset[str]:
    """The names inside the document that some link of it points to."""
    return frozenset(
        node["c"][2][0][1:] for node in _nodes(tree) if node["t"] == "Link" and node["c"][2][0].startswith("#")
    )


def names_of(tree: Any) -> dict[str, str]:
    """For each name that a heading or something in it has, the name that the heading gets in house Markdown."""
    names: dict[str, str] = {}
    principles = 0
    for node in _nodes(tree):
        if node["t"] != "Header":
            continue
        _, (given, _, _), inlines = node["c"]
        name = given
        if found := _numbered(plain(inlines)):
            kind, number, _ = found
            if kind == "principle":
                principles = number or principles + 1
            name = f"{kind}-{number or principles:02d}"
        anchors = [inner["c"][0][0] for inner in _nodes(inlines) if inner["t"] == "Span"]
        names |= {one: name for one in (given, *anchors) if one}
    return names


def _numbered(title: str) -> tuple[str, int, int] | None:
    """Of "Action 01: …": its kind, its number (0 when it has none) and where its words begin."""
    if found := _PRINCIPLE.match(title):
        return "principle", int(found[1] or 0), found.end()
    if found := _ACTION.match(title):
        return "action", int(found[1]), found.end()
    return None


def _nodes(tree: Any) -> Iterator[Node]:
    """Every block and inline, in reading order."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "t" in one:
                yield one
            waiting += reversed(list(one.values()))
        elif isinstance(one, list):
            waiting += reversed(one)


def _lines_of(node: Node) -> list[list[Node]]:
    kind: str = node["t"]
    content: Any = node.get("c")
    if kind in {"Para", "Plain"}:
        return [content]
    if kind == "Header":
        return [content[2]]
    if kind in {"BulletList", "OrderedList"}:
        items = content if kind == "BulletList" else content[1]
        return [[_text("•"), {"t": "Space"}, *line] for item in items for inner in item for line in _lines_of(inner)]
    if kind == "BlockQuote":
        return [line for inner in content for line in _lines_of(inner)]
    if kind == "CodeBlock":
        return [[{"t": "Code", "c": [["", [], []], " ".join(content[1].split())]}]]
    return []


def _escaped(words: str) -> list[Node]:
    """Text as inlines, so that none of it reads as house markup."""
    made: list[Node] = []
    last = 0
    for found in _SPECIAL.finditer(words):
        if found.start() > last:
            made.append(_text(words[last : found.start()]))
        made.append(_raw("\\" + found[0]))
        last = found.end()
    return [*made, _text(words[last:])] if words[last:] else made


def _words(title: str) -> list[Node]:
    made: list[Node] = []
    for word in title.split():
        made += [{"t": "Space"}] if made else []
        made += _escaped(word)
    return made


def _text(words: str) -> Node:
    return {"t": "Str", "c": words}


def _raw(source: str) -> Node:
    return {"t": "RawInline", "c": ["commonmark", source]}


def _html(tag: str) -> Node:
    return {"t": "RawInline", "c": ["html", tag]}


def _raw_block(source: str) -> Node:
    return {"t": "RawBlock", "c": ["commonmark", source]}


def _para(inlines: list[Node]) -> Node:
    return {"t": "Para", "c": inlines}


def _row(cells: list[list[Node]]) -> list[Any]:
    empty = ["", [], []]
    return [
        empty,
        [[empty, {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": cell}] if cell else []] for cell in cells],
    ]


def _is_image(node: Any) -> bool:
    return isinstance(node, dict) and node.get("t") == "Image"
