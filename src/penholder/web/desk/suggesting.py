"""Suggesting a change to one passage: a plain form, whose words outlive every error on the way."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.drafting import naming, objections, suggestions
from penholder.drafting.contributions import Suggestion, Weight, What
from penholder.drafting.models import Document
from penholder.drafting.naming import DraftedPart, Named, Standing
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused
from penholder.web.desk.access import DeskRequest, signed_in
from penholder.web.desk.drawing import drawn, redline, short
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.seated import seated
from penholder.web.desk.together import crumbs

# Where the session keeps what somebody had written when it turned out that they were signed out.
KEPT = "desk.suggested"
# What a form may hold to be kept so: the longest words and the longest reason, and room for the rest.
LONGEST_KEPT = 4 * objections.LONGEST_WORDS
READ = "penholder.desk.suggesting"

INSIDE = [
    ("", say("Everybody who works on this text, at once")),
    ("inside", say("Only my own organisation, until it is lodged by who speaks for it")),
]


class Suggesting(PlainForm):
    """What somebody suggests. `base` is the passage as they read it, signed, so that nobody can say it for us."""

    what = forms.ChoiceField(choices=What.choices, widget=forms.HiddenInput)
    section = forms.CharField(widget=forms.HiddenInput)
    passage = forms.CharField(widget=forms.HiddenInput, required=False)
    base = forms.CharField(widget=forms.HiddenInput, required=False)
    proposed = forms.CharField(
        label=say("How it should read"), widget=forms.Textarea, required=False, max_length=objections.LONGEST_WORDS
    )
    target = forms.ChoiceField(label=say("Where it should stand"), required=False)
    reason = forms.CharField(
        label=say("Why"),
        help_text=say("Who decides about it will read this, and so will everybody who works on the text."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=objections.LONGEST_REMARK,
    )
    weight = forms.ChoiceField(
        label=say("How much hangs on it"), choices=Weight.choices, initial=Weight.SHOULD, widget=forms.RadioSelect
    )
    inside = forms.ChoiceField(label=say("Who sees it"), choices=INSIDE, required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, targets: list[tuple[str, str]], what: str, **more: Any) -> None:
        super().__init__(*args, **more)
        cast("forms.ChoiceField", self.fields["target"]).choices = targets
        for name in _unwanted(what):
            del self.fields[name]
        for name in {"proposed", "target"} & self.fields.keys():
            self.fields[name].required = True
        if what == What.INSERT:
            self.fields["proposed"].label = say("The passage to add")

    def full_clean(self) -> None:
        """Who looks at the change first need not say why yet."""
        self.fields["reason"].required = "preview" not in self.data
        super().full_clean()
        self.fields["reason"].required = True

    @property
    def quote(self) -> str | None:
        """The passage as it was read; None when nobody signed it."""
        try:
            return str(signing.loads(self.cleaned_data["base"], salt=READ))
        except signing.BadSignature:
            return None


def _unwanted(what: str) -> list[str]:
    unwanted = {What.DELETE: ["proposed", "target"], What.MOVE: ["proposed"]}
    return unwanted.get(What(what), ["target"])


def suggest(request: HttpRequest, key: str) -> HttpResponseBase:
    """The form. Who was signed out meanwhile finds what they wrote after signing in again."""
    if request.method == "POST" and not request.user.is_authenticated:
        sent = {name: request.POST.get(name, "") for name in Suggesting.base_fields}
        if sum(map(len, sent.values())) <= LONGEST_KEPT:
            request.session[KEPT] = sent | {"key": key}
        address = reverse("desk:suggest", args=[key])
        return redirect_to_login(f"{address}?section={sent['section']}&passage={sent['passage']}&what={sent['what']}")
    return signed_in(_suggest)(request, key=key)


def _suggest(request: DeskRequest, key: str) -> HttpResponseBase:
    document, seat = seated(request, key)
    named = naming.names(document)
    told = request.POST if request.method == "POST" else request.GET
    what = told.get("what") if told.get("what") in What.values else What.REPLACE
    passage = told.get("passage", "")
    standing = named.now(passage) if passage else None
    section = standing.section if standing else told.get("section", "")
    part = named.part(section)
    if part is None or (passage and standing is None and request.method == "GET"):
        raise Missing(_("That passage does not stand in the draft now. Choose it again in the text."))
    form = _form(request, key, str(what), section=section, standing=standing, named=named)
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        row = _made(request, document, seat, form)
        if row is not None:
            messages.success(request, _told(row))
            return redirect("desk:suggestion", key, row.pk)
    back = reverse("desk:together-section", args=[document.key, part.key])
    ways = {"here": reverse("desk:suggest", args=[document.key]), "back": back}
    context = shown(form, str(what), standing=standing, part=part, **ways)
    context |= {"document": document, "crumbs": [*crumbs(document), (part.title, back)]}
    return render(request, "desk/together/suggest.html", context)


def _form(
    request: DeskRequest, key: str, what: str, *, section: str, standing: Standing | None, named: Named
) -> Suggesting:
    targets = places(section, named) if what == What.MOVE else []
    if request.method == "POST":
        return Suggesting(request.POST, targets=targets, what=what)
    source = standing.block.source if standing else ""
    initial = {
        "what": what,
        "section": section,
        "passage": standing.name if standing else "",
        "base": signing.dumps(source, salt=READ, compress=True),
        "proposed": source if what == What.REPLACE else "",
        "inside": "",
    }
    kept = request.session.get(KEPT)
    if kept and kept.get("key") == key and kept.get("passage") == initial["passage"] and kept.get("what") == what:
        del request.session[KEPT]
        messages.info(
            request, _("You were signed out while you wrote. What you wrote is here again; it is not sent yet.")
        )
        initial |= {name: value for name, value in kept.items() if name != "key"}
    return Suggesting(initial=initial, targets=targets, what=what)


def places(section: str, named: Named) -> list[tuple[str, str]]:
    """Where a passage can go: after each of its own section, and to the beginning and the end of every other."""
    found = [("", _("Choose"))]
    for part in named.parts:
        found.append((f"{part.key}\n", _("At the beginning of “%(section)s”") % {"section": part.title}))
        passages = list(part.passages)
        if part.key == section:
            after = _("After “%(words)s”")
            found += [(f"{part.key}\n{one.name}", after % {"words": short(one.block.source)}) for one in passages]
        elif passages:
            end = _("At the end of “%(section)s”") % {"section": part.title}
            found.append((f"{part.key}\n{passages[-1].name}", end))
    return found


def _made(request: DeskRequest, document: Document, seat: Seat, form: Suggesting) -> Suggestion | None:
    given = form.cleaned_data
    section, _line, target = given.get("target", "").partition("\n")
    try:
        return suggestions.make(
            document_id=document.pk,
            what=given["what"],
            section=given["section"],
            passage=given["passage"],
            proposed=given.get("proposed", ""),
            quote=form.quote,
            target=target,
            target_section=section,
            weight=given["weight"],
            reason=given["reason"],
            inside=given["inside"] == "inside",
            by=seat,
            at=request.at,
        )
    except Refused as no:
        for reason in no.reasons:
            form.add_error(None, reason)
        return None


def _told(row: Suggestion) -> str:
    if not row.number:
        return _("Your organisation sees your suggestion now. Nobody else does until it is lodged.")
    return _("This is suggestion %(number)s. You are told what becomes of it.") % {"number": row.number}


def shown(
    form: Suggesting, what: str, *, standing: Standing | None, part: DraftedPart, here: str, back: str
) -> dict[str, Any]:
    """What the page of a suggestion shows: the passage, the form, the change once it can be shown.

    `here` is its own address, `back` that of the section.
    """
    bound = form.is_bound and form.is_valid()
    quote = (form.quote if bound else None) or (standing.block.source if standing else "")
    proposed = form.cleaned_data.get("proposed", "") if bound else ""
    seen = what in {What.REPLACE, What.INSERT} and bool(proposed)
    return {
        "part": part,
        "form": form,
        "what": what,
        "title": What(what).label,
        "standing": standing,
        "passage": drawn([standing]).bodies[0] if standing else "",
        "others": [(one.value, one.label) for one in What if one.value != what and (standing or one == What.INSERT)],
        "change": redline(quote if what == What.REPLACE else "", proposed) if seen else "",
        "now": redline(quote, standing.block.source) if standing and bound and quote != standing.block.source else "",
        "here": here,
        "back": f"{back}#{standing.name}" if standing else back,
    }
