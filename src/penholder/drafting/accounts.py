"""Sealed texts held against the record; and what of each draft is not sealed, because no record proves that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from penholder.drafting.iterations import beside
from penholder.drafting.models import Document, Iteration, SealedSection, Section
from penholder.record.accounts import Told, compare, compare_withheld, entries, said
from penholder.record.chain import moment, sha256, spelled
from penholder.record.findings import Broken
from penholder.record.models import Entry
from penholder.seal import digest

# Iterations are read so many at a time: what became of each passage is kept with them, and is long.
CHUNK = 20


def differences() -> list[Broken]:
    """Every iteration that is not as it was recorded, and every document that forgot what was removed. Six queries."""
    broken = compare(_recorded(), _stored()) + compare_withheld(_entries(), _withheld())
    return broken + compare(_removed_recorded(), _removed())


def _entries() -> Iterator[tuple[str, Entry]]:
    for entry, facts in entries("iteration.sealed"):
        document, number = said(facts, "document", "number")
        yield f"{document}:{number}", entry


def _recorded() -> Iterator[tuple[str, Told]]:
    for entry, facts in entries("iteration.sealed"):
        document, number, *named = said(facts, "document", "number", "label", "source")
        yield f"{document}:{number}", (entry.subject, *named, entry.reason, moment(entry.at))


def _stored() -> Iterator[tuple[str, Told]]:
    rows = Iteration.objects.select_related("document").defer("manifest", "events")
    for row in rows.iterator(chunk_size=2000):
        yield f"{row.document.key}:{row.number}", (row.seal, row.label, row.source, row.reason, moment(row.sealed_at))


def _withheld() -> Iterator[tuple[str, dict[str, Any]]]:
    rows = Iteration.objects.select_related("document").defer("manifest").prefetch_related("sections")
    for row in rows.iterator(chunk_size=CHUNK):
        sections = sorted(row.sections.all(), key=lambda section: section.position)
        ids = [passage[0] for section in sections for passage in section.passages]
        yield f"{row.document.key}:{row.number}", beside(row, ids)


def _removed_recorded() -> Iterator[tuple[str, Told]]:
    last: dict[str, str] = {}
    for _entry, facts in entries("iteration.sealed"):
        document, removed = said(facts, "document", "removed_sha256")
        last[document] = removed
    yield from ((f"passages removed from {document}", (removed,)) for document, removed in last.items())


def _removed() -> Iterator[tuple[str, Told]]:
    for document in Document.objects.filter(iterations__isnull=False).distinct():
        yield f"passages removed from {document.key}", (sha256(spelled(document.graveyard)),)


def unsealed() -> Iterator[str]:
    """Everything in drafts that is not as it was sealed last, in words. Drafts change; nobody has signed this."""
    for document in Document.objects.select_related("organisation").order_by("key"):
        latest = Iteration.objects.filter(document=document).order_by("-number").defer("events").first()
        if latest is None:
            yield f"{document.key}: no text of it was ever sealed."
            continue
        yield from (f"{document.key}: {what}, and not as in {latest.number}." for what in _drafted(document, latest))


def _drafted(document: Document, latest: Iteration) -> Iterator[str]:
    sealed = latest.manifest["document"]
    body = document.organisation.key if document.organisation else ""
    told = {"kind": document.kind, "title": document.title, "subtitle": document.subtitle, "organisation": body}
    yield from (f"its {name} is “{value}”" for name, value in told.items() if sealed.get(name) != value)
    drafts = list(Section.objects.filter(document=document))
    rows = SealedSection.objects.filter(iteration=latest).order_by("position")
    before = {key: (title, text) for key, title, text in rows.values_list("key", "title", "text")}
    now = {draft.key: (draft.title, digest(draft.text)) for draft in drafts}
    yield from (f"section “{key}” is drafted so" for key in now if before.get(key) != now[key])
    yield from (f"section “{key}” is not drafted" for key in before if key not in now)
    if list(before) != list(now) and set(before) == set(now):
        yield "its sections stand in another order"
