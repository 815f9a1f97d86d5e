"""In which language the desk speaks: the person's own choice, else the browser's, among those of the instance."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_POST

from penholder.people.models import Person
from penholder.web.desk.refusals import way_back

NAMES = {"en": "English", "cy": "Cymraeg"}
# Django's names of the languages whose catalogues we have.
DJANGO = {"en": "en-gb", "cy": "cy"}
Answer = Callable[[HttpRequest], HttpResponse]


def speaking(get_response: Answer) -> Answer:
    """Middleware: everything inside is said in the reader's language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        code = wanted(request)
        request.LANGUAGE_CODE = code
        with translation.override(DJANGO[code]):
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def wanted(request: HttpRequest) -> str:
    """The language for this reader, as the site calls it: "en" or "cy"."""
    offered = settings.PENHOLDER_LANGUAGES
    said = [getattr(request.user, "language", ""), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")]
    said += [name.partition("-")[0] for name, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    return next((code for code in said if code in offered), offered[0])


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a reader's choice: with the person who is signed in, else in a cookie."""
    code = request.POST.get("language", "")
    response = HttpResponseRedirect(way_back(request))
    if code in settings.PENHOLDER_LANGUAGES:
        if request.user.is_authenticated:
            Person.objects.filter(pk=request.user.pk).update(language=code)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return response
