"""What changed since the period before: totals like with like, the largest movements, silence, revisions, breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from penholder.publishing.sites import Page, Undrawn
from penholder.services import disclosures, quarters
from penholder.services.disclosures import Disclosed
from penholder.services.quarters import Moved, Quarter
from penholder.services.values import RevisionOf
from penholder.web.public import figures
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.register import like_with_like
from penholder.web.public.service import address, of_organisation, revision

# In each direction, of each figure: enough to show what moved, few enough to be read.
MOST_MOVED = 8
MOST_SILENT = 40
MOST_REVISED = 40


def pages(drawing: Drawing, made_of: str) -> Iterator[Undrawn]:
    """One page; the newest period beside the one before. `made_of` says what it is drawn from."""
    if told := drawing.site.services:
        yield drawing.undrawn("/services/changed/", made_of, partial(_page, drawing, told))


def _page(drawing: Drawing, told: Disclosed) -> Page:
    found = quarters.read(told, disclosures.KPIS)
    revised = sorted(
        (each for rows in told.revisions.values() for each in rows),
        key=lambda each: (-each.after.said_on.toordinal(), each.after.service),
    )
    return drawing.page(
        "/services/changed/",
        "services_changed.html",
        title=_("What changed in services"),
        description=_("The largest changes of services since the period before, and who fell silent."),
        crumbs=(Crumb(_("Services"), "/services/"),),
        quarter=_quarter(told, found) if found else None,
        revisions=[
            {"name": told.by_key[each.after.service].name, "path": address(each.after.service), **revision(told, each)}
            for each in revised[:MOST_REVISED]
            if each.after.service in told.by_key
        ],
        reasons=_reasons(revised),
        revised=len(revised),
        broken=[
            {"name": told.by_key[key].name, "path": address(key), "breaks": walk.broken}
            for key, walk in told.walks.items()
            if walk.broken and key in told.by_key
        ],
    )


def _reasons(revised: list[RevisionOf]) -> list[tuple[str, str, int]]:
    """Revisions counted by the reason that was given, the newest reason first."""
    counts = Counter((each.after.said_on.isoformat(), each.after.reason) for each in revised)
    return [(day, reason, count) for (day, reason), count in sorted(counts.items(), reverse=True)]


def _quarter(told: Disclosed, found: Quarter) -> dict[str, Any]:
    silent = Counter(told.by_key[each.service].now.organisation for each in found.silent)
    names = {key: services[0].now.organisation_name for key, services in told.by_organisation.items()}
    return {
        "before": figures.period(found.before),
        "after": figures.period(found.after),
        "totals": [
            {"title": figures.TITLES[key], "compared": like_with_like(compared, _unit(key)),
             "services": compared.after.services, "asked": compared.asked}
            for key, compared in found.totals.items()
        ],
        "moved": [
            {"title": figures.TITLES[key],
             "up": [_moved(told, each) for each in found.of(key, up=True, most=MOST_MOVED)],
             "down": [_moved(told, each) for each in found.of(key, up=False, most=MOST_MOVED)]}
            for key in disclosures.KPIS
            if any(each.definition.key == key for each in found.clear)
        ],
        "unclear": found.unclear,
        "clear": len(found.clear),
        "silent": [
            {"name": told.by_key[each.service].name, "path": address(each.service),
             "organisation": told.by_key[each.service].now.organisation_name,
             "title": figures.TITLES[each.definition.key], "before": figures.say(each.before)}
            for each in found.silent[:MOST_SILENT]
        ],
        "silences": len(found.silent),
        "by_organisation": [(names[key], of_organisation(key), count) for key, count in silent.most_common()],
    }  # fmt: skip


def _unit(key: str) -> str:
    return "pounds" if key == "cost-per-transaction" else "share"


def _moved(told: Disclosed, each: Moved) -> dict[str, Any]:
    service = told.by_key[each.service]
    return {
        "name": service.name, "path": address(each.service), "organisation": service.now.organisation_name,
        "before": figures.say(each.before), "after": figures.say(each.after), "change": figures.change(each),
    }  # fmt: skip
