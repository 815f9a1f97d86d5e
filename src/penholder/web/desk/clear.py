"""Clear writing at the desk: the hints on a draft, and the rules that are waived, with the reason of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from penholder.drafting import hints, rights, waivers
from penholder.drafting.histories import Part
from penholder.drafting.models import Document, Waiver
from penholder.errors import Refused
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.drafts import crumbs, find

# A long list is read rule by rule.
MOST_SHOWN = 100


def beside(document: Document, section: str, parts: Sequence[Part]) -> dict[str, Any]:
    """What stands beside a section while it is written: its open hints, quietly. `parts`: the draft as it was read."""
    read = [(part.key, part.title, part.text) for part in parts]
    found = hints.open_ones(hints.beside(document, section, read))
    return {"hints": found[:MOST_SHOWN], "hint_count": len(found)}


def everything(request: DeskRequest, key: str) -> HttpResponseBase:
    """Every open hint on the draft, one rule at a time where there are many, and every waiver."""
    document, by = find(request, key)
    found = hints.of(document)
    counted = hints.counts(found)
    rule = request.GET.get("rule", "")
    shown = [hint for hint in hints.open_ones(found) if not rule or hint.rule == rule]
    return _page(request, document, {
        "rule": rule,
        "counts": counted,
        "total": sum(count for _rule, _name, count in counted),
        "shown": shown[:MOST_SHOWN],
        "more": max(len(shown) - MOST_SHOWN, 0),
        "rules": hints.NAMES.items(),
        "objections": rights.objections_to_writing(document, by.post),
        "reasons": [],
    })  # fmt: skip


def _page(request: DeskRequest, document: Document, context: dict[str, Any]) -> HttpResponseBase:
    rows = Waiver.objects.filter(document=document)
    context |= {
        "document": document,
        "waived": [(row, hints.NAMES.get(row.rule, row.rule)) for row in rows if row.ended_at is None],
        "ended": [(row, hints.NAMES.get(row.rule, row.rule)) for row in rows if row.ended_at is not None],
        "crumbs": crumbs(document),
    }
    return render(request, "desk/clear/everything.html", context)


def waive(request: DeskRequest, key: str) -> HttpResponseBase:
    """Ask for the reason, then waive a rule in the document or of one passage."""
    document, by = find(request, key)
    given = request.POST if request.method == "POST" else request.GET
    rule, passage = given.get("rule", ""), given.get("passage", "")
    reasons: list[str] = rights.objections_to_writing(document, by.post)
    if reasons:
        raise Refused(reasons)
    if request.method == "POST":
        try:
            waivers.waive(
                document_id=document.pk, rule=rule, passage=passage if given.get("where") != "document" else "",
                reason=given.get("reason", ""), by=by, at=request.at,
            )  # fmt: skip
        except Refused as problem:
            reasons = list(problem.reasons)
        else:
            messages.success(request, _("The rule is waived, and the reason is kept with it."))
            return redirect("desk:clear-writing", key)
    found = [hint for hint in hints.of(document) if hint.rule == rule]
    if line := given.get("line", ""):  # from beside a section, where passages have no names
        found = [hint for hint in found if (hint.section, str(hint.line)) == (given.get("section", ""), line)]
        passage = found[0].passage if found else ""
    found = [hint for hint in found if not passage or hint.passage == passage]
    context = {
        "document": document,
        "rule": rule,
        "name": hints.NAMES.get(rule, rule),
        "passage": passage,
        "hint": found[0] if found and passage else None,
        "reason": given.get("reason", ""),
        "reasons": reasons,
        "crumbs": crumbs(document),
    }
    return render(request, "desk/clear/waive.html", context, status=422 if reasons else 200)


@require_POST
def end(request: DeskRequest, key: str, waiver_id: int) -> HttpResponseBase:
    """Ask a rule again."""
    _document, by = find(request, key)
    waivers.end(waiver_id=waiver_id, by=by, at=request.at)
    messages.success(request, _("The rule is asked again."))
    return redirect("desk:clear-writing", key)


@require_POST
def ask(request: DeskRequest, key: str) -> HttpResponseBase:
    """Say whether open hints stand in the way of sealing."""
    document, by = find(request, key)
    wanted = request.POST.get("ask") == "1"
    waivers.ask_before_sealing(document_id=document.pk, ask=wanted, by=by, at=request.at)
    messages.success(
        request,
        _("Open hints stand in the way of sealing now.") if wanted else _("Open hints do not stand in the way."),
    )
    return redirect("desk:clear-writing", key)
