"""Figures in words: a value or one of the three reasons why there is none, with everything that one must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from penholder.charts.over_time import Marker, Moment, OverTime, Target
from penholder.charts.ticks import said
from penholder.measure.definitions import Definition
from penholder.measure.values import Absence, Value
from penholder.services import whys
from penholder.services.disclosures import Disclosed
from penholder.services.figures import FigureOf
from penholder.services.periods import Span
from penholder.services.quarters import Moved
from penholder.services.standing import ServiceStanding
from penholder.web.durations import duration

# A page does not grow with the archive: six years of quarters. Everything is in the files.
MOST_PERIODS = 24
_NOTICED = 0.0005  # of a share; less than this is not seen in a percentage with one decimal
_DAY_LONG = timedelta(days=1)
# More numbers than these stand on each other.
_MOST_MARKERS = 6

TITLES: dict[str, str | Promise] = {
    "completion-rate": gettext_lazy("Completion rate"),
    "digital-take-up": gettext_lazy("Digital take-up"),
    "share-satisfied": gettext_lazy("Share satisfied"),
    "satisfaction-score": gettext_lazy("Satisfaction score"),
    "cost-per-transaction": gettext_lazy("Cost per transaction"),
    "median-time": gettext_lazy("Time to complete, median"),
    "p90-time": gettext_lazy("Time to complete, nine in ten"),
    "questions": gettext_lazy("Questions on the median path"),
    "pages": gettext_lazy("Pages on the median path"),
    "documents": gettext_lazy("Documents demanded"),
    "reading-age": gettext_lazy("Reading age"),
    "errors-per-question": gettext_lazy("Validation errors per question"),
    "help-opened": gettext_lazy("Help opened"),
    "failure-demand": gettext_lazy("Failure demand"),
}
# What a reader wants to know, in the reader's words.
QUESTIONS: dict[str, str | Promise] = {
    "completion-rate": gettext_lazy("Do people finish?"),
    "digital-take-up": gettext_lazy("Do they do it online?"),
    "share-satisfied": gettext_lazy("Are they satisfied?"),
    "cost-per-transaction": gettext_lazy("What does it cost each time?"),
}
# Of these less is better; of the others more.
LESS_IS_BETTER = frozenset(
    {
        "cost-per-transaction", "median-time", "p90-time", "questions", "pages", "documents", "reading-age",
        "errors-per-question", "help-opened", "failure-demand",
    }
)  # fmt: skip
ABSENT: dict[str, str | Promise] = {
    "not provided": gettext_lazy("Not provided"),
    "not applicable": gettext_lazy("Not applicable"),
    "suppressed": gettext_lazy("Suppressed"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A figure as it is printed. `kind` is "value", or the reason why there is none, for the style sheet."""

    text: str
    kind: str
    interval: str = ""
    n: str = ""
    coverage: str = ""
    provenance: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    publication: str = ""
    seal: str = ""

    @property
    def known(self) -> bool:
        """Whether it is a number."""
        return self.kind == "value"


def say(figure: FigureOf) -> Said:
    """A figure in words."""
    inner = figure.figure
    text, kind = value(inner.value, inner.definition)
    interval = ""
    if inner.interval is not None and kind == "value":
        low, high = (value(each, inner.definition)[0] for each in (inner.interval.low, inner.interval.high))
        interval = _("%(low)s to %(high)s") % {"low": low, "high": high}
    covered = inner.coverage
    return Said(
        text,
        kind,
        interval,
        f"{inner.n:,}" if inner.n else "",
        _("%(had)s of %(asked)s") % {"had": f"{covered.had:,}", "asked": f"{covered.asked:,}"} if covered.asked else "",
        inner.provenance,
        whys.said(figure.why),
        figure.publication,
        figure.seal,
    )


def value(given: Value, of: Definition) -> tuple[str, str]:
    """A value as it is read, and its kind."""
    if isinstance(given, Absence):
        return str(ABSENT[given.value]), given.value.replace(" ", "-")
    return number(float(given), of.unit), "value"


def number(given: float, unit: str) -> str:
    """A number with its unit, with as many digits as a reader can use."""
    match unit:
        case "share":
            return said(given, "%")
        case "pounds":
            return f"£{given:,.2f}"
        case "seconds":
            return duration(given)
        case "score":
            return f"{given:.2f}"
        case _:
            return f"{given:,.0f}" if given == round(given) else f"{given:,.2f}"


def count(given: Decimal | Absence) -> Said:
    """A count in words."""
    if isinstance(given, Absence):
        return Said(str(ABSENT[given.value]), given.value.replace(" ", "-"))
    return Said(f"{int(given):,}", "value")


def amount(given: Decimal | Absence, unit: str) -> Said:
    """A submitted value in words."""
    if isinstance(given, Absence) or unit == "count":
        return count(given)
    return Said(number(float(given), unit), "value")


def period(span: Span) -> str:
    """The days of a period in the reader's language: "October 2016 to September 2017"."""
    return _period(span, get_language())


@lru_cache(maxsize=2048)  # a page says the same two dozen periods in every table
def _period(span: Span, _language: str | None) -> str:
    first, last = span.starts_on, span.ends_on - _DAY_LONG
    if first.day != 1 or span.ends_on.day != 1:
        return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if span.months == 1:
        return _month(first)
    return _("%(first)s to %(last)s") % {"first": _month(first), "last": _month(last)}


