"""Iterations and drafts as Word and OpenDocument files, the draft with what is suggested and said about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from penholder.drafting import (
    drafts,
    from_sealed,
    media,
    naming,
    origins,
    sealed_texts,
    suggestions,
    threads,
    waypoints,
    weighing,
)
from penholder.drafting.contributions import Fate, Suggestion, Talk, Thread, Waypoint, What
from penholder.drafting.models import Document, Iteration, Section
from penholder.drafting.naming import Named
from penholder.drafting.seats import Seat
from penholder.formats import libreoffice
from penholder.formats.word.outgoing import Discussion, Outgoing, Proposal, Said
from penholder.formats.word.returned import Origin
from penholder.formats.word.writing import write

Kind = Literal["docx", "odt"]
MEDIA_TYPES: dict[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}
LANGUAGES: dict[str, Literal["en-GB", "cy-GB"]] = {"en": "en-GB", "cy": "cy-GB"}


def iteration(row: Iteration, kind: Kind = "docx", *, by: Seat | None = None, language: str = "en") -> bytes:
    """A sealed text as a file that knows where it comes from. Refused for .odt where there is no LibreOffice.

    With `by`, the open suggestions and threads that they may see go along where their passage stands in this text: a
    suggestion as a tracked change of just the words that it quotes.
    """
    text = sealed_texts.read(row)
    proposals, discussions = _said(by, from_sealed.named(row), exact=True) if by else ((), ())
    return _made(
        Outgoing(
            row.document.title,
            tuple(section.text for section in text.sections),
            language=LANGUAGES.get(language, "en-GB"),
            origin=Origin(row.document.key, row.number, row.seal, carries=by is not None),
            pictures=_pictures(row),
            proposals=proposals,
            discussions=discussions,
            state=_state(row, language),
        ),
        kind,
    )


def draft(
    document: Document, by: Seat, kind: Kind = "docx", *, at: datetime, language: str = "en", clean: bool = False
) -> bytes:
    """The draft as it stands, with the open suggestions and threads that `by` may see, unless it is to be `clean`.

    How it stands is kept as a waypoint: what comes back is held against exactly that.
    """
    document = drafts.read(document.pk).document
    waypoints.keep(document=document, at=at, apart=timedelta(0))
    named = naming.names(document)
    latest = Iteration.objects.filter(document=document).order_by("-number").first()
    proposals, discussions = ((), ()) if clean else _said(by, named)
    return _made(
        Outgoing(
            document.title,
            tuple(part.text for part in named.parts),
            language=LANGUAGES.get(language, "en-GB"),
            origin=_origin(document, latest, carries=not clean),
            pictures=_pictures(latest) if latest else lambda _path: None,
            proposals=proposals,
            discussions=discussions,
            state=_state(None, language),
        ),
        kind,
    )


def _said(by: Seat, named: Named, *, exact: bool = False) -> tuple[tuple[Proposal, ...], tuple[Discussion, ...]]:
    """What is suggested and said, as far as somebody may see it and its passage stands in this text.

    `exact`: of suggestions only those whose passage reads here as they quote it.
    """
    places = _places(named)
    found = Suggestion.objects.filter(by.seen, fate__in=[Fate.OPEN, Fate.INSIDE]).order_by("made_at", "pk")
    rows = [row for row in found if not exact or weighing.where(row, named).state == "stands"]
    talks = Thread.objects.filter(by.heard, suggestion=None).exclude(passage="").prefetch_related("said")
    return (
        tuple(one for row in rows if (one := _proposal(row, named, places))),
        tuple(talk for row in talks if (talk := _discussion(row, named, places))),
    )


def _state(row: Iteration | None, language: str) -> str:
    """Which state of a text a file holds, for the foot of its pages; None is the draft."""
    with translation.override(language):
        if row is None:
            return _("Draft")
        return _("Iteration %(number)d, %(label)s") % {"number": row.number, "label": row.label}


def _made(outgoing: Outgoing, kind: Kind) -> bytes:
    data = write(outgoing)
    return data if kind == "docx" else libreoffice.convert(data, "docx", "odt", name=outgoing.title)


def _origin(document: Document, latest: Iteration | None, *, carries: bool) -> Origin:
    """A draft that reads like its newest iteration is that one; else it is the draft as it stands, by its seal."""
    if latest is None:
        return Origin(document.key)
    sealed = [(one.key, one.text) for one in sealed_texts.read(latest).sections]
    same = sealed == list(Section.objects.filter(document=document).values_list("key", "text"))
    if same:
        return Origin(document.key, latest.number, latest.seal, carries=carries)
    return origins.of_draft(document.key, Waypoint.objects.filter(document=document).first(), carries=carries)


def _pictures(row: Iteration) -> Callable[[str], bytes | None]:
    digests = {file["path"]: file["sha256"] for file in row.manifest.get("media", [])}

    def picture(path: str) -> bytes | None:
        place = media.location(digests[path]) if path in digests else None
        return place.read_bytes() if place and place.exists() else None

    return picture


def _places(named: Named) -> dict[str, int]:
    """For each passage by its name: the how-manieth of the draft it is."""
    names = [name for part in named.parts for name in part.names]
    return {name: number for number, name in enumerate(names)}


def _proposal(row: Suggestion, named: Named, places: dict[str, int]) -> Proposal | None:
    standing = named.now(row.passage) if row.passage else None
    if standing is None or standing.name not in places:
        return None
    about = f"{row.number or ''} {row.reason}".strip()
    if row.what == What.INSERT:
        return Proposal("insert", places[standing.name], row.proposed, row.by, row.made_at, about)
    if row.what == What.DELETE:
        return Proposal("delete", places[standing.name], "", row.by, row.made_at, about)
    if row.what == What.REPLACE:
        outcome = suggestions.outcome_of(row, named) or row.proposed
        return Proposal("replace", places[standing.name], outcome, row.by, row.made_at, about)
    return None


def _discussion(row: Thread, named: Named, places: dict[str, int]) -> Discussion | None:
    located = threads.located(row, named)
    if located is None or located.at is None or located.at.name not in places:
        return None
    said = tuple(Said(one.by, one.at, one.body) for one in row.said.all())
    found = located.place.state == "found"
    return Discussion(
        places[located.at.name],
        said,
        start=located.place.start if found else 0,
        end=located.place.end if found else None,
        resolved=row.state == Talk.RESOLVED,
    )
