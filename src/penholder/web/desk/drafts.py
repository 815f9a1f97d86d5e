"""The draft of a document as the pen team sees it: its sections, who writes where, its iterations, and its freeze."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from penholder.drafting import asides, drafts, freezes, hands, histories, kinds, rights, rules, sealed_texts
from penholder.drafting.histories import Part
from penholder.drafting.media import location
from penholder.drafting.models import Document, Hand, Iteration, SetAside
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting

# Who wrote longer ago than this is told of by the iterations.
LATELY = timedelta(days=14)
# So many stretches of writing are listed; the newest say most.
MOST_HOURS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One section in the list of a draft."""

    part: Part
    words: int
    state: str  # "new", "changed" or "same", beside the newest iteration
    questions: int
    hands: tuple[Hand, ...]


def find(request: DeskRequest, key: str) -> tuple[Document, Acting]:
    """The document with this key, and who reads its draft. Raises Missing, and Refused for who may not."""
    document = Document.objects.select_related("organisation").filter(key=key).first()
    if document is None:
        raise Missing(_("There is no such document. Go back to the list of texts."))
    by = acting(request)
    if objections := rights.objections_to_reading(document, [by.post, *request.posts]):
        raise Refused(objections)
    return document, by


def crumbs(document: Document, *, inside: bool = True) -> list[tuple[str, str]]:
    """The way to the draft, for pages below it or for the draft itself."""
    way = [(_("Texts"), reverse("desk:documents"))]
    return [*way, (document.title, reverse("desk:draft", args=[document.key]))] if inside else way


def newest(document: Document) -> Iteration | None:
    """The newest iteration of a document. One query."""
    return Iteration.objects.filter(document=document).order_by("-number").first()


def overview(request: DeskRequest, key: str) -> HttpResponseBase:
    """The draft at a glance, and every way on from it."""
    document, by = find(request, key)
    reading = drafts.read(document.pk)
    parts = histories.parts_of(reading.sections)
    rows = list(Iteration.objects.filter(document=document).defer("manifest", "events").order_by("-number"))
    before = {part.key: part for part in sealed_texts.read(rows[0]).sections} if rows else {}
    held = hands.held(document.pk, at=request.at)
    told = [_row(part, before, tuple(held.get(part.key, ()))) for part in parts]
    hours = [hour for hour in histories.lately(document) if hour.until > request.at - LATELY]
    context = {
        "document": document,
        "rows": told,
        "words": sum(row.words for row in told),
        "questions": sum(row.questions for row in told),
        "changed": not rows or any(row.state != "same" for row in told) or len(before) != len(told),
        "iterations": rows,
        "hours": hours[:MOST_HOURS],
        "asides": _aside(asides.seen_by(document, by), {part.key: part.title for part in parts}),
        "objections": rules.objections_to_editing(document, by, request.at),
        "writing": rules.objections_to_writing(document, by, request.at),
        "crumbs": crumbs(document, inside=False),
    }
    return render(request, "desk/drafts/overview.html", context)


def _row(part: Part, before: Mapping[str, sealed_texts.SealedPart], held: tuple[Hand, ...]) -> Row:
    sealed = before.get(part.key)
    state = "new" if sealed is None else "same" if (sealed.title, sealed.text) == (part.title, part.text) else "changed"
    return Row(part, len(part.text.split()), state, kinds.to_write(part.text), held)


def _aside(rows: Iterable[SetAside], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was typed and is not in the draft: each section with its whole text as its writer had it."""
    return [
        {"row": row, "changes": [one | {"title": titles.get(one["section"], one["section"])} for one in row.changes]}
        for row in rows
    ]


@require_POST
def put_away(request: DeskRequest, key: str, aside_id: int) -> HttpResponseBase:
    """Have done with words that were put aside."""
    document, by = find(request, key)
    asides.put_away(aside_id=aside_id, document=document, by=by, at=request.at)
    messages.success(request, _("It is put away."))
    return redirect("desk:draft", key)


@require_POST
def freeze(request: DeskRequest, key: str) -> HttpResponseBase:
    """Freeze the draft, or unfreeze it, with a reason."""
    document, by = find(request, key)
    reason = request.POST.get("reason", "")
    if request.POST.get("act") == "unfreeze":
        freezes.unfreeze(document_id=document.pk, reason=reason, by=by, at=request.at)
        messages.success(request, _("People can write in the draft again."))
    else:
        freezes.freeze(document_id=document.pk, reason=reason, by=by, at=request.at)
        messages.success(request, _("The draft is frozen. Nobody can write in it until it is unfrozen."))
    return redirect("desk:draft", key)


def file(request: DeskRequest, key: str, name: str) -> HttpResponseBase:
    """A picture or film that the draft shows: one that was sealed with the document."""
    document, _by = find(request, key)
    latest = newest(document)
    row = next((row for row in latest.manifest["media"] if row["sha256"] == name), None) if latest else None
    if row is None:
        raise Missing(_("This text has no such file."))
    return FileResponse(location(name).open("rb"), content_type=row["type"])
