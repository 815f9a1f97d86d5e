"""A journey on the page of its service: a picture, where people leave, its parts, and its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils.dates import MONTHS
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from penholder.charts.journeys import draw_journey
from penholder.errors import Refused
from penholder.measure import ways
from penholder.measure.intervals import Interval
from penholder.measure.leaving import Leaving
from penholder.measure.outcomes import COMPLETING
from penholder.measure.questions import Funnel
from penholder.measure.releases import ReleaseComparison
from penholder.services.standing import ServiceStanding
from penholder.services.walk_parts import Part
from penholder.services.walks import Walk
from penholder.web.durations import duration
from penholder.web.labels import of_charts
from penholder.web.public import figures

# What journey.csv has a row for each step and part of; docs/services-data.md says what each column means.
COLUMNS = (
    "service", "version", "first_month", "last_month", "split", "part", "started", "completed", "step", "outcome",
    "came", "left", "low", "high",
)  # fmt: skip


def shown(walk: Walk | None, service: ServiceStanding, channel: Callable[[str, str], str]) -> dict[str, Any] | None:
    """What a template shows of a journey; None where there are no events. `channel` names one by kind and name."""
    if walk is None:
        return None
    names = {step.name: _words(step.name) for step in walk.definition.steps}
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
        "months": _months(walk.first, walk.last),
        "version": walk.definition.version,
        "window": duration(walk.definition.window.total_seconds()),
        "broken": walk.broken,
        "parts": _parts(walk, service, channel),
        "compared": [_compared(each) for each in walk.compared],
    }


def _words(step: str) -> str:
    return step.replace("-", " ").capitalize()


def _parts(walk: Walk, service: ServiceStanding, channel: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """Each split as a table of its parts, and a table of the steps in each of them."""
    kinds = {each.key: channel(each.kind, each.name) for each in service.channels}
    titles = {"channel": _("By channel"), "release": _("By release"), "month": _("By month")}
    heads = {"channel": _("Channel"), "release": _("Release"), "month": _("Month")}
    found = []
    for by, parts in walk.parts.items():
        names = [
            _("Not said") if not part.key
            else kinds.get(part.key, _words(part.key)) if by == "channel"
            else _month(int(part.key)) if by == "month"
            else part.key
            for part in parts
        ]  # fmt: skip
        known = [part for part in parts if part.funnel]
        found.append(
            {"key": by, "title": titles[by], "head": heads[by],
             "rows": [_part(name, part) for name, part in zip(names, parts, strict=True)],
             "some": len(known) < len(parts),
             "of": [name for name, part in zip(names, parts, strict=True) if part.funnel],
             "steps": [_step(each.name, known) for each in walk.definition.graph if each.outcome is None and known]}
        )  # fmt: skip
    return found


def _part(name: str, part: Part) -> dict[str, str]:
    if part.started is None or part.completed is None:
        return {"name": name, "suppressed": str(figures.ABSENT["suppressed"])}
    worst = max((each for each in part.leaving if each.left), key=lambda each: each.left, default=None)
    return {
        "name": name,
        "started": f"{part.started:,}",
        "finished": figures.number(part.completed / part.started, "share"),
        "interval": _between(part.interval),
        "worst": _words(worst.step) if worst else "",
        "worst_share": figures.number(worst.left / worst.reached, "share") if worst else "",
    }


def _step(step: str, parts: Sequence[Part]) -> dict[str, Any]:
    """One step in each part: the share of those who started that came to it, and the share of these who left there."""
    cells = []
    for part in parts:
        found = next(each for each in part.leaving if each.step == step)
        started = part.funnel.started if part.funnel else 0
        came = figures.number(found.reached / started, "share") if found.reached else ""
        cells.append((came, figures.number(found.left / found.reached, "share") if found.reached else ""))
    return {"name": _words(step), "cells": cells}


def _compared(found: ReleaseComparison) -> dict[str, str]:
    """Before and after a release: what changed after it, never because of it."""
    before, after = (figures.number(done / cohort, "share") for done, cohort in (found.before, found.after))
    change, matched, low, high = (
        "" if each is None else f"{100 * each:+.1f}".replace("-", "\u2212")
        for each in (
            found.change, found.matched_change, found.interval.low if found.interval else None,
            found.interval.high if found.interval else None,
        )
    )  # fmt: skip
    return {
        "release": found.release, "before": before, "after": after, "change": change, "low": low, "high": high,
        "matched": matched if len(found.channels) > 1 and matched != change else "",
    }  # fmt: skip


def rows(walk: Walk) -> Iterator[list[object]]:
    """journey.csv: every step of the whole, and of each part that may be told, as COLUMNS names them."""
    ends = {step.number for step in walk.definition.graph if step.outcome in COMPLETING}
    completed = sum(count for steps, count in walk.funnel.sets.items() if steps & ends)
    yield from _rows_of(walk, ("", "", walk.funnel.started, completed), walk.funnel, walk.leaving)
    for by, parts in walk.parts.items():
        for part in parts:
            key = _iso(int(part.key)) if by == "month" else part.key
            yield from _rows_of(walk, (by, key, part.started, part.completed), part.funnel, part.leaving)


def _rows_of(
    walk: Walk, about: tuple[object, ...], funnel: Funnel | None, leaving: tuple[Leaving, ...]
) -> Iterator[list[object]]:
    start = [walk.definition.service, walk.definition.version, _iso(walk.first), _iso(walk.last), *about]
    left = {each.step: each for each in leaving}
    if funnel is None:
        yield [*start, *[None] * (len(COLUMNS) - len(start))]
        return
    for step in walk.definition.graph:
        gone = left.get(step.name)
        interval = gone.interval if gone else None
        yield [
            *start, step.name, step.outcome or "", funnel.reached(step.number), gone.left if gone else None,
            round(interval.low, 6) if interval else None, round(interval.high, 6) if interval else None,
        ]  # fmt: skip


def _iso(month: int) -> str:
    return f"{month // 100}-{month % 100:02}"


def _interval(found: Leaving | None) -> str:
    return _between(found.interval) if found else ""


def _between(interval: Interval | None) -> str:
    if interval is None:
        return ""
    low, high = (figures.number(each, "share") for each in (interval.low, interval.high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _month(month: int) -> str:
    return f"{MONTHS[month % 100]} {month // 100}"


def _months(first: int, last: int) -> str:
    if first == last:
        return _month(first)
    return _("%(first)s to %(last)s") % {"first": _month(first), "last": _month(last)}
