"""A folder in the dialect → a reading: documents, case studies, actions, and what every department answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from posixpath import basename, dirname, splitext

from penholder.formats.govspeak import departments
from penholder.formats.govspeak.blocks import Node, parse
from penholder.formats.govspeak.films import CAPTION_FILES, Films
from penholder.formats.govspeak.footnotes import Footnotes
from penholder.formats.govspeak.includes import INCLUDE, Partials
from penholder.formats.govspeak.lines import Findings, Line, decode
from penholder.formats.govspeak.organisations import Roll
from penholder.formats.govspeak.pictures import PICTURES, Pictures
from penholder.formats.govspeak.writer import ACTION, PRINCIPLE, Directive, Writer, write
from penholder.formats.reading import (
    DocumentKind,
    ReadDocument,
    Reading,
    ReadOrganisation,
    ReadResponse,
    ReadSection,
    Wording,
)
from penholder.formats.structure import departmental_documents, plain_title, promises
from penholder.text.canonical import canonical

TEXTS = (".md", ".markdown", ".mkd")
SIGNS = re.compile(
    rb"\{\s*include\s|\{div[\s}]|^\{:[^\n]*\}\s*$|\{:\s*[.#]?\w|\{\{[A-Z]+\}\}|\{(?:big-)?pull\}|^#{2,6}[^#\s{]",
    re.MULTILINE,
)
SHORT = re.compile(r"^_?action-?0*(\d{1,3})-text\.(?:html|md)$")
CASE_STUDY = re.compile(r"^\s*(?:Read|Watch|See)\s+(?:the\s+)?(.{2,100}?)\s+case\s+study\s*$", re.IGNORECASE)
ANY_LINK = re.compile(r'\]\([ \t]*<?([^\s)<>]{1,2000})>?(?:[ \t\n]{1,9}"([^"]{0,1000})")?[ \t]*\)')
ACTION_PAGE = re.compile(r"^(.{0,200}/actions/)0*(\d{1,3})/?$")


def looks_like(files: Mapping[str, bytes]) -> bool:
    """Whether these files are in the dialect of the 2012 strategy, rather than in the house's own."""
    if any(basename(path) in {"strategy.toml", "history.toml"} for path in files):
        return False
    texts = [data for path, data in files.items() if path.lower().endswith(TEXTS)]
    return any(SIGNS.search(data[:200_000]) for data in texts)


@dataclass(slots=True)
class _Source:
    """The files of one state of the source, decoded once."""

    files: Mapping[str, bytes]
    findings: Findings
    root: str = ""
    base: str = ""
    lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    trees: dict[str, list[Node]] = field(default_factory=dict)
    partials: Partials | None = None

    @property
    def partials_folder(self) -> str:
        return f"{self.root}partials/"

    def is_partial(self, path: str) -> bool:
        return path.startswith(self.partials_folder) or basename(path).startswith("_")


def read_folder(files: Mapping[str, bytes]) -> Reading:
    """Read one state of a strategy from its files (paths with "/", from the folder's root).

    Everything that could not be read stands in `Reading.unread`. Raises Refused only for what no text can be.
    """
    source = _open(files)
    pictures = Pictures(files, (source.base, source.root), source.findings)
    films = Films(pictures, source.findings)
    documents = _documents(source, pictures, films)
    pages = _pages(source)
    case_studies = _case_studies(source, pictures, films, {page.file for page in pages})
    if case_studies:
        documents.append(case_studies)
    action_addresses = _action_addresses(source)
    principles, actions = promises(documents, addresses=action_addresses)
    responses, organisations = _responses(source, pages, pictures, films)
    departmental = departmental_documents(responses, actions, organisations)
    _report_the_unused(source, documents, pages)
    wordings = tuple(Wording(page.action, page.title, page.file, page.line) for page in pages)
    strategy = next((d for d in documents if d.kind == "strategy"), documents[0] if documents else None)
    return Reading(
        documents=(*documents, *departmental),
        organisations=tuple(organisations),
        principles=principles,
        actions=actions,
        responses=tuple(responses),
        wordings=wordings,
        assets=tuple(pictures.used[name] for name in sorted(pictures.used)),
        unread=tuple(sorted(source.findings.unread, key=lambda u: (u.file.encode(), u.line))),
        title=strategy.title if strategy else "",
        counts=dict(sorted(source.findings.counts.items())),
    )


