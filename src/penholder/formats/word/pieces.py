"""The XML of a .docx → paragraphs made of pieces: words, each with who put them in or took them out.

Read from the file itself, because what a converter gives is already a text: it knows no inserted rows, no paragraphs
that were joined, no two people over the same words, and of a move only its ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from penholder.formats.word.package import Node, Package, W, author_of, moment_of, within
from penholder.formats.word.returned import Left
from penholder.formats.word.styles import Styles

Op = Literal["same", "inserted", "removed", "over"]

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What wraps words or paragraphs without changing what they say.
_WRAPPERS = frozenset(W + tag for tag in ("sdt", "sdtContent", "smartTag", "customXml", "fldSimple", "dir", "bdo"))
_PUT_IN, _TAKEN_OUT = frozenset({W + "ins", W + "moveTo"}), frozenset({W + "del", W + "moveFrom"})
_DRAWN = {W + tag for tag in ("drawing", "pict", "object")} | {_MC + "AlternateContent"}
_SPACES = {W + "tab", W + "br", W + "cr", W + "ptab"}
_FORMATTED = (W + "rPrChange", W + "pPrChange")


@dataclass(frozen=True, slots=True)
class Mark:
    """Who put words in or took them out, when, and in which move."""

    author: str
    at: datetime | None
    move: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one kind; or, without words, a `sign`: note, picture, from:ID or to:ID of a comment."""

    words: str
    op: Op = "same"
    mark: Mark | None = None
    over: Mark | None = None  # of words that somebody else had put in: who took them out again
    face: str = ""  # "b", "i" or both
    link: str = ""
    sign: str = ""


@dataclass(slots=True)
class Raw:
    """A paragraph of the file, with what was done to its end. `home` tells in which cell or note it stands."""

    where: str
    home: int
    style: str
    pieces: list[Piece] = field(default_factory=list)
    end: Op = "same"
    mark: Mark | None = None


@dataclass(slots=True)
class Row:
    """Behind the row `beside` one of these `cells` was put in (`in`); or that row, or the whole table, went."""

    op: Literal["in", "out", "all"]
    beside: list[Raw]
    mark: Mark
    quote: str
    cells: list[list[Raw]] = field(default_factory=list)


