"""Who stands behind a socket or a request: the session is asked, never the browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from penholder.people.acting import Acting
from penholder.people.models import Person

# As many colours as the style sheet of the editor has for cursors.
COLOURS = 8

# Completes a request as the desk does: `acting`, `lacks_factor`. The desk's own, handed in by penholder.config.
Complete = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in and acts as a post. `password` is the hash that stood when they came in."""

    acting: Acting
    session: str
    password: str
    language: str

    @property
    def person(self) -> int:
        """The primary key of the person."""
        return cast("Person", self.acting.person).pk

    @property
    def name(self) -> str:
        """What others see at their cursor: from the account, never from the browser."""
        return self.acting.said_name

    @property
    def colour(self) -> int:
        """Which colour their cursor has; the same wherever they come in."""
        return sha256(str(self.person).encode()).digest()[0] % COLOURS


def identify(scope: Any, complete: Complete) -> Visitor | None:
    """Who sent this request or opens this socket; None for strangers, and for whoever lacks a second factor.

    A socket from another site's page is a stranger's, whatever cookies came with it.
    """
    request = ASGIRequest({**scope, "method": scope.get("method", "GET")}, BytesIO())
    if scope["type"] == "websocket" and not _from_here(request):
        return None
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    complete(request)
    acting = getattr(request, "acting", None)
    if acting is None or getattr(request, "lacks_factor", True):
        return None
    person = cast("Person", request.user)
    return Visitor(acting, request.session.session_key or "", person.password, person.language)


def _from_here(request: ASGIRequest) -> bool:
    said = request.META.get("HTTP_ORIGIN", "")
    if said in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        return bool(said) and urlsplit(said).netloc == request.get_host()
    except (DisallowedHost, ValueError):
        return False


def objections_to_posting(scope: Any) -> str:
    """Why a POST may have come from another site's page (CSRF); "" when it came from ours."""
    request = ASGIRequest(scope, BytesIO())
    guard = CsrfViewMiddleware(lambda _: HttpResponse())
    guard.process_request(request)
    refused = guard.process_view(request, _any_view, (), {})
    return "" if refused is None else "The request did not come from a page of this desk. Load the page again."


def _any_view() -> HttpResponse:
    """What the guard is told that it guards; it only asks whether the view wants no guard."""
    return HttpResponse()


# As `people.acting.holding_now` is: asked so often that making the statements would be most of the work.
_SESSIONS = "SELECT session_key FROM django_session WHERE expire_date > %s AND session_key IN "
_PASSWORDS = "SELECT id, password FROM people_person WHERE is_active AND id IN "


def gone(visitors: Collection[Visitor], *, at: datetime) -> set[str]:
    """The sessions, of these visitors, that have ended meanwhile, by sign-out, time or a new password. Two queries."""
    keys = sorted({visitor.session for visitor in visitors})
    people = sorted({visitor.person for visitor in visitors})
    if not keys:
        return set()
    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(at)
        cursor.execute(f"{_SESSIONS}({', '.join(['%s'] * len(keys))})", [moment, *keys])
        live = {key for (key,) in cursor.fetchall()}
        cursor.execute(f"{_PASSWORDS}({', '.join(['%s'] * len(people))})", people)
        passwords = dict(cursor.fetchall())
    return {
        visitor.session
        for visitor in visitors
        if visitor.session not in live or passwords.get(visitor.person) != visitor.password
    }


def cursor(data: bytes) -> dict[str, Any] | None:
    """A cursor as a browser sent it: a section's key and two anchors, short texts all; None when it is nowhere.

    Raises ValueError for anything else.
    """
    said = json.loads(data)
    if said is None:
        return None
    found = {name: said.get(name) for name in ("section", "anchor", "head")} if isinstance(said, dict) else {}
    if len(found) != 3 or not all(isinstance(value, str) and len(value) <= 400 for value in found.values()):
        raise ValueError("no cursor")
    return found