# -- opening -----------------------------------------------------------------------------------------------------


def _open(files: Mapping[str, bytes]) -> _Source:
    source = _Source(files, Findings())
    source.root, source.base = _root(files)
    for path in sorted(files, key=str.encode):
        name = basename(path)
        wanted = path.lower().endswith(TEXTS) or (name.startswith("_") and name.lower().endswith(".html"))
        if wanted and path.startswith(source.root):
            lines, findings = _decoded(path, files[path])
            source.lines[path] = lines
            _add(source.findings, findings)
    source.partials = Partials(source.lines, source.partials_folder, source.findings)
    for path, lines in source.lines.items():
        if path.lower().endswith(TEXTS):
            expanded = tuple(source.partials.expand(lines))
            nodes, findings = _parsed(expanded)
            source.trees[path] = nodes
            _add(source.findings, findings, counts=False)
            own = findings if expanded == lines else _parsed(lines)[1]
            source.findings.counts.update(own.counts)
    return source


def _root(files: Mapping[str, bytes]) -> tuple[str, str]:
    """The folder of the texts ("source/") and the one that holds it, where pictures may stand beside."""
    for path in sorted(files, key=lambda p: (p.count("/"), p.encode())):
        parts = path.split("/")
        if "source" in parts[:-1] and path.lower().endswith(TEXTS):
            at = parts.index("source")
            base = "/".join(parts[:at]) + "/" if at else ""
            return f"{base}source/", base
    return "", ""


def _add(findings: Findings, more: Findings, *, counts: bool = True) -> None:
    for found in more.unread:
        findings.note(found.file, found.line, found.what, found.severity)
    if counts:
        findings.counts.update(more.counts)


# A history is read state by state, and most files of a state are those of the one before.
@lru_cache(maxsize=2048)
def _decoded(path: str, data: bytes) -> tuple[tuple[Line, ...], Findings]:
    findings = Findings()
    return decode(path, data, findings), findings


@lru_cache(maxsize=1024)
def _parsed(lines: tuple[Line, ...]) -> tuple[list[Node], Findings]:
    findings = Findings()
    return parse(lines, findings), findings


# -- documents ---------------------------------------------------------------------------------------------------


def _documents(source: _Source, pictures: Pictures, films: Films) -> list[ReadDocument]:
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
    source: _Source, folder: str, paths: Sequence[str], pictures: Pictures, films: Films
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
    return ReadDocument(key, kind, title or _spoken(key), tuple(sections), subtitle, "", address)


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
        for before, node in zip(tree, tree[1:], strict=False)
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
    notes = _footnotes(footnotes, writer)
    only_heading = len(blocks) == 1 and isinstance(blocks[0], str) and blocks[0].startswith("#")
    if only_heading and "footnote" in blocks[0].lower() and not notes:  # type: ignore[union-attr]
        return None  # its definitions stand with the texts that refer to them
    if not markdown.strip():
        return None
    if notes:
        markdown += "\n\n" + "\n\n".join(notes)
    stem = splitext(basename(path))[0]
    return ReadSection(stem, _section_title(blocks) or _spoken(stem), canonical(markdown), path)


def _section_title(blocks: Sequence[str | Directive]) -> str:
    for block in blocks:
        if isinstance(block, str) and (found := re.match(r"#{1,6} (.+)$", block)):
            return plain_title(re.sub(r"\s*\{[^{}]*\}$", "", found[1]))
    return ""


def _footnotes(footnotes: Footnotes, writer: Writer) -> list[str]:
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
    markdown = canonical("## Footnotes without a place\n\n" + "\n".join(lines))
    return [*sections, ReadSection("footnotes-without-a-place", "Footnotes without a place", markdown, orphans[0].file)]


