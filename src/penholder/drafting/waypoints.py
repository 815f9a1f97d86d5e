"""The draft as it stood at earlier moments: kept every few minutes of work, so that looking back never replays a year.

A draft of 100,000 updates would take seconds to be played again up to a moment. A waypoint is its sections by digest; a
text that did not change is kept once. What lies between two waypoints is not shown by itself: nobody reads a draft
letter by letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from penholder.drafting.contributions import DraftedText, Waypoint
from penholder.drafting.models import Document, DraftUpdate, Section
from penholder.seal import digest, seal

# A waypoint for every reload would be thousands while fifty people read and six write.
APART = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Part:
    """One section as it stood."""

    key: str
    title: str
    text: str
    digest: str


def keep(*, document: Document, at: datetime, apart: timedelta = APART) -> Waypoint | None:
    """Keep the draft as it stands, if it is not as it last was, and that was not just now. 1 to 6 queries."""
    last = Waypoint.objects.filter(document=document).first()
    if last is not None and (at < last.at + apart or _unchanged(document, last)):
        return None
    sections = list(Section.objects.filter(document=document))
    rows = [[one.key, one.title, digest(one.text)] for one in sections]
    if last is not None and last.sections == rows:  # what was typed since was taken back
        Waypoint.objects.filter(pk=last.pk).update(sequence=document.readable_upto)
        return None
    if not rows:
        return None
    with transaction.atomic():
        DraftedText.objects.bulk_create(
            [DraftedText(digest=digest(one.text), body=one.text) for one in sections],
            ignore_conflicts=True,
            batch_size=200,
        )
        return Waypoint.objects.create(
            document=document, sequence=document.readable_upto, at=at, sections=rows, people=_people(document, last)
        )


def keep_all(*, at: datetime) -> int:
    """Keep every draft that was written in since its last waypoint. Returns how many there were."""
    newest = Waypoint.objects.filter(document=OuterRef("pk")).order_by("-at", "-pk").values("sequence")[:1]
    written = Document.objects.filter(readable_upto__gt=0).annotate(kept=Subquery(newest))
    rows = written.filter(Q(kept=None) | Q(kept__lt=F("readable_upto")))
    return sum(keep(document=row, at=at) is not None for row in rows.defer("graveyard"))


def _unchanged(document: Document, last: Waypoint) -> bool:
    return bool(document.readable_upto) and document.readable_upto == last.sequence


def _people(document: Document, last: Waypoint | None) -> list[str]:
    """Who wrote since then, in words."""
    since = last.sequence if last else 0
    rows = DraftUpdate.objects.filter(document=document, sequence__gt=since, sequence__lte=document.readable_upto)
    wrote = rows.exclude(person="").order_by("person").values_list("person", flat=True).distinct()
    return list(wrote)


def before(document: Document, at: datetime) -> Waypoint | None:
    """The last waypoint up to a moment; the first one there is, when that is later. Two queries at most."""
    rows = Waypoint.objects.filter(document=document)
    return rows.filter(at__lte=at).first() or rows.order_by("at", "pk").first()


def parts(waypoint: Waypoint) -> tuple[Part, ...]:
    """The sections of a waypoint. One query."""
    bodies = dict(
        DraftedText.objects.filter(digest__in={row[2] for row in waypoint.sections}).values_list("digest", "body")
    )
    return tuple(Part(key, title, bodies[name], name) for key, title, name in waypoint.sections)


def seal_of(waypoint: Waypoint) -> str:
    """What tells this state of a draft from any other. No query."""
    return seal(waypoint.sections)


def now(document: Document) -> tuple[Part, ...]:
    """The sections as they stand. One query."""
    rows = Section.objects.filter(document=document)
    return tuple(Part(one.key, one.title, one.text, digest(one.text)) for one in rows)


def writers(document: Document, since: Waypoint) -> dict[str, list[str]]:
    """Who wrote in each section since then, as far as waypoints tell: those who wrote while it changed. One query."""
    rows = list(Waypoint.objects.filter(document=document, at__gte=since.at).order_by("at", "pk"))
    found: dict[str, dict[str, None]] = {}
    for one, following in pairwise(rows):
        had = {key: name for key, _title, name in one.sections}
        for key, _title, name in following.sections:
            if had.get(key) != name:
                found.setdefault(key, {}).update(dict.fromkeys(following.people))
    return {key: list(people) for key, people in found.items()}
