"""Principles and actions, as versions: each edition that words one differently adds a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction

from penholder.delivery.models import Action, ActionVersion, Principle, PrincipleVersion
from penholder.drafting.sealed_texts import SealedText
from penholder.formats.reading import ReadAction, ReadPrinciple
from penholder.publishing.models import Edition


@dataclass(frozen=True, slots=True)
class Promise:
    """The passages under one named heading: their lasting ids, and the Markdown below the heading."""

    ids: tuple[str, ...] = ()
    text: str = ""


def find(text: SealedText) -> dict[str, Promise]:
    """What stands under each heading that has a name of its own, up to the next heading of its rank or above."""
    found: dict[str, Promise] = {}
    for section in text.sections:
        blocks = section.blocks
        lines = section.text.split("\n")
        for index, block in enumerate(blocks):
            if block.kind != "heading" or not block.name or block.name in found:
                continue
            end = index + 1
            while end < len(blocks) and not (blocks[end].kind == "heading" and blocks[end].level <= block.level):
                end += 1
            body = "\n".join(lines[block.end : blocks[end - 1].end]).strip("\n")
            found[block.name] = Promise(section.ids[index:end], body + "\n" if body else "")
    return found


@transaction.atomic
def record_principles(
    read: Sequence[ReadPrinciple], *, edition: Edition, promises: Mapping[str, Promise], said_on: date, at: datetime
) -> int:
    """Add a version of each principle that this edition words differently. Four queries. Returns how many."""
    rows = PrincipleVersion.objects.filter(principle__document=edition.document_id, superseded_by=None)
    last = {row.principle.number: row for row in rows.select_related("principle")}
    known = _known(Principle, edition, [one.number for one in read])
    made = []
    for one in read:
        before = last.get(one.number)
        passage = next(iter(promises.get(one.name, Promise()).ids), "")
        facts = (one.title, one.motto, passage)
        if before and (before.title, before.motto, before.passage) == facts:
            continue
        made.append(
            PrincipleVersion(
                principle=known[one.number],
                number=before.number + 1 if before else 1,
                edition=edition,
                title=one.title,
                motto=one.motto,
                passage=passage,
                said_on=said_on,
                recorded_at=at,
                supersedes=before,
            )
        )
    PrincipleVersion.objects.bulk_create(made)
    return len(made)


@transaction.atomic
def record_actions(
    read: Sequence[ReadAction], *, edition: Edition, promises: Mapping[str, Promise], said_on: date, at: datetime
) -> int:
    """Add a version of each action that this edition words differently or no longer has. Five queries."""
    rows = ActionVersion.objects.filter(action__document=edition.document_id, superseded_by=None)
    last = {row.action.number: row for row in rows.select_related("action", "principle")}
    known = _known(Action, edition, [one.number for one in read])
    principles = {row.number: row for row in Principle.objects.filter(document=edition.document_id)}
    made = []
    for one in read:
        before = last.pop(one.number, None)
        promise = promises.get(one.name, Promise())
        version = ActionVersion(
            action=known[one.number],
            number=before.number + 1 if before else 1,
            edition=edition,
            principle=principles.get(one.principle),
            title=one.title,
            short_title=one.short_title,
            text=promise.text,
            passages=list(promise.ids),
            said_on=said_on,
            recorded_at=at,
            supersedes=before,
        )
        if before is None or _facts(before) != _facts(version):
            made.append(version)
    made += [_dropped(before, edition, said_on, at) for before in last.values() if not before.dropped]
    ActionVersion.objects.bulk_create(made)
    return len(made)


def _facts(version: ActionVersion) -> tuple[object, ...]:
    return (
        version.principle_id,
        version.title,
        version.short_title,
        version.text,
        tuple(version.passages),
        version.dropped,
    )


def _dropped(before: ActionVersion, edition: Edition, said_on: date, at: datetime) -> ActionVersion:
    return ActionVersion(
        action=before.action,
        number=before.number + 1,
        edition=edition,
        principle=before.principle,
        title=before.title,
        short_title=before.short_title,
        dropped=True,
        said_on=said_on,
        recorded_at=at,
        supersedes=before,
    )


Row = TypeVar("Row", Principle, Action)


def _known(model: type[Row], edition: Edition, numbers: Iterable[int]) -> dict[int, Row]:
    rows = {row.number: row for row in model.objects.filter(document=edition.document_id)}
    made = [model(document=edition.document, number=number) for number in numbers if number not in rows]
    model.objects.bulk_create(made)
    return rows | {row.number: row for row in made}
