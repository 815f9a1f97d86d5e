"""Case studies: texts of their own that panels link to, with the captions of their films."""

from __future__ import annotations

import re
from collections.abc import Mapping
from posixpath import basename, dirname, splitext

from penholder.formats.govspeak import departments
from penholder.formats.govspeak.documents import spoken, written_footnotes
from penholder.formats.govspeak.films import CAPTION_FILES, Films
from penholder.formats.govspeak.footnotes import Footnotes
from penholder.formats.govspeak.pictures import PICTURES, Pictures
from penholder.formats.govspeak.source import Source
from penholder.formats.govspeak.writer import Directive, Writer, house, write
from penholder.formats.reading import ReadDocument, ReadSection

TITLE = re.compile(r"^\s*(?:Read|Watch|See)\s+(?:the\s+)?(.{2,100}?)\s+case\s+study\s*$", re.IGNORECASE)
SMALL = {"a", "an", "as", "the", "of"}
ANY_LINK = re.compile(r'\]\([ \t]*<?([^\s)<>]{1,2000})>?(?:[ \t\n]{1,9}"([^"]{0,1000})")?[ \t]*\)')


def read_case_studies(source: Source, pictures: Pictures, films: Films, answered: set[str]) -> ReadDocument | None:
    """The texts that panels of the kind "case study" link to, or that stand in a folder of that name."""
    linked = _panel_links(source)
    footnotes = Footnotes(source.findings)
    writer = Writer(source.findings, pictures, footnotes, films)
    sections: dict[str, ReadSection] = {}
    led: set[str] = set()  # addresses that have found their text; a page of several leads to the first
    for path, tree in sorted(source.trees.items(), key=lambda item: splitext(item[0])[0].encode()):
        stem = splitext(basename(path))[0].removeprefix("_")
        if not source.is_partial(path) or path in answered or not source.partials or path in source.partials.used:
            continue
        address, title = linked.get(_squeezed(stem), ("", ""))
        if "case-studies" in dirname(path).split("/"):
            address = address or _page_of(stem, linked)
        elif not address:
            continue
        source.partials.used.add(path)
        footnotes.collect(path, tree)
        footnotes.begin(path)
        name = stem if stem not in sections else f"{basename(dirname(path))}-{stem}"
        title = title or spoken(stem if "case-studies" in dirname(path) else address.strip("/").rsplit("/", 1)[-1])
        blocks: list[str | Directive] = [f"## {title} {{#{name}}}"]
        blocks += _films_beside(source, films, address, stem, title)
        blocks += writer.blocks(tree)
        markdown = "\n\n".join([write(blocks), *written_footnotes(footnotes, writer)])
        sections[name] = ReadSection(
            name, title, house(markdown, path), path, () if address in led | {""} else (address,)
        )
        led.add(address)
    if not sections:
        return None
    folder = next((a.rsplit("/", 2)[0] + "/" for a, _ in linked.values() if "/case-studies/" in a), "")
    return ReadDocument(
        "case-studies", "case-studies", "Case studies", tuple(sections.values()), "", "", (folder,) if folder else ()
    )


def _panel_links(source: Source) -> dict[str, tuple[str, str]]:
    """Where panels of case studies lead: the last part of the address → the address and the title that a link gives."""
    found: dict[str, tuple[str, str]] = {}
    for path, tree in source.trees.items():
        for panel in departments.walk(tree):
            if panel.kind != "div" or "case-study" not in panel.attributes.classes:
                continue
            for node in departments.walk(panel.children):
                for address, told in ANY_LINK.findall(node.text) if node.kind == "text" else ():
                    if "://" in address or address.lower().endswith(PICTURES):
                        continue
                    stem = _squeezed(address.strip("/").rsplit("/", 1)[-1])
                    named = TITLE.match(told)
                    words = spoken(named[1].strip("'‘’“”\" ")) if named else ""
                    whole = address if address.startswith("/") else _beside(source, path, address)
                    old, title = found.get(stem, ("", ""))
                    found[stem] = (old or whole, title or words)
    return {stem: value for stem, value in found.items() if stem}


def _beside(source: Source, path: str, address: str) -> str:
    """A relative address of a panel, from the page that includes the panel; "" when no page does."""
    page = source.partials.includers.get(path) if source.partials else None
    if not page:
        return ""
    place = dirname(page).removeprefix(source.root.rstrip("/")).strip("/")
    return f"/{place}/{address.strip('/')}/"


def _page_of(stem: str, linked: Mapping[str, tuple[str, str]]) -> str:
    """The page on which one of several texts stood: `capabilities2` was part of …/digital-capabilities/."""
    words = [word for word in re.findall(r"[a-z]+", stem.lower()) if word not in SMALL]
    for address, _ in linked.values():
        page = [
            word for word in re.findall(r"[a-z]+", address.rstrip("/").rsplit("/", 1)[-1].lower()) if word not in SMALL
        ]
        if words and page[-len(words) :] == words:
            return address
    return ""


def _squeezed(stem: str) -> str:
    return re.sub(r"[^a-z0-9]", "", stem.lower())


def _films_beside(source: Source, films: Films, address: str, stem: str, title: str) -> list[Directive]:
    """The film of a case study whose captions stand in the folder of its old page."""
    place = f"{source.root}{address.strip('/')}" if address else None
    for path in sorted((p for p in source.files if p.lower().endswith(CAPTION_FILES)), key=str.encode):
        named = "case-studies" in path and basename(dirname(path)) == stem
        if dirname(path) == place or named:
            if options := films.take(path, stem):
                films.findings.counts["films"] += 1
                what = "The film itself is not in the source; its captions and transcript were taken in."
                films.findings.note(path, 0, what)
                return [Directive("film", "", options, [title])]
            return []
    return []