class PieceReader:
    """Walks the body and the footnotes once, in reading order."""

    def __init__(self, package: Package) -> None:
        self.paragraphs: list[Raw] = []
        self.left: list[Left] = []
        self.rows: list[Row] = []
        self._package = package
        self._styles = Styles(package)
        self._links = _links(package)
        self._notes: Mapping[str, Node] = {}
        self._homes = 0
        self._moves: dict[str, str] = {}  # open ranges of moves: id → name
        self._waiting: list[Piece] = []  # signs between paragraphs, for the next one

    def read(self) -> None:
        """Everything in the file that has words."""
        document = self._package.parsed("word/document.xml")
        notes = self._package.parsed("word/footnotes.xml")
        self._notes = {one.get(W + "id", ""): one for one in notes} if notes is not None else {}
        body = document.find(W + "body") if document is not None else None
        if body is not None:
            self._blocks(body, "body", 0)
        for note in self._notes.values():
            if note.get(W + "type") in {None, "normal"}:
                self._homes += 1
                self._blocks(note, "footnote", self._homes)
        if self._waiting and self.paragraphs:
            self.paragraphs[-1].pieces += self._waiting

    # -- blocks

    def _blocks(self, parent: Node, where: str, home: int) -> None:
        for node in parent:
            if node.tag == W + "p":
                self._paragraph(node, where, home)
            elif node.tag == W + "tbl":
                self._table(node)
            elif node.tag in _WRAPPERS:
                self._blocks(node, where, home)
            else:
                self._range(node, self._waiting)

    def _table(self, table: Node) -> None:
        rows = _inside(table, W + "tr")
        kinds = [_row_mark(row) for row in rows]
        gone = bool(kinds) and all(kind == W + "del" for kind, _ in kinds)
        beside: list[Raw] = []
        begun = len(self.paragraphs)
        for row, (kind, node) in zip(rows, kinds, strict=True):
            before = len(self.paragraphs)
            cells = []
            for cell in _inside(row, W + "tc"):
                self._homes += 1
                for tag in ("cellIns", "cellDel", "cellMerge"):
                    for changed in cell.findall(f"{W}tcPr/{W}{tag}"):
                        self._leave("table", _words(cell), changed)
                first = len(self.paragraphs)
                self._blocks(cell, "table", self._homes)
                cells.append(self.paragraphs[first:])
            own = self.paragraphs[before:]
            if kind == W + "ins" and node is not None:
                del self.paragraphs[before:]
                self.rows.append(Row("in", beside, self._mark(node), _words(row), cells))
                continue
            beside = own
            if kind == W + "del" and node is not None:  # the row is told as one thing, not cell by cell
                for paragraph in own:
                    paragraph.pieces = [_unmarked(piece) for piece in paragraph.pieces if piece.op != "inserted"]
                    paragraph.end, paragraph.mark = "same", None
                if not gone:
                    self.rows.append(Row("out", own, self._mark(node), _words(row)))
        if gone and kinds[0][1] is not None:
            self.rows.append(Row("all", self.paragraphs[begun:], self._mark(kinds[0][1]), _words(table)))

    def _paragraph(self, node: Node, where: str, home: int) -> None:
        properties = node.find(W + "pPr")
        raw = Raw(where, home, self._styles.of(properties) if where == "body" else "")
        raw.pieces, self._waiting = self._waiting, []
        if properties is not None:
            for tag, op in (("ins", "inserted"), ("moveTo", "inserted"), ("del", "removed"), ("moveFrom", "removed")):
                changed = properties.find(f"{W}rPr/{W}{tag}")
                if changed is not None and raw.end != "inserted":
                    raw.end = "inserted" if op == "inserted" else "removed"
                    raw.mark = self._mark(changed)
        self._inlines(node, raw, Piece(""))
        if any(True for tag in _FORMATTED for _ in node.iter(tag)):
            changed = next(one for tag in _FORMATTED for one in node.iter(tag))
            self._leave("formatting", _words(node), changed)
        self.paragraphs.append(raw)

    # -- inside a paragraph

    def _inlines(self, parent: Node, raw: Raw, like: Piece) -> None:
        for node in parent:
            if node.tag == W + "r":
                self._run(node, raw, like)
            elif node.tag in _PUT_IN | _TAKEN_OUT:
                self._inlines(node, raw, self._marked(like, node))
            elif node.tag == W + "hyperlink":
                target = self._links.get(node.get(_REL, ""), "")
                self._inlines(node, raw, _like(like, link=target))
            elif node.tag in _WRAPPERS:
                self._inlines(node, raw, like)
            elif node.tag != W + "pPr":
                self._range(node, raw.pieces)

    def _marked(self, like: Piece, node: Node) -> Piece:
        mark = self._mark(node)
        if node.tag in _PUT_IN:
            return _like(like, op="over" if like.op == "removed" else "inserted", mark=mark, over=like.mark)
        if like.op == "inserted":
            return _like(like, op="over", over=mark)
        return _like(like, op="removed", mark=mark)

    def _run(self, run: Node, raw: Raw, like: Piece) -> None:
        like = _like(like, face=_face(run))
        for node in run:
            if node.tag in {W + "t", W + "delText"}:
                raw.pieces.append(_like(like, words=node.text or ""))
            elif node.tag in _SPACES:
                raw.pieces.append(_like(like, words=" "))
            elif node.tag == W + "noBreakHyphen":
                raw.pieces.append(_like(like, words="\u2011"))
            elif node.tag == W + "footnoteReference":
                if like.op == "inserted":
                    note = self._notes.get(node.get(W + "id", ""))
                    self._leave("note", _words(note), like.mark)
                raw.pieces.append(_like(like, sign="note"))
            elif node.tag == W + "commentReference":
                raw.pieces.append(Piece("", sign=f"at:{node.get(W + 'id', '')}"))
            elif node.tag in _DRAWN:
                self._drawn(node, like)

    def _drawn(self, node: Node, like: Piece) -> None:
        """A picture or a text box; of the second, what was changed in it, else all its words.

        Texts of ours have no boxes, so somebody has put it in: LibreOffice writes a box outside of the insertion.
        """
        choice = node.find(_MC + "Choice")
        node = choice if choice is not None else node
        boxed = " ".join(filter(None, map(_words, within(node, frozenset({W + "txbxContent"})))))
        changes = [one for one in within(node, _PUT_IN | _TAKEN_OUT) if one.find(W + "r") is not None]
        if boxed and (like.op != "same" or not changes):
            self._leave("box", boxed, like.mark)
        elif like.op != "same":
            self._leave("picture", _described(node), like.mark)
        else:
            for changed in changes:
                self._leave("box", _words(changed), changed)

    def _range(self, node: Node, pieces: list[Piece]) -> None:
        name = node.get(W + "id", "")
        if node.tag in {W + "commentRangeStart", W + "commentRangeEnd"}:
            sign = "from" if node.tag.endswith("Start") else "to"
            pieces.append(Piece("", sign=f"{sign}:{name}"))
        elif node.tag in {W + "moveFromRangeStart", W + "moveToRangeStart"}:
            self._moves[name] = node.get(W + "name", name)
        elif node.tag in {W + "moveFromRangeEnd", W + "moveToRangeEnd"}:
            self._moves.pop(name, None)

    def _mark(self, node: Node) -> Mark:
        moving = node.tag in {W + "moveFrom", W + "moveTo"}
        return Mark(author_of(node), moment_of(node), next(reversed(self._moves.values()), "") if moving else "")

    def _leave(self, reason: str, quote: str, by: Mark | Node | None) -> None:
        mark = by if isinstance(by, Mark) or by is None else Mark(author_of(by), moment_of(by))
        author, at = (mark.author, mark.at) if mark else ("", None)
        self.left.append(Left(reason, quote[:500], author, at))  # type: ignore[arg-type]  # a Reason, written out


