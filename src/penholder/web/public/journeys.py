"""A journey on the page of its service: the picture, the table of where people leave, and what was left out."""

from __future__ import annotations

from typing import Any

from django.utils.dates import MONTHS
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from penholder.charts.journeys import draw_journey
from penholder.errors import Refused
from penholder.measure import ways
from penholder.services.standing import ServiceStanding
from penholder.services.walks import Walk
from penholder.web.labels import of_charts
from penholder.web.public import figures


def shown(walk: Walk | None, service: ServiceStanding) -> dict[str, Any] | None:
    """What a template shows of a journey; None where there are no events of it."""
    if walk is None:
        return None
    names = {step.name: step.name.replace("-", " ").capitalize() for step in walk.definition.steps}
    journey = ways.journey(walk.definition, walk.funnel, title=service.name, names=names)
    try:
        picture = draw_journey(journey, ident="chart-journey", words=of_charts())
    except Refused:
        picture = ""
    left = {each.step: each for each in walk.leaving}
    table = [
        {"step": stop.name, "came": f"{stop.came:,}", "left": f"{stop.left:,}", "end": stop.end,
         "of_all": figures.number(stop.came / walk.funnel.started, "share"), "good": stop.good,
         "interval": _interval(left.get(stop.key)), "share": figures.number(stop.left / stop.came, "share")}
        for stop in journey.stops
        if stop.came
    ]  # fmt: skip
    worst = max((stop for stop in journey.stops if stop.left), key=lambda stop: stop.left, default=None)
    return {
        "drawing": SafeString(picture),
        "rows": table,
        "started": f"{walk.funnel.started:,}",
        "rare": f"{walk.rare:,}" if walk.rare else "",
        "worst": worst,
        "worst_share": figures.number(worst.left / worst.came, "share") if worst else "",
        "months": _("%(first)s to %(last)s") % {"first": _month(walk.first), "last": _month(walk.last)},
        "version": walk.definition.version,
        "window": figures.duration(walk.definition.window.total_seconds()),
        "broken": walk.broken,
    }


def _interval(found: Any) -> str:
    if found is None or found.interval is None:
        return ""
    low, high = (figures.number(each, "share") for each in (found.interval.low, found.interval.high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _month(month: int) -> str:
    return f"{MONTHS[month % 100]} {month // 100}"
