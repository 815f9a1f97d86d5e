"""Pages of services and actions as they were published on a day: asked with a plain form, drawn of what was public.

Published pages do not grow with the archive: what stood on an earlier day is drawn when somebody asks for it, by the
same code. The newest day on which anything became public, up to the one that is asked, answers for all days after it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from penholder.delivery import measures, standing
from penholder.publishing.sites import Page, Redirect, Undrawn
from penholder.services import disclosures
from penholder.services.disclosures import Disclosed
from penholder.web import built
from penholder.web.public import promises, quarter, register, service, services_data, site
from penholder.web.public.drawing import Crumb, Drawing, root, speaking
from penholder.web.public.made_of import Ingredients
from penholder.web.public.site import Site
from penholder.web.public.texts import Texts

ADDRESS = "/as-published/"
# Figures of all services on one day take tens of megabytes; people compare a day or two with today.
_DAYS_KEPT = 3
_ACTION = re.compile(r"/actions/([0-9]{2,4})/")
# What was published on a day does not change; what came late and bears an earlier day is seen within the hour.
_KEPT_BY_READERS = 3600


@dataclass(frozen=True)
class _Unmarked(Ingredients):
    """What a page is drawn from, where nobody asks whether it changed."""

    @property
    def by_service(self) -> dict[str, str]:
        return defaultdict(str)

    @property
    def whole(self) -> str:
        return ""


@require_safe
def as_published(request: HttpRequest) -> HttpResponse:
    """The page that is named, as it stood on the day that is named; else the form with what is wrong."""
    page = request.GET.get("page", "") or "/services/"
    languages = tuple(settings.PENHOLDER_LANGUAGES)
    language = next((one for one in languages[1:] if page.startswith(f"{root(one, languages)}/")), languages[0])
    with speaking(language):
        frame = Drawing(
            _frame(_shown()) if _shown() else _frame.__wrapped__(""),
            language,
            languages,
            built.read(Path(settings.PENHOLDER_ASSETS)),
        )
        try:
            asked = date.fromisoformat(request.GET.get("on", ""))
        except ValueError:
            return _refused(frame, page, _("Write the day as year, month and day, such as 2026-11-20."))
        days = _days(frame, page)
        last = bisect_right(days, asked)
        if not last:
            words = _("Nothing had been published by then. The first day is %(day)s.") % {
                "day": days[0] if days else "–"
            }
            return _refused(frame, page, words)
        if days[last - 1] != asked:
            return HttpResponseRedirect(f"{ADDRESS}?{urlencode({'page': page, 'on': days[last - 1]})}")
        found = _found(frame, page, asked)
        if found is None:
            return _refused(frame, page, _("There was no such page on that day, or it has no figures."), status=404)
        body = _leading_on(found.body.decode(), asked, frame.root) if found.media_type.startswith("text/html") else ""
        answer = HttpResponse(body or found.body, content_type=found.media_type)
        answer["Cache-Control"] = f"public, max-age={_KEPT_BY_READERS}"
        return answer


def _shown() -> str:
    """The name of the release that readers see; what is kept in memory is kept for it."""
    try:
        return (Path(settings.PENHOLDER_PUBLIC) / "current").readlink().name
    except OSError:
        return ""


@lru_cache(maxsize=1)
def _frame(_release: str) -> Site:
    """What stands around every page, as the site that is shown has it."""
    return site.read(at=timezone.now(), figures=False)


@lru_cache(maxsize=_DAYS_KEPT)
def _told(_release: str, day: date) -> Disclosed | None:
    at = timezone.make_aware(datetime.combine(day, time.max))
    return disclosures.read(at=at, events=Path(settings.PENHOLDER_EVENTS), as_said=True)


def _days(frame: Drawing, page: str) -> list[date]:
    """Every day on which something that this kind of page shows became public or changed, oldest first."""
    found = {*disclosures.days_of_change()}
    stands = frame.site.standing
    if stands and _ACTION.fullmatch(page.removeprefix(frame.root)):
        found.update(measures.days(stands.document))
        found.update(version.said_on for action in stands.actions for version in action.versions)
        for answer in stands.answers.values():
            found.update(said.said_on for said in answer.history)
            found.update((answer.asked_on,) if answer.asked_on else ())
    return sorted(found)


def _action(frame: Drawing, number: int, day: date) -> Page | None:
    """The page of an action with its wording, answers and measures of a day."""
    site, at = frame.site, timezone.make_aware(datetime.combine(day, time.max))
    if site.standing is None:
        return None
    published = {
        key: replace(one, editions=editions)
        for key, one in site.publications.items()
        if (editions := tuple(each for each in one.editions if each.published_at <= at))
    }
    measured = tuple(measures.read(site.standing.document, action=number, as_published_on=day))
    told = _told(_shown(), day) if _shown() else _told.__wrapped__("", day)
    then = replace(
        site, at=at, standing=standing.as_said(site.standing, on=day), publications=published, services=told,
        measures={number: measured},
    )  # fmt: skip
    return promises.page_of_action(replace(frame, site=then, as_published=day), Texts(then), number)


def _found(frame: Drawing, page: str, day: date) -> Page | None:
    if asked := _ACTION.fullmatch(page.removeprefix(frame.root)):
        return _action(frame, int(asked[1]), day)
    told = _told(_shown(), day) if _shown() else _told.__wrapped__("", day)
    if told is None:
        return None
    at = timezone.make_aware(datetime.combine(day, time.min))
    drawing = replace(frame, site=replace(frame.site, services=told, at=at), as_published=day)
    for one in _all(drawing, Ingredients(told, ()), file=not page.endswith("/")):
        if one.path == page and not isinstance(one, Redirect):
            return one.drawn() if isinstance(one, Undrawn) else one
    return None


def _all(drawing: Drawing, ingredients: Ingredients, *, file: bool) -> Iterator[Page | Undrawn | Redirect]:
    unmarked = _Unmarked(ingredients.told, ())
    if file:
        yield from services_data.files(unmarked)
        return
    yield from service.pages(drawing, unmarked.by_service, "")
    yield from register.pages(drawing, "")
    yield from quarter.pages(drawing, "")


def _leading_on(body: str, day: date, base: str) -> str:
    """The page with its links to services and to actions leading to the same day."""
    query = urlencode({"on": day.isoformat()})
    address = re.compile(
        rf'(<a [^>]*href=")((?:{re.escape(base)})?/(?:services[/.]|actions/[0-9])[^"#]*)((?:#[^"]*)?")'
    )
    main, end, rest = body.partition("</main>")
    return address.sub(rf"\g<1>{ADDRESS}?{query}&amp;page=\g<2>\g<3>", main) + end + rest


def _refused(frame: Drawing, page: str, words: str, *, status: int = 400) -> HttpResponse:
    drawn = frame.page(
        "/services/published/",
        "services_published.html",
        title=_("Figures as they were published"),
        description=words,
        crumbs=(Crumb(_("Services"), "/services/"),),
        objection=words,
        asked_page=page if page.startswith("/") else "/services/",
        days=(),
    )
    return HttpResponse(drawn.body, status=status)
