"""What belongs to a service and is noted at the desk: releases, targets, costs, and the graph of its journey."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.errors import Missing, Refused
from penholder.formats.steps import COLUMNS, StepRow, Steps, read_steps
from penholder.measure.definitions import DEFINITIONS
from penholder.measure.formulas.costs import CostLine
from penholder.measure.intake import strangers
from penholder.measure.journey_definitions import JourneyDefinition, Kind, Step
from penholder.people.acting import Acting
from penholder.people.models import Organisation
from penholder.services import costlines, journeys, periods, registrations, releases, rules, standing, targets, uploads
from penholder.services.standing import ServiceStanding
from penholder.web.desk import figure_words
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.days import DayField
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm, done

# Two years of months have their lines one step away.
_PERIODS = 24
_FIGURES = {each.key: say(each.title) for each in DEFINITIONS}


class Release(PlainForm):
    """A change that users met."""

    name = forms.CharField(label=say("What its events call the release"), max_length=100)
    released_on = DayField(label=say("Released on"))
    changed = forms.CharField(label=say("What changed for users"), widget=forms.Textarea(attrs={"rows": 3}))


class Choice(PlainForm):
    """That the service goes first in a programme."""

    programme = forms.CharField(label=say("In which programme it goes first"), max_length=200)
    since = DayField(label=say("Since which day"))
    note = forms.CharField(label=say("Why this one"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class Aim(PlainForm):
    """What a figure is to be."""

    definition = forms.ChoiceField(label=say("Figure"), choices=list(_FIGURES.items()))
    value = forms.DecimalField(
        label=say("What it is to be"), required=False, max_digits=20, decimal_places=6,
        help_text=say("A share as 0.85; nothing gives the target up."),
    )  # fmt: skip
    due_on = DayField(label=say("By which day"))
    reason = forms.CharField(
        label=say("Why, if it changes an earlier target"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class Costs(PlainForm):
    """All cost lines of a period, one a line."""

    period = forms.CharField(label=say("Period"), max_length=30, help_text=say("A month such as 2026-10, or a year."))
    lines = forms.CharField(
        label=say("Cost lines"), widget=forms.Textarea(attrs={"rows": 8}),
        help_text=say(
            "One a line, with | between: name | pounds | how it is allocated | share from 0 to 1 | why it is left out. "
            "The last two may be missing: then all of it counts."
        ),
    )  # fmt: skip
    reason = forms.CharField(
        label=say("Why, if it changes what was said before"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_lines(self) -> list[CostLine]:
        """The lines; every one that cannot be read is told by its number."""
        found, wrong = [], []
        for number, text in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            if not text.strip():
                continue
            parts = [part.strip() for part in text.split("|")] + [""] * 4
            try:
                share = Decimal(parts[3]) if parts[3] else Decimal(1)
                found.append(CostLine(parts[0], Decimal(parts[1].replace(",", "")), parts[2], share, parts[4]))
            except ArithmeticError:
                wrong.append(_("Line %(number)s: pounds and share must be numbers.") % {"number": number})
        if wrong:
            raise forms.ValidationError(wrong)
        return found


class Draw(PlainForm):
    """The steps as a table, and what goes for all of them."""

    text = forms.CharField(
        label=say("The steps, as CSV"), widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=say(
            "First line: number, name, kind, after, start, outcome, of, aliases. Names in “after” and “aliases” have "
            "semicolons between them; “start” is yes where the journey begins; an end has an outcome."
        ),
    )  # fmt: skip
    effective_from = DayField(label=say("For attempts that start from"))
    window = forms.IntegerField(label=say("Days in which an attempt may end"), min_value=1, max_value=730, initial=30)
    idle = forms.IntegerField(
        label=say("Minutes without an event that are not counted as time"), min_value=1, max_value=1440, initial=30
    )
    reason = forms.CharField(label=say("What this version changes"), required=False, max_length=500)


class Ending(PlainForm):
    """From which day a version of the journey is in force no longer."""

    on = DayField(
        label=say("The first day without it"),
        hint=say("Attempts that start before this day are still read with it. For example 1 October 2026."),
    )
    reason = forms.CharField(label=say("Why"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500)


def _allowed(request: DeskRequest, key: str, act: str) -> tuple[Acting, ServiceStanding]:
    by, found = acting(request), standing.one(key)
    body = Organisation.objects.filter(key=found.now.organisation).first()
    if objections := rules.objections_to_acting(act, by, body):
        raise Refused(objections)
    return by, found


def _context(found: ServiceStanding, form: forms.Form, title: str, button: str, **more: Any) -> dict[str, Any]:
    return {
        "form": form, "title": title, "about": found.name, "button": button,
        "crumbs": [(_("Services"), reverse("desk:services")), (found.name, reverse("desk:service", args=[found.key]))],
        **more,
    }  # fmt: skip


def release(request: DeskRequest, key: str) -> HttpResponseBase:
    """Say that the service changed for its users."""
    by, found = _allowed(request, key, "service.register")
    form = Release(request.POST or None)
    if done(form, partial(releases.tell, key=key, by=by, at=request.at)):
        messages.success(request, _("The release is noted."))
        return redirect("desk:service", key)
    context = _context(found, form, _("Note a release"), _("Note the release"))
    return render(request, "desk/services/form.html", context, status=422 if form.errors else 200)


def exemplar(request: DeskRequest, key: str) -> HttpResponseBase:
    """Say that the service was chosen to go first in a programme."""
    by, found = _allowed(request, key, "service.register")
    form = Choice(request.POST or None)
    if done(form, partial(registrations.choose, key=key, by=by, at=request.at)):
        messages.success(request, _("It is noted that the service goes first."))
        return redirect("desk:service", key)
    context = _context(found, form, _("Choose it to go first"), _("Note the choice"))
    return render(request, "desk/services/form.html", context, status=422 if form.errors else 200)


def target(request: DeskRequest, key: str) -> HttpResponseBase:
    """Say what a figure of the service is to be, by when."""
    by, found = _allowed(request, key, "service.register")
    form = Aim(request.POST or None)
    if done(form, partial(targets.put, key=key, said_on=timezone.localdate(request.at), by=by, at=request.at)):
        messages.success(request, _("The target is noted."))
        return redirect("desk:service", key)
    context = _context(found, form, _("Set a target"), _("Note the target"))
    return render(request, "desk/services/form.html", context, status=422 if form.errors else 200)


def costs(request: DeskRequest, key: str) -> HttpResponseBase:
    """Say what the service cost in a period, line by line."""
    by, found = _allowed(request, key, "figures.submit")
    known = {span: lines for (_key, span), lines in costlines.by_service_and_period([key]).items()}
    told = sorted(known, key=periods.parse, reverse=True)
    asked = request.GET.get("period", "")
    shown = asked if asked in known else next(iter(told), "")
    form = Costs(request.POST or None, initial={"period": shown, "lines": _as_typed(known.get(shown, ()))})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            costlines.put(
                key=key, span=periods.parse(given["period"]), lines=given["lines"], reason=given["reason"],
                said_on=timezone.localdate(request.at), by=by, at=request.at,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, _("The costs are noted."))
            return redirect("desk:service-figures", key)
    context = _context(found, form, _("Say what it cost"), _("Note the costs"))
    if told:
        context["lead"] = _(
            "These are the lines of %(period)s as they stand. A line that you take out is dropped. For another period, "
            "name it: the lines are a start."
        ) % {"period": figure_words.period(periods.parse(shown))}
        context["others"] = [
            (figure_words.period(periods.parse(each)), f"?period={each}") for each in told[:_PERIODS] if each != shown
        ]
    return render(request, "desk/services/form.html", context, status=422 if form.errors else 200)


def _as_typed(lines: Iterable[CostLine]) -> str:
    """Cost lines as the form takes them."""
    rows = []
    for one in lines:
        parts = [one.name, f"{one.pounds:f}", one.key, f"{one.allocated:f}", one.excluded]
        while parts[-1] in {"", "1"} and len(parts) > 3:
            parts.pop()
        rows.append(" | ".join(parts))
    return "\n".join(rows)


def journey(request: DeskRequest, key: str) -> HttpResponseBase:
    """Draw a version of the journey: shown as a table with what is wrong by line, and kept when confirmed."""
    by, found = _allowed(request, key, "service.register")
    standing_ones = journeys.definitions([key]).get(key, [])
    free = standing_ones[-1].effective_to if standing_ones else None
    initial = {"effective_from": free or timezone.localdate(request.at), "text": _written(standing_ones[-1:])}
    form = Draw(request.POST or None, initial=initial)
    more: dict[str, Any] = {
        "key": key, "versions": standing_ones, "number": len(standing_ones) + 1,
        "strangers": strangers.read(settings.PENHOLDER_EVENTS, {key: standing_ones}),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given, reasons = form.cleaned_data, []
        try:
            steps = read_steps(_("The table"), given["text"].encode())
            more |= {"steps": steps.rows, "wrong": [(one, uploads.words(one.told)) for one in steps.faults]}
            drawn = None if steps.faults else _drawn(key, standing_ones, steps, given)
            if drawn is not None and request.POST.get("act") == "draw":
                journeys.draw(drawn=drawn, by=by, at=request.at, reason=given["reason"])
                journeys.hand_over(settings.PENHOLDER_EVENTS)
                messages.success(request, _("The journey is drawn, as version %(number)s.") % {"number": drawn.version})
                return redirect("desk:service", key)
            more["good"] = drawn is not None
        except Refused as refused:
            reasons = list(refused.reasons)
        more["reasons"] = reasons
    title = _("Draw its journey")
    context = _context(found, form, title, _("Show it as a table"), **more)
    bad = bool(form.errors or more.get("reasons") or more.get("wrong"))
    return render(request, "desk/services/journey.html", context, status=422 if bad else 200)


def end_journey(request: DeskRequest, key: str, number: int) -> HttpResponseBase:
    """Say from which day a version of the journey is in force no longer, so that the next can be drawn."""
    by, found = _allowed(request, key, "service.register")
    if number not in {each.version for each in journeys.definitions([key]).get(key, [])}:
        raise Missing(_("The journey of this service has no version %(number)s.") % {"number": number})
    form = Ending(request.POST or None, initial={"on": timezone.localdate(request.at)})
    if done(form, partial(journeys.end, key=key, number=number, by=by, at=request.at)):
        journeys.hand_over(settings.PENHOLDER_EVENTS)
        messages.success(request, _("Version %(number)s has an end. The next can be drawn.") % {"number": number})
        return redirect("desk:service-journey", key)
    title = _("End version %(number)s of the journey") % {"number": number}
    context = _context(found, form, title, _("End this version"))
    context["crumbs"].append((_("Draw its journey"), reverse("desk:service-journey", args=[key])))
    return render(request, "desk/services/form.html", context, status=422 if form.errors else 200)


def _drawn(key: str, before: list[JourneyDefinition], steps: Steps, given: dict[str, Any]) -> JourneyDefinition:
    """The next version. Pages keep the words with which the version before was drawn; the table has no room for it."""
    words = {step.name: step.text for step in before[-1].steps} if before else {}
    return JourneyDefinition(
        service=key, version=len(before) + 1, effective_from=given["effective_from"],
        starts=tuple(row.name for row in steps.rows if row.start),
        steps=tuple(_step(row, words.get(row.name, "")) for row in steps.rows),
        window=timedelta(days=given["window"]), idle_after=timedelta(minutes=given["idle"]),
    )  # fmt: skip


def _step(row: StepRow, text: str) -> Step:
    outcome = row.outcome or None
    return Step(row.number, row.name, Kind(row.kind), row.after, outcome, row.of, row.aliases, text)


def _written(versions: list[JourneyDefinition]) -> str:
    """The newest version as the table that it was made of, to be changed."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for drawn in versions:
        for step in drawn.steps:
            start = "yes" if step.name in drawn.starts else ""
            table.writerow(
                (step.number, step.name, step.kind.value, ";".join(step.after), start, step.outcome or "", step.of,
                 ";".join(step.aliases))
            )  # fmt: skip
    return out.getvalue().rstrip("\n")
