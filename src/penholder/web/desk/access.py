"""Who is asking: every request knows its moment, the person, the posts that they hold and the one that they act as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, cast

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from penholder.people.acting import Acting, posts_of
from penholder.people.models import Person, Post

# Where the session keeps the post that was chosen under “You act as”.
CHOSEN = "desk.post"
# What a single sign-on is called among the ways in which a session was opened.
SINGLE_SIGN_ON = "socialaccount"


class DeskRequest(HttpRequest):
    """A request of somebody who is signed in, as `acting` below completes it. For annotations only."""

    user: Person
    at: datetime
    posts: list[Post]
    acting: Acting | None
    lacks_factor: bool


class View(Protocol):
    """A view that may rely on a person being signed in."""

    def __call__(self, request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer."""


Answer = Callable[[HttpRequest], HttpResponse]


def acting(get_response: Answer) -> Answer:
    """Middleware: `request.at` is the one moment of this request; `request.acting` is who acts, None without a post."""

    def middleware(request: HttpRequest) -> HttpResponse:
        complete(cast("DeskRequest", request))
        return get_response(request)

    return middleware


def complete(asked: DeskRequest) -> None:
    """Let a request that knows its user know the moment, and who acts in it. Co-editing asks for this, too."""
    asked.at = timezone.now()
    asked.posts, asked.acting, asked.lacks_factor = [], None, False
    if asked.user.is_authenticated:
        asked.posts = posts_of(asked.user, at=asked.at)
        post = chosen(asked)
        if post is not None:
            asked.acting = Acting(post=post, person=asked.user)
            asked.lacks_factor = wants_second_factor(post) and not has_second_factor(asked)


def chosen(request: DeskRequest) -> Post | None:
    """The post that was chosen in this session, as long as it is still held; else the one held longest; else None."""
    key = request.session.get(CHOSEN)
    return next((post for post in request.posts if post.key == key), request.posts[0] if request.posts else None)


def wants_second_factor(post: Post) -> bool:
    """Whether a password alone is not enough to act as this post; docs/decisions/0015 says for which and why."""
    return post.role in settings.PENHOLDER_SECOND_FACTOR


def has_second_factor(request: DeskRequest) -> bool:
    """Whether this session was opened by a provider who vouches for the person, or its person has a second factor."""
    ways = {record.get("method") for record in get_authentication_records(request, request.user)}
    return SINGLE_SIGN_ON in ways or is_mfa_enabled(request.user, ["totp", "webauthn"])


def signed_in(view: View) -> Callable[..., HttpResponseBase]:
    """Let in only who is signed in, and has the second factor that their post wants; lead others to where they go."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "")
        asked = cast("DeskRequest", request)
        if asked.lacks_factor:
            return redirect("second_factor")
        return view(asked, *args, **kwargs)

    return guarded
