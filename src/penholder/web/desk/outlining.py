"""The outline of a draft: its sections moved, split, joined, renamed, added, removed and put back, by plain buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from penholder.drafting import drafts as texts_of
from penholder.drafting import hands, histories, outlines, rules
from penholder.drafting.models import Document
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.text.canonical import canonical
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.drafts import crumbs, find

# Where something stands that stands at the very start.
START = "^"


def outline(request: DeskRequest, key: str) -> HttpResponseBase:
    """The whole outline; each button moves, adds or puts back, and leads back to where one was."""
    document, by = find(request, key)
    if request.method == "POST":
        return _done(request, document, by)
    reading = texts_of.read(document.pk)
    sections, held = histories.parts_of(reading.sections), hands.held(document.pk, at=request.at)
    context = {
        "document": document,
        "sections": sections,
        "gone": histories.taken_out(reading.document),
        "rows": [(part, held.get(part.key, [])) for part in sections],
        "objections": rules.objections_to_editing(document, by, request.at),
        "moved": request.GET.get("moved", ""),
        "crumbs": crumbs(document),
    }
    return render(request, "desk/drafts/outline.html", context)


def one_section(request: DeskRequest, key: str, section: str) -> HttpResponseBase:
    """What can be done with one section: move it behind another, rename, split, join, remove."""
    document, by = find(request, key)
    if request.method == "POST":
        return _done(request, document, by, section)
    reading = texts_of.read(document.pk)
    here = reading.section(section)
    keys = [one.key for one in reading.sections]
    place = keys.index(section)
    context = {
        "document": document,
        "here": here,
        "number": place + 1,
        "count": len(keys),
        "before": reading.sections[place - 1] if place else None,
        "others": [one for one in histories.parts_of(reading.sections) if one.key != section],
        "passages": outlines.places_to_split(canonical(here.text)),
        "held": hands.held(document.pk, at=request.at).get(section, []),
        "objections": rules.objections_to_editing(document, by, request.at),
        "crumbs": [*crumbs(document), (_("Outline"), reverse("desk:outline", args=[document.key]))],
    }
    return render(request, "desk/drafts/outline_section.html", context)


def _done(request: DeskRequest, document: Document, by: Acting, section: str = "") -> HttpResponseBase:
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Refused(_("Choose what is to be done with the outline."))
    more = {"document_id": document.pk, "by": by, "at": request.at}
    given = {name: str(value) for name, value in request.POST.items()}
    told, moved = act(given, section or given.get("section", ""), more)
    if told:
        messages.success(request, told)
    way = reverse("desk:outline", args=[document.key])
    # The section that was moved keeps the focus, so that a keyboard goes on from there.
    return redirect(f"{way}?moved={quote(moved)}#at-{quote(moved)}" if moved else way)


Given = dict[str, str]
More = dict[str, Any]
Told = tuple[str, str]


def _after(given: Given) -> str | None:
    """Where something is to stand: behind a section, at the very start, or (nothing chosen) at the end."""
    chosen = given.get("after", "")
    return "" if chosen == START else chosen or None


def _up(given: Given, section: str, more: More) -> Told:
    del given
    outlines.step(section=section, up=True, **more)
    return "", section


def _down(given: Given, section: str, more: More) -> Told:
    del given
    outlines.step(section=section, up=False, **more)
    return "", section


def _move(given: Given, section: str, more: More) -> Told:
    after = _after(given)
    if after is None:
        raise Missing(_("Choose behind which section it is to stand."))
    outlines.move(section=section, after=after, **more)
    return _("The section is moved."), section


def _rename(given: Given, section: str, more: More) -> Told:
    outlines.rename(section=section, title=given.get("title", ""), **more)
    return _("The section is renamed, and so is its heading where it said the same."), section


def _split(given: Given, section: str, more: More) -> Told:
    if not given.get("passage"):
        raise Refused(_("Choose the passage with which the new section begins."))
    made = outlines.split(section=section, passage=given["passage"], title=given.get("title", ""), **more)
    return _("The section is split. Every passage keeps its name, and what was said about it."), made


def _join(given: Given, section: str, more: More) -> Told:
    del given
    before = outlines.join(section=section, **more)
    return _("The two sections are one."), before


def _add(given: Given, section: str, more: More) -> Told:
    del section
    made = outlines.add(title=given.get("title", ""), after=_after(given), **more)
    return _("The section is added. It says its title and nothing else yet."), made


def _remove(given: Given, section: str, more: More) -> Told:
    del given
    title = outlines.remove(section=section, **more)
    return _("“%(title)s” is removed. It stands at the foot of this page, to be put back.") % {"title": title}, ""


def _put_back(given: Given, section: str, more: More) -> Told:
    title = outlines.put_back(section=section, after=_after(given), **more)
    return _("“%(title)s” is back, as it last read.") % {"title": title}, section


ACTS: dict[str, Callable[[Given, str, More], Told]] = {
    "up": _up,
    "down": _down,
    "move": _move,
    "rename": _rename,
    "split": _split,
    "join": _join,
    "add": _add,
    "remove": _remove,
    "put-back": _put_back,
}
