"""Assessments of a service at the desk: what a panel found by point of a version of the standard, and corrections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.views.decorators.http import require_safe

from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.people.models import Organisation
from penholder.services import assessments, rules, standards, standing
from penholder.services.assessments import AssessmentOf, Found, Report
from penholder.services.models import Result, Stage
from penholder.services.standards import Point, Standard
from penholder.services.standing import ServiceStanding
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.days import DayField
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.service_figures import objections_to_reading

STAGES: dict[str, Any] = {Stage.ALPHA: say("Alpha"), Stage.BETA: say("Beta"), Stage.LIVE: say("Live")}
RESULTS: dict[str, Any] = {
    Result.MET: say("Met"),
    Result.CONDITIONS: say("Met with conditions"),
    Result.NOT_MET: say("Not met"),
    Result.NOT_LOOKED_AT: say("Not looked at"),
}
COLOURS = {Result.MET: "green", Result.CONDITIONS: "yellow", Result.NOT_MET: "red", Result.NOT_LOOKED_AT: "grey"}


class Assess(PlainForm):
    """What a panel found; a result and evidence for each point of one version of the standard."""

    stage = forms.ChoiceField(label=say("How far the service has come"), choices=[("", ""), *STAGES.items()])
    held_on = DayField(label=say("Held on"))
    panel = forms.CharField(label=say("Who sat on the panel"), widget=forms.Textarea(attrs={"rows": 2}))
    result = forms.ChoiceField(
        label=say("What the panel found of the whole"),
        choices=[("", ""), *((key, words) for key, words in RESULTS.items() if key != Result.NOT_LOOKED_AT)],
    )
    summary = forms.CharField(label=say("In a few words"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    report_url = forms.URLField(
        label=say("Address of the report"), required=False, assume_scheme="https", max_length=1000
    )
    published_on = DayField(
        label=say("The report is public from"),
        hint=say("For example 1 October 2026. Until a day is said, readers see nothing."),
        required=False,
    )
    reason = forms.CharField(
        label=say("Why it changes; readers will see it"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    def __init__(self, *args: Any, standard: Standard, before: AssessmentOf | None, **more: Any) -> None:
        initial = {} if before is None else _initial(before)
        super().__init__(*args, initial=initial, **more)
        self.standard, self.before = standard, before
        if before is None:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True
        for point in standard.points:
            self.fields[f"result_{point.number}"] = forms.ChoiceField(
                label=_("What was found"), choices=list(RESULTS.items()), initial=Result.NOT_LOOKED_AT
            )
            self.fields[f"evidence_{point.number}"] = forms.CharField(
                label=_("Evidence"), required=False, widget=forms.Textarea(attrs={"rows": 2})
            )

    def whole(self) -> Iterator[BoundField]:
        """The fields about the whole."""
        return (self[name] for name in self.fields if name in Assess.base_fields)

    def points(self) -> Iterator[tuple[Point, BoundField, BoundField]]:
        """Each point with its two fields."""
        return (
            (point, self[f"result_{point.number}"], self[f"evidence_{point.number}"]) for point in self.standard.points
        )

    def clean(self) -> dict[str, Any]:
        """What is missing is told at its point."""
        told = super().clean() or self.cleaned_data
        for number, words in assessments.objections_by_point(self._found()).items():
            self.add_error(f"evidence_{number}", words)
        return told

    def _found(self) -> tuple[Found, ...]:
        told = self.cleaned_data
        return tuple(
            Found(point.number, told.get(f"result_{point.number}", ""), told.get(f"evidence_{point.number}", ""))
            for point in self.standard.points
        )

    def report(self) -> Report:
        """The report as it is to be recorded."""
        said = {name: self.cleaned_data[name] for name in Assess.base_fields if name != "reason"}
        return Report(standard=self.standard.key, points=self._found(), **said)


def _initial(before: AssessmentOf) -> dict[str, Any]:
    initial = {name: getattr(before, name) for name in Assess.base_fields if name != "reason"}
    for point in before.points:
        initial |= {f"result_{point.number}": point.result, f"evidence_{point.number}": point.evidence}
    return initial


def _found(request: DeskRequest, key: str) -> tuple[Acting, ServiceStanding, Organisation | None]:
    by, found = acting(request), standing.one(key)
    return by, found, Organisation.objects.filter(key=found.now.organisation).first()


def _crumbs(found: ServiceStanding, *, inside: bool = False) -> list[tuple[str, str]]:
    way = [(_("Services"), reverse("desk:services")), (found.name, reverse("desk:service", args=[found.key]))]
    return [*way, (_("Assessments"), reverse("desk:service-assessments", args=[found.key]))] if inside else way


def _shown(one: AssessmentOf) -> dict[str, Any]:
    points = [
        {"point": each, "result": RESULTS[each.result], "colour": COLOURS[Result(each.result)]} for each in one.points
    ]
    return {
        "one": one, "stage": STAGES[one.stage], "result": RESULTS[one.result], "colour": COLOURS[Result(one.result)],
        "points": [each for each in points if each["point"].result != Result.NOT_LOOKED_AT],
        "unseen": [str(each.number) for each in one.points if each.result == Result.NOT_LOOKED_AT],
    }  # fmt: skip


@require_safe
def everything(request: DeskRequest, key: str) -> HttpResponseBase:
    """Every assessment of a service, with its points, and what was told before it was corrected.

    Reports that are not public yet are read by whoever may record them, describes the service or reads its figures.
    """
    by, found, body = _found(request, key)
    objections = rules.objections_to_acting("service.assess", by, body)
    inside = not objections or not objections_to_reading(by, body)
    today = timezone.localdate(request.at)
    told = assessments.history(key) if inside else assessments.of(key, public_on=today)
    context = {
        "service": found, "objections": objections, "inside": inside, "today": today,
        "standing": [_shown(one) for one in told if not one.replaced],
        "replaced": [_shown(one) for one in told if one.replaced],
        "versions": standards.versions(), "in_force": standards.in_force(today), "crumbs": _crumbs(found),
    }  # fmt: skip
    return render(request, "desk/services/assessments.html", context)


def assess(request: DeskRequest, key: str) -> HttpResponseBase:
    """Write down what a panel found, against the version of the standard that `?standard=` names."""
    by, found = _assessor(request, key)
    return _form(request, by, found, standards.find(request.GET.get("standard", "")), None)


def correct(request: DeskRequest, key: str, assessment_id: int) -> HttpResponseBase:
    """Put something right in an assessment, with a reason; what was told before stays to be read."""
    by, found = _assessor(request, key)
    before = next((one for one in assessments.of(key) if one.id == assessment_id), None)
    if before is None:
        raise Missing(_("There is no such assessment of this service, or it was corrected already."))
    return _form(request, by, found, before.standard, before)


def _assessor(request: DeskRequest, key: str) -> tuple[Acting, ServiceStanding]:
    by, found, body = _found(request, key)
    if objections := rules.objections_to_acting("service.assess", by, body):
        raise Refused(objections)
    return by, found


def _form(
    request: DeskRequest, by: Acting, found: ServiceStanding, standard: Standard, before: AssessmentOf | None
) -> HttpResponseBase:
    form = Assess(request.POST or None, standard=standard, before=before)
    if request.method == "POST" and form.is_valid():
        try:
            assessments.record(
                key=found.key, report=form.report(), by=by, at=request.at, corrects=before.id if before else None,
                reason=form.cleaned_data.get("reason", ""),
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, _("The assessment is noted."))
            return redirect("desk:service-assessments", found.key)
    context = {
        "form": form, "service": found, "standard": standard, "before": before, "crumbs": _crumbs(found, inside=True),
        "title": _("Correct an assessment") if before else _("Note an assessment"),
    }  # fmt: skip
    return render(request, "desk/services/assess.html", context, status=422 if form.errors else 200)
