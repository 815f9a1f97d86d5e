"""Figures of one service at the desk: periods by channels of one quantity, and what is worked out of them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from penholder.errors import Refused
from penholder.measure.definitions import Definition
from penholder.measure.values import Absence
from penholder.people.acting import Acting
from penholder.people.models import Organisation
from penholder.services import figures, periods, quantities, rules, standing, values
from penholder.services.periods import Span
from penholder.services.values import ValueOf
from penholder.web.channels import channel_name
from penholder.web.desk import figure_words
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.durations import duration

# Two years of months and a few quarters.
PERIODS = 30
_MONTHS_OF_JOURNEYS = 12
# Whoever may do any of these reads figures that are not public yet.
READING = ("figures.check", "figures.sign", "figures.publish", "figures.submit")


def objections_to_reading(by: Acting, body: Organisation | None) -> list[str]:
    """Every reason why `by` may not read figures of an organisation before they are public."""
    told = [rules.objections_to_acting(act, by, body) for act in READING]
    return [] if any(not reasons for reasons in told) else told[0]


@require_safe
def service_figures(request: DeskRequest, key: str) -> HttpResponseBase:
    """What was given for a service, period by period, and what is worked out of it."""
    by, found = acting(request), standing.one(key)
    if objections := objections_to_reading(by, Organisation.objects.filter(key=found.now.organisation).first()):
        raise Refused(objections)
    read = list(values.read(services=[key]))
    met = [each for each in quantities.QUANTITIES if any(one.quantity == each.key for one in read)]
    chosen = request.GET.get("quantity", "")
    chosen = chosen if chosen in {each.key for each in met} else met[0].key if met else ""
    names = {way.key: channel_name(way.kind, way.name) for way in found.channels}
    context = {
        "service": found, "met": met, "chosen": chosen,
        **_given([one for one in read if one.quantity == chosen], names),
        "worked": _worked(key, {one.period for one in read}, request.at),
        "crumbs": [
            (_("Services"), reverse("desk:services")), (found.name, reverse("desk:service", args=[key])),
        ],
    }  # fmt: skip
    return render(request, "desk/services/figures.html", context)


def _given(read: list[ValueOf], names: Mapping[str, str]) -> dict[str, Any]:
    """Rows by period, newest first, with a cell for each channel that was met; all together come last."""
    channels = sorted({one.channel for one in read}, key=lambda key: (not key, key))
    cells: defaultdict[str, dict[str, ValueOf]] = defaultdict(dict)
    for one in read:
        cells[one.period][one.channel] = one
    ordered = sorted(cells, key=periods.parse, reverse=True)[:PERIODS]
    heads = [figure_words.channel(key, dict(names)) for key in channels]
    return {
        "heads": heads,
        "rows": [
            {
                "period": figure_words.period(periods.parse(period)),
                "cells": [
                    _cell(cells[period].get(channel), head) for channel, head in zip(channels, heads, strict=True)
                ],
            }
            for period in ordered
        ],
    }  # fmt: skip


def _cell(one: ValueOf | None, head: str) -> dict[str, Any]:
    if one is None:
        return {"head": head, "words": _("not given"), "gap": True}
    gap = isinstance(one.value, Absence)
    return {"head": head, "words": figure_words.value(one.value), "gap": gap, "one": one}


def _worked(key: str, given: set[str], at: datetime) -> dict[str, Any]:
    """Figures of all channels together: a row for each period, a column for each definition that was met.

    Of the newest periods for which something was given, and the months of a year, in which there may be journeys.
    """
    month = periods.months(timezone.localdate(at).replace(day=1))
    months = [month, *itertools.islice(_before(month), _MONTHS_OF_JOURNEYS - 1)]
    wanted = sorted(given, key=periods.parse)[-PERIODS:]
    table = figures.live(services=[key], periods={*wanted, *(span.key for span in months)}, at=at)
    together = [each for each in table.figures if not each.channel]
    met: dict[str, Definition] = {}
    for each in together:
        met.setdefault(each.figure.definition.key, each.figure.definition)
    rows = []
    for period in reversed(table.periods):
        found = [table.of(key, period, definition) for definition in met]
        cells = [
            {"head": _(met[name].title), "words": "" if one is None else shown(one.figure.value, met[name]),
             "n": one.figure.n if one else 0, "why": one.why if one else ()}
            for name, one in zip(met, found, strict=True)
        ]  # fmt: skip
        rows.append({"period": figure_words.period(table.spans[period]), "cells": cells})
    return {"heads": [_(each.title) for each in met.values()], "rows": rows}


def _before(span: Span) -> Iterator[Span]:
    """The spans before one, newest first."""
    while True:
        span = span.before()
        yield span


def shown(value: Any, definition: Definition) -> str:
    """A figure in words, with its unit."""
    if isinstance(value, Absence):
        return str(figure_words.GAPS[value])
    if definition.unit == "share":
        return f"{value:.1%}"
    if definition.unit == "seconds":
        return duration(float(value))
    return f"£{value:,.2f}" if definition.unit == "pounds" else figure_words.number(round(value, 2))
