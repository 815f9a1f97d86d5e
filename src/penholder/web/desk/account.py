"""A person's own pages: how they sign in, in which sessions, and as which post they act now."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import unquote

from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect.views import login as provider_login
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from penholder.errors import Missing, Refused
from penholder.web.desk.access import CHOSEN, DeskRequest
from penholder.web.desk.refusals import way_back

_log = logging.getLogger(__name__)


def front(request: DeskRequest) -> HttpResponseBase:
    """Everything about how this person signs in. Open to who lacks a second factor: here they get one."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    ways = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    return render(
        request,
        "desk/account.html",
        {
            "passkeys": [way for way in ways if way.type == Authenticator.Type.WEBAUTHN],
            "app": next((way for way in ways if way.type == Authenticator.Type.TOTP), None),
            "codes": next((way for way in ways if way.type == Authenticator.Type.RECOVERY_CODES), None),
            "joined": SocialAccount.objects.filter(user=request.user).exists(),
            "providers": get_adapter().list_providers(request),
            "sessions": UserSession.objects.filter(user=request.user).count(),
        },
    )


@require_POST
def act_as(request: DeskRequest) -> HttpResponseBase:
    """Choose among the posts that one holds. A post that is not held, or no longer, is refused."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    post = next((post for post in request.posts if post.key == request.POST.get("post")), None)
    if post is None:
        raise Refused(_("You do not hold this post, or no longer. Choose one of those in the list."))
    request.session[CHOSEN] = post.key
    messages.success(request, _("You act as %(post)s now.") % {"post": post.words})
    return redirect(way_back(request))


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: DeskRequest) -> HttpResponseBase:
    """Where one is signed in. Each session can be ended by itself, or all but this one; an ended one is out at once."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    if request.method == "POST":
        return _end(request)
    open_ones = UserSession.objects.purge_and_list(request.user)
    rows = [{"session": one, "here": one.is_current(), "browser": browser(one.user_agent)} for one in open_ones]
    return render(request, "usersessions/list.html", {"rows": sorted(rows, key=_newest_first)})


def _newest_first(row: dict[str, Any]) -> tuple[bool, float]:
    return (not row["here"], -row["session"].created_at.timestamp())


def _end(request: DeskRequest) -> HttpResponseBase:
    wanted = request.POST.get("session", "")
    mine = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    if wanted != "others":
        mine = mine.filter(pk=int(wanted) if wanted.isascii() and wanted.isdigit() else 0)
        if not mine.exists():
            raise Missing(_("This session has ended already."))
    for session in mine:
        session.end()
    messages.success(request, _("Ended. Whoever used it has to sign in again."))
    return redirect("usersessions_list")


# What browsers call themselves, in the order in which it has to be looked for: most also name the others.
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser(agent: str) -> str:
    """A browser and its machine as people call them: "Firefox, Windows". What it calls itself, when it is unknown."""
    found = [next((name for sign, name in signs if sign in agent), "") for signs in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found)) or agent or _("unknown")


@require_http_methods(["GET", "HEAD", "POST"])
def to_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send a person on to single sign-on: by a page that leads there, since forms here may only go to this site.

    Only a form starts it; a link that somebody else laid cannot.
    """
    if request.method != "POST":
        return redirect("account_login")
    try:
        answer: HttpResponseBase = provider_login(request, provider_id)
    except OSError:  # what `requests` raises when the provider cannot be reached, or answers nonsense
        _log.exception("The provider of single sign-on cannot be reached")
        return render(request, "socialaccount/authentication_error.html", status=502)
    if answer.status_code != 302:
        return answer
    return render(request, "socialaccount/leave.html", {"to": web_address(answer.headers["Location"])})


def web_address(address: str) -> str:
    """The address as it is, once it is sure that it leads to a web page."""
    if not address.startswith(("https://", "http://")) or "\n" in unquote(address):
        raise Refused(_("The provider named an address that is no web page. Tell whoever runs this instance."))
    return address


def closed(request: HttpRequest) -> HttpResponse:
    """How people come in: by invitation. The same page for everyone, so that it tells nothing of who is known."""
    return render(request, "account/signup_closed.html", status=403 if request.method == "POST" else 200)
