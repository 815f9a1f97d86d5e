"""A strategy written as a house folder: TOML for facts, house Markdown for text, one file of responses for each body.

    strategy.toml        title, subtitle, language, at, [document] key, kind, addresses, [actions] old_address
    organisations.toml   [[organisation]] key, name, acronym, aliases, kind, digital_leader, strategy_url
    asked.toml           asked_on, [[ask]] actions, organisations, asked_on: who was asked about what, and since when
    text/*.md            sections of the strategy in byte order
    papers/<key>/*.md    other documents, each with an optional paper.toml: title, subtitle, kind, addresses
    responses/<org>.md   `# Title`, an introduction, then `## Action 01 {#action-01 .response stance="will-do"}` …
    figures/, films/     what the text shows

Whatever is wrong is collected with its file and line, so that a person can put all of it right at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import cast, get_args

from penholder.errors import Refused
from penholder.formats import responses
from penholder.formats.folders import climbs_out
from penholder.formats.pages import Pages
from penholder.formats.pictures import look_into
from penholder.formats.reading import (
    Asset,
    DocumentKind,
    ReadAction,
    ReadDocument,
    Reading,
    ReadOrganisation,
    ReadSection,
)
from penholder.formats.scanning import Reference
from penholder.formats.structure import departmental_documents, plain_title, promises
from penholder.formats.tables import Table, read_toml

MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".pdf": "application/pdf",
}
DOCUMENT_KINDS = get_args(DocumentKind)

_PROMISE = re.compile(r"(?P<kind>action|principle)-\d{1,4}$")
_REMOTE = re.compile(r"(?i)https?://")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*$")


def looks_like(paths: Iterable[str]) -> bool:
    """Whether a folder with these files is a house folder."""
    return "strategy.toml" in paths


def dated(files: Mapping[str, bytes]) -> datetime | None:
    """The moment that strategy.toml says it is the state of (`at`), or None."""
    table = read_toml("strategy.toml", files["strategy.toml"])
    return table.moment("at") if "at" in table.values else None


def read(files: Mapping[str, bytes]) -> Reading:
    """The strategy that `files` (by path inside the folder) hold.

    Refused when there is no strategy.toml, or a TOML file is none; everything else that is wrong is in `unread`.
    """
    if "strategy.toml" not in files:
        raise Refused("There is no strategy.toml here, so this is not a house folder. Start one with `title = …`.")
    pages = Pages(files)
    about = pages.toml("strategy.toml")
    strategy = _document(pages, "text", about, about.table("document"), key="strategy", kind="strategy")
    if not strategy.sections:
        pages.complain("strategy.toml", 0, "There is no text: put the sections into text/*.md.", "error")
    papers = tuple(_papers(pages))
    organisations = tuple(_organisations(pages))
    _check_numbers(pages, (strategy, *papers))
    principles, actions = promises((strategy, *papers))
    actions = _with_addresses(actions, about)
    openings, answers = responses.read(pages, organisations, actions)
    _check_references(pages)
    assets = look_into(_assets(pages), say=pages.unread.append)
    return Reading(
        documents=(strategy, *papers, *departmental_documents(answers, actions, organisations, existing=openings)),
        organisations=organisations,
        principles=principles,
        actions=actions,
        responses=answers,
        assets=assets,
        unread=tuple(pages.unread),
        title=about.text("title"),
        counts=dict(pages.counts),
    )


def _document(pages: Pages, folder: str, about: Table, facts: Table, *, key: str, kind: str) -> ReadDocument:
    sections = []
    for path in pages.markdown(folder):
        text = pages.text(path)
        stem = PurePosixPath(path).stem
        if not text.strip():
            pages.complain(path, 0, "There is no text in this file; it makes no section.", "note")
            continue
        title = next((heading.title for heading in pages.scans[path].headings if heading.level <= 2), "")
        if not title:
            pages.complain(path, 1, "There is no `#` or `##` heading, so the file's name is the section's title.")
        sections.append(ReadSection(stem, plain_title(title) or stem.replace("-", " "), text, path))
    return ReadDocument(
        facts.text("key", key),
        cast("DocumentKind", facts.choice("kind", DOCUMENT_KINDS, kind)),
        about.text("title", key.replace("-", " ").capitalize()),
        tuple(sections),
        subtitle=about.text("subtitle"),
        addresses=facts.texts("addresses"),
    )


def _papers(pages: Pages) -> Iterable[ReadDocument]:
    for key in sorted({path.split("/")[1] for path in pages.files if path.startswith("papers/")}, key=str.encode):
        folder = f"papers/{key}"
        if pages.markdown(folder):
            path = f"{folder}/paper.toml"
            about = pages.toml(path) if path in pages.files else Table(path, {}, "")
            yield _document(pages, folder, about, about, key=key, kind="paper")


def _organisations(pages: Pages) -> Iterable[ReadOrganisation]:
    if "organisations.toml" not in pages.files:
        return
    seen: set[str] = set()
    for row in pages.toml("organisations.toml").rows("organisation"):
        key = row.text("key")
        if not _KEY.match(key):
            row.complain("key", "An organisation needs a key of small letters, digits and hyphens.", "error")
        elif key in seen:
            row.complain("key", f'The organisation "{key}" stands twice. Take one out.', "error")
        else:
            seen.add(key)
            yield ReadOrganisation(
                key,
                row.text("name", key),
                row.text("acronym"),
                row.texts("aliases"),
                row.text("kind", "department"),
                row.text("digital_leader"),
                row.text("strategy_url"),
            )


def _check_numbers(pages: Pages, documents: Iterable[ReadDocument]) -> None:
    """An action or principle without a number, or with one that is taken, cannot be held to anything."""
    stands: dict[str, str] = {}
    for section in (s for document in documents if document.kind == "strategy" for s in document.sections):
        for heading in pages.scans[section.file].headings:
            said = heading.attributes
            kind = next((kind for kind in ("action", "principle") if kind in said.classes), "")
            if not kind:
                continue
            found = _PROMISE.match(said.name)
            if not found or found["kind"] != kind:
                what = f"This {kind} has no number. Give its heading an id such as {{#{kind}-01 .{kind}}}."
                pages.complain(section.file, heading.line, what, "error")
            elif said.name in stands:
                what = f"{said.name} stands twice: first in {stands[said.name]}. Give this one its own number."
                pages.complain(section.file, heading.line, what, "error")
            else:
                stands[said.name] = f"{section.file}, line {pages.line(section.file, heading.line)}"


def _with_addresses(actions: tuple[ReadAction, ...], about: Table) -> tuple[ReadAction, ...]:
    facts = about.table("actions")
    pattern = facts.text("old_address")
    if not pattern:
        return actions
    if "{number}" not in pattern:
        facts.complain("old_address", "old_address must hold {number}, where the action's number goes.", "error")
        return actions
    return tuple(
        replace(action, addresses=(pattern.replace("{number}", f"{action.number:02d}"),)) for action in actions
    )


def _assets(pages: Pages) -> Iterable[Asset]:
    for path, data in sorted(pages.files.items()):
        if path.startswith(("figures/", "films/")):
            kind = MEDIA_TYPES.get(PurePosixPath(path).suffix.lower())
            if kind is None:
                pages.complain(path, 0, "Files of this kind are not published; it was left out.")
            else:
                yield Asset(path, data, kind)


def _check_references(pages: Pages) -> None:
    for path, found in pages.scans.items():
        for reference in found.references:
            _check_reference(pages, path, reference)


def _check_reference(pages: Pages, path: str, reference: Reference) -> None:
    target = reference.target
    if _REMOTE.match(target):
        if reference.kind == "film":
            what = "This film is on another site: it is linked to, never embedded."
            pages.complain(path, reference.line, what, "note")
        else:
            what = f"{target} is on another site. Put a copy into figures/, so that it is sealed with the text."
            pages.complain(path, reference.line, what)
    elif climbs_out(target):
        what = f"{target} leaves the folder of the strategy. Put the file into figures/ or films/."
        pages.complain(path, reference.line, what, "error")
    elif target not in pages.files:
        what = f"{target} is not here. Add the file, or take the {reference.kind} out."
        pages.complain(path, reference.line, what)
