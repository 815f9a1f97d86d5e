"""What stands around every page of the desk: its style sheets, who is signed in, as what, and where one can go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from penholder.people import permissions
from penholder.web import built
from penholder.web.desk.languages import NAMES, wanted

# Words and view of each place in the desk's menu, in its order.
PLACES = (
    (gettext_noop("What waits for me"), "desk:home"),
    (gettext_noop("Texts"), "desk:documents"),
    (gettext_noop("Services"), "desk:services"),
    (gettext_noop("People and posts"), "desk:people"),
    (gettext_noop("Delegations"), "desk:delegations"),
    (gettext_noop("Who may do what"), "desk:permissions"),
    (gettext_noop("My account"), "account"),
)
# Pages that belong to a place although their address does not begin with its own.
BELONGING = {"desk:documents": ("editions/", "schedules/")}
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what desk/base.html needs on every page."""
    folder = Path(settings.PENHOLDER_ASSETS)
    code = wanted(request) if hasattr(request, "user") else settings.PENHOLDER_LANGUAGES[0]
    return {
        "request": request,
        "built": built.read(folder),
        "desk_built": built.read(folder, "desk"),
        "writing_built": built.read(folder, "writing"),
        "messages": get_messages(request),
        "language": code,
        "languages": [(each, NAMES[each]) for each in settings.PENHOLDER_LANGUAGES],
        "person": getattr(request, "user", None),
        "acting": getattr(request, "acting", None),
        "posts": getattr(request, "posts", []),
        "places": list(places(request)) if getattr(request, "posts", None) is not None else [],
    }


def places(request: HttpRequest) -> list[dict[str, str]]:
    """The menu, with the place where the reader is. The front of the desk is current only on its own page."""
    found = []
    posts = getattr(request, "posts", None) or ()
    front = reverse("desk:home")
    reads = any(not permissions.objections(act, post) for post in posts for act in ("text.read", "text.draft-own"))
    for words, view in PLACES:
        if view == "desk:documents" and not reads:
            continue
        path = reverse(view)
        belonging = (path, *(front + start for start in BELONGING.get(view, ())))
        inside = request.path.startswith(belonging) and view != "desk:home"
        current = "page" if request.path == path else "true" if inside else ""
        found.append({"words": _(words), "path": path, "current": current})
    return found


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A built file, for instances that have published nothing yet; afterwards it is a published file like any other.

    The name is looked up among the files that are there and never made into a path.
    """
    del request
    folder = Path(settings.PENHOLDER_ASSETS)
    known = {file.name: file for file in folder.iterdir()} if folder.is_dir() else {}
    if name not in known or known[name].suffix not in MEDIA_TYPES:
        raise Http404
    response = HttpResponse(known[name].read_bytes(), content_type=MEDIA_TYPES[known[name].suffix])
    # Names hold a hash of what is in the file, except that of the icon.
    lasting = "public, max-age=31536000, immutable" if "-" in name else "public, max-age=3600"
    response.headers["Cache-Control"] = lasting
    return response
