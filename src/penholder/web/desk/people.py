"""Pages of people and posts: who holds what and since when, who is invited, what became of an organisation, who may."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from penholder.errors import Missing
from penholder.people import invitations, organisations, permissions, posts, successions
from penholder.people.models import Invitation, Organisation, Person, Role, Succession
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.days import DayField
from penholder.web.desk.rendering import PlainForm


class Invite(PlainForm):
    """Who is invited."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)


class Follow(PlainForm):
    """What became of an organisation."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=[
            (Succession.Kind.MERGED, gettext_lazy("It was merged into another")),
            (Succession.Kind.SPLIT, gettext_lazy("It was split")),
            (Succession.Kind.RENAMED, gettext_lazy("It was renamed")),
            (Succession.Kind.MOVED, gettext_lazy("Its work moved to another")),
        ],
    )
    successors = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who follows"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    on = DayField(label=gettext_lazy("From which day"))
    reason = forms.CharField(label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, organisation: Organisation, **more: Any) -> None:
        super().__init__(*args, **more)
        chosen = self.fields["successors"]
        assert isinstance(chosen, forms.ModelMultipleChoiceField)  # noqa: S101 - declared so above
        chosen.queryset = Organisation.objects.exclude(pk=organisation.pk)


class MakePost(PlainForm):
    """A new post."""

    title = forms.CharField(label=gettext_lazy("Title of the post"), max_length=300)
    role = forms.ChoiceField(label=gettext_lazy("What it is for"), choices=Role.choices)


class MakeOrganisation(PlainForm):
    """A new organisation."""

    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=300)
    acronym = forms.CharField(label=gettext_lazy("Short form"), max_length=40, required=False)
    parent = forms.CharField(
        label=gettext_lazy("Belongs to"), help_text=gettext_lazy("Any name of another organisation."), required=False
    )


def _today(request: DeskRequest) -> date:
    return timezone.localtime(request.at).date()


@require_safe
def everyone(request: DeskRequest) -> HttpResponse:
    """All organisations with their posts, and who holds each now."""
    branches = organisations.tree(on=_today(request))
    held = {one.post.pk: one for one in posts.holders([post for b in branches for post in b.posts], at=request.at)}
    rows = [(branch, [held[post.pk] for post in branch.posts]) for branch in branches]
    objections = permissions.objections("people.invite", request.acting.post if request.acting else None)
    return render(
        request, "desk/people/everyone.html", {"rows": rows, "objections": objections, "form": MakeOrganisation()}
    )


@require_POST
def make_organisation(request: DeskRequest) -> HttpResponseBase:
    """Set up an organisation."""
    form = MakeOrganisation(request.POST)
    if not form.is_valid():
        return render(request, "desk/people/organisation_form.html", {"form": form}, status=422)
    made = organisations.make(by=acting(request), at=request.at, **form.cleaned_data)
    messages.success(request, _("%(name)s is set up.") % {"name": made.name})
    return redirect("desk:organisation", made.key)


def organisation(request: DeskRequest, key: str) -> HttpResponseBase:
    """One organisation: its names, its posts, what became of it. Forms say what becomes of it, or add a post."""
    found = _organisation(key)
    follow = Follow(request.POST if request.POST.get("form") == "follow" else None, organisation=found)
    make = MakePost(request.POST if request.POST.get("form") == "post" else None)
    if follow.is_bound and follow.is_valid():
        given = follow.cleaned_data
        successions.succeed(
            predecessor=found,
            successors=list(given["successors"]),
            kind=given["kind"],
            on=given["on"],
            reason=given["reason"],
            by=acting(request),
            at=request.at,
        )
        messages.success(request, _("It is noted who answers for %(name)s.") % {"name": found.name})
        return redirect("desk:organisation", key)
    if make.is_bound and make.is_valid():
        post = posts.make(organisation=found, by=acting(request), at=request.at, **make.cleaned_data)
        messages.success(request, _("%(post)s is set up.") % {"post": post.words})
        return redirect("desk:post", post.key)
    return render(request, "desk/people/organisation.html", _about(request, found, follow, make))


def _about(request: DeskRequest, found: Organisation, follow: Follow, make: MakePost) -> dict[str, Any]:
    return {
        "organisation": found,
        "aliases": [alias.name for alias in found.aliases.all() if alias.name != found.name],
        "held": posts.holders(list(found.posts.select_related("organisation").order_by("title")), at=request.at),
        "followed": found.successions.select_related("successor"),
        "follows": found.precedents.select_related("predecessor"),
        "answers": successions.answers_for(found, on=_today(request)),
        "objections": permissions.objections("people.invite", request.acting.post if request.acting else None),
        "follow": follow,
        "make": make,
        "form": follow if follow.is_bound else make,
        "crumbs": [(_("People and posts"), reverse("desk:people"))],
    }


def _organisation(key: str) -> Organisation:
    found = Organisation.objects.select_related("parent").filter(key=key).first()
    if found is None:
        raise Missing(_("There is no such organisation."))
    return found


def post(request: DeskRequest, key: str) -> HttpResponseBase:
    """One post: who holds it, who held it, who is invited. A form invites somebody."""
    found = posts.find(key)
    form = Invite(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitations.invite(
            post=found, link=lambda token: invitation_link(request, token), by=acting(request), at=request.at,
            **form.cleaned_data,
        )  # fmt: skip
        messages.success(
            request, _("The invitation is on its way to %(email)s.") % {"email": form.cleaned_data["email"]}
        )
        return redirect("desk:post", key)
    (held,) = posts.holders([found], at=request.at)
    return render(
        request,
        "desk/people/post.html",
        {
            "post": found,
            "role": Role(found.role).label,
            "held": held,
            "past": [holding for holding in held.ever if holding not in held.now],
            "invited": invitations.open_ones(at=request.at).filter(post=found),
            "objections": posts.objections_to_giving(found, by=request.acting)
            if request.acting
            else permissions.objections("people.invite", None),
            "form": form,
            "crumbs": [
                (_("People and posts"), reverse("desk:people")),
                (found.organisation.name, reverse("desk:organisation", args=[found.organisation.key])),
            ],
        },
    )


def invitation_link(request: DeskRequest, token: str) -> str:
    """Where an invitation is accepted, for a letter: on the instance's own address when it is known."""
    path = reverse("invitation", args=[token])
    return (
        settings.PENHOLDER_ADDRESS.rstrip("/") + path
        if settings.PENHOLDER_ADDRESS
        else request.build_absolute_uri(path)
    )


