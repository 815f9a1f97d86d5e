"""Word (.docx) and OpenDocument (.odt) → a reading, by way of pandoc.

Headings make sections: of level 1 where there are several, else of level 2 under the one title. Tracked insertions and
deletions are taken as if accepted and comments are left out, which the report says: nothing is silently decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from penholder.errors import Refused
from penholder.formats import archive, pandoc
from penholder.formats.house import MEDIA_TYPES
from penholder.formats.pictures import look_into
from penholder.formats.reading import Asset, ReadDocument, Reading, ReadSection, Unread
from penholder.formats.simplified import Simplifier, links_of, names_of, plain
from penholder.formats.structure import plain_title, promises
from penholder.text.attributes import split_attributes
from penholder.text.canonical import canonical

Kind = Literal["docx", "odt"]

# What Word saves when a password is set, and what it saved before 2007: one old container for both.
_COMPOUND = b"\xd0\xcf\x11\xe0"
_ODT = b"application/vnd.oasis.opendocument.text"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
# A note's definition with its indented lines, and a reference outside code.
_NOTE = re.compile(r"^\[\^(\d+)\]:.*\n(?:(?:[ ]{4}.*)?\n)*", re.MULTILINE)
_REFERENCE = re.compile(r"(^```[\s\S]*?^```|`+[^`\n]*`+)|(?<!\\)\[\^(\d+)\]", re.MULTILINE)
_SLUG = re.compile(r"[^a-z0-9]+")


def kind(data: bytes, names: Sequence[str]) -> Kind | None:
    """Which kind of document a zip is, by what is in it; None when it is something else."""
    if "word/document.xml" in names or "[Content_Types].xml" in names:
        return "docx"
    return "odt" if _ODT in data[:200] and "content.xml" in names else None


def refuse_old(data: bytes, name: str) -> None:
    """Refuses a document that is protected with a password, or older than .docx."""
    if data.startswith(_COMPOUND):
        raise Refused(
            f"{name} is protected with a password or in Word's old format. Open it in a word processor and save it "
            "as .docx without a password."
        )


def read(data: bytes, *, name: str) -> Reading:
    """The strategy that a document holds. `name` is its file name. Refuses what is damaged or no document."""
    refuse_old(data, name)
    parts = archive.load(data, whole=True).files
    found = kind(data, list(parts))
    main = {"docx": "word/document.xml", "odt": "content.xml"}.get(found or "", "")
    if not found or main not in parts:
        raise Refused(f"{name} is neither a .docx nor an .odt document, or a part of it is missing.")
    unread = [*_changes(found, parts, name)]
    pictures = _Pictures(name, found, parts, unread)
    tree = pandoc.to_tree(data, found, name=name)
    try:
        simplifier = Simplifier(pictures.take, names_of(tree["blocks"]), links_of(tree["blocks"]))
        blocks = simplifier.blocks(tree["blocks"])
    except RecursionError as fault:
        raise Refused(f"{name} is nested too deeply to be read.") from fault
    unread += _notes(simplifier, name)
    title = plain(tree["meta"].get("title", {}).get("c", []))
    if found == "odt" and (title := _odt_title(parts)) and blocks and _says(blocks[0], title):
        blocks = blocks[1:]  # pandoc gives an .odt's title as its first paragraph
    document = _document(tree, blocks, title, name)
    unread += _twice(blocks, name)
    principles, actions = promises([document])
    good = look_into(pictures.assets.values(), say=unread.append)
    return Reading(
        documents=(document,),
        principles=principles,
        actions=actions,
        assets=good,
        unread=tuple(unread),
        title=document.title,
        counts={
            "headings": sum(node["t"] == "Header" for node in blocks),
            "tables": sum(node["t"] == "Table" for node in blocks),
            "pictures": len(good),
        },
    )


def _document(tree: dict[str, Any], blocks: list[dict[str, Any]], title: str, name: str) -> ReadDocument:
    level, shift = _split_level(blocks, titled=bool(title))
    if not title and shift == 0 and blocks and blocks[0]["t"] == "Header" and blocks[0]["c"][0] == 1:
        title, blocks = plain(blocks[0]["c"][2]), blocks[1:]
    groups: list[list[dict[str, Any]]] = [[]]
    for node in blocks:
        if node["t"] == "Header" and node["c"][0] <= level:
            groups.append([])
        groups[-1].append(_shifted(node, shift))
    sections: list[ReadSection] = []
    for markdown in _written(tree, [group for group in groups if group], name):
        heading = re.match(r"#{1,6} (.*)", markdown)
        words = plain_title(split_attributes(heading[1])[0]) if heading else "Introduction"
        key = f"{len(sections) + 1:02d}-{_SLUG.sub('-', words.lower()).strip('-')[:60] or 'section'}"
        sections.append(ReadSection(key, words, markdown, name))
    if not sections:
        raise Refused(f"{name} has no text.")
    words = title or PurePosixPath(name).stem.replace("-", " ").replace("_", " ")
    return ReadDocument("strategy", "strategy", words, tuple(sections))


def _written(tree: dict[str, Any], groups: list[list[dict[str, Any]]], name: str) -> Iterator[str]:
    """Each group of blocks as canonical Markdown, with the footnotes that it refers to."""
    mark = f"<!-- {sha256(repr(groups).encode()).hexdigest()} -->"  # no text can hold the digest of itself
    blocks: list[dict[str, Any]] = []
    for group in groups:
        blocks += [*group, {"t": "RawBlock", "c": ["html", mark]}]
    *texts, notes = pandoc.to_markdown({**tree, "meta": {}, "blocks": blocks}, name=name).split(mark)
    defined = {found[1]: found[0].strip("\n") for found in _NOTE.finditer(notes.strip("\n") + "\n")}
    for text in texts:
        labels = [found[2] for found in _REFERENCE.finditer(text) if found[2]]
        markdown = canonical("\n\n".join([text.strip("\n"), *(defined[label] for label in labels if label in defined)]))
        if markdown.strip():
            yield markdown


def _split_level(blocks: Sequence[dict[str, Any]], *, titled: bool) -> tuple[int, int]:
    """At which heading level sections begin, and by how many levels to move headings so that they begin with `##`."""
    levels = [node["c"][0] for node in blocks if node["t"] == "Header"]
    if not levels:
        return 1, 0
    top = min(levels)
    alone = not titled and len(levels) > 1 and levels.count(top) == 1 and blocks[0]["t"] == "Header"
    if alone and levels[0] == top == 1:
        top = min(levels[1:])  # one title over everything
    return top, 2 - top


def _shifted(node: dict[str, Any], shift: int) -> dict[str, Any]:
    if node["t"] != "Header":
        return node
    level, *rest = node["c"]
    return {"t": "Header", "c": [min(max(level + shift, 1), 6), *rest]}


def _says(node: dict[str, Any], words: str) -> bool:
    return node["t"] == "Para" and plain(node["c"]) == words


def _twice(blocks: Sequence[dict[str, Any]], name: str) -> Iterator[Unread]:
    """Actions and principles that have a number which is taken."""
    seen: set[str] = set()
    for node in blocks:
        if node["t"] == "Header" and node["c"][1][1]:
            said = node["c"][1][0]
            if said in seen:
                yield Unread(name, 0, f"{said} stands twice in the document. Give one its own number.", "error")
            seen.add(said)


# -- what pandoc does not tell


def _changes(found: Kind, parts: Mapping[str, bytes], name: str) -> Iterator[Unread]:
    if found == "docx":
        body = _parsed(parts["word/document.xml"], "word/document.xml", name)
        tracked = sum(1 for tag in ("ins", "del", "moveFrom", "moveTo") for _ in body.iter(_WORD + tag))
        comments = 0
        if "word/comments.xml" in parts:
            remarks = _parsed(parts["word/comments.xml"], "word/comments.xml", name)
            comments = sum(1 for _ in remarks.iter(_WORD + "comment"))
    else:
        body = _parsed(parts["content.xml"], "content.xml", name)
        tracked = sum(1 for _ in body.iter(_TEXT + "changed-region"))
        comments = sum(1 for _ in body.iter(_OFFICE + "annotation"))
    if found == "docx":
        yield from _lost_pictures(parts, name)
    if tracked:
        what = f"{tracked} tracked changes were taken as accepted. Accept or reject them in the document to be sure."
        yield Unread(name, 0, what.replace("1 tracked changes were", "1 tracked change was") if tracked == 1 else what)
    if comments:
        what = f"{comments} comments were left out." if comments > 1 else "1 comment was left out."
        yield Unread(name, 0, what)


def _lost_pictures(parts: Mapping[str, bytes], name: str) -> Iterator[Unread]:
    """Pictures that the text shows and the file does not hold: pandoc leaves them out without a word."""
    part = "word/_rels/document.xml.rels"
    if part in parts:
        for relation in _parsed(parts[part], part, name):
            target = relation.get("Target", "")
            inside = target.removeprefix("/") if target.startswith("/") else f"word/{target}"
            is_picture = relation.get("Type", "").endswith("/image") and relation.get("TargetMode") != "External"
            if is_picture and inside not in parts:
                what = f"The picture {target} is not in the document; it was left out. Put it in again."
                yield Unread(name, 0, what)


def _odt_title(parts: Mapping[str, bytes]) -> str:
    """The words of the first paragraph when it has the style Title, else the title in the document's properties."""
    body = _parsed(parts["content.xml"], "content.xml", "The document")
    parents = {
        style.get(_STYLE + "name"): style.get(_STYLE + "parent-style-name") for style in body.iter(_STYLE + "style")
    }
    text = body.find(f".//{_OFFICE}text")
    first = next((one for one in text if one.tag in {_TEXT + "p", _TEXT + "h"}), None) if text is not None else None
    if first is not None:
        style = first.get(_TEXT + "style-name")
        if "Title" in {style, parents.get(style)}:
            return " ".join("".join(first.itertext()).split())
    if "meta.xml" in parts:
        said = _parsed(parts["meta.xml"], "meta.xml", "The document").find(".//{http://purl.org/dc/elements/1.1/}title")
        return " ".join((said.text or "").split()) if said is not None else ""
    return ""


