"""The two tables of a round: posts × sections, and what became of every remark; on the page and as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from penholder.agreement import dispositions as dispositions_
from penholder.agreement import remarks, scopes, standing
from penholder.agreement.models import Class, Outcome, Remark, RemarkState, Round
from penholder.drafting.models import Iteration
from penholder.errors import Missing
from penholder.formats import pandoc
from penholder.people import permissions
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.downloads import csv_file
from penholder.web.desk.rounds import find, reader
from penholder.web.desk.states import CELLS, OUTCOMES, REMARKS

# So many posts stand on one page of the matrix: with 300 sections it then weighs about a megabyte, and zipped a tenth.
POSTS = 20
MATRIX_FILTERS = ("state", "organisation", "section")
FILTERS = ("klass", "outcome", "state", "organisation")


def matrix(request: DeskRequest, key: str) -> HttpResponseBase:
    """How each section stands with each post that answers for it; filtered by state, organisation and section."""
    found = find(key)
    reader(request, found)
    whole = standing.matrix(found.pk)
    wanted = {name: request.GET.get(name, "") for name in MATRIX_FILTERS}
    told = whole.only(**wanted)
    page = Paginator(told.rows, POSTS).get_page(request.GET.get("page"))
    marks = {key: render_to_string("desk/rounds/state.html", {"state": state}) for key, state in CELLS.items()}
    rows = [
        {
            "row": row,
            "whole": marks[row.cells[0]] if len(set(row.cells)) == 1 else "",
            "cells": [marks[cell] for cell in row.cells],
        }
        for row in page
    ]
    counts = [(CELLS[state], count) for state, count in told.counts().items() if count]
    context = {
        "round": found,
        "columns": told.columns,
        "rows": rows,
        "counts": counts,
        "page": page,
        "filters": _matrix_filters(whole, wanted),
        "query": urlencode({name: value for name, value in wanted.items() if value}),
    }
    return render(request, "desk/rounds/matrix.html", context)


def _matrix_filters(whole: standing.Matrix, wanted: dict[str, str]) -> list[dict[str, Any]]:
    bodies = [(name, name) for name in dict.fromkeys(row.organisation for row in whole.rows)]
    there = whole.counts()
    rows: list[tuple[str, str, list[tuple[str, Any]]]] = [
        ("state", _("Where it stands"), [(state, CELLS[state].words) for state, count in there.items() if count]),
        ("organisation", _("Organisation"), bodies),
        ("section", _("Section"), [(column.key, column.title) for column in whole.columns]),
    ]
    return [{"name": name, "label": label, "options": some, "chosen": wanted[name]} for name, label, some in rows]


def matrix_csv(request: DeskRequest, key: str) -> HttpResponse:
    """The matrix as it is filtered, one line a post."""
    found = find(key)
    reader(request, found)
    told = standing.matrix(found.pk).only(**{name: request.GET.get(name, "") for name in MATRIX_FILTERS})
    heads = [_("Organisation"), _("Post"), *(column.title for column in told.columns)]
    words = {key: str(state.words) for key, state in CELLS.items()}
    lines = ([row.organisation, row.post, *(words[cell] for cell in row.cells)] for row in told.rows)
    return csv_file(f"{key}-matrix.csv", heads, lines)


def dispositions(request: DeskRequest, key: str) -> HttpResponseBase:
    """Every lodged remark and what became of it; the pen team decides here, and signers settle their conditions."""
    found = find(key)
    by = reader(request, found)
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    titles = {name: title for name, (title, _digest) in scopes.sections_of(found.iteration).items()}
    mine = Remark.objects.filter(asked__round__series=found.series, asked__post=by.post).values_list("pk", flat=True)
    rows = _chosen(found, chosen)
    decides = not permissions.objections("remark.dispose", by.post)
    changed = _passages(found, rows) if decides else {}
    context = {
        "round": found,
        "rows": [
            {
                "row": row,
                "passages": [
                    (name, words, name in row.changed) for name, words in changed.get(row.iteration, {}).items()
                ],
                "section": titles.get(row.section, row.section),
                "state": REMARKS[row.state],
                "outcome": OUTCOMES[row.outcome],
            }
            for row in rows
        ],
        "filters": _filters(found, chosen),
        "query": request.GET.urlencode(),
        "decides": decides,
        "mine": set(mine),
        "outcomes": [(one.value, OUTCOMES[one.value]) for one in Outcome],
    }
    return render(request, "desk/rounds/remarks.html", context)


def _chosen(found: Round, chosen: dict[str, str]) -> tuple[standing.DispositionRow, ...]:
    outcome = {"": None, "none": ""}.get(chosen["outcome"], chosen["outcome"])
    return standing.dispositions(
        found.series,
        klass=chosen["klass"],
        outcome=outcome,
        organisation=chosen["organisation"],
        state=chosen["state"],
    )


def _filters(found: Round, chosen: dict[str, str]) -> list[dict[str, Any]]:
    bodies = Remark.objects.filter(asked__round__series=found.series, number__gt=0).order_by(
        "asked__post__organisation__name"
    )
    named = bodies.values_list("asked__post__organisation__key", "asked__post__organisation__name").distinct()
    stands = [state for state in RemarkState if state not in {RemarkState.INTERNAL, RemarkState.DROPPED}]
    decided = [("none", OUTCOMES[""].words), *((one.value, OUTCOMES[one.value].words) for one in Outcome)]
    rows: list[tuple[str, str, Iterable[tuple[str, Any]]]] = [
        ("klass", _("How much hangs on it"), [(one.value, one.label) for one in Class]),
        ("outcome", _("Decision"), decided),
        ("state", _("Where it stands"), [(one.value, REMARKS[one.value].words) for one in stands]),
        ("organisation", _("Organisation"), named),
    ]
    return [{"name": name, "label": label, "options": list(some), "chosen": chosen[name]} for name, label, some in rows]


def dispositions_csv(request: DeskRequest, key: str) -> HttpResponse:
    """The table as it is filtered."""
    found = find(key)
    reader(request, found)
    heads = [
        _("Number"), _("How much hangs on it"), _("Organisation"), _("Post"), _("Iteration"), _("Section"),
        _("Passage"), _("Remark"), _("Where it stands"), _("Decision"), _("Reason"),
    ]  # fmt: skip
    lines = (
        [
            row.number, Class(row.klass).label, row.organisation, row.post, row.iteration, row.section, row.quote,
            row.body, REMARKS[row.state].words, OUTCOMES[row.outcome].words, row.reason,
        ]
        for row in _chosen(found, {name: request.GET.get(name, "") for name in FILTERS})
    )  # fmt: skip
    return csv_file(f"{key}-remarks.csv", heads, lines)


def dispositions_odt(request: DeskRequest, key: str) -> HttpResponse:
    """The table as it is filtered, for who lives in a word processor."""
    found = find(key)
    reader(request, found)
    rows = [
        {
            "row": row,
            "klass": Class(row.klass).label,
            "state": REMARKS[row.state].words,
            "outcome": OUTCOMES[row.outcome].words,
        }
        for row in _chosen(found, {name: request.GET.get(name, "") for name in FILTERS})
    ]
    page = render_to_string("desk/rounds/remarks_sheet.html", {"round": found, "rows": rows})
    answer = HttpResponse(
        pandoc.to_odt(page, name=_("The table of remarks")), content_type="application/vnd.oasis.opendocument.text"
    )
    answer["Content-Disposition"] = f'attachment; filename="{key}-remarks.odt"'
    return answer


def _passages(found: Round, rows: Iterable[standing.DispositionRow]) -> dict[int, dict[str, str]]:
    """By iteration on which remarks were made, the passages that changed since: what a decision may have changed."""
    made = {row.iteration for row in rows if row.iteration < found.iteration.number}
    before = Iteration.objects.filter(document=found.iteration.document_id, number__in=made)
    return {one.number: dispositions_.changed_passages(one, found.iteration) for one in before}


@require_POST
def decide(request: DeskRequest, remark_id: int) -> HttpResponseBase:
    """One act on one remark, the one whose button was pressed."""
    remark = Remark.objects.select_related("asked__round__iteration__document").filter(pk=remark_id).first()
    if remark is None:
        raise Missing(_("There is no such remark. Go back to the round and choose it there."))
    newest = Round.objects.select_related("iteration__document").filter(series=remark.asked.round.series).latest("pk")
    by, at = reader(request, newest), request.at
    act = request.POST.get("act")
    if act == "met":
        remarks.claim_met(remark_id=remark_id, by=by, at=at)
        messages.success(request, _("Its signer is told. Only they can settle the condition."))
    elif act == "settle":
        remarks.settle(remark_id=remark_id, by=by, at=at)
        messages.success(request, _("The condition is settled."))
    elif act == "withdraw":
        remarks.withdraw(remark_id=remark_id, by=by, at=at)
        messages.success(request, _("The remark is withdrawn."))
    else:
        outcome, reason = request.POST.get("outcome", ""), request.POST.get("reason", "")
        changed = request.POST.getlist("changed")
        remarks.dispose(remark_id=remark_id, outcome=outcome, reason=reason, changed=changed, by=by, at=at)
        messages.success(request, _("The decision stands beside the remark, with its reason."))
    return redirect(f"{reverse('desk:remarks', args=[newest.key])}#remark-{remark.number}")
