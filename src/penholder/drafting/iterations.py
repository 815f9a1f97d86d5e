"""Iterations: a draft becomes one by being sealed, and can be checked against its seal for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from penholder.drafting import drafts, manifests, media, naming, rules, sealed_texts
from penholder.drafting.manifests import MediaDigest, SectionDigest
from penholder.drafting.models import Document, Iteration, SealedSection, Section, Text
from penholder.drafting.parsed import parsed
from penholder.drafting.sealed_texts import SealedText
from penholder.errors import Missing, Refused
from penholder.record import ledger
from penholder.record.chain import moment, sha256, spelled
from penholder.seal import digest
from penholder.seal import seal as seal_of
from penholder.text.compare import compare
from penholder.text.lineage import Lineage, buried, trace
from penholder.text.passages import Block


@dataclass(frozen=True, slots=True)
class Sealing:
    """What sealing came to. `new` is False when the draft was the latest iteration already, which is then returned."""

    iteration: Iteration
    new: bool


@transaction.atomic
def seal(
    *,
    document: Document,
    label: str,
    taken_at: datetime,
    at: datetime,
    stage: str = "",
    source: str = "",
    author: str = "",
    reason: str = "",
    files: Mapping[str, MediaDigest] | None = None,
    actor: str = ledger.OPERATOR,
) -> Sealing:
    """Seal the draft of a document. A save that changed nothing makes nothing.

    `files` are the media that the text may refer to, by path; those it does are sealed with it. About ten queries,
    however long the text is. Raises Refused when the rules object.
    """
    document = _locked(document.pk)
    sections = list(Section.objects.filter(document=document))
    latest = Iteration.objects.filter(document=document).order_by("-number").first()
    if objections := rules.objections_to_sealing(document, sections, latest, label=label, taken_at=taken_at):
        raise Refused(objections)
    content = _manifest(document, sections, files or {})
    sealed = seal_of(content)
    if latest and latest.seal == sealed:
        return Sealing(latest, new=False)
    number = latest.number + 1 if latest else 1
    new_blocks = [block for section in sections for block in parsed(section.text)]
    mint = naming.seal_minter(document, number, sections)
    lineage = _lineage(document, latest, new_blocks, mint)
    iteration = Iteration.objects.create(
        document=document,
        number=number,
        label=label,
        stage=stage,
        taken_at=taken_at,
        sealed_at=at,
        seal=sealed,
        manifest=content,
        # The first iteration has nothing before it: that every passage is new goes without saying.
        events=[event.to_data() for event in lineage.events] if latest else [],
        source=source,
        author=author,
        reason=reason,
    )
    _keep_sections(iteration, sections, lineage.ids)
    _record(iteration, document, lineage.ids, actor=actor)
    return Sealing(iteration, new=True)


def _record(iteration: Iteration, document: Document, ids: Sequence[str], *, actor: str) -> None:
    facts = {
        "document": document.key,
        "number": iteration.number,
        "label": iteration.label,
        "source": iteration.source,
        "removed_sha256": sha256(spelled(document.graveyard)),
    }
    ledger.append(
        "iteration.sealed",
        actor=actor,
        subject=iteration.seal,
        at=iteration.sealed_at,
        reason=iteration.reason,
        facts=facts,
        withheld=beside(iteration, ids),
    )


def _locked(document_id: int) -> Document:
    """The document with its row locked, and its sections as they were typed last."""
    document = Document.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=document_id)
    drafts.make_readable(document)
    return document


def beside(iteration: Iteration, ids: Sequence[str]) -> dict[str, Any]:
    """What an iteration keeps that is in neither its seal nor the record: `ids` are its passages', in order."""
    return {
        "stage": iteration.stage,
        "taken_at": moment(iteration.taken_at),
        "author": iteration.author,
        "events": iteration.events,
        "passages": list(ids),
    }


def _manifest(document: Document, sections: Sequence[Section], files: Mapping[str, MediaDigest]) -> dict[str, Any]:
    paths = files.keys()
    named = frozenset[str]().union(*(media.referenced(section.text, paths) for section in sections))
    return manifests.manifest(
        document={
            "key": document.key,
            "kind": document.kind,
            "title": document.title,
            "subtitle": document.subtitle,
            "organisation": document.organisation.key if document.organisation else "",
        },
        sections=[
            SectionDigest(
                section.key, section.title, section.text, tuple(block.digest for block in parsed(section.text))
            )
            for section in sections
        ],
        media=[files[path] for path in named],
    )


