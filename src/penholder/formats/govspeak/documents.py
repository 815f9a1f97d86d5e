"""Folders of pages → documents with their sections, titles and footnotes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from posixpath import basename, dirname, splitext

from penholder.formats.govspeak import departments
from penholder.formats.govspeak.blocks import Node
from penholder.formats.govspeak.films import Films
from penholder.formats.govspeak.footnotes import Footnotes
from penholder.formats.govspeak.lines import Findings
from penholder.formats.govspeak.pictures import Pictures
from penholder.formats.govspeak.source import Source
from penholder.formats.govspeak.writer import ACTION, PRINCIPLE, Directive, Writer, house, write
from penholder.formats.reading import DocumentKind, ReadDocument, ReadSection
from penholder.formats.structure import plain_title

SHORT = re.compile(r"^_?action-?0*(\d{1,3})-text\.(?:html|md)$")


def read_documents(source: Source, pictures: Pictures, films: Films) -> list[ReadDocument]:
    """One document for each folder of pages, the strategy first; pages of answers to actions belong to none."""
    folders: dict[str, list[str]] = {}
    for path in source.trees:
        if not source.is_partial(path) and departments.read_page(source.trees[path], Findings()) is None:
            folders.setdefault(dirname(path), []).append(path)
    made = []
    taken: set[str] = set()
    for folder, paths in folders.items():
        document = _document(source, folder, paths, pictures, films)
        if document is None:
            continue
        key = document.key
        if key in taken:
            key = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-") or f"{key}-{len(taken)}"
        taken.add(key)
        made.append(replace(document, key=key))
    return sorted(made, key=lambda document: document.kind != "strategy")


def _document(
    source: Source, folder: str, paths: Sequence[str], pictures: Pictures, films: Films
) -> ReadDocument | None:
    trees = {path: source.trees[path] for path in paths}
    is_strategy = any(
        node.kind == "heading" and (ACTION.match(node.text) or PRINCIPLE.match(node.text))
        for tree in trees.values()
        for node in departments.walk(tree)
    )
    footnotes = Footnotes(source.findings)
    for path, tree in trees.items():
        footnotes.collect(path, tree)
    shorts = _short_titles(source) if is_strategy else None
    writer = Writer(source.findings, pictures, footnotes, films, shorts=shorts)
    title, subtitle, titled = _title(trees, writer)
    sections = []
    for path, tree in trees.items():
        footnotes.begin(path)
        blocks = writer.blocks(_without(tree, titled))
        if section := _section(path, blocks, footnotes, writer):
            sections.append(section)
    sections = _with_orphans(sections, footnotes, writer)
    if not sections:
        return None
    place = folder.removeprefix(source.root.rstrip("/")).strip("/")
    key = _key(place, is_strategy=is_strategy)
    kind: DocumentKind = "strategy" if is_strategy else "paper"
    address = (f"/{place}/",) if place else ()
    return ReadDocument(key, kind, title or spoken(key), tuple(sections), subtitle, "", address)


def _key(place: str, *, is_strategy: bool) -> str:
    if is_strategy:
        return "strategy"
    parts = [part for part in re.split(r"[^a-z0-9]+", place.lower()) if part]
    return "-".join(reversed(parts)) or "paper"


def _title(trees: Mapping[str, list[Node]], writer: Writer) -> tuple[str, str, set[int]]:
    """Title and subtitle of a document, and the nodes that said them: its one heading of the first level."""
    for tree in trees.values():
        headings = [node for node in departments.walk(tree) if node.kind == "heading"]
        for at, node in enumerate(headings):
            if node.level == 1:
                titled = {id(node)}
                subtitle = ""
                after = headings[at + 1] if at + 1 < len(headings) else None
                box = next((b for b in departments.walk(tree) if node in b.children), None)
                if after is not None and box is not None and after in box.children:
                    subtitle = plain_title(writer.title(after))
                    titled.add(id(after))
                titled |= _contents_headings(tree)
                return plain_title(writer.title(node)), subtitle, titled
    return "", "", set()


def _contents_headings(tree: list[Node]) -> set[int]:
    """Headings over a list that the old site replaced by the table of contents; ours has its own."""
    return {
        id(before)
        for before, node in pairwise(tree)
        if before.kind == "heading" and "toc" in node.attributes.references
    }


def _without(tree: Sequence[Node], dropped: set[int]) -> list[Node]:
    return [
        replace(node, children=_without(node.children, dropped)) if node.children else node
        for node in tree
        if id(node) not in dropped
    ]


def _section(path: str, blocks: Sequence[str | Directive], footnotes: Footnotes, writer: Writer) -> ReadSection | None:
    markdown = write(blocks)
    notes = written_footnotes(footnotes, writer)
    only_heading = len(blocks) == 1 and isinstance(blocks[0], str) and blocks[0].startswith("#")
    if only_heading and "footnote" in blocks[0].lower() and not notes:  # type: ignore[union-attr]
        return None  # its definitions stand with the texts that refer to them
    if not markdown.strip():
        return None
    if notes:
        markdown += "\n\n" + "\n\n".join(notes)
    stem = splitext(basename(path))[0]
    return ReadSection(stem, _section_title(blocks) or spoken(stem), house(markdown, path), path)


def _section_title(blocks: Sequence[str | Directive]) -> str:
    for block in blocks:
        if isinstance(block, str) and (found := re.match(r"#{1,6} (.+)$", block)):
            return plain_title(re.sub(r"\s*\{[^{}]*\}$", "", found[1]))
    return ""


def written_footnotes(footnotes: Footnotes, writer: Writer) -> list[str]:
    """The definitions that the current page needs; one may refer to another, which is then needed too."""
    written = []
    at = 0
    while at < len(footnotes.needed):
        label, node = footnotes.needed[at]
        words = writer.inline.convert(node.text, node.file, node.line)
        indented = "\n".join(
            f"    {line}".rstrip() if number else line for number, line in enumerate(words.split("\n"))
        )
        written.append(f"[^{label}]: {indented}")
        at += 1
    return written


def _with_orphans(sections: list[ReadSection], footnotes: Footnotes, writer: Writer) -> list[ReadSection]:
    """Definitions that nothing refers to stay readable, as a list at the end of the document."""
    orphans = footnotes.orphans()
    if not orphans:
        return sections
    lines = []
    for node in orphans:
        what = f"Nothing refers to the footnote “{node.attributes.name}”; its words stand at the end of the document."
        writer.findings.note(node.file, node.line, what, "warning")
        words = " ".join(writer.inline.convert(node.text, node.file, node.line).split())
        lines.append(f"- {words}")
    markdown = house("## Footnotes without a place\n\n" + "\n".join(lines), orphans[0].file)
    return [*sections, ReadSection("footnotes-without-a-place", "Footnotes without a place", markdown, orphans[0].file)]


def _short_titles(source: Source) -> dict[int, str]:
    """Short titles of actions, from partials named `_action01-text.html`."""
    found = {}
    for path, lines in source.lines.items():
        if named := SHORT.match(basename(path)):
            words = re.sub(r"<[^<>]{0,1000}>", "", " ".join(line.text for line in lines))
            if title := plain_title(words):
                found[int(named[1])] = title
            if source.partials:
                source.partials.used.add(path)
    return found


def spoken(stem: str) -> str:
    """A file's name as a title: `_service-managers` → "Service managers", `capabilities1` → "Capabilities 1"."""
    words = re.sub(r"[-_]+", " ", re.sub(r"(?<=[a-z])(?=\d)", " ", stem)).strip()
    return words[:1].upper() + words[1:] or "Untitled"
