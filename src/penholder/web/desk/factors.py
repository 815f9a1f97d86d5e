"""Second factors: whose posts want one, which may be removed, and what happens to other sessions when one is added."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from penholder.people.acting import posts_of
from penholder.people.models import Person
from penholder.web.desk.access import DeskRequest, wants_second_factor


def may_go(authenticator: Authenticator) -> bool:
    """Whether a second factor can be removed: another one stays, or no post that the person holds wants one."""
    rest = Authenticator.objects.filter(user=authenticator.user, type__in=["totp", "webauthn"]).exclude(
        pk=authenticator.pk
    )
    wanted = any(wants_second_factor(post) for post in posts_of(authenticator.user, at=timezone.now()))
    return not wanted or rest.exists()


@receiver(authenticator_added)
def end_the_others(request: HttpRequest, user: Person, **rest: Any) -> None:
    """Sessions that were opened with the password alone end when a second factor is added."""
    del rest
    end_other_sessions(request, user)


def explain(request: DeskRequest) -> HttpResponse:
    """The page that says why a second factor is wanted, and how to get one in two minutes."""
    if not request.user.is_authenticated or not request.lacks_factor:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "desk/second_factor.html")
