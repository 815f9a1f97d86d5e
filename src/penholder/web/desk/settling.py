"""Conflicts between suggestions on one page: each is decided there by a person, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from penholder.drafting import naming, rules, settling, suggestions, weighing
from penholder.drafting.contributions import Fate, Suggestion
from penholder.drafting.naming import Named
from penholder.drafting.seats import Seat
from penholder.errors import Refused
from penholder.seal import digest
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.deciding import told
from penholder.web.desk.seated import seated
from penholder.web.desk.together import crumbs

# A passage with its suggestions is half a screen or more; the others come when these are decided.
ON_A_PAGE = 20


def conflicts(request: DeskRequest, key: str) -> HttpResponseBase:
    """Every group of suggestions that cannot all be, with what decides it."""
    document, seat = seated(request, key)
    refused: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            done = _settle(request, seat)
        except Refused as no:
            refused = no.reasons
        else:
            said = _("Suggestion %(number)s is in the draft; the authors of the others read why theirs is not.")
            none = _("The passage stays as it is; the authors of the suggestions read why.")
            messages.success(request, said % {"number": done.number} if done else none)
            return redirect("desk:conflicts", key)
    named = naming.names(document)
    rows = list(Suggestion.objects.filter(seat.seen, fate=Fate.OPEN).select_related("organisation").order_by("number"))
    groups = settling.conflicts(rows, weighing.conflicts(rows, named))
    context = {
        "document": document,
        "crumbs": crumbs(document),
        "groups": [_group(group, named) for group in groups[:ON_A_PAGE]],
        "more": max(len(groups) - ON_A_PAGE, 0),
        "decides": seat.decides,
        "frozen": " ".join(rules.objections_of_freeze(document)),
        "refused": refused,
        "given": request.POST,
        "again": request.POST.getlist("among"),
    }
    return render(request, "desk/together/conflicts.html", context, status=409 if refused else 200)


def _settle(request: DeskRequest, by: Seat) -> Suggestion | None:
    post = request.POST
    chosen = post.get("chosen", "")
    if not chosen:
        raise Refused([_("Choose one of the suggestions, or none of them.")])
    return settling.settle(
        chosen=int(chosen) if chosen.isdecimal() else None,
        among=[int(one) for one in post.getlist("among") if one.isdecimal()],
        reason=post.get("reason", ""),
        by=by,
        at=request.at,
        words=post.get(f"words-{chosen}"),
        reading=post.get(f"reading-{chosen}", ""),
    )


def _group(rows: Sequence[Suggestion], named: Named) -> dict[str, Any]:
    """One conflict: the passage as it reads, and each suggestion with what accepting it would need."""
    choices = []
    for row in rows:
        found = weighing.where(row, named)
        outcome = suggestions.outcome_of(row, named)
        edited = found.state == "changed" and found.at is not None
        choices.append(
            {
                "told": told(row, named),
                "open": found.state != "removed" and outcome is not None,
                "words": outcome if edited and row.proposed else None,
                "reading": digest(found.at.block.source) if edited and found.at else "",
            }
        )
    where = weighing.where(rows[0], named)
    part = named.part(where.at.section if where.at else rows[0].section)
    return {
        "choices": choices,
        "key": rows[0].pk,
        "keys": [str(row.pk) for row in rows],
        "part": part,
        "anchor": where.at.name if where.at else "",
        "numbers": [row.number for row in rows],
    }
