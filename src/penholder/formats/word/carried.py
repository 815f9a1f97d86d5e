"""The Markdown that an exported document carries: believed while its words are those of the document, and no longer.

So an export that comes back untouched is the same canonical text, with names, directives and all that Word has no place
for. What was changed in it is read from the document itself.
"""

from __future__ import annotations

from dataclasses import replace

from penholder.errors import Refused
from penholder.formats.reading import ReadDocument, Reading, ReadSection, Unread
from penholder.formats.structure import plain_title, promises
from penholder.formats.word.package import Package
from penholder.formats.word.parts import CARRIED
from penholder.formats.word.pieces import PieceReader
from penholder.formats.word.tracing import trace
from penholder.text.attributes import split_attributes
from penholder.text.canonical import canonical
from penholder.text.leaves import leaves

TOLD = "The words are those of the Markdown that the document was made from; that was taken, and formatting left aside."


def untouched(data: bytes, *, name: str) -> tuple[str, ...]:
    """The texts that a .docx was made from, one for each section; none when it carries none, or other words."""
    package = Package(data, name)
    root = package.parsed("customXml/item1.xml")
    if root is None or root.tag != f"{{{CARRIED}}}penholder":
        return ()
    texts = tuple(canonical(one.text or "") for one in root)
    reader = PieceReader(package)
    reader.read()
    traced = trace(reader.paragraphs, reader.rows)
    changed = traced.changes or traced.left or reader.left
    found = [one.words for one in traced.paragraphs]
    return () if changed or not _told_in(found, texts) else texts


def _told_in(found: list[str], texts: tuple[str, ...]) -> bool:
    """Whether the document has all leaves of the texts, and beside them only titles, sources and the like."""
    wanted = sorted(leaf.words for text in texts for leaf in leaves(text) if leaf.places)
    there = sorted(found)
    at = 0
    for words in wanted:
        while at < len(there) and there[at] != words:
            at += 1
        if at == len(there):
            return False
        at += 1
    spoken = " ".join(" ".join(texts).split())
    return all(words in wanted or words.removeprefix("Source: ").strip("[]") in spoken for words in found[1:])


def with_carried(reading: Reading, data: bytes, *, name: str) -> Reading:
    """What was read of a .docx, with the texts that it carries in place of what a converter made of it."""
    try:
        texts = untouched(data, name=name)
    except Refused:
        return reading
    if not texts:
        return reading
    document = reading.documents[0]
    sections = tuple(_section(number, text, document, name) for number, text in enumerate(texts, start=1) if text)
    document = replace(document, sections=sections)
    principles, actions = promises([document])
    told = (*reading.unread, Unread(name, 0, TOLD, "note"))
    return replace(reading, documents=(document,), principles=principles, actions=actions, unread=told)


def _section(number: int, text: str, document: ReadDocument, name: str) -> ReadSection:
    first = text.split("\n", 1)[0]
    title = plain_title(split_attributes(first.lstrip("# "))[0]) if first.startswith("#") else document.title
    slug = "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())
    return ReadSection(f"{number:02d}-{slug[:60] or 'section'}", title, text, name)
