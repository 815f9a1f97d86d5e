"""What the pages of a service say to people, and the reading age that comes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.errors import Missing, Refused
from penholder.measure.definitions import definition
from penholder.measure.formulas.ease import pages_of, reading_age
from penholder.measure.journey_definitions import JourneyDefinition, in_force
from penholder.people.acting import Acting
from penholder.people.models import Organisation
from penholder.services import journeys, pagetexts, registrations, rules, standing
from penholder.services.pagetexts import Worded
from penholder.services.standing import ServiceStanding
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.days import DayField
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm


class Say(PlainForm):
    """What one page says, from a day on."""

    words = forms.CharField(
        label=say("What the page says"), required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=say(
            "Everything that people read on it: headings, questions, hints, in plain text or house Markdown. Leave out "
            "what stands on every page. Nothing takes back what was said."
        ),
    )  # fmt: skip
    as_of = DayField(label=say("From which day it says so"))
    reason = forms.CharField(label=say("Why, if it changes what was said before"), required=False, max_length=500)


def everything(request: DeskRequest, key: str) -> HttpResponseBase:
    """The pages of the journey, what is known of their words, and the reading age of all and of each."""
    by, found = acting(request), standing.one(key)
    today = timezone.localdate(request.at)
    drawn, worded = journeys.definitions([key]).get(key, []), pagetexts.read([key]).get(key, ())
    graph = _graph(drawn, today)
    held = pagetexts.standing_on(today, worded)
    later = {each.page: each for each in worded if each.as_of > today}
    rows = [
        {
            "number": step.number,
            "name": step.name,
            "now": (now := held.get(step.name)),
            "later": later.get(step.name),
            "drawn": now is None and bool(step.text),
            "age": _age(now.words if now else step.text),
        }
        for step in (pages_of(graph) if graph else ())
    ]
    context = {
        "service": found, "rows": rows, "figure": pagetexts.reading_age_on(today, drawn, worded),
        "definition": definition("reading-age", today), "objections": _objections(by, key, found),
        "crumbs": _crumbs(found), "title": _("What its pages say"),
    }  # fmt: skip
    return render(request, "desk/services/pages.html", context)


def word(request: DeskRequest, key: str, number: int) -> HttpResponseBase:
    """Say what a page says from a day on; what it said before stays, and is shown."""
    by, found = acting(request), standing.one(key)
    if objections := _objections(by, key, found):
        raise Refused(objections)
    today = timezone.localdate(request.at)
    graph = _graph(journeys.definitions([key]).get(key, []), today)
    step = next((one for one in pages_of(graph) if one.number == number), None) if graph else None
    if step is None:
        raise Missing(_("The journey of this service has no page %(number)s.") % {"number": number})
    versions = [each for each in pagetexts.read([key]).get(key, ()) if each.page == step.name]
    form = Say(request.POST or None, initial={"words": versions[-1].words if versions else step.text, "as_of": today})
    if request.method == "POST" and form.is_valid():
        try:
            row = pagetexts.put(key=key, page=step.name, said_on=today, by=by, at=request.at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, _noted(step.name, _age(row.words)))
            return redirect("desk:service-pages", key)
    title = _("What “%(page)s” says") % {"page": step.name}
    crumbs = [*_crumbs(found), (_("What its pages say"), reverse("desk:service-pages", args=[key]))]
    context = {
        "form": form, "title": title, "about": found.name, "button": _("Note the words"), "crumbs": crumbs,
        "versions": _told(versions),
    }  # fmt: skip
    return render(request, "desk/services/page.html", context, status=422 if form.errors else 200)


def _graph(drawn: list[JourneyDefinition], today: date) -> JourneyDefinition | None:
    """The journey that is in force, or the newest, where none is today."""
    return in_force(drawn, today) or (drawn[-1] if drawn else None)


def _objections(by: Acting, key: str, found: ServiceStanding) -> list[str]:
    body = Organisation.objects.filter(key=found.now.organisation).first()
    reasons = rules.objections_to_acting("figures.submit", by, body)
    return reasons or rules.objections_to_managing(by, registrations.current(registrations.find(key)).manager_id)


def _age(words: str) -> dict[str, Any]:
    """How one page reads: its words, and the age that they ask for, if there are any."""
    figure = reading_age((words,))
    return {"words": figure.n, "age": figure.value if figure.n else None}


def _noted(page: str, reads: dict[str, Any]) -> str:
    if reads["age"] is None:
        return _("It is noted that nothing is known any more of what “%(page)s” says.") % {"page": page}
    return _("The words of “%(page)s” are noted. They can be read at the age of %(age)s.") % {
        "page": page, "age": reads["age"],
    }  # fmt: skip


def _told(versions: list[Worded]) -> list[dict[str, Any]]:
    return [{"said": each, **_age(each.words)} for each in reversed(versions)]


def _crumbs(found: ServiceStanding) -> list[tuple[str, str]]:
    return [(_("Services"), reverse("desk:services")), (found.name, reverse("desk:service", args=[found.key]))]
