"""Catching up with a draft: what happened since one was last here, and the draft as it stood at any moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from penholder.drafting import catching_up, daily_letters, differences, naming, visits, waypoints
from penholder.drafting.contributions import Waypoint
from penholder.drafting.differences import Difference
from penholder.drafting.models import Document, Iteration
from penholder.errors import Missing
from penholder.text.markdown import blocks
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.deciding import told
from penholder.web.desk.drawing import drawn, short
from penholder.web.desk.drawing import redline as inline_redline
from penholder.web.desk.seated import seated
from penholder.web.desk.texts import redline
from penholder.web.desk.together import crumbs

# So many moments stand on one page of the timeline; the slider reaches all of them.
ON_A_PAGE = 60
# Comparisons of so many sections are shown at once; of the others only what happened, in words.
SHOWN = 12


def since(request: DeskRequest, key: str) -> HttpResponseBase:
    """What happened since the last visit, or a moment that is asked for; and whether a letter tells it each day."""
    document, seat = seated(request, key)
    if request.method == "POST":
        wanted = request.POST.get("letters") == "on"
        daily_letters.choose(person=request.user, wanted=wanted)
        messages.success(
            request, _("You get a letter a day when something happened.") if wanted else _("You get no daily letters.")
        )
        return redirect("desk:since", key)
    moment = _moment(request.GET.get("since", "")) or visits.last_here(document, request.user, at=request.at)
    news = catching_up.since(document, seat, request.user, moment) if moment else None
    named = naming.names(document)
    context = {
        "document": document,
        "crumbs": crumbs(document),
        "news": news,
        "sections": [
            {"one": one, "shown": _shown(one.difference, number) if number <= SHOWN else None}
            for number, one in enumerate(news.sections if news else (), start=1)
        ],
        "decided": [told(row, named) for row in news.decided] if news else [],
        "letters": daily_letters.wanted(request.user),
    }
    return render(request, "desk/together/since.html", context)


def _shown(one: Difference, number: int) -> dict[str, Any]:
    """The change of a section, and what came into it from another one or went into another one."""
    here = not one.comparison.same or not (one.came or one.went or one.behind is not None)
    return {
        "redline": redline(one.comparison, one.old, one.new, prefix=f"c{number}") if here else "",
        "came": [(each.title, inline_redline(each.old.source, each.new.source)) for each in one.came],
        "went": [(each.title, short(each.old.source)) for each in one.went],
    }


def _moment(told_: str) -> datetime | None:
    found = parse_datetime(told_) if told_ else None
    return found if found is not None and is_aware(found) else None


@require_safe
def timeline(request: DeskRequest, key: str) -> HttpResponseBase:
    """The moments of a draft, and the draft as it stood at one of them beside what it says now."""
    document, _seat = seated(request, key)
    rows = list(Waypoint.objects.filter(document=document).defer("sections").order_by("at", "pk"))
    step = _step(request.GET.get("step", ""), len(rows))
    here = Waypoint.objects.get(pk=rows[step - 1].pk) if rows else None
    sealed = list(Iteration.objects.filter(document=document).defer("manifest", "events").order_by("number"))
    first = max(0, min(step - 1 - ON_A_PAGE // 2, len(rows) - ON_A_PAGE))
    context: dict[str, Any] = {
        "document": document,
        "crumbs": crumbs(document),
        "count": len(rows),
        "step": step,
        "here": here,
        "moments": _moments(rows, sealed, first),
    }
    if here is not None:
        context |= _then(document, here, request.GET.get("section", ""))
    return render(request, "desk/together/timeline.html", context)


def _step(told_: str, count: int) -> int:
    number = int(told_) if told_.isdecimal() and len(told_) < 8 else count
    return min(max(number, 1), count)


def _moments(rows: list[Waypoint], sealed: list[Iteration], first: int) -> list[dict[str, Any]]:
    found = []
    for number, row in list(enumerate(rows, start=1))[first : first + ON_A_PAGE]:
        begins = rows[number - 2].at if number > 1 else None
        inside = [one for one in sealed if one.sealed_at <= row.at and (begins is None or one.sealed_at > begins)]
        found.append({"number": number, "row": row, "sealed": inside})
    return found[::-1]


def _then(document: Document, here: Waypoint, section: str) -> dict[str, Any]:
    old = waypoints.parts(here)
    found = differences.differences(old, waypoints.now(document))
    differs = {one.key for one in found}
    chosen = next((one for one in old if one.key == section), None)
    if section and chosen is None:
        raise Missing(_("There was no section of that name at that moment. Choose one from the list."))
    context: dict[str, Any] = {
        "sections": [{"part": one, "differs": one.key in differs} for one in old],
        "differences": [
            {"one": one, "words": catching_up.words(one), "shown": _shown(one, n)}
            for n, one in enumerate(found[:SHOWN], start=1)
        ],
        "more": [one.title for one in found[SHOWN:]],
        "chosen": chosen,
    }
    if chosen is not None:
        passages = [naming.Standing("", chosen.key, block) for block in blocks(chosen.text)]
        pictures = drawn(passages)
        context |= {"body": pictures.bodies, "notes": pictures.notes}
    return context
