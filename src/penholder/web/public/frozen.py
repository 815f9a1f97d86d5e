"""Figures as they were published: a page for each publication, for ever, and the days on which they became public."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from penholder.publishing.sites import Page, Undrawn
from penholder.services import disclosures
from penholder.services.disclosures import Disclosed, PublicationOf
from penholder.services.figures import FigureOf
from penholder.web.public import figures
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.figures import Said
from penholder.web.public.service import address, channel_of, of_organisation

# More than ten years of months; an older day is asked with the form.
_MOST_DAYS = 150


def pages(drawing: Drawing, told: Disclosed, made_of: str) -> Iterator[Undrawn]:
    """The list of days, and every publication of figures. `made_of` says what all of them are drawn from."""
    yield drawing.undrawn("/services/published/", made_of, partial(_published, drawing, told))
    stands = {(one.organisation, one.period): one for one in told.publications if one.stands}
    for one in told.publications:
        draw = partial(_publication, drawing, told, one, stands.get((one.organisation, one.period)))
        yield drawing.undrawn(f"/services/publications/{one.key}/", made_of, draw)


def _published(drawing: Drawing, told: Disclosed) -> Page:
    """The newest days on which figures became public, and what became public on each."""
    by_day: defaultdict[date, list[dict[str, str]]] = defaultdict(list)
    for one in told.publications:
        words = f"{one.organisation_name}, {one.period}"
        path = f"/services/publications/{one.key}/"
        by_day[timezone.localdate(one.published_at)].append({"words": words, "path": path})
    for (day, name), count in Counter((source.said_on, source.name) for source in told.sources).items():
        by_day[day].append({"words": f"{name} × {count}" if count > 1 else name, "path": ""})
    return drawing.page(
        "/services/published/",
        "services_published.html",
        title=_("Figures as they were published"),
        description=_("Every day on which figures of services became public."),
        crumbs=(Crumb(_("Services"), "/services/"),),
        asked_page=f"{drawing.root}/services/",
        days=sorted(by_day.items(), reverse=True)[:_MOST_DAYS],
    )


def _publication(drawing: Drawing, told: Disclosed, publication: PublicationOf, standing: PublicationOf | None) -> Page:
    """The figures of one organisation and period as they were published, with the hash that they have for ever."""
    span = told.table.spans[publication.period]
    title = _("Figures of %(name)s, %(period)s") % {
        "name": publication.organisation_name, "period": figures.period(span),
    }  # fmt: skip
    return drawing.page(
        f"/services/publications/{publication.key}/",
        "services_publication.html",
        title=title,
        description=_("The figures of one period as they were signed off and published."),
        crumbs=(
            Crumb(_("Services"), "/services/"),
            Crumb(publication.organisation_name, of_organisation(told.line(publication.organisation)), english=True),
        ),
        publication=publication,
        period=figures.period(span),
        lines=_frozen_lines(told, publication),
        standing=standing,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a publication, with the version of the definition by which it was worked out."""

    title: str
    channel: str
    key: str
    version: int
    said: Said


# The order in which figures stand on the page of a service.
_ORDER = {key: place for place, key in enumerate((*disclosures.KPIS, *disclosures.EASE))}


def _frozen_lines(told: Disclosed, publication: PublicationOf) -> list[tuple[str, str, list[Line]]]:
    """By service, every figure of a publication as it froze them."""
    found: dict[str, list[Line]] = {}
    for each in disclosures.frozen_figures(publication.key):
        by = each.figure.definition
        said = figures.say(FigureOf(each.service, each.period, each.channel, each.figure))
        channel = channel_of(told, each.service, each.channel) if each.channel else ""
        line = Line(str(figures.TITLES[by.key]), channel, by.key, by.version, said)
        found.setdefault(each.service, []).append(line)
    for lines in found.values():
        lines.sort(key=lambda line: (_ORDER.get(line.key, len(_ORDER)), line.key, -line.version, line.channel))
    names = {key: one.name for key, one in told.by_key.items()}
    return [(names.get(key, key), address(key), lines) for key, lines in sorted(found.items())]
