"""The zip that a .docx is: opened with limits, its parts parsed with nothing foreign let in, macros refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from penholder.errors import Refused
from penholder.formats import archive, office
from penholder.formats.word.returned import Origin

# A strategy with its pictures has 12 MB; what is larger than this is not sent by mail.
LARGEST = 50_000_000
# Elements within elements. Tables in tables in a text box come to sixty; a file with more was made to be difficult.
DEEPEST = 200

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_UTC = "{http://schemas.microsoft.com/office/word/2023/wordml/word16du}dateUtc"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")

Node = Any  # an element of ElementTree, whose stubs do not know defusedxml's


class Package:
    """The parts of one .docx, parsed when they are asked for."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.parts = _parts(data, name)

    def parsed(self, part: str) -> Node | None:
        """The root of a part; None when it is not there. Refused when it is broken."""
        if part not in self.parts:
            return None
        try:
            root = SafeTree.fromstring(self.parts[part], forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as fault:
            raise Refused(f"{self.name} is damaged: {part} in it cannot be read. Save the document again.") from fault
        if _depth(root) > DEEPEST:
            raise Refused(f"{self.name} is nested too deeply to be read. Save the document again.")
        return root

    def origin(self) -> Origin:
        """What our export wrote into the properties."""
        root = self.parsed("docProps/custom.xml")
        said = {one.get("name", ""): "".join(one.itertext()).strip() for one in root} if root is not None else {}
        number = said.get("penholder-iteration", "")
        return Origin(
            said.get("penholder-document", "")[:120],
            int(number) if number.isdecimal() and len(number) < 10 else None,
            said.get("penholder-seal", "")[:64],
            bool(said.get("penholder-carries")),
        )


def _parts(data: bytes, name: str) -> Mapping[str, bytes]:
    if len(data) > LARGEST:
        raise Refused(f"{name} is larger than {LARGEST // 1_000_000} MB. Take the pictures out and send it again.")
    office.refuse_old(data, name)
    if not archive.is_zip(data):
        raise Refused(f"{name} is no .docx document. Save it as “Word document (.docx)” and try again.")
    parts = archive.load(data, whole=True).files
    types = parts.get("[Content_Types].xml", b"")
    if b"macroEnabled" in types or any(part.endswith("vbaProject.bin") for part in parts):
        raise Refused(f"{name} holds macros. Save it as “Word document (.docx)”, which holds none, and try again.")
    if office.kind(data, list(parts)) != "docx" or "word/document.xml" not in parts:
        raise Refused(f"{name} is no .docx document, or a part of it is missing. Save it again in a word processor.")
    if _STRICT in parts["word/document.xml"][:4000]:
        raise Refused(f"{name} is a “Strict Open XML” document. Save it as the ordinary “Word document (.docx)”.")
    return parts


def _depth(root: Node) -> int:
    deepest = 0
    waiting = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        if deepest > DEEPEST:
            break
        waiting += [(child, depth + 1) for child in node]
    return deepest


def author_of(node: Node) -> str:
    """Who a mark says made the change."""
    return " ".join((node.get(W + "author") or "").split())[:300]


def moment_of(node: Node) -> datetime | None:
    """When a mark says that the change was made; None when it does not say, or says nonsense.

    Word writes the local time of its machine and calls it UTC, except where it also tells the real one.
    """
    said = node.get(_UTC) or node.get(W + "date") or ""
    try:
        found = datetime.fromisoformat(said) if _MOMENT.match(said) else None
    except ValueError:
        return None
    if found is None or found.tzinfo is None:
        return found.replace(tzinfo=UTC) if found else None
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


def within(node: Node, tags: frozenset[str]) -> Iterator[Node]:
    """Every element inside a node that has one of these tags, in order."""
    return (one for one in node.iter() if one.tag in tags)
