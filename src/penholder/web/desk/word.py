"""Word and OpenDocument at the desk: take a text away, bring a returned document back, and see what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.agreement import seating
from penholder.drafting import arrivals, outgoing
from penholder.drafting.models import Document, Iteration
from penholder.drafting.returned_files import Arrival
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused
from penholder.formats import libreoffice
from penholder.formats.word.package import LARGEST
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.rendering import PlainForm

# More than this and a page is too long to read; the rest is in the file, and is counted.
MOST_SHOWN = 300
MEGABYTE = 1_000_000


class Bring(PlainForm):
    """A returned document."""

    file = forms.FileField(
        label=say("The document that came back"),
        help_text=say("A .docx or .odt with tracked changes or comments, up to 50 MB."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"class": "govuk-file-upload", "accept": ".docx,.odt"}),
    )

    def clean_file(self) -> Any:
        """What is too large is not even read."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            words = _("It is larger than %(most)s MB. Take the pictures out and bring it again.")
            raise forms.ValidationError(words % {"most": LARGEST // MEGABYTE})
        return given


def files(request: DeskRequest, key: str) -> HttpResponseBase:
    """What can be taken away, a form to bring a document, and those that were brought."""
    document, seat = _seated(request, key)
    form = Bring(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            row = arrivals.bring(document_id=document.pk, data=given.read(), name=given.name, by=seat, at=request.at)
        except Refused as problem:
            for reason in problem.reasons:
                form.add_error("file", reason)
        else:
            return redirect("desk:word-arrival", key, row.pk)
    context = {
        "document": document,
        "form": form,
        "iterations": Iteration.objects.filter(document=document).defer("manifest", "events").order_by("-number")[:20],
        "brought": Arrival.objects.filter(document=document, organisation__in=seat.bodies)[:20],
        "odt": bool(libreoffice.program()),
        "crumbs": _crumbs(document, inside=False),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/word/files.html", context, status=status)


def arrival(request: DeskRequest, key: str, arrival_id: int) -> HttpResponseBase:
    """What a document would bring, passage by passage; then the act, and its receipt."""
    document, seat = _seated(request, key)
    row = arrivals.find(arrival_id=arrival_id, by=seat)
    number = _number(request)
    if request.method == "POST":
        before = len(row.receipt.get("made", []))
        row = arrivals.take_in(arrival_id=row.pk, number=number, by=seat, at=request.at)
        made = len(row.receipt["made"]) - before
        said = ngettext("%(count)s came in.", "%(count)s came in.", made) % {"count": made}
        messages.success(request, said if made else _("Nothing came in: everything was here already, or has no place."))
        return redirect("desk:word-arrival", key, row.pk)
    seen = arrivals.look_at(row, number=number)
    context = {
        "document": document,
        "arrival": row,
        "seen": seen,
        "new": seen.new[:MOST_SHOWN],
        "here": seen.here[:MOST_SHOWN],
        "unplaced": seen.unplaced[:MOST_SHOWN],
        "number": number,
        "numbers": Iteration.objects.filter(document=document).order_by("-number").values_list("number", "label"),
        "inside": not seat.lodges,
        "crumbs": _crumbs(document, inside=True),
    }
    return render(request, "desk/word/arrival.html", context)


def draft(request: DeskRequest, key: str, kind: outgoing.Kind = "docx") -> HttpResponseBase:
    """The draft with its open suggestions and discussions as a .docx or .odt."""
    document, seat = _seated(request, key)
    clean = request.GET.get("clean") == "1"
    data = outgoing.draft(document, seat, kind, at=request.at, language=get_language() or "en", clean=clean)
    return _file(data, f"{slugify(document.title) or document.key}-{_('draft')}.{kind}", kind)


def iteration(request: DeskRequest, key: str, number: int, kind: str) -> HttpResponseBase:
    """A sealed text as .docx or .odt."""
    document, seat = _seated(request, key)
    row = Iteration.objects.select_related("document").filter(document=document, number=number).first()
    if row is None or kind not in outgoing.MEDIA_TYPES:
        raise Missing(_("There is no such file. Go back to the list of files."))
    by = seat if request.GET.get("suggestions") == "1" else None
    data = outgoing.iteration(row, "odt" if kind == "odt" else "docx", by=by, language=get_language() or "en")
    return _file(data, f"{slugify(document.title) or document.key}-{number}.{kind}", kind)


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=outgoing.MEDIA_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _number(request: DeskRequest) -> int | None:
    said: Any = request.POST.get("iteration") or request.GET.get("iteration") or ""
    return int(said) if said.isdecimal() and len(said) < 8 else None


def _seated(request: DeskRequest, key: str) -> tuple[Document, Seat]:
    document = Document.objects.select_related("organisation").filter(key=key).first()
    if document is None:
        raise Missing(_("There is no such document. Go back to the list of texts."))
    return document, seating.seat(document, request.acting, at=request.at)


def _crumbs(document: Document, *, inside: bool) -> list[tuple[str, str]]:
    way = [(_("Texts"), reverse("desk:documents")), (document.title, reverse("desk:draft", args=[document.key]))]
    return [*way, (_("Word and OpenDocument"), reverse("desk:word", args=[document.key]))] if inside else way
