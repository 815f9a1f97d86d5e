"""How the desk says no: a page with every reason and a way back. Domain refusals are turned into answers here, once."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from penholder.errors import Conflict, Missing, Refused

Answer = Callable[[HttpRequest], HttpResponse]


class Refusals:
    """Middleware: Refused and Conflict become 409, Missing becomes 404, each with its reasons in words."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; exceptions come to `process_exception`. What only takes forms says so in words."""
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and request.method == "GET":
            reason = _("This address only takes what a form sends. Open the page with the form.")
            told = refused(request, (reason,), status=405)
            told["Allow"] = answer["Allow"]
            return told
        return answer

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The page that says why; None for what is nobody's refusal."""
        if isinstance(problem, Refused):
            return refused(request, problem.reasons)
        if isinstance(problem, Conflict):
            return refused(request, (str(problem),))
        if isinstance(problem, Missing):
            return missing(request, problem)
        return None


def refused(request: HttpRequest, reasons: tuple[str, ...], *, status: int = 409) -> HttpResponse:
    """“This cannot be done”, with every reason and a way back."""
    return render(request, "desk/refused.html", {"reasons": reasons, "back": way_back(request)}, status=status)


def way_back(request: HttpRequest) -> str:
    """The page from which the form was sent, when it is one of ours; else the desk."""
    referrer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(referrer)
    return f"{parts.path}?{parts.query}".rstrip("?") if ours and parts.path.startswith("/") else "/desk/"


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """“There is no page at this address”, in the words of what was missing when it said them itself."""
    words = str(exception) if isinstance(exception, Missing) else ""
    return render(request, "desk/missing.html", {"words": words}, status=404)


def stranger(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or from one that is too old."""
    del reason  # Django's words are for developers; in debug mode its log has them
    return render(request, "desk/stranger.html", {"back": way_back(request)}, status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Something that this person may not see."""
    del exception
    return render(request, "desk/forbidden.html", {"back": way_back(request)}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something went wrong on our side. Drawn without the database, which may be what is broken."""
    return HttpResponse(
        render(None, "desk/broken.html", {"method": request.method}).content,
        status=500,
    )
