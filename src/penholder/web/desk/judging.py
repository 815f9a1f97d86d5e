"""Saying which changes of a newer text are editorial only: by a named person, for every signer to read."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from penholder.agreement import comparing, editorials
from penholder.agreement.models import Carry
from penholder.drafting.models import Iteration
from penholder.errors import Refused
from penholder.web.desk import texts
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.desk.rounds import find, reader


def editorial(request: DeskRequest, key: str) -> HttpResponseBase:
    """Every section that changed since the round's text, word by word, and a form to judge it."""
    found = find(key)
    reader(request, found)
    by = acting(request)
    if objections := editorials.objections_to_judging(found.iteration, by=by, at=request.at):
        raise Refused(objections)
    rows = Iteration.objects.filter(document=found.iteration.document_id, number__gt=found.iteration.number)
    newer = rows.order_by("-number").first()
    if newer is None:
        raise Refused(_("No newer text is sealed, so there is no change to judge."))
    if request.method == "POST":
        editorials.judge(
            iteration=newer,
            section=request.POST.get("section", ""),
            reason=request.POST.get("reason", ""),
            since=found.iteration,
            by=by,
            at=request.at,
        )
        messages.success(request, _("Your judgement is in the record. Every signer reads it, with your name."))
        return redirect("desk:editorial", key)
    changes = [
        {
            "one": one,
            "redline": texts.redline(one.comparison, one.before.blocks, one.after.blocks, prefix=f"change-{number}")
            if one.comparison and one.before and one.after
            else "",
            "can": one.kind == "changed" and not one.judged,
        }
        for number, one in enumerate(comparing.since_iteration(found.iteration, newer), start=1)
    ]
    context = {"round": found, "newer": newer, "changes": changes, "counts": found.carry == Carry.EDITORIAL}
    return render(request, "desk/rounds/editorial.html", context)
