"""Discussion of a draft: threads in a list, each on its own page, and the forms in which people speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.drafting import naming, objections, threads
from penholder.drafting.contributions import Suggestion, Talk, Thread, Utterance
from penholder.drafting.models import Document
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused
from penholder.people.models import Person
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.drawing import drawn, redline, short
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.seated import people, seated
from penholder.web.desk.suggesting import INSIDE
from penholder.web.desk.together import crumbs

ON_A_PAGE = 50


class Speaking(PlainForm):
    """What somebody says. To name somebody one writes @ and their whole name."""

    body = forms.CharField(
        label=say("What you want to say"),
        help_text=say("To tell somebody of it, write @ and their name, for example @Ada Ash."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=objections.LONGEST_REMARK,
    )


class Opening(Speaking):
    """The beginning of a discussion."""

    words = forms.CharField(
        label=say("Which words of the passage it is about"),
        help_text=say("Copy them from the passage. Leave this empty if it is about the whole passage."),
        required=False,
        max_length=1000,
    )
    inside = forms.ChoiceField(label=say("Who sees it"), choices=INSIDE, required=False, widget=forms.RadioSelect)
    field_order = ("words", "body", "inside")


def begin(request: DeskRequest, key: str) -> HttpResponseBase:
    """Begin to discuss a passage, a suggestion, a section or the whole text."""
    document, seat = seated(request, key)
    named = naming.names(document)
    told = request.POST if request.method == "POST" else request.GET
    passage, section = told.get("passage", ""), told.get("section", "")
    standing = named.now(passage) if passage else None
    if passage and standing is None:
        raise Missing(_("That passage does not stand in the draft now. Choose it again in the text."))
    part = named.part(standing.section if standing else section)
    about = _suggestion(seat, told.get("suggestion", ""))
    form = Opening(request.POST or None, initial={"inside": ""})
    if standing is None:
        del form.fields["words"]
    everybody = people(document, seat, request, inside=False)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        inside = given["inside"] == "inside"
        named_here = people(document, seat, request, inside=True) if inside else everybody
        try:
            thread = threads.open(
                document_id=document.pk, section=part.key if part else "", passage=standing.name if standing else "",
                words=given.get("words", "").strip(), body=given["body"], inside=inside, suggestion=about,
                people=named_here, by=seat, at=request.at,
            )  # fmt: skip
        except Refused as no:
            for reason in no.reasons:
                form.add_error(None, reason)
        else:
            _tell(request, given["body"], named_here)
            return redirect("desk:thread", key, thread.pk)
    context = {
        "document": document,
        "part": part,
        "crumbs": crumbs(document),
        "form": form,
        "standing": standing,
        "about": about,
        "passage": drawn([standing]).bodies[0] if standing else "",
        "people": everybody,
    }
    return render(request, "desk/together/discuss.html", context)


def _suggestion(seat: Seat, told: str) -> Suggestion | None:
    return Suggestion.objects.filter(seat.seen, pk=int(told)).first() if told.isdecimal() else None


def _tell(request: DeskRequest, body: str, known: list[Person]) -> None:
    """Say who was not told: a name that is nobody's must not look as if it had reached somebody."""
    messages.success(request, _("What you said stands in the discussion."))
    unknown = threads.mentioned(body, known).unknown
    if unknown:
        said = _("Nobody was told of this by the name of %(names)s. Write whole names, as they stand in the list.")
        messages.warning(request, said % {"names": ", ".join(f"@{name}" for name in unknown)})


def everything(request: DeskRequest, key: str) -> HttpResponseBase:
    """The discussions that may be seen: open ones, or all."""
    document, seat = seated(request, key)
    named = naming.names(document)
    rows = Thread.objects.filter(seat.heard).select_related("organisation").order_by("-opened_at", "-pk")
    every = "all" in request.GET
    if not every:
        rows = rows.filter(state=Talk.OPEN)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    here = list(page)
    said: dict[int, list[Utterance]] = {row.pk: [] for row in here}
    for one in Utterance.objects.filter(thread__in=here).order_by("at", "pk"):
        said[one.thread_id].append(one)
    told = [_told(row, said[row.pk], document, named) for row in here]
    context = {"document": document, "crumbs": crumbs(document), "page": page, "rows": told, "all": every}
    return render(request, "desk/together/discussions.html", context)


def _told(row: Thread, said: list[Utterance], document: Document, named: naming.Named) -> dict[str, Any]:
    found = threads.located(row, named)
    part = named.part(found.at.section if found and found.at else row.section)
    return {
        "row": row,
        "said": said,
        "found": found,
        "part": part,
        "quote": short(row.anchor.get("quote", "")) if row.anchor else "",
        "address": reverse("desk:thread", args=[document.key, row.pk]),
    }


def one(request: DeskRequest, key: str, thread_id: int) -> HttpResponseBase:
    """One thread: where it stands in the text now, what was said, and what can be done."""
    document, seat = seated(request, key)
    thread = Thread.objects.filter(seat.heard, pk=thread_id).select_related("organisation", "suggestion").first()
    if thread is None:
        raise Missing(_("There is no such discussion. Go back to the text."))
    everybody = people(document, seat, request, inside=thread.lodged_at is None)
    form = Speaking(request.POST if request.POST.get("act") == "say" else None)
    refused: tuple[str, ...] = ()
    if request.method == "POST" and (request.POST.get("act") != "say" or form.is_valid()):
        try:
            _act(request, thread, seat, form, everybody)
        except Refused as no:
            refused = no.reasons
        else:
            return redirect("desk:thread", key, thread.pk)
    named = naming.names(document)
    said = list(thread.said.order_by("at", "pk"))
    back = reverse("desk:discussions", args=[document.key])
    told = _told(thread, said, document, named)
    standing = told["found"].at if told["found"] else None
    context = told | {
        "document": document,
        "crumbs": [*crumbs(document), (_("Discussions"), back)],
        "form": form,
        "refused": refused,
        "people": everybody,
        "standing": standing,
        "passage": drawn([standing]).bodies[0] if standing else "",
        "edited": redline(thread.wording, standing.block.source)
        if standing and standing.block.source != thread.wording
        else "",
        "lodges": thread.lodged_at is None and not objections.to_lodging(thread, seat),
    }
    return render(request, "desk/together/thread.html", context, status=409 if refused else 200)


def _act(request: DeskRequest, thread: Thread, by: Seat, form: Speaking, known: list[Person]) -> None:
    act = request.POST.get("act", "")
    if act == "say":
        body = form.cleaned_data["body"]
        threads.say(thread_id=thread.pk, body=body, by=by, at=request.at, people=known)
        _tell(request, body, known)
        return
    turn: Callable[..., Thread] | None = {
        "resolve": threads.resolve,
        "reopen": threads.reopen,
        "lodge": threads.lodge,
    }.get(act)
    if turn is None:
        raise Refused(_("Choose what is to become of the discussion."))
    turn(thread_id=thread.pk, by=by, at=request.at)
    done = {
        "resolve": _("The discussion is resolved. It can be opened again."),
        "reopen": _("The discussion is open again."),
        "lodge": _("The discussion is lodged: everybody who works on the text sees it now."),
    }
    messages.success(request, done[act])