def _lineage(document: Document, latest: Iteration | None, new: Sequence[Block], mint: Callable[[int], str]) -> Lineage:
    before = sealed_texts.read(latest) if latest else SealedText(())
    old, old_ids = before.blocks, before.ids
    graveyard: dict[str, str] = document.graveyard
    lineage = trace(compare(old, new), old_ids, new, mint=mint, graveyard=graveyard)
    after = buried(graveyard, lineage, old, old_ids)
    if after != graveyard:
        document.graveyard = after
        document.save(update_fields=["graveyard"])
    return lineage


def _keep_sections(iteration: Iteration, sections: Sequence[Section], ids: Sequence[str]) -> None:
    texts = {digest(section.text): section.text for section in sections}
    Text.objects.bulk_create(
        [Text(digest=name, body=body) for name, body in texts.items()], ignore_conflicts=True, batch_size=200
    )
    names = iter(ids)
    SealedSection.objects.bulk_create(
        [
            SealedSection(
                iteration=iteration,
                key=section.key,
                position=position,
                title=section.title,
                text_id=digest(section.text),
                passages=[
                    [next(names), block.start, block.end, block.kind, block.digest] for block in parsed(section.text)
                ],
            )
            for position, section in enumerate(sections)
        ],
        batch_size=100,
    )


def listed(document: str = "") -> QuerySet[Iteration]:
    """Iterations with their documents, oldest first, in one query; without manifests and events, which are large."""
    rows = Iteration.objects.select_related("document").defer("manifest", "events")
    rows = rows.filter(document__key=document) if document else rows
    return rows.order_by("document__key", "number")


def find(name: str) -> Iteration:
    """The iteration that a person means by `strategy:3`, `strategy:2012-11-06`, a label or the start of a seal.

    A label alone means the strategy's when several documents have it. Raises Missing, saying what there is.
    """
    document, _, rest = name.rpartition(":")
    rows = Iteration.objects.select_related("document")
    if document:
        rows = rows.filter(document__key=document)
        if rest.isdecimal() and (found := rows.filter(number=int(rest)).first()):
            return found
    labelled = list(rows.filter(label=rest or name).order_by("-number"))
    if len(name) >= 8 and not labelled:  # fewer digits of a seal than this may well be a word
        labelled = list(Iteration.objects.select_related("document").filter(seal__startswith=name.lower())[:2])
    if not labelled:
        raise Missing(f"There is no iteration “{name}”. Run `penholder iterations` to see them all.")
    strategies = [row for row in labelled if row.document.kind == "strategy"]
    return (strategies or labelled)[0]


def verify(iteration: Iteration) -> list[str]:
    """Everything in an iteration that is not as it was sealed, in words; an empty list when all is well.

    Recomputes every digest and the seal from the stored text, and the digest of each file in the media folder.
    """
    where = f"{iteration.document.key}:{iteration.number}"
    problems = []
    rows = list(SealedSection.objects.filter(iteration=iteration).select_related("text").order_by("position"))
    sections = []
    for row in rows:
        body = row.text.body
        if digest(body) != row.text_id:
            problems.append(f"{where}, section “{row.key}”: the stored text is not the one that was sealed.")
        blocks = parsed(body)
        stored = [(passage[1], passage[2], passage[3], passage[4]) for passage in row.passages]
        if stored != [(block.start, block.end, block.kind, block.digest) for block in blocks]:
            problems.append(f"{where}, section “{row.key}”: its passages are not those that were sealed.")
        sections.append(SectionDigest(row.key, row.title, body, tuple(block.digest for block in blocks)))
    if [row.position for row in rows] != list(range(len(rows))):
        problems.append(f"{where}: its sections are not numbered as they were sealed.")
    names = [passage[0] for row in rows for passage in row.passages]
    if len(set(names)) != len(names):
        problems.append(f"{where}: two passages have one lasting id.")
    said = iteration.manifest
    files = [MediaDigest(file["path"], file["sha256"], file["size"], file["type"]) for file in said["media"]]
    rebuilt = manifests.manifest(document=said["document"], sections=sections, media=files)
    if rebuilt != said:
        problems.append(f"{where}: the stored sections do not give the manifest that was sealed.")
    if seal_of(said) != iteration.seal:
        problems.append(f"{where}: the manifest does not give the seal {iteration.seal[:12]}….")
    problems += [f"{where}, {file.path}: {problem}" for file in files if (problem := _file_problem(file))]
    return problems


def _file_problem(file: MediaDigest) -> str:
    place = media.location(file.sha256)
    if not place.exists():
        return f"the file is missing from the media folder ({place})."
    if media.describe(file.path, place.read_bytes(), file.media_type).sha256 != file.sha256:
        return f"the file in the media folder is not the one that was sealed ({place})."
    return ""