def _parsed(data: bytes, part: str, name: str) -> Any:
    try:
        return SafeTree.fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as fault:
        raise Refused(f"{name} is damaged: {part} in it cannot be read ({fault}). Save the document again.") from fault


def _notes(simplifier: Simplifier, name: str) -> Iterator[Unread]:
    words = {
        "raw": "piece(s) of raw markup were taken as plain text.",
        "struck": "struck-out passage(s) stand in the text as plain words.",
        "math": "formula(s) stand in the text as code.",
        "links": "link(s) to a place that is not in the document stand as plain words.",
        "spans": "table cell(s) that span others stand in the first of their places; the others are empty.",
    }
    for key, what in words.items():
        if number := simplifier.changed[key]:
            yield Unread(name, 0, f"{number} {what}", "note")


@dataclass(slots=True)
class _Pictures:
    """The pictures that a document holds, taken among the assets as the text asks for them."""

    name: str
    kind: Kind
    parts: Mapping[str, bytes]
    unread: list[Unread]
    assets: dict[str, Asset] = field(default_factory=dict)

    def take(self, target: str) -> str:
        """Take one; its path among the assets, or "" when it cannot be had."""
        inside = f"word/{target}" if self.kind == "docx" else target.removeprefix("./")
        path = f"figures/{PurePosixPath(target).name}"
        media_type = MEDIA_TYPES.get(PurePosixPath(target).suffix.lower(), "")
        if inside not in self.parts:
            what = f"The picture {target} is not in the document. Put the picture itself in, not a link to it."
            self.unread.append(Unread(self.name, 0, what))
            return ""
        if not media_type.startswith("image/"):
            what = f"The picture {target} is of a kind that browsers do not show. Save it as PNG or SVG."
            self.unread.append(Unread(self.name, 0, what))
            return ""
        self.assets.setdefault(path, Asset(path, self.parts[inside], media_type))
        return path