def _short_titles(source: _Source) -> dict[int, str]:
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


def _spoken(stem: str) -> str:
    """A file's name as a title: `_service-managers` → "Service managers", `capabilities1` → "Capabilities 1"."""
    words = re.sub(r"[-_]+", " ", re.sub(r"(?<=[a-z])(?=\d)", " ", stem)).strip()
    return words[:1].upper() + words[1:] or "Untitled"


# -- case studies ------------------------------------------------------------------------------------------------


def _case_studies(source: _Source, pictures: Pictures, films: Films, answered: set[str]) -> ReadDocument | None:
    """The texts that panels of the kind "case study" link to, or that stand in a folder of that name."""
    linked = _panel_links(source)
    footnotes = Footnotes(source.findings)
    writer = Writer(source.findings, pictures, footnotes, films)
    sections: dict[str, ReadSection] = {}
    for path, tree in source.trees.items():
        stem = splitext(basename(path))[0].removeprefix("_")
        if not source.is_partial(path) or path in answered or not source.partials or path in source.partials.used:
            continue
        address, title = linked.get(_squeezed(stem), ("", ""))
        if not address and "case-studies" not in dirname(path).split("/"):
            continue
        source.partials.used.add(path)
        footnotes.collect(path, tree)
        footnotes.begin(path)
        name = stem if stem not in sections else f"{basename(dirname(path))}-{stem}"
        title = title or _spoken(address.strip("/").rsplit("/", 1)[-1] or stem)
        blocks: list[str | Directive] = [f"## {title} {{#{name}}}"]
        blocks += _films_beside(source, films, address, stem)
        blocks += writer.blocks(tree)
        markdown = "\n\n".join([write(blocks), *_footnotes(footnotes, writer)])
        sections[name] = ReadSection(name, title, canonical(markdown), path, (address,) if address else ())
    if not sections:
        return None
    folder = next((a.rsplit("/", 2)[0] + "/" for a, _ in linked.values() if "/case-studies/" in a), "")
    return ReadDocument(
        "case-studies", "case-studies", "Case studies", tuple(sections.values()), "", "", (folder,) if folder else ()
    )


def _panel_links(source: _Source) -> dict[str, tuple[str, str]]:
    """Where panels of case studies lead: the last part of the address → the address and the title that a link gives."""
    found: dict[str, tuple[str, str]] = {}
    for path, tree in source.trees.items():
        for panel in departments.walk(tree):
            if panel.kind != "div" or "case-study" not in panel.attributes.classes:
                continue
            for node in departments.walk(panel.children):
                for address, title in ANY_LINK.findall(node.text) if node.kind == "text" else ():
                    if "://" in address or address.lower().endswith(tuple(PICTURES)):
                        continue
                    stem = _squeezed(address.strip("/").rsplit("/", 1)[-1])
                    named = CASE_STUDY.match(title)
                    words = _spoken(named[1].strip("'‘’“”\" ")) if named else ""
                    whole = address if address.startswith("/") else _beside(source, path, address)
                    old, spoken = found.get(stem, ("", ""))
                    found[stem] = (old or whole, spoken or words)
    return {stem: value for stem, value in found.items() if stem}


def _beside(source: _Source, path: str, address: str) -> str:
    """A relative address of a panel, from the page that includes the panel; "" when no page does."""
    name = basename(path).removeprefix("_")
    for page, lines in source.lines.items():
        if not source.is_partial(page):
            for line in lines:
                if (asked := INCLUDE.search(line.text)) and basename(asked[1]).removeprefix("_") == name:
                    place = dirname(page).removeprefix(source.root.rstrip("/")).strip("/")
                    return f"/{place}/{address.strip('/')}/"
    return ""


def _squeezed(stem: str) -> str:
    return re.sub(r"[^a-z0-9]", "", stem.lower())