@require_POST
def leave(request: DeskRequest, key: str, person_id: int) -> HttpResponseBase:
    """End a holding: by whoever may, or by the holder."""
    found = posts.find(key)
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Missing(_("There is no such person."))
    posts.leave(post=found, person=person, by=request.acting or _himself(request), at=request.at)
    messages.success(request, _("%(name)s no longer holds %(post)s.") % {"name": person, "post": found.words})
    return redirect("desk:post", key)


@require_POST
def end_invitation(request: DeskRequest, key: str, invitation_id: int) -> HttpResponseBase:
    """Take an invitation back."""
    ended: Invitation = invitations.end(invitation_id=invitation_id, by=acting(request), at=request.at)
    messages.success(request, _("The invitation of %(email)s is ended.") % {"email": ended.email})
    return redirect("desk:post", key)


@require_safe
def who_may(request: DeskRequest) -> HttpResponse:
    """“Why can't I?”: every act, who may, and whether I may as the post that I act as."""
    mine = request.acting.post if request.acting else None
    return render(request, "desk/people/permissions.html", {"table": permissions.explained(mine)})


def acting(request: DeskRequest) -> Any:
    """Who acts. Raises Refused for somebody without a post: None would stand for the machine's own operator."""
    return request.acting or _himself(request)


def _himself(request: DeskRequest) -> Any:
    del request
    raise Missing(_("You hold no post, so you cannot do this. Whoever invited you can give you one."))
