"""The register of services at the desk: listed and filtered, described anew with a reason, merged and split."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.errors import Refused
from penholder.measure.definitions import DEFINITIONS
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Post, Role
from penholder.services import registrations, rules, standing
from penholder.services.models import ChannelKind, Descent
from penholder.services.registrations import Described, NewService
from penholder.services.standing import ServiceStanding, TargetOf
from penholder.web.channels import channel_name
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.days import DayField
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm, done
from penholder.web.desk.service_figures import shown
from penholder.web.desk.service_names import ServicesField

# So many services stand on one page; the real register has 734.
LISTED = 50
_named = lazy(channel_name, str)
_WAYS = [(kind.value, _named(kind.value, "")) for kind in ChannelKind]
_DEFINITIONS = {each.key: each for each in DEFINITIONS}


class _Posts(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of posts, each with its organisation."""

    def label_from_instance(self, obj: Any) -> str:
        """The post in words."""
        return str(obj.words)


class Describe(PlainForm):
    """What is said about a service."""

    name = forms.CharField(label=say("Name of the service"), max_length=300)
    organisation = forms.ModelChoiceField(label=say("Organisation"), queryset=Organisation.objects.none())
    agency = forms.CharField(label=say("Agency or body that runs it"), max_length=300, required=False)
    manager = _Posts(
        label=say("Service manager (a post)"), queryset=Post.objects.none(), required=False,
        empty_label=say("Nobody yet"),
    )  # fmt: skip
    purpose = forms.CharField(label=say("What it is for"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    users = forms.CharField(label=say("Who uses it"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    needs = forms.CharField(
        label=say("What they need, in plain words"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    url = forms.URLField(label=say("Address on the web"), required=False, assume_scheme="https", max_length=1000)
    opened_on = DayField(label=say("Opened on"), required=False)
    closed_on = DayField(label=say("Closed on"), required=False)
    as_of = DayField(label=say("From which day this is so"))

    def __init__(self, *args: Any, by: Acting, **more: Any) -> None:
        super().__init__(*args, **more)
        organisation, manager = self.fields["organisation"], self.fields["manager"]
        assert isinstance(organisation, forms.ModelChoiceField)  # noqa: S101 - declared so above
        assert isinstance(manager, forms.ModelChoiceField)  # noqa: S101 - declared so above
        everywhere = by.post.role == Role.PEN
        bodies = Organisation.objects.all() if everywhere else Organisation.objects.filter(pk=by.post.organisation_id)
        organisation.queryset = bodies
        posts = Post.objects.filter(role=Role.SERVICE_MANAGER).select_related("organisation")
        manager.queryset = posts if everywhere else posts.filter(organisation=by.post.organisation_id)


class Change(Describe):
    """What is said anew, and why."""

    reason = forms.CharField(label=say("Why it changes; readers will see it"), widget=forms.Textarea(attrs={"rows": 2}))


class Register(Describe):
    """A new service with its channels."""

    channels = forms.MultipleChoiceField(
        label=say("By what ways people use it"), choices=_WAYS, widget=forms.CheckboxSelectMultiple
    )


class Way(PlainForm):
    """A way of using the service, that opens or closes."""

    kind = forms.ChoiceField(label=say("Kind of channel"), choices=_WAYS)
    name = forms.CharField(label=say("What it is called"), max_length=100, required=False)
    klass = forms.ChoiceField(
        label=say("As what its transactions count"), required=False,
        choices=[
            ("", say("As they count now, or as is usual for its kind")), ("digital", say("As digital")),
            ("assisted digital", say("As assisted digital")), ("other", say("As not digital")),
        ],
    )  # fmt: skip
    opened_on = DayField(label=say("Opened on"), required=False)
    closed_on = DayField(label=say("Closed on"), required=False)


class Follow(PlainForm):
    """What became of a service."""

    kind = forms.ChoiceField(
        label=say("What happened"),
        choices=[
            (Descent.Kind.MERGED, say("It was merged into another")),
            (Descent.Kind.SPLIT, say("It was split into others")),
        ],
    )  # fmt: skip
    successors = ServicesField(label=say("Which services follow"))
    on = DayField(label=say("From which day"))
    reason = forms.CharField(label=say("Why"), widget=forms.Textarea(attrs={"rows": 2}))


def services(request: DeskRequest) -> HttpResponseBase:
    """Every service, filtered by organisation and words."""
    by = acting(request)
    words, body = request.GET.get("q", "").strip(), request.GET.get("organisation", "")
    listed = standing.listed()
    bodies = sorted({(one.now.organisation, one.now.organisation_name) for one in listed}, key=lambda one: one[1])
    found = [one for one in listed if (not body or one.now.organisation == body) and _says(one, words)]
    page = Paginator(found, LISTED).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page, "count": len(found), "all": len(listed), "bodies": bodies, "body": body, "words": words,
        "query": query.urlencode(), "objections": permissions.objections("service.register", by.post),
        "submits": not permissions.objections("figures.submit", by.post),
        "reads": _reads(by),
    }  # fmt: skip
    return render(request, "desk/services/list.html", context)


def _reads(by: Acting) -> bool:
    return any(not permissions.objections(act, by.post) for act in ("figures.check", "figures.sign", "figures.publish"))


def _says(one: ServiceStanding, words: str) -> bool:
    folded = words.casefold()
    return not folded or any(folded in text.casefold() for text in (one.name, one.key, one.now.agency, *one.aliases))


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Services"), reverse("desk:services")), *more]


def add(request: DeskRequest) -> HttpResponseBase:
    """Put a service into the register."""
    by = acting(request)
    if objections := permissions.objections("service.register", by.post):
        raise Refused(objections)
    today = timezone.localdate(request.at)
    form = Register(request.POST or None, by=by, initial={"organisation": by.post.organisation_id, "as_of": today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        channels, as_of = tuple(given.pop("channels")), given.pop("as_of")
        new = NewService(slugify(given["name"])[:200].strip("-"), Described(**given), channels)
        try:
            made = registrations.register(new=new, as_of=as_of, said_on=today, by=by, at=request.at)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, _("“%(name)s” is in the register.") % {"name": given["name"]})
            return redirect("desk:service", made.key)
    context = {"form": form, "title": _("Add a service"), "button": _("Add the service"), "crumbs": _crumbs()}
    return render(request, "desk/services/form.html", context, status=422 if form.errors else 200)


def service(request: DeskRequest, key: str) -> HttpResponseBase:
    """One service as it stands, what was said before, its channels, and what became of it."""
    by, found = acting(request), standing.one(key)
    body = Organisation.objects.filter(key=found.now.organisation).first()
    submits = not rules.objections_to_acting("figures.submit", by, body)
    context = {
        "service": found, "objections": rules.objections_to_acting("service.register", by, body),
        "reads": _reads(by) or submits, "submits": submits, "links_form": bool(found.now.manager_key) and submits,
        "aims": [_aim(one) for one in found.targets if one.stands and one.value is not None],
        "crumbs": _crumbs(), "older": list(reversed(found.history[:-1])),
    }  # fmt: skip
    return render(request, "desk/services/service.html", context)


def _aim(one: TargetOf) -> dict[str, Any]:
    by = _DEFINITIONS[one.definition]
    return {"title": _(by.title), "value": shown(one.value, by), "due": one.due_on, "reason": one.reason}


def change(request: DeskRequest, key: str) -> HttpResponseBase:
    """Say something else about a service, from a day on and with a reason; what was said before stays."""
    by = acting(request)
    version = registrations.current(registrations.find(key))
    if objections := rules.objections_to_acting("service.register", by, version.organisation):
        raise Refused(objections)
    today = timezone.localdate(request.at)
    initial = {name: getattr(version, name) for name in registrations.FIELDS} | {"as_of": today}
    form = Change(request.POST or None, by=by, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        as_of, reason = given.pop("as_of"), given.pop("reason")
        try:
            registrations.change(key=key, as_of=as_of, said_on=today, reason=reason, by=by, at=request.at, **given)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, _("It is noted. What was said before stands below."))
            return redirect("desk:service", key)
    return _form(request, (key, version.name), form, _("Describe it anew"), _("Note the change"))


def way(request: DeskRequest, key: str) -> HttpResponseBase:
    """Say by what way a service can be used, or that it no longer can."""
    by, found = acting(request), standing.one(key)
    body = Organisation.objects.filter(key=found.now.organisation).first()
    if objections := rules.objections_to_acting("service.register", by, body):
        raise Refused(objections)
    form = Way(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        before = next((one for one in found.channels if one.key == given["kind"]), None)
        # What is left empty stays as it was.
        for name in ("name", "klass", "opened_on") if before else ():
            given[name] = given[name] or getattr(before, name)
        registrations.put_channel(key=key, channel=given["kind"], by=by, at=request.at, **given)
        messages.success(request, _("The channel is noted."))
        return redirect("desk:service", key)
    return _form(request, (key, found.name), form, _("Open or close a channel"), _("Note the channel"))


def follow(request: DeskRequest, key: str) -> HttpResponseBase:
    """Say that a service was merged into another, or split."""
    by, found = acting(request), standing.one(key)
    body = Organisation.objects.filter(key=found.now.organisation).first()
    if objections := rules.objections_to_acting("service.register", by, body):
        raise Refused(objections)
    form = Follow(request.POST or None)
    if done(form, partial(registrations.descend, predecessor=key, by=by, at=request.at)):
        messages.success(request, _("It is noted what became of the service. Its figures stay its own."))
        return redirect("desk:service", key)
    return _form(request, (key, found.name), form, _("Merge or split it"), _("Note what became of it"))


def _form(request: DeskRequest, about: tuple[str, str], form: forms.Form, title: str, button: str) -> HttpResponseBase:
    key, name = about
    context = {
        "form": form, "title": title, "about": name, "button": button,
        "crumbs": _crumbs((name, reverse("desk:service", args=[key]))),
    }  # fmt: skip
    return render(request, "desk/services/form.html", context, status=422 if form.errors else 200)
