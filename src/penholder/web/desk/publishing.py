"""Publishing at the desk: what stands in the way, publish now or at a moment, and withdraw what no longer holds."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.utils import from_current_timezone
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.views.decorators.http import require_POST

from penholder.agreement import process
from penholder.agreement import rules as agreement
from penholder.agreement.models import Round
from penholder.drafting.models import Document, Iteration
from penholder.errors import Missing, Refused
from penholder.people import permissions
from penholder.publishing import addresses, editions, rules, schedules
from penholder.publishing.models import Edition
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.days import DayField
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.states import ROUNDS

NOW, LATER = "now", "later"


class Publish(PlainForm):
    """When, and what readers are told about it."""

    seal = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=say("Why there is a new edition"),
        help_text=say("Everybody reads this beside the edition."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    corrects = forms.BooleanField(label=say("It puts a mistake of the edition before right"), required=False)
    when = forms.ChoiceField(
        label=say("When"), choices=[(NOW, say("Now")), (LATER, say("On a day"))], widget=forms.RadioSelect, initial=NOW
    )
    day = DayField(label=say("Day"), required=False)
    hour = forms.TimeField(
        label=say("Time"),
        help_text=say("For example 09:30."),
        widget=forms.TimeInput(format="%H:%M"),
        input_formats=["%H:%M"],
        required=False,
    )

    def __init__(self, *args: Any, first: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if first:
            del self.fields["corrects"]

    def moment(self) -> datetime | None:
        """When it is to be published; None for now."""
        if self.cleaned_data["when"] == NOW:
            return None
        return from_current_timezone(
            datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"] or time(9, 30))
        )

    def clean(self) -> dict[str, Any] | None:
        """A day for what waits; and one on whose clock that time exists once."""
        if self.cleaned_data.get("when") == LATER and not self.errors:
            if not self.cleaned_data.get("day"):
                self.add_error("day", _("Give the day on which it is published."))
            else:
                try:
                    self.moment()
                except forms.ValidationError as problem:
                    self.add_error("hour", problem)
        return self.cleaned_data


def publish(request: DeskRequest, key: str) -> HttpResponseBase:
    """A document's newest text on its way out: its steps, what stands in the way, a form, a check, the act."""
    by = acting(request)
    if objections := permissions.objections("edition.publish", by.post):
        raise Refused(objections)
    iteration = _newest(key)
    listed = list(editions.listed(key))
    standing = schedules.waiting(iteration.document_id)
    published = next((one for one in listed if one.iteration_id == iteration.pk), None)
    objections = rules.objections_to_publishing(iteration, by=by, at=request.at)
    objections += agreement.objections_to_publishing(iteration)
    form = Publish(request.POST or None, first=not listed, initial={"seal": iteration.seal, "when": NOW})
    context = {
        "iteration": iteration,
        "editions": listed[::-1],
        "address": addresses.of_document(iteration.document),
        "standing": standing,
        "published": published,
        "objections": objections,
        "steps": _steps(iteration),
        "form": form,
    }
    asks = request.method == "POST" and not published and "change" not in request.POST
    if not asks or not form.is_valid():
        return render(request, "desk/publishing/publish.html", context)
    return _act(request, form, context)


def _act(request: DeskRequest, form: Publish, context: dict[str, Any]) -> HttpResponseBase:
    iteration, by, given = context["iteration"], acting(request), form.cleaned_data
    if given["seal"] != iteration.seal:
        words = _("A newer text was sealed meanwhile, iteration %(number)s. Open the page again and look at that.")
        raise Refused(words % {"number": iteration.number})
    told = {"reason": given["reason"], "corrects": given.get("corrects", False)}
    moment = form.moment()
    objections = context["objections"] + rules.objections_to_wording(iteration, **told)
    if moment:
        objections += rules.objections_to_scheduling(iteration, publish_at=moment, by=by, at=request.at)
    if "confirm" not in request.POST or objections:
        for objection in dict.fromkeys(objections):
            form.add_error(None, objection)
        page = "publish" if objections else "check"
        sent = [(name, value) for name, value in request.POST.items() if name in Publish.base_fields]
        return render(request, f"desk/publishing/{page}.html", context | told | {"moment": moment, "given": sent})
    if moment:
        schedules.put(iteration=iteration, publish_at=moment, by=by, at=request.at, **told)
        messages.success(request, _("It is scheduled. A signature that is withdrawn before then holds it back."))
    else:
        edition = editions.publish(iteration=iteration, by=by, at=request.at, **told)
        words = _("Edition %(number)s is published. The site shows it as soon as it is written, within a minute or so.")
        messages.success(request, words % {"number": edition.number})
    return redirect("desk:publish", iteration.document.key)


@require_POST
def cancel(request: DeskRequest, schedule_id: int) -> HttpResponseBase:
    """Take a scheduled publication back."""
    reason = request.POST.get("reason", "")
    schedule = schedules.cancel(schedule_id=schedule_id, reason=reason, by=acting(request), at=request.at)
    messages.success(request, _("The publication is cancelled. The text stays cleared."))
    return redirect("desk:publish", schedule.iteration.document.key)


class Withdraw(PlainForm):
    """What readers are told when an edition no longer holds."""

    notice = forms.CharField(
        label=say("The notice"),
        help_text=say("Say why the edition no longer holds, and what does. Readers see it above the text."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.LONGEST_NOTICE,
    )


def withdraw(request: DeskRequest, edition_id: int) -> HttpResponseBase:
    """Withdraw an edition, with a notice in public."""
    by = acting(request)
    edition = Edition.objects.select_related("document", "iteration").filter(pk=edition_id).first()
    if edition is None:
        raise Missing(_("There is no such edition. Go back to the document."))
    if objections := rules.objections_to_withdrawing(edition, notice="…", by=by, at=request.at):
        raise Refused(objections)
    form = Withdraw(request.POST or None)
    if request.method == "POST" and form.is_valid():
        editions.withdraw(edition_id=edition.pk, notice=form.cleaned_data["notice"], by=by, at=request.at)
        words = _("Edition %(number)s is withdrawn. The site shows the notice within a minute or so.")
        messages.success(request, words % {"number": edition.number})
        return redirect("desk:publish", edition.document.key)
    return render(request, "desk/publishing/withdraw.html", {"edition": edition, "form": form})


def _newest(key: str) -> Iteration:
    document = Document.objects.filter(key=key).first()
    rows = Iteration.objects.filter(document=document).select_related("document__organisation")
    iteration = rows.order_by("-number").first() if document else None
    if iteration is None:
        raise Missing(_("This document has no sealed text yet. Seal one first."))
    return iteration


def _steps(iteration: Iteration) -> list[dict[str, Any]]:
    """Each round that must be cleared on this very seal, and where it stands."""
    held = {row.kind: row for row in Round.objects.filter(iteration__seal=iteration.seal).order_by("opened_at")}
    return [
        {"kind": kind.label, "round": held.get(kind), "state": ROUNDS[held[kind].state] if kind in held else None}
        for kind in process.REQUIRED[iteration.document.kind]
    ]
