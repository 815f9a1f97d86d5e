"""Suggestions in a list, and each on a page of its own, where it is decided, lodged or withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from penholder.drafting import naming, objections, rules, suggestions, weighing
from penholder.drafting.contributions import Fate, Suggestion, Weight, What
from penholder.drafting.models import Document
from penholder.drafting.naming import Named
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused
from penholder.seal import digest
from penholder.text.markdown import plain
from penholder.text.merge import merge
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.clashes import Decided, clashes
from penholder.web.desk.downloads import csv_file
from penholder.web.desk.drawing import proposal, redline
from penholder.web.desk.seated import seated
from penholder.web.desk.states import FATES
from penholder.web.desk.together import crumbs

FILTERS = ("section", "fate", "organisation", "weight")
# So many stand on a page: each with its words, that is some forty screens.
ON_A_PAGE = 40


def everything(request: DeskRequest, key: str) -> HttpResponseBase:
    """Every suggestion that may be seen, filtered."""
    document, seat = seated(request, key)
    named = naming.names(document)
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    rows = _chosen(seat, chosen)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    open_rows = list(Suggestion.objects.filter(seat.seen, fate=Fate.OPEN))
    clashing = weighing.conflicts(open_rows, named)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "document": document,
        "crumbs": crumbs(document),
        "page": page,
        "rows": [told(row, named) | {"others": _numbers(clashing.get(row.pk, ()))} for row in page],
        "filters": _filters(seat, chosen, named),
        "query": query.urlencode(),
        "clashing": len(clashing),
    }
    return render(request, "desk/together/suggestions.html", context)


def _numbers(others: Any) -> list[int]:
    return [other.number for other in others]


def _chosen(seat: Seat, chosen: dict[str, str]) -> list[Suggestion]:
    rows = Suggestion.objects.filter(seat.seen).select_related("organisation").order_by("-number", "-pk")
    for name, field in (
        ("section", "section"),
        ("fate", "fate"),
        ("organisation", "organisation__key"),
        ("weight", "weight"),
    ):
        if chosen[name]:
            rows = rows.filter(**{field: chosen[name]})
    return list(rows)


def told(row: Suggestion, named: Named) -> dict[str, Any]:
    """A suggestion as it stands in a list: what it does, where it is, what became of it."""
    part = named.part(row.section)
    return proposal(row, named) | {
        "state": FATES[row.fate],
        "where": weighing.where(row, named),
        "section": part.title if part else row.section,
        "part": part,
    }


def _filters(seat: Seat, chosen: dict[str, str], named: Named) -> list[dict[str, Any]]:
    seen = Suggestion.objects.filter(seat.seen, organisation__isnull=False)
    bodies = seen.order_by("organisation__name").values_list("organisation__key", "organisation__name").distinct()
    rows: list[tuple[str, str, list[tuple[str, Any]]]] = [
        ("section", _("Section"), [(part.key, part.title) for part in named.parts]),
        ("fate", _("Where it stands"), [(one.value, one.label) for one in Fate]),
        ("organisation", _("Organisation"), list(bodies)),
        ("weight", _("How much hangs on it"), [(one.value, one.label) for one in Weight]),
    ]
    return [{"name": name, "label": label, "options": some, "chosen": chosen[name]} for name, label, some in rows]


def everything_csv(request: DeskRequest, key: str) -> HttpResponse:
    """The list as it is filtered; never what is inside an organisation, one's own neither: files are handed on."""
    document, seat = seated(request, key)
    named = naming.names(document)
    rows = _chosen(seat, {name: request.GET.get(name, "") for name in FILTERS})
    heads = [
        _("Number"), _("Section"), _("By"), _("Organisation"), _("How much hangs on it"), _("What it does"),
        _("Passage"), _("Proposed"), _("Why"), _("Where it stands"), _("Reason"),
    ]  # fmt: skip
    lines = (
        [
            row.number, row.section, row.by, row.organisation or "", Weight(row.weight).label,
            proposal(row, named)["words"], plain(row.quote), plain(row.proposed), row.reason,
            Fate(row.fate).label, row.because,
        ]
        for row in rows
        if row.lodged_at is not None
    )  # fmt: skip
    return csv_file(f"{document.key}-suggestions.csv", heads, lines)