def _month(day: date) -> str:
    return f"{MONTHS[day.month]} {day.year}"


def day(on: date) -> str:
    """A day in the reader's language."""
    return f"{on.day} {_month(on)}"


def short(span: Span) -> str:
    """A period at an axis: the month in which it ends."""
    last = span.ends_on - _DAY_LONG
    return f"{last.month}/{last.year}"


def change(found: Moved | None) -> dict[str, str]:
    """A change since the period before, in words that claim no cause; `way` is for its mark."""
    if found is None:
        return {"way": "unknown", "words": _("No figure for the period before to compare with.")}
    points = found.definition.unit == "share"
    size = abs(found.change) * 100 if points else abs(found.change)
    same = abs(found.change) < _NOTICED if points else round(found.change, 2) == 0
    if same:
        return {"way": "same", "words": _("As in the period before.")}
    text = _("%(size)s points") % {"size": f"{size:.1f}"} if points else number(size, found.definition.unit)
    interval = _interval(found) if points else ""
    if found.interval is not None and found.chance:
        return {"way": "same", "words": _("No clear change since the period before."), "interval": interval}
    up = found.change > 0
    if found.interval is not None and not found.clear:
        words = (
            _("Up by %(size)s since the period before, within its usual swings.")
            if up
            else _("Down by %(size)s since the period before, within its usual swings.")
        )
        return {"way": "same", "words": words % {"size": text}, "interval": interval}
    words = _("Up by %(size)s since the period before.") if up else _("Down by %(size)s since the period before.")
    better = up != (found.definition.key in LESS_IS_BETTER)
    return {"way": f"{'up' if up else 'down'}-{'better' if better else 'worse'}", "words": words % {"size": text},
            "interval": interval}  # fmt: skip


def _interval(found: Moved) -> str:
    if found.interval is None:
        return ""
    low, high = (f"{100 * each:+.1f}".replace("-", "\u2212") for each in (found.interval.low, found.interval.high))
    return _("95%% interval: %(low)s to %(high)s points") % {"low": low, "high": high}


def over_time(told: Disclosed, service: ServiceStanding, key: str, axis: Sequence[Span], *, channel: str = "",
              title: str = "") -> OverTime:  # fmt: skip
    """A figure of a service over its axis, with its target and its releases."""
    shown = axis[-MOST_PERIODS:]
    moments = []
    unit = ""
    for span in shown:
        figure = told.figure(service.key, span.key, key, channel=channel)
        inner = figure.figure if figure else None
        unit = {"share": "%", "pounds": "£"}.get(inner.definition.unit, "") if inner else unit
        if inner is None or isinstance(inner.value, Absence):
            why = inner.value.value if inner and isinstance(inner.value, Absence) else Absence.NOT_PROVIDED.value
            moments.append(Moment(period(span), why=why, short=short(span)))
            continue
        low, high = (inner.interval.low, inner.interval.high) if inner.interval else (None, None)
        moments.append(Moment(period(span), float(inner.value), low, high, inner.n or None, short=short(span)))
    return OverTime(
        title or str(TITLES[key]), tuple(moments), unit,
        _targets(service, key, shown) if not channel else (), _markers(service, shown),
    )  # fmt: skip


def _targets(service: ServiceStanding, key: str, shown: Sequence[Span]) -> tuple[Target, ...]:
    """The target that stands, drawn from the period in which it was said to the end, with the day that it is due."""
    target = service.target(key)
    if target is None or target.value is None or not shown:
        return ()
    first = next((at for at, span in enumerate(shown) if span.ends_on > target.said_on), len(shown) - 1)
    label = _("Target: %(value)s by %(day)s") % {
        "value": number(target.value, "share" if target.value <= 1 else "count"), "day": day(target.due_on),
    }  # fmt: skip
    return (Target(target.value, first, len(shown) - 1, label),)


def _markers(service: ServiceStanding, shown: Sequence[Span]) -> tuple[Marker, ...]:
    """The newest releases, each before the first period that ended after it."""
    found = []
    for release in service.releases:
        if any(span.starts_on <= release.released_on < span.ends_on for span in shown):
            ended = sum(1 for span in shown if span.ends_on <= release.released_on)
            label = f"{day(release.released_on)}: {release.changed or release.name}"
            found.append(Marker(max(0.0, ended - 0.5), label))
    return tuple(found[-_MOST_MARKERS:])


def counts_over_time(told: Disclosed, service: ServiceStanding, axis: Sequence[Span], *, channel: str = "",
                     title: str) -> OverTime:  # fmt: skip
    """Completed transactions over the axis of a service."""
    moments = []
    for span in axis[-MOST_PERIODS:]:
        given = told.volume(service.key, span.key, channel=channel)
        if isinstance(given, Absence):
            moments.append(Moment(period(span), why=given.value, short=short(span)))
        else:
            moments.append(Moment(period(span), float(given), short=short(span)))
    return OverTime(title, tuple(moments), markers=_markers(service, axis[-MOST_PERIODS:]))
