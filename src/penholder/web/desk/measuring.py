"""How actions are measured: by which figure of which services, from where, to where, by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.delivery import measures
from penholder.delivery.measures import Said, Told
from penholder.errors import Missing, Refused
from penholder.measure.definitions import DEFINITIONS
from penholder.people import permissions
from penholder.services import standing
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.days import DayField
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.service_figures import shown
from penholder.web.desk.service_names import ServicesField, lines

_BY_KEY = {each.key: each for each in DEFINITIONS}


def _number_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, max_digits=20, decimal_places=6, help_text=say("A share as 0.85.")
    )


class Measure(PlainForm):
    """What a measure says."""

    title = forms.CharField(label=say("What is to get better"), max_length=300)
    definition = forms.ChoiceField(
        label=say("Figure"), choices=[(each.key, say(each.title)) for each in _BY_KEY.values()]
    )
    services = ServicesField(label=say("Read from which services"))
    baseline = _number_field(say("Where it stood"))
    baseline_on = DayField(label=say("On which day it stood there"), required=False)
    target = _number_field(say("What it is to be"))
    due_on = DayField(label=say("By which day"), required=False)


class Change(Measure):
    """What it says from now on, and why."""

    reason = forms.CharField(label=say("Why it changes; readers will see it"), widget=forms.Textarea(attrs={"rows": 2}))


def everything(request: DeskRequest) -> HttpResponseBase:
    """Every action, with how it is measured."""
    by = acting(request)
    called = standing.names()
    rows = [
        {"told": told, "measures": [_words(key, said, why, called) for key, said, why in told.measures]}
        for told in measures.told()
    ]
    context = {
        "rows": rows, "objections": permissions.objections("action.measure", by.post),
        "crumbs": [(_("Services"), reverse("desk:services"))], "title": _("How actions are measured"),
    }  # fmt: skip
    return render(request, "desk/services/measures.html", context)


def _words(key: str, said: Said, why: str, called: Mapping[str, str]) -> dict[str, Any]:
    by = _BY_KEY[said.definition]
    read = ", ".join(called.get(one, one) for one in said.services)
    return {
        "key": key, "title": said.title, "figure": _(by.title), "services": read, "reason": why,
        "baseline": "" if said.baseline is None else shown(float(said.baseline), by), "baseline_on": said.baseline_on,
        "target": "" if said.target is None else shown(float(said.target), by), "due_on": said.due_on,
    }  # fmt: skip


def measure(request: DeskRequest, strategy: str, number: int, key: str = "") -> HttpResponseBase:
    """Say how an action is measured, or that it is measured otherwise from now on."""
    by = acting(request)
    if objections := permissions.objections("action.measure", by.post):
        raise Refused(objections)
    told, before = _found(strategy, number, key)
    initial = {**_fields(before), "services": lines(before.services)} if before else {}
    form = (Change if before else Measure)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        reason = given.pop("reason", "")
        named = key or slugify(given["title"])[:60].strip("-") or f"measure-{len(told.measures) + 1}"
        try:
            measures.put(
                strategy=strategy, action=number, key=named, said=Said(**given),
                said_on=timezone.localdate(request.at), by=by, at=request.at, reason=reason,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, _("It is noted how action %(number)s is measured.") % {"number": number})
            return redirect("desk:measures")
    context = {
        "form": form, "title": _("Measure action %(number)s") % {"number": number}, "about": told.title,
        "button": _("Note the measure"),
        "crumbs": [
            (_("Services"), reverse("desk:services")), (_("How actions are measured"), reverse("desk:measures")),
        ],
    }  # fmt: skip
    return render(request, "desk/services/form.html", context, status=422 if form.errors else 200)


def _found(strategy: str, number: int, key: str) -> tuple[Told, Said | None]:
    told = next((one for one in measures.told() if (one.strategy, one.action) == (strategy, number)), None)
    before = next((said for name, said, _why in told.measures if name == key), None) if told else None
    if told is None or (key and before is None):
        raise Missing(_("There is no such action, or it is not measured so."))
    return told, before


def _fields(said: Said) -> dict[str, Any]:
    """What a form of it holds, numbers without noughts behind them."""
    given = {name: getattr(said, name) for name in Measure.base_fields}
    return {name: f"{each.normalize():f}" if name in {"baseline", "target"} and each is not None else each
            for name, each in given.items()}  # fmt: skip
