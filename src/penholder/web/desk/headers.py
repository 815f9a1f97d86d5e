"""What every page that Django answers tells the browser: nothing from elsewhere, no frames, and keep no copy."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from penholder.publishing.policy import security

Answer = Callable[[HttpRequest], HttpResponse]


def strict(get_response: Answer) -> Answer:
    """Middleware: the security headers of the public site, and more for what is not public."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = response.headers.get("Content-Type", "text/html")
        for name, value in security(tls=settings.PENHOLDER_TLS, media_type=kind):
            response.headers[name.decode()] = value.decode()
        # Addresses of the desk hold tokens and names of drafts: no other site learns them. Not “no-referrer”, because
        # then a form's Origin would be “null” and could not be told from a stranger's.
        response.headers["referrer-policy"] = "same-origin"
        response.headers.pop("access-control-allow-origin", None)
        if "Cache-Control" not in response.headers or "no-store" in response.headers["Cache-Control"]:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware
