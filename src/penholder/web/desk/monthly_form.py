"""The monthly form of a service: the link is made and ended at the desk; the form itself needs no account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.services import monthly, periods, registrations
from penholder.services.models import FormLink
from penholder.services.monthly import Answered, Field
from penholder.web.channels import channel_name
from penholder.web.desk import figure_words
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm


class Make(PlainForm):
    """To whom the form goes, for which month, and how long it is good."""

    period = forms.CharField(label=say("Month"), help_text=say("For example 2026-10."), max_length=20)
    email = forms.EmailField(label=say("E-mail address of the service manager"))
    days = forms.IntegerField(label=say("For how many days"), initial=21, min_value=1, max_value=monthly.LONGEST_DAYS)


def link(request: DeskRequest, key: str) -> HttpResponseBase:
    """The links of a service's form, and another one, whose address is told in this very answer and nowhere else."""
    by = acting(request)
    version = registrations.current(registrations.find(key))
    month = periods.months(timezone.localdate(request.at)).before()
    form = Make(request.POST or None, initial={"period": month.key})
    context: dict[str, Any] = {
        "version": version, "key": key, "form": form,
        "crumbs": [(_("Services"), reverse("desk:services")), (version.name, reverse("desk:service", args=[key]))],
    }  # fmt: skip
    if objections := monthly.objections_to_making(key, by=by):
        raise Refused(objections)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made, token = monthly.make(
                key=key, span=periods.parse(given["period"]), email=given["email"], days=given["days"], by=by,
                at=request.at,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            told = request.build_absolute_uri(reverse("monthly-form", args=[token]))
            return render(request, "desk/figures/link.html", context | {"link": made, "told": told, **_of(made)})
    context["links"] = [{"row": row, "good": _good(row, request), **_of(row)} for row in monthly.links_of(key)]
    return render(request, "desk/figures/link.html", context, status=422 if form.errors else 200)


def _of(link: FormLink) -> dict[str, str]:
    return {"period": figure_words.period(periods.span(link.period))}


def _good(link: FormLink, request: DeskRequest) -> bool:
    return link.ended_at is None and link.used_at is None and link.expires_at > request.at


@require_POST
def end(request: DeskRequest, link_id: int) -> HttpResponseBase:
    """End a link before its time."""
    link = monthly.end(link_id=link_id, by=acting(request), at=request.at)
    messages.success(request, _("The link is ended. Nobody can fill in the form by it any more."))
    return redirect("desk:form-link", link.service.key)


@never_cache
def fill(request: HttpRequest, token: str) -> HttpResponseBase:
    """The form: saved as a draft, shown once more as it would be submitted, and submitted."""
    at = timezone.now()
    link = monthly.open_form(token, at=at)
    act = request.POST.get("act", "")
    reasons: list[str] = []
    if act in {"save", "check"}:
        link = monthly.save(token, _typed(request, monthly.fields(link)), at=at)
        if act == "save":
            messages.success(request, _("It is saved as a draft. Nothing is submitted yet."))
            return redirect("monthly-form", token)
    if act == "submit":
        try:
            done = monthly.submit(
                token, name=request.POST.get("name", ""), reason=request.POST.get("reason", ""), at=at
            )
        except Refused as refused:
            reasons = list(refused.reasons)
        else:
            return render(request, "desk/figures/form_done.html", _shown(done, token, at))
    context = _shown(link, token, at) | {"reasons": reasons, "name": request.POST.get("name", "")}
    if act in {"check", "submit"} and not context["faults"]:
        by = Acting(post=link.post, name=".", through="link")
        weighed = monthly.weighed(link, by=by, at=at)
        context["reasons"] = reasons or [f"{one.cell.place}: {reason}" for one in weighed for reason in one.objections]
        context["revises"] = any(one.revises for one in weighed)
        context["reason"] = request.POST.get("reason", "")
        status = 409 if context["reasons"] else 200
        return render(request, "desk/figures/form_check.html", context, status=status)
    context["shown_faults"] = act in {"check", "submit"}
    return render(request, "desk/figures/form.html", context, status=422 if context["shown_faults"] else 200)


def _typed(request: HttpRequest, listed: list[Field]) -> dict[str, Answered]:
    typed = {}
    for one in listed:
        text, state = request.POST.get(f"{one.key}:text", "").strip(), request.POST.get(f"{one.key}:state", "")
        # A number that was typed is meant, whatever was chosen before.
        state = "number" if text else state if state in monthly.STATES else ""
        typed[one.key] = Answered(state, text)
    return typed


def _shown(link: FormLink, token: str, at: Any) -> dict[str, Any]:
    listed, answers = monthly.fields(link), monthly.answered(link)
    faults = monthly.objections_to_answers(listed, answers)
    rows = []
    for place, one in enumerate(listed):
        said = answers.get(one.key, Answered())
        given = monthly.given(one, said)
        rows.append(
            {"field": one, "said": said, "fault": faults.get(one.key, ""),
             "words": figure_words.value(given) or said.text, "id": f"field-{place}",
             "title": _title(one),
             "before": figure_words.value(one.before)}
        )  # fmt: skip
    version = registrations.current(link.service)
    span = periods.span(link.period)
    return {
        "link": link, "token": token, "rows": rows, "faults": faults, "service": version.name,
        "organisation": link.post.organisation.name, "post": link.post,
        "period": figure_words.period(span), "last": figure_words.period(span.before()),
        "left": (timezone.localdate(link.expires_at) - timezone.localdate(at)).days,
    }  # fmt: skip


def _title(field: Field) -> str:
    """What a field asks for, with its channel in the reader's language."""
    words = field.quantity.words
    return f"{channel_name(field.channel, field.channel_name)}: {words}" if field.channel else words
