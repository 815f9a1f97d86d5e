"""The page behind the link of an invitation. Opening it changes nothing: letters are opened by machines, too."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from allauth.socialaccount.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from penholder.people import invitations
from penholder.people.models import Invitation, Person
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.sign_in_forms import rules


class Account(PlainForm):
    """Name and password of somebody who has no account yet."""

    name = forms.CharField(label=gettext_lazy("Your name, as others should read it"), max_length=200)
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, single_sign_on: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.invitation = invitation
        self.fields["name"].initial = invitation.name
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["password"].help_text = rules()
        if single_sign_on:
            self.fields["password"].required = False
            self.fields["password"].help_text += " " + _("Leave it empty to sign in with %(provider)s only.") % {
                "provider": single_sign_on
            }

    def clean_password(self) -> str:
        """The password, when it is good enough for this person."""
        password = str(self.cleaned_data["password"])
        if password:
            person = Person(email=self.invitation.email, name=self.cleaned_data.get("name", ""))
            validate_password(password, person)
        return password


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what is offered; when the form is sent, accept it."""
    asked = cast("DeskRequest", request)
    invitation = invitations.find(token, at=asked.at)
    if invitations.invited(invitation) is not None:
        return _known(asked, token, invitation)
    providers = get_adapter().list_providers(request)
    provider = providers[0].name if providers else ""
    form = Account(request.POST or None, invitation=invitation, single_sign_on=provider)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with transaction.atomic():
            person = invitations.accept(
                token=token,
                at=asked.at,
                person=request.user if isinstance(request.user, Person) else None,
                name=given["name"],
                password=given["password"] or None,
            )
            # The letter reached them, so the address is theirs.
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        messages.success(request, _("Welcome. You hold this post now: %(post)s.") % {"post": invitation.post.words})
        opened: HttpResponseBase = perform_login(request, person, redirect_url="/desk/")
        return opened
    return render(request, "account/invitation.html", {"form": form, "invitation": invitation, "provider": provider})


def _known(request: DeskRequest, token: str, invitation: Invitation) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        invitations.accept(token=token, at=request.at, person=request.user)
        messages.success(request, _("You hold this post now: %(post)s.") % {"post": invitation.post.words})
        return redirect("desk:home")
    return render(request, "account/invitation.html", {"invitation": invitation, "known": True})