def _like(
    piece: Piece,
    *,
    words: str = "",
    op: Op | None = None,
    mark: Mark | None = None,
    over: Mark | None = None,
    face: str | None = None,
    link: str | None = None,
    sign: str = "",
) -> Piece:
    return Piece(
        words,
        op or piece.op,
        mark or piece.mark,
        over or piece.over,
        piece.face if face is None else face,
        piece.link if link is None else link,
        sign,
    )


def _unmarked(piece: Piece) -> Piece:
    return Piece(piece.words, face=piece.face, sign=piece.sign)


def _links(package: Package) -> dict[str, str]:
    """Where the links of the body lead, by their ids; only what a text of ours may link to."""
    root = package.parsed("word/_rels/document.xml.rels")
    links = {one.get("Id", ""): one.get("Target", "") for one in root} if root is not None else {}
    return {name: to for name, to in links.items() if to.startswith(("https://", "http://", "mailto:"))}


def _inside(parent: Node, tag: str) -> list[Node]:
    """The rows of a table or the cells of a row, inside content controls too."""
    found: list[Node] = []
    for node in parent:
        if node.tag == tag:
            found.append(node)
        elif node.tag in _WRAPPERS:
            found += _inside(node, tag)
    return found


def _row_mark(row: Node) -> tuple[str, Node | None]:
    for tag in (W + "ins", W + "del"):
        found = row.find(f"{W}trPr/{tag}")
        if found is not None:
            return tag, found
    return "", None


def _words(node: Node | None) -> str:
    """All words of a piece of the file, paragraphs and cells apart."""
    if node is None:
        return ""
    said: list[str] = []
    for one in node.iter():
        if one.tag in {W + "t", W + "delText"}:
            said.append(one.text or "")
        elif one.tag in {W + "p", *_SPACES}:
            said.append(" ")
    return " ".join("".join(said).split())


def _described(node: Node) -> str:
    """What a picture says about itself."""
    for one in node.iter():
        if one.tag.endswith("}docPr"):
            return str(one.get("descr") or one.get("title") or one.get("name") or "")
    return ""


def _face(run: Node) -> str:
    face = ""
    for tag, letter in (("b", "b"), ("i", "i")):
        found = run.find(f"{W}rPr/{W}{tag}")
        if found is not None and found.get(W + "val", "true") not in {"false", "0", "off"}:
            face += letter
    return face