def _films_beside(source: _Source, films: Films, address: str, stem: str) -> list[Directive]:
    """The film of a case study whose captions stand in the folder of its old page."""
    places = [f"{source.root}{address.strip('/')}/"] if address else []
    for path in sorted(source.files, key=str.encode):
        beside = any(dirname(path) == place.rstrip("/") for place in places)
        named = "case-studies" in path and basename(dirname(path)) == stem
        if path.lower().endswith(CAPTION_FILES) and (beside or named):
            if options := films.take(path, stem):
                films.findings.counts["films"] += 1
                what = "The film itself is not in the source; its captions and transcript were taken in."
                films.findings.note(path, 0, what)
                return [Directive("film", "", options, [])]
            return []
    return []


# -- answers -----------------------------------------------------------------------------------------------------


def _pages(source: _Source) -> list[departments.Page]:
    found = []
    for path, tree in source.trees.items():
        if page := departments.read_page(tree, source.findings):
            found.append(page)
            if source.partials:
                source.partials.used.add(path)
    return sorted(found, key=lambda page: (page.action, page.file.encode()))


def _responses(
    source: _Source, pages: Sequence[departments.Page], pictures: Pictures, films: Films
) -> tuple[list[ReadResponse], list[ReadOrganisation]]:
    roll = Roll()
    writer = Writer(source.findings, pictures, Footnotes(source.findings), films)
    told: dict[tuple[int, str], ReadResponse] = {}
    if pages:
        _listed(source, roll)
    for page in pages:
        for answer in page.answers:
            folded = roll.meet(answer.name)
            markdown = canonical(write(writer.blocks(answer.nodes))).strip()
            roll.words.setdefault(folded, []).append(markdown)
            silent = departments.is_silent(markdown)
            response = ReadResponse(
                page.action,
                folded,
                markdown,
                answer.file,
                answer.line,
                silent=silent,
                proposed_not_applicable="" if silent else departments.verdict(markdown),
            )
            _tell(told, response, answer.name, source.findings)
    texts = [line.text for path, lines in source.lines.items() for line in lines if path.lower().endswith(TEXTS)]
    organisations = roll.organisations(texts)
    responses = [replace(r, organisation=organisations[r.organisation].key) for r in told.values()]
    return responses, list(organisations.values())


def _tell(told: dict[tuple[int, str], ReadResponse], response: ReadResponse, name: str, findings: Findings) -> None:
    """Keep one answer of a department on a page; a second one is reported, and words count more than silence."""
    key = (response.action, response.organisation)
    before = told.get(key)
    if before is None:
        told[key] = response
        return
    same = before.markdown == response.markdown
    what = f"{name} answers action {response.action:02d} twice on this page; "
    what += "both say the same." if same else "the first answer with words counts. Take one out."
    findings.note(response.file, response.line, what, "note" if same else "warning")
    if before.silent and not response.silent:
        told[key] = response


def _listed(source: _Source, roll: Roll) -> None:
    """Departments and the addresses of their strategies, from a list of them beside the pages of answers."""

    def tell(name: str, url: str) -> None:
        folded = roll.meet(name)
        if url:
            roll.urls.setdefault(folded, url)

    for path, tree in source.trees.items():
        if source.is_partial(path) and departments.strategies(tree, tell) and source.partials:
            source.partials.used.add(path)


def _action_addresses(source: _Source) -> dict[int, tuple[str, ...]]:
    """Old addresses of the actions' own pages, from the links that lead there."""
    found: dict[int, list[str]] = {}
    for tree in source.trees.values():
        for node in departments.walk(tree):
            for address, _ in ANY_LINK.findall(node.text) if "/actions/" in node.text else ():
                if named := ACTION_PAGE.match(address):
                    known = found.setdefault(int(named[2]), [])
                    if address not in known and address.startswith("/"):
                        known.append(address)
    return {number: tuple(addresses) for number, addresses in found.items()}


def _report_the_unused(source: _Source, documents: Sequence[ReadDocument], pages: Sequence[departments.Page]) -> None:
    written = {section.file for document in documents for section in document.sections}
    written |= {page.file for page in pages}
    for path in source.lines:
        if source.is_partial(path) and source.partials and path not in source.partials.used and path not in written:
            source.findings.note(path, 0, "No page includes this file, so it is in no document.")
