"""A folder in the dialect → a reading: documents, case studies, actions, and what every department answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from posixpath import basename

from penholder.formats.govspeak import departments
from penholder.formats.govspeak.case_studies import ANY_LINK, read_case_studies
from penholder.formats.govspeak.documents import read_documents
from penholder.formats.govspeak.films import Films
from penholder.formats.govspeak.footnotes import Footnotes
from penholder.formats.govspeak.lines import Findings
from penholder.formats.govspeak.organisations import Roll
from penholder.formats.govspeak.pictures import Pictures
from penholder.formats.govspeak.source import TEXTS, Source, open_source
from penholder.formats.govspeak.writer import Writer, house, write
from penholder.formats.reading import ReadDocument, Reading, ReadOrganisation, ReadResponse, Wording
from penholder.formats.structure import departmental_documents, promises

SIGNS = re.compile(
    rb"\{\s*include\s|\{div[\s}]|^\{:[^\n]*\}\s*$|\{:\s*[.#]?\w|\{\{[A-Z]+\}\}|\{(?:big-)?pull\}|^#{2,6}[^#\s{]",
    re.MULTILINE,
)
ACTION_PAGE = re.compile(r"^(.{0,200}/actions/)0*(\d{1,3})/?$")


def looks_like(files: Mapping[str, bytes]) -> bool:
    """Whether these files are in the dialect of the 2012 strategy, rather than in the house's own."""
    if any(basename(path) in {"strategy.toml", "history.toml"} for path in files):
        return False
    texts = [data for path, data in files.items() if path.lower().endswith(TEXTS)]
    return any(SIGNS.search(data[:200_000]) for data in texts)


def read_folder(files: Mapping[str, bytes]) -> Reading:
    """Read one state of a strategy from its files (paths with "/", from the folder's root).

    Everything that could not be read stands in `Reading.unread`. Raises Refused only for what no text can be.
    """
    source = open_source(files)
    pictures = Pictures(files, (source.base, source.root), source.findings)
    films = Films(pictures, source.findings)
    documents = read_documents(source, pictures, films)
    pages = _pages(source)
    case_studies = read_case_studies(source, pictures, films, {page.file for page in pages})
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


def _pages(source: Source) -> list[departments.Page]:
    found = []
    for path, tree in source.trees.items():
        if page := departments.read_page(tree, source.findings):
            found.append(page)
            if source.partials:
                source.partials.used.add(path)
    return sorted(found, key=lambda page: (page.action, page.file.encode()))


def _responses(
    source: Source, pages: Sequence[departments.Page], pictures: Pictures, films: Films
) -> tuple[list[ReadResponse], list[ReadOrganisation]]:
    roll = Roll()
    writer = Writer(source.findings, pictures, Footnotes(source.findings), films)
    told: dict[tuple[int, str], ReadResponse] = {}
    if pages:
        _listed(source, roll)
    for page in pages:
        for answer in page.answers:
            folded = roll.meet(answer.name)
            markdown = house(write(writer.blocks(answer.nodes)), answer.file).strip()
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


def _listed(source: Source, roll: Roll) -> None:
    """Departments and the addresses of their strategies, from a list of them beside the pages of answers."""

    def tell(name: str, url: str) -> None:
        folded = roll.meet(name)
        if url:
            roll.urls.setdefault(folded, url)

    for path, tree in source.trees.items():
        if source.is_partial(path) and departments.strategies(tree, tell) and source.partials:
            source.partials.used.add(path)


def _action_addresses(source: Source) -> dict[int, tuple[str, ...]]:
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


def _report_the_unused(source: Source, documents: Sequence[ReadDocument], pages: Sequence[departments.Page]) -> None:
    written = {section.file for document in documents for section in document.sections}
    written |= {page.file for page in pages}
    for path in source.lines:
        if source.is_partial(path) and source.partials and path not in source.partials.used and path not in written:
            source.findings.note(path, 0, "No page includes this file, so it is in no document.")
