"""Who speaks for a post that one holds, and for which posts one speaks: given for one round or document, for a time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from penholder.agreement import delegations
from penholder.agreement.models import Delegation, Kind, Round
from penholder.drafting.models import Document
from penholder.people.models import Person, Post
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.days import DayField
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm


class Delegate(PlainForm):
    """Who speaks, about what, from which day to which day."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of who speaks for you"),
        help_text=gettext_lazy("They need an account here."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(label=gettext_lazy("About what"))
    since = DayField(label=gettext_lazy("First day"))
    until = DayField(label=gettext_lazy("Last day"), hint=gettext_lazy("It ends when this day ends."))
    reason = forms.CharField(label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(self, *args: Any, scopes: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        chosen = self.fields["scope"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 - declared so above
        chosen.choices = scopes

    def clean_email(self) -> Person:
        """The person with this address."""
        person = Person.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("Nobody here has this address. They must be invited first."))
        return person


def scopes_of(post: Post) -> list[tuple[str, str]]:
    """What a delegation of this post can be about: rounds that run and ask it, documents on which it was asked."""
    rounds = Round.objects.filter(asked__post=post, ended_at=None).select_related("iteration__document").distinct()
    documents = Document.objects.filter(iterations__rounds__asked__post=post).distinct()
    return [
        *((f"document:{one.pk}", _("Everything about “%(title)s”") % {"title": one.title}) for one in documents),
        *((f"round:{one.pk}", round_words(one)) for one in rounds),
    ]


def round_words(asked: Round) -> str:
    """A round in words: its kind and its text."""
    words = {"kind": Kind(asked.kind).label, "title": asked.iteration.document.title, "number": asked.iteration.number}
    return _("%(kind)s on “%(title)s”, iteration %(number)d") % words


def everything(request: DeskRequest) -> HttpResponseBase:
    """The delegations of the post that one acts as, and one's own; a form gives another."""
    by = request.acting
    scopes = scopes_of(by.post) if by else []
    today = timezone.localtime(request.at).date()
    form = Delegate(request.POST or None, scopes=scopes, initial={"since": today, "until": today + timedelta(days=14)})
    if request.method == "POST" and form.is_valid():
        _give(request, form.cleaned_data)
        return redirect("desk:delegations")
    mine = Q(post=by.post) if by else Q(pk=None)
    rows = Delegation.objects.filter(mine | Q(person=request.user)).select_related(
        "post__organisation", "person", "round__iteration__document", "document"
    )
    told = [
        {
            "row": row,
            "about": round_words(row.round) if row.round else row.document.title if row.document else "",
            "last": row.until - timedelta(seconds=1),
            "ended": row.ended_at is not None or row.until <= request.at,
        }
        for row in rows
    ]
    objections = delegations.objections_to_giving(post=by.post, by=by, at=request.at) if by else []
    return render(
        request,
        "desk/people/delegations.html",
        {"form": form, "told": told, "scopes": scopes, "objections": objections},
    )


def _give(request: DeskRequest, given: dict[str, Any]) -> None:
    by = acting(request)
    kind, _colon, pk = given["scope"].partition(":")
    delegation = delegations.give(
        post=by.post,
        person=given["email"],
        round=Round.objects.get(pk=pk) if kind == "round" else None,
        document=Document.objects.get(pk=pk) if kind == "document" else None,
        since=max(_start(given["since"]), request.at),
        until=_start(given["until"] + timedelta(days=1)),
        reason=given["reason"],
        by=by,
        at=request.at,
    )
    messages.success(
        request,
        _("%(name)s may speak for %(post)s.") % {"name": delegation.person, "post": delegation.post.words},
    )


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0)))


@require_POST
def end(request: DeskRequest, delegation_id: int) -> HttpResponseBase:
    """End a delegation before its time."""
    delegations.end(delegation_id=delegation_id, by=acting(request), at=request.at)
    messages.success(request, _("The delegation is ended. What was signed under it stands."))
    return redirect("desk:delegations")
