"""Beginning a document: what it is, what it is called, and from which template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.delivery.quoting import in_force
from penholder.drafting import beginnings, kinds, rights
from penholder.drafting.models import Kind
from penholder.errors import Refused
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.people.models import Organisation
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm

# Each kind that can be begun, and what its template holds, in words.
KINDS = {
    Kind.STRATEGY: (say("Strategy"), say("Vision, principles, actions, measures: what many will be asked to agree to")),
    Kind.DEPARTMENTAL: (
        say("Departmental strategy"),
        say("How one organisation will carry out the strategy, with a section for each action that holds now"),
    ),
    Kind.POST: (say("Post"), say("Something short that is published on a day")),
    Kind.REPORT: (say("Report"), say("What was done, what is late and why, who has said nothing")),
    Kind.PAPER: (say("Paper"), say("A question, what is known about it, and a proposal")),
}


class Beginning(PlainForm):
    """A new document."""

    kind = forms.ChoiceField(label=say("What do you want to write?"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=say("Title"), help_text=say("It can be changed later; its address stays."), max_length=500
    )
    subtitle = forms.CharField(label=say("Subtitle"), max_length=500, required=False)
    organisation = forms.ModelChoiceField(
        label=say("Whose it is"),
        help_text=say("The organisation that answers for it. A departmental strategy always has one."),
        queryset=Organisation.objects.none(),
        to_field_name="key",
        empty_label=say("Nobody’s in particular"),
        required=False,
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], own: Organisation | None, **more: Any) -> None:
        super().__init__(*args, **more)
        kind, organisation = self.fields["kind"], self.fields["organisation"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - declared so above
        assert isinstance(organisation, forms.ModelChoiceField)  # noqa: S101 - declared so above
        kind.choices = choices
        rows = Organisation.objects.order_by("name")
        organisation.queryset = rows.filter(pk=own.pk) if own else rows
        if own:
            organisation.empty_label = None
            organisation.required = True


def may_begin(by: Acting) -> list[Kind]:
    """The kinds of document that somebody may begin, for an organisation of their own at least."""
    return [kind for kind in kinds.BEGINNING if not rights.objections_to_drafting(kind, by.post.organisation, by.post)]


def begin(request: DeskRequest) -> HttpResponseBase:
    """A form, then the document with the sections of its template."""
    by = acting(request)
    allowed = may_begin(by)
    if not allowed:
        raise Refused(permissions.objections("text.draft", by.post))
    own = by.post.organisation if permissions.objections("text.draft", by.post) else None
    choices = [(kind.value, f"{KINDS[kind][0]}. {KINDS[kind][1]}.") for kind in allowed]
    initial = {"kind": choices[0][0] if own else request.GET.get("kind", "")}
    form = Beginning(request.POST or None, choices=choices, own=own, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = {name: given[name] for name in ("kind", "title", "organisation")}
        for objection in beginnings.objections_to_beginning(**facts, by=by):
            form.add_error(None, objection)
        if not form.errors:
            actions = in_force() if given["kind"] == Kind.DEPARTMENTAL else []
            made = beginnings.begin(**facts, subtitle=given["subtitle"], actions=actions, by=by, at=request.at)
            messages.success(request, _("The document is begun. Each section says what is to be written in it."))
            return redirect("desk:draft", made.key)
    crumbs = [(_("Texts"), reverse("desk:documents"))] if not own else []
    context = {"form": form, "crumbs": crumbs, "own": own}
    return render(request, "desk/drafts/begin.html", context, status=422 if form.errors else 200)
