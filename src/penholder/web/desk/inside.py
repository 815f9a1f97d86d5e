"""Remarks inside an organisation that is asked: made by its people, lodged or left by who speaks for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.views.decorators.http import require_POST

from penholder.agreement import looks, remarks, rules
from penholder.agreement.models import Asked, Class, Remark, RemarkState
from penholder.drafting import sealed_texts
from penholder.drafting.sealed_texts import SealedPart
from penholder.errors import Missing, Refused
from penholder.people import permissions
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.signing import Door, by_desk

# So much of a passage is shown where one is chosen.
FIRST_WORDS = 110


class Remarking(PlainForm):
    """A remark on a passage, a section or the whole text."""

    body = forms.CharField(label=say("Your remark"), widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000)
    klass = forms.ChoiceField(label=say("How much hangs on it"), choices=Class.choices, widget=forms.RadioSelect)
    section = forms.CharField(widget=forms.HiddenInput, required=False)
    passage = forms.ChoiceField(label=say("Which passage"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, part: SealedPart | None, **more: Any) -> None:
        super().__init__(*args, **more)
        if part is None:
            del self.fields["passage"]
            return
        chosen = self.fields["passage"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - declared so above
        passages = zip(part.ids, part.blocks, strict=True)
        chosen.choices = [
            ("", _("The whole section")),
            *((name, format_html('<span lang="en">{}</span>', block.plain[:FIRST_WORDS])) for name, block in passages),
        ]


def inside(request: DeskRequest, asked_id: int) -> HttpResponseBase:
    """What was said inside so far, and a form: first the section, then the passage and the words."""
    door = by_desk(request, asked_id)
    _refuse_outsiders(door)
    iteration = door.asked.round.iteration
    parts = {part.key: part for part in sealed_texts.read(iteration).sections}
    key = request.POST.get("section", "") or request.GET.get("section", "")
    part = parts.get(key)
    form = Remarking(request.POST or None, part=part, initial={"section": key, "passage": ""})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        remarks.make(
            asked_id=asked_id,
            klass=given["klass"],
            body=given["body"],
            section=key,
            passage=given.get("passage", ""),
            by=door.by,
            at=request.at,
        )
        messages.success(request, _("Your remark is kept inside your organisation until it is lodged."))
        return redirect("desk:inside", asked_id)
    if request.method != "POST":
        looks.show(iteration=iteration, by=door.by, at=request.at, asked=door.asked)
    context = {
        "asked": door.asked,
        "round": door.asked.round,
        "rows": [_row(door, request, one, parts) for one in remarks.inside(asked_id)],
        "form": form,
        "sections": [(one.key, one.title) for one in parts.values()],
        "chosen": part,
        "objections": rules.objections_to_remarking(door.asked, by=door.by, at=request.at),
    }
    return render(request, "desk/rounds/inside.html", context)


def _refuse_outsiders(door: Door) -> None:
    """What is said inside is for the organisation alone, and never for the pen team or the chair, wherever they sit."""
    outside = door.by.post.organisation_id != door.asked.post.organisation_id
    if outside or permissions.objections("remark.make", door.by.post):
        raise Refused(_("What is said inside an organisation is for its own people until it is lodged."))


def _row(door: Door, request: DeskRequest, one: Remark, parts: dict[str, SealedPart]) -> dict[str, Any]:
    kept = one.state == RemarkState.INTERNAL
    part = parts.get(one.section)
    return {
        "one": one,
        "section": part.title if part else one.section,
        "lodges": kept and not rules.objections_to_lodging(one, door.asked.round, by=door.by, at=request.at),
        "drops": kept and not rules.objections_to_dropping(one, by=door.by, at=request.at),
    }


@require_POST
def settle(request: DeskRequest, remark_id: int) -> HttpResponseBase:
    """Lodge a remark in the name of the post, or leave it inside."""
    remark = Remark.objects.select_related("asked").filter(pk=remark_id).first()
    if remark is None:
        raise Missing(_("There is no such remark. Go back to the round and choose it there."))
    asked: Asked = remark.asked
    door = by_desk(request, asked.pk)
    if request.POST.get("act") == "lodge":
        made = remarks.lodge(remark_id=remark_id, by=door.by, at=request.at)
        messages.success(request, _("It is lodged as remark %(number)s.") % {"number": made.number})
    else:
        remarks.drop(remark_id=remark_id, by=door.by, at=request.at)
        messages.success(request, _("It stays inside your organisation, and is not lodged."))
    return redirect("desk:inside", asked.pk)
