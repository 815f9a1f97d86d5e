"""Publications of figures at the desk: a period is frozen, what was noticed is explained, signed off and published."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Role
from penholder.services import frozen, periods, publications, rules
from penholder.services.models import Publication, Purpose, ServiceVersion, State
from penholder.web.desk import figure_words
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.service_figures import objections_to_reading, shown
from penholder.web.desk.states import State as Shown

STATES = {
    one.key: one
    for one in (
        Shown("frozen", say("Frozen, to be checked"), say("The figures are fixed; what was noticed is explained."),
              "open", "part"),
        Shown("checked", say("Checked, to be signed off"), say("Everything noticed has its reason."), "half", "part"),
        Shown("signed", say("Signed off"), say("The responsible post stands for these figures."), "tick", "good"),
        Shown("published", say("Published"), say("Everybody can read them."), "cleared", "good"),
        Shown("replaced", say("Replaced by a newer one"), say("A correction or withdrawal took its place."),
              "onward", "quiet"),
        Shown("discarded", say("Discarded"), say("It was given up before it was published."), "off", "quiet"),
    )
}  # fmt: skip


class Freeze(PlainForm):
    """Which figures are fixed, and as what."""

    organisation = forms.ChoiceField(label=say("Whose services"))
    period = forms.CharField(
        label=say("Period"), help_text=say("A month such as 2026-10, a quarter such as 2026-Q4."), max_length=30
    )
    purpose = forms.ChoiceField(
        label=say("As"), widget=forms.RadioSelect, initial=Purpose.FIRST,
        choices=[
            (Purpose.FIRST, say("The first publication of this period")),
            (Purpose.CORRECTION, say("A correction of what is published")),
            (Purpose.WITHDRAWAL, say("A withdrawal of what is published")),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label=say("Why, for a correction or a withdrawal; readers will see it"), required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = choices


def everything(request: DeskRequest) -> HttpResponseBase:
    """Publications that this post may read, those in work first; a form freezes a period."""
    by = acting(request)
    if objections := objections_to_reading(by, by.post.organisation):
        raise Refused(objections)
    month = periods.months(timezone.localdate(request.at)).before()
    initial = {"organisation": by.post.organisation.key, "period": month.key}
    form = Freeze(request.POST or None, choices=_bodies(by), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = publications.freeze(
                organisation=Organisation.objects.get(key=given["organisation"]), span=periods.parse(given["period"]),
                purpose=given["purpose"], reason=given["reason"], by=by, at=request.at,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(
                request, _("The figures are frozen. Explain what was noticed, then they count as checked.")
            )
            return redirect("desk:publication", made.key)
    organisation = "" if by.post.role in {Role.PEN, Role.ADVISER} else by.post.organisation.key
    rows = publications.listed(organisation=organisation)
    told = [{"row": row, "state": STATES[row.state], "period": _period(row)} for row in rows]
    in_work = {State.FROZEN, State.CHECKED, State.SIGNED}
    context = {
        "form": form, "choices": _bodies(by),
        "objections": rules.objections_to_acting("figures.check", by, None),
        "in_work": [one for one in told if one["row"].state in in_work],  # type: ignore[attr-defined]
        "others": [one for one in told if one["row"].state not in in_work],  # type: ignore[attr-defined]
        "crumbs": [(_("Services"), reverse("desk:services"))],
    }  # fmt: skip
    return render(request, "desk/figures/publications.html", context, status=422 if form.errors else 200)


def _bodies(by: Acting) -> list[tuple[str, str]]:
    rows = Organisation.objects.filter(pk__in=ServiceVersion.objects.filter(superseded_by=None).values("organisation"))
    rows = rows if by.post.role == Role.PEN else rows.filter(pk=by.post.organisation_id)
    return [(row.key, row.name) for row in rows.order_by("name")]


def _period(row: Publication) -> str:
    return figure_words.period(periods.span(row.period))


def publication(request: DeskRequest, key: str) -> HttpResponseBase:
    """One publication: its figures, what was noticed, and what may be done with it now."""
    by, found = acting(request), publications.find(key)
    if objections := objections_to_reading(by, found.organisation):
        raise Refused(objections)
    return render(request, "desk/figures/publication.html", _about(by, found))


def _about(by: Acting, found: Publication, reasons: tuple[str, ...] = ()) -> dict[str, Any]:
    flags = list(found.flags.select_related("service"))
    checks = not rules.objections_to_acting("figures.check", by, found.organisation)
    steps = {
        "sign": rules.objections_to_signing(found, by=by, seal=found.seal) if found.state == State.CHECKED else [],
        "publish": rules.objections_to_publishing(found, by=by) if found.state == State.SIGNED else [],
    }  # fmt: skip
    return {
        "found": found, "state": STATES[found.state], "period": _period(found), "flags": flags,
        "open": [flag for flag in flags if not flag.reason], "checks": checks, "steps": steps, "reasons": reasons,
        "discards": checks and found.state in {State.FROZEN, State.CHECKED, State.SIGNED}, **_figures(found),
        "crumbs": [
            (_("Services"), reverse("desk:services")), (_("Publications of figures"), reverse("desk:publications")),
        ],
    }  # fmt: skip


def _figures(found: Publication) -> dict[str, Any]:
    """Figures of all channels together: a row for each service, a column for each definition in force."""
    heads: dict[tuple[str, int], str] = {}
    rows: defaultdict[str, dict[tuple[str, int], dict[str, Any]]] = defaultdict(dict)
    starts = found.period.starts_on
    for one in frozen.of(found):
        definition = one.figure.definition
        later = definition.effective_to is not None and definition.effective_to <= starts
        if one.channel or later or definition.effective_from > starts:
            continue
        at = definition.key, definition.version
        heads[at] = _(definition.title)
        rows[one.service][at] = {"words": shown(one.figure.value, definition), "n": one.figure.n}
    named = dict(
        ServiceVersion.objects.filter(superseded_by=None, service__key__in=rows).values_list("service__key", "name")
    )
    return {
        "heads": list(heads.values()),
        "rows": [
            {
                "name": named.get(key, key),
                "cells": [{"head": heads[at], **cells.get(at, {"words": "–"})} for at in heads],
            }
            for key, cells in sorted(rows.items())
        ],
    }


@require_POST
def act(request: DeskRequest, key: str) -> HttpResponseBase:
    """Explain what was noticed, check, sign off, publish or discard: whichever button was pressed."""
    by, found = acting(request), publications.find(key)
    if objections := objections_to_reading(by, found.organisation):
        raise Refused(objections)
    try:
        said = _done(request, by, found)
    except Refused as refused:
        found = publications.find(key)
        return render(request, "desk/figures/publication.html", _about(by, found, refused.reasons), status=409)
    messages.success(request, said)
    return redirect("desk:publication", key)


@transaction.atomic
def _answered(request: DeskRequest, by: Acting, found: Publication) -> str:
    """Note each reason that is new; those that have none get the one for all."""
    every = request.POST.get("every", "").strip()
    count = 0
    for flag in found.flags.all():
        reason = request.POST.get(f"reason-{flag.pk}", "").strip() or ("" if flag.reason else every)
        if reason and reason != flag.reason:
            publications.answer(flag_id=flag.pk, reason=reason, by=by, at=request.at)
            count += 1
    if not count:
        raise Refused(_("Say why this is so. “It is right” is a reason, if somebody looked."))
    return ngettext("%(count)s reason is noted.", "%(count)s reasons are noted.", count) % {"count": count}


def _done(request: DeskRequest, by: Acting, found: Publication) -> str:
    wanted = request.POST.get("act", "")
    how: dict[str, Any] = {"publication_id": found.pk, "by": by, "at": request.at}
    if wanted == "answer":
        return _answered(request, by, found)
    if wanted == "check":
        publications.check(**how)
        return _("The figures count as checked. The responsible post can sign them off.")
    if wanted == "sign":
        publications.sign(seal=request.POST.get("seal", ""), **how)
        return _("You signed these figures off.")
    if wanted == "publish":
        publications.publish(**how)
        return _("The figures are published, with their seal.")
    publications.discard(reason=request.POST.get("reason", ""), **how)
    return _("The publication is discarded. Nothing of it is public.")