def one(request: DeskRequest, key: str, suggestion_id: int) -> HttpResponseBase:
    """One suggestion: what it does, what stands in its way, and what this person can do about it."""
    document, seat = seated(request, key)
    row = Suggestion.objects.filter(seat.seen, pk=suggestion_id).select_related("organisation").first()
    if row is None:
        raise Missing(_("There is no such suggestion. Go back to the list of suggestions."))
    refused: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            said = _act(request, row, seat)
        except Refused as no:
            refused = no.reasons
            row.refresh_from_db()
        else:
            messages.success(request, said)
            return redirect("desk:suggestion", key, row.pk)
    context = _context(document, seat, row, Decided(request.POST)) | {"refused": refused, "given": request.POST}
    return render(request, "desk/together/suggestion.html", context, status=409 if refused else 200)


def _context(document: Document, seat: Seat, row: Suggestion, decided: Decided) -> dict[str, Any]:
    named = naming.names(document)
    found = weighing.where(row, named)
    clashing = suggestions.clashing(row, named) if row.fate == Fate.OPEN else []
    now = found.at.block.source if found.at else ""
    plain_outcome = suggestions.outcome_of(row, named) if row.fate == Fate.OPEN else None
    back = reverse("desk:suggestions", args=[document.key])
    return {
        "document": document,
        "crumbs": [*crumbs(document), (_("Suggestions"), back)],
        "one": told(row, named),
        "row": row,
        "where": found,
        "reading": digest(now) if found.at else "",
        "edited": redline(row.quote, now) if found.state == "changed" else "",
        "merged": plain_outcome,
        "asked": clashes(f"s{row.pk}", merge(row.quote, row.proposed, now), decided)
        if found.state == "changed" and row.what == What.REPLACE and plain_outcome is None
        else [],
        "words": row.proposed if plain_outcome is None and found.state == "stands" else plain_outcome or now,
        "has_words": row.what in {What.REPLACE, What.INSERT},
        "others": [told(other, named) for other in clashing],
        "decides": seat.decides and row.fate == Fate.OPEN,
        "frozen": " ".join(rules.objections_of_freeze(document)),
        "lodges": not objections.to_lodging(row, seat) and row.fate == Fate.INSIDE,
        "withdraws": not objections.to_withdrawing(row, seat),
        "applied": redline(row.quote, row.applied) if row.fate == Fate.IN_PART and row.applied else "",
        "again": Suggestion.objects.filter(seat.seen, number=row.look_again).first() if row.look_again else None,
        "threads": list(row.threads.filter(seat.heard)),
    }


def _act(request: DeskRequest, row: Suggestion, by: Seat) -> str:
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Refused(_("Choose what is to become of the suggestion."))
    return act(request, row, by)


def _accept(request: DeskRequest, row: Suggestion, by: Seat) -> str:
    post = request.POST
    words = post.get("words") if "words" in post else _decided(request, row)
    seen = [int(number) for number in post.getlist("seen") if number.isdecimal()]
    done = suggestions.accept(
        suggestion_id=row.pk, by=by, at=request.at, reason=post.get("reason", ""), words=words, seen=seen,
        reading=post.get("reading", ""),
    )  # fmt: skip
    if done.fate == Fate.IN_PART:
        return _("It is in the draft in your words, and its author reads why.")
    return _("It is in the draft.")


def _decided(request: DeskRequest, row: Suggestion) -> str | None:
    """How a passage that both changed shall read, by what was chosen for each clash; None when nothing was asked."""
    choices = Decided(request.POST).by_section.get(f"s{row.pk}")
    found = weighing.where(row, naming.names(row.document))
    if choices is None or found.at is None:
        return None
    return merge(row.quote, row.proposed, found.at.block.source).decided(choices)


def _reject(request: DeskRequest, row: Suggestion, by: Seat) -> str:
    suggestions.reject(suggestion_id=row.pk, reason=request.POST.get("reason", ""), by=by, at=request.at)
    return _("It is rejected, and its author reads why.")


def _withdraw(request: DeskRequest, row: Suggestion, by: Seat) -> str:
    suggestions.withdraw(suggestion_id=row.pk, by=by, at=request.at, reason=request.POST.get("reason", ""))
    return _("The suggestion is withdrawn.")


def _lodge(request: DeskRequest, row: Suggestion, by: Seat) -> str:
    done = suggestions.lodge(suggestion_id=row.pk, by=by, at=request.at)
    return _("It is lodged as suggestion %(number)s. Everybody who works on the text sees it.") % {
        "number": done.number
    }


ACTS: dict[str, Callable[[DeskRequest, Suggestion, Seat], str]] = {
    "accept": _accept,
    "reject": _reject,
    "withdraw": _withdraw,
    "lodge": _lodge,
}
