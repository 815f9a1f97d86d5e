"""A draft as it stood before: after any of its updates; and what was taken out of it and can be put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When

from penholder.drafting import drafts, waypoints
from penholder.drafting.contributions import Waypoint
from penholder.drafting.models import Document, DraftSnapshot, DraftUpdate, Section
from penholder.drafting.shared_texts import TEXT, SharedSection, SharedText
from penholder.text.canonical import canonical
from penholder.text.markdown import blocks


@dataclass(frozen=True, slots=True)
class Part:
    """One section as it stood somewhere: in a draft at a moment, or in an iteration. `text` is canonical."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Hour:
    """That somebody wrote in a draft: who, in words, from when until when, in how many updates."""

    person: str
    post: str
    since: datetime
    until: datetime
    updates: int


# Who stops for longer than this and begins again is told of twice.
PAUSE_SECONDS = 30 * 60
# So many of the newest updates are gone through for the list of who wrote lately.
MOST_UPDATES = 5_000


def parts_of(sections: Sequence[SharedSection]) -> tuple[Part, ...]:
    """The sections of a draft, in canonical form."""
    return tuple(Part(section.key, section.title, canonical(section.text)) for section in sections)


def draft_at(document: Document, sequence: int) -> tuple[Part, ...]:
    """The draft as it stood after update `sequence`; 0 is before anybody wrote in it. Two to four queries.

    Whatever is nearest is taken: a waypoint of exactly then, the snapshot and what came after it, else every update.
    """
    kept = Waypoint.objects.filter(document=document, sequence=sequence).first() if sequence else None
    if kept is not None:
        return tuple(Part(part.key, part.title, part.text) for part in waypoints.parts(kept))
    snapshot = DraftSnapshot.objects.filter(document=document, sequence__lte=sequence).first()
    if snapshot is not None:
        later = DraftUpdate.objects.filter(document=document, sequence__gt=snapshot.sequence, sequence__lte=sequence)
        typed = later.order_by("sequence").values_list("update", flat=True)
        return parts_of(SharedText([bytes(snapshot.state), *map(bytes, typed)]).sections())
    # The first update holds what stood in the sections before anybody wrote.
    rows = DraftUpdate.objects.filter(document=document, sequence__lte=max(sequence, 1)).order_by("sequence")
    if updates := [bytes(update) for update in rows.values_list("update", flat=True)]:
        return parts_of(SharedText(updates).sections())
    standing = Section.objects.filter(document=document).order_by("position", "key")
    return tuple(Part(row.key, row.title, row.text) for row in standing)


def taken_out(document: Document) -> tuple[Part, ...]:
    """The sections that stood in this draft and were removed from it, as they last read; without those left empty.

    Their titles went with them: the first heading stands for it, else the key. Two queries.
    """
    if not document.readable_upto:
        return ()
    shared, _ = drafts.load(document)
    standing = {section.key for section in shared.sections()}
    keys = [name.removeprefix(TEXT) for name in shared.doc.keys() if name.startswith(TEXT)]  # noqa: SIM118 - no mapping
    gone = [(key, canonical(shared.text(key))) for key in sorted(keys) if key not in standing]
    return tuple(Part(key, heading_of(text) or key, text) for key, text in gone if text)


def heading_of(text: str) -> str:
    """The words of the heading with which a text begins; "" when it begins otherwise."""
    first = next(iter(blocks(text)), None)
    return first.plain if first is not None and first.kind == "heading" else ""


def with_last_writer(documents: QuerySet[Document]) -> QuerySet[Any]:
    """The documents with `writer` (a name, else a post) and `written_at` of the last update that somebody made."""
    last = DraftUpdate.objects.filter(document=OuterRef("pk")).exclude(post="").order_by("-sequence")
    name = Case(When(person="", then=F("post")), default=F("person"))
    return documents.annotate(
        writer=Subquery(last.annotate(name=name).values("name")[:1]), written_at=Subquery(last.values("at")[:1])
    )


def lately(document: Document) -> list[Hour]:
    """Who wrote in the draft, the last first: one line for each stretch of somebody's writing. One query."""
    rows = DraftUpdate.objects.filter(document=document, sequence__gt=1).order_by("-sequence")
    found: list[Hour] = []
    by_writer: dict[tuple[str, str], int] = {}
    for person, post, at in rows.values_list("person", "post", "at")[:MOST_UPDATES]:
        if not post:
            continue
        number = by_writer.get((person, post))
        if number is not None and (found[number].since - at).total_seconds() <= PAUSE_SECONDS:
            before = found[number]
            found[number] = Hour(person, post, min(at, before.since), before.until, before.updates + 1)
            continue
        by_writer[person, post] = len(found)
        found.append(Hour(person, post, at, at, 1))
    return found
