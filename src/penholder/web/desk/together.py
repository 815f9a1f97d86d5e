"""A draft as those read it who do not write it: by sections, each passage with what is suggested and said about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from penholder.drafting import naming, threads, visits, weighing
from penholder.drafting.contributions import Fate, Suggestion, Talk, Thread
from penholder.drafting.models import Document
from penholder.drafting.naming import Named
from penholder.drafting.seats import Seat
from penholder.errors import Missing
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.drawing import drawn, proposal
from penholder.web.desk.seated import seated


def crumbs(document: Document) -> list[tuple[str, str]]:
    """The way back from every page about a draft."""
    return [(document.title, reverse("desk:together", args=[document.key]))]


@require_safe
def overview(request: DeskRequest, key: str) -> HttpResponseBase:
    """The sections of a draft, with how much is suggested and discussed in each."""
    document, seat = seated(request, key)
    named = naming.names(document)
    waiting, talking = _open(seat)
    suggested = Counter(_section(row, named) for row in waiting)
    discussed = Counter(_section(row, named) for row in talking)
    rows = [{"part": part, "suggestions": suggested[part.key], "threads": discussed[part.key]} for part in named.parts]
    context = {
        "document": document,
        "seat": seat,
        "rows": rows,
        "whole": [row for row in talking if not row.section],
        "waiting": len(waiting),
        "talking": len(talking),
        "clashing": len(weighing.conflicts([row for row in waiting if row.fate == Fate.OPEN], named)),
        "since": visits.last_here(document, request.user, at=request.at),
        "homeless": suggested[""] + sum(discussed[key] for key in discussed if key and not named.part(key)),
    }
    return render(request, "desk/together/overview.html", context)


def _open(seat: Seat) -> tuple[list[Suggestion], list[Thread]]:
    waiting = Suggestion.objects.filter(seat.seen, fate__in=[Fate.OPEN, Fate.INSIDE]).select_related("organisation")
    return list(waiting), list(Thread.objects.filter(seat.heard, state=Talk.OPEN).select_related("organisation"))


def _section(row: Suggestion | Thread, named: Named) -> str:
    """In which section something stands now; where it was made, when its passage was removed."""
    found = named.now(row.passage) if row.passage else None
    return found.section if found else row.section


@require_safe
def section(request: DeskRequest, key: str, section: str) -> HttpResponseBase:
    """One section: each passage, what is suggested to it and said about it, and the ways to do either."""
    document, seat = seated(request, key)
    named = naming.names(document)
    part = named.part(section)
    if part is None:
        raise Missing(_("The draft has no section “%(section)s” now. Choose one from the list.") % {"section": section})
    waiting, talking = _open(seat)
    passages = list(part.passages)
    pictures = drawn(passages)
    suggested, discussed = _by_passage(waiting, named), _by_passage(talking, named)
    clashing = weighing.conflicts([row for row in waiting if row.fate == Fate.OPEN], named)
    at = [one.key for one in named.parts].index(section)
    context = {
        "document": document,
        "part": part,
        "crumbs": crumbs(document),
        "passages": [
            {
                "name": one.name,
                "number": number,
                "kind": one.block.kind,
                "body": body,
                "suggestions": [_suggested(row, named, clashing) for row in suggested[one.name]],
                "threads": discussed[one.name],
            }
            for number, (one, body) in enumerate(zip(passages, pictures.bodies, strict=True), start=1)
        ],
        "notes": pictures.notes,
        "above": [_suggested(row, named, clashing) for row in waiting if not row.passage and row.section == section],
        "lost": [row for rows in (waiting, talking) for row in rows if _is_lost(row, section, named)],
        "threads": [row for row in talking if row.section == section and not row.passage],
        "before": named.parts[at - 1] if at else None,
        "after": named.parts[at + 1] if at + 1 < len(named.parts) else None,
    }
    return render(request, "desk/together/section.html", context)


def _by_passage(rows: list[Any], named: Named) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.passage and (at := named.now(row.passage)) is not None:
            found[at.name].append(row)
    return found


def _suggested(row: Suggestion, named: Named, clashing: Any) -> dict[str, Any]:
    others = [other.number for other in clashing.get(row.pk, ())]
    return proposal(row, named) | {"where": weighing.where(row, named), "others": others}


def _is_lost(row: Suggestion | Thread, section: str, named: Named) -> bool:
    return bool(row.passage) and row.section == section and named.now(row.passage) is None


def place_of(thread: Thread, named: Named) -> dict[str, Any]:
    """Where a thread is, for its page: the words as they stand, or that they changed or were removed."""
    found = threads.located(thread, named)
    part = named.part(found.at.section if found and found.at else thread.section)
    return {"found": found, "part": part}
