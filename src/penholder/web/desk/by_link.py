"""Suggesting other words by a link, without an account: on the text that was sealed, passage by passage.

Whoever holds a link reads that text and not its draft, so neither page shows anything that others suggested or said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from penholder.agreement import links, looks, seating
from penholder.agreement.deadlines import words as day
from penholder.drafting import from_sealed, naming, objections, suggestions, threads
from penholder.drafting.contributions import Suggestion, Talk, Thread, What
from penholder.drafting.models import Iteration
from penholder.drafting.naming import DraftedPart, Named, Standing
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused
from penholder.web.desk import signing
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.drawing import drawn, proposal, redline
from penholder.web.desk.states import FATES
from penholder.web.desk.suggesting import Suggesting, places, shown


class ByLink(Suggesting):
    """What is suggested by a link. Its passage is read from the sealed text, and everybody at the draft sees it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["base"], self.fields["inside"]

    @property
    def quote(self) -> str | None:
        """Nobody has to say it: what is sealed does not change."""
        return None


def suggest(request: DeskRequest, token: str) -> HttpResponseBase:
    """The sections; with one chosen its passages; with a passage and what shall become of it the form."""
    door = signing.by_link(request, token)
    if door is None:
        return redirect("by-link", token)
    iteration = door.asked.round.iteration
    if request.method != "POST":  # what is shown is recorded first
        looks.show(iteration=iteration, by=door.by, at=request.at, asked=door.asked)
    seat = seating.seat_by_link(door.asked, door.by, at=request.at)
    named = from_sealed.named(iteration)
    told = request.POST if request.method == "POST" else request.GET
    context = {
        "iteration": iteration,
        "asked": door.asked,
        "crumbs": [(iteration.title, door.here)],
        "here": door.other_words,
    }
    standing = named.find(told.get("passage", ""))
    part = named.part(standing.section if standing else told.get("section", ""))
    what = told.get("what", "")
    if what not in What.values or part is None or (what != What.INSERT and standing is None):
        return _choose(request, context, named, part)
    return _suggest(request, token, context, seat=seat, named=named, part=part, standing=standing)


def _choose(request: DeskRequest, context: dict[str, Any], named: Named, part: DraftedPart | None) -> HttpResponseBase:
    if part is None and len(named.parts) == 1:
        part = named.parts[0]
    passages = list(part.passages) if part else []
    pictures = drawn(passages)
    rows = zip(passages, pictures.bodies, strict=True)
    at = named.parts.index(part) if part else 0
    context |= {
        "parts": named.parts,
        "part": part,
        "passages": [{"name": one.name, "number": n, "body": body} for n, (one, body) in enumerate(rows, start=1)],
        "notes": pictures.notes,
        "before": named.parts[at - 1] if part and at else None,
        "after": named.parts[at + 1] if part and at + 1 < len(named.parts) else None,
    }
    if part and len(named.parts) > 1:
        context["crumbs"] = [*context["crumbs"], (_("Suggest other words"), context["here"])]
    return render(request, "desk/rounds/by_link.html", context)


def _suggest(
    request: DeskRequest,
    token: str,
    context: dict[str, Any],
    *,
    seat: Seat,
    named: Named,
    part: DraftedPart,
    standing: Standing | None,
) -> HttpResponseBase:
    told = request.POST if request.method == "POST" else request.GET
    what, here = str(told["what"]), str(context["here"])
    targets = places(part.key, named) if what == What.MOVE else []
    source = standing.block.source if standing and what == What.REPLACE else ""
    begun = {"what": what, "section": part.key, "passage": standing.name if standing else "", "proposed": source}
    sent = request.POST if request.method == "POST" else None
    form = ByLink(sent, initial=begun, targets=targets, what=what)
    if form.is_valid() and "preview" not in request.POST:
        row = _made(request, context["iteration"], seat, form)
        if row is not None:
            messages.success(request, _("This is suggestion %(number)s.") % {"number": row.number})
            return redirect("by-link-suggestions", token)
    back = f"{here}?section={part.key}"
    context["crumbs"] = [*context["crumbs"], (part.title, back)]
    page = shown(form, what, standing=standing, part=part, here=here, back=back)
    return render(request, "desk/together/suggest.html", context | page | {"document": context["iteration"]})


def _made(request: DeskRequest, iteration: Iteration, seat: Seat, form: ByLink) -> Suggestion | None:
    given = form.cleaned_data
    section, _line, target = given.get("target", "").partition("\n")
    try:
        return from_sealed.make(
            iteration=iteration,
            what=given["what"],
            section=given["section"],
            passage=given["passage"],
            proposed=given.get("proposed", ""),
            target=target,
            target_section=section,
            weight=given["weight"],
            reason=given["reason"],
            by=seat,
            at=request.at,
        )
    except Refused as no:
        for reason in no.reasons:
            form.add_error(None, reason)
        return None


def suggested(request: DeskRequest, token: str) -> HttpResponseBase:
    """What was suggested by links for this post, what became of it and what was said; taken back here, answered here.

    It is read until the link's day, also after the answer was given; from then on nothing is done here.
    """
    link = links.read_back(token, at=request.at)
    refused: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, _act(request, token))
            return redirect("by-link-suggestions", token)
        except Refused as no:
            refused = no.reasons
    iteration = link.asked.round.iteration
    good = link.used_at is None
    seat = seating.seat_to_read(link.asked)
    named = naming.names(iteration.document)
    heard = Thread.objects.filter(seat.heard).prefetch_related("said")
    rows = Suggestion.objects.filter(seat.seen).prefetch_related(Prefetch("threads", heard)).order_by("-number")
    context = {
        "iteration": iteration,
        "crumbs": [(iteration.title, reverse("by-link", args=[token]))] if good else [],
        "here": reverse("by-link-suggestions", args=[token]),
        "more": reverse("by-link-suggest", args=[token]) if good else "",
        "rows": [_told(row, named, seat, good=good, sent=request.POST if refused else {}) for row in rows],
        "until": day(link.expires_at),
        "good": good,
        "refused": refused,
    }
    return render(request, "desk/rounds/suggested.html", context, status=409 if refused else 200)


def _told(row: Suggestion, named: Named, seat: Seat, *, good: bool, sent: Mapping[str, str]) -> dict[str, Any]:
    return proposal(row, named) | {
        "state": FATES[row.fate],
        "applied": redline(row.quote, row.applied) if row.applied and row.fate == "in-part" else "",
        "withdraws": good and not objections.to_withdrawing(row, seat),
        "threads": [
            {
                "row": one,
                "said": list(one.said.all()),
                "open": good and one.state == Talk.OPEN,
                "kept": sent.get(f"body-{one.pk}", ""),
            }
            for one in row.threads.all()
        ],
    }


def _act(request: DeskRequest, token: str) -> str:
    door = signing.by_link(request, token)
    if door is None:
        raise Missing(_("Write your name first, on the page that the link leads to."))
    seat = seating.seat_by_link(door.asked, door.by, at=request.at)
    post = request.POST
    if (told := post.get("withdraw", "")).isdecimal():
        suggestions.withdraw(suggestion_id=int(told), by=seat, at=request.at)
        return _("The suggestion is withdrawn.")
    if (told := post.get("say", "")).isdecimal():
        threads.say(thread_id=int(told), body=post.get(f"body-{told}", ""), by=seat, at=request.at)
        return _("The pen team reads what you said.")
    raise Refused(_("Choose what is to become of the suggestion."))
