"""How an action is measured: figures of services, live until they are published, then with the seal that froze them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from penholder.charts import Moment, OverTime, Target, draw_over_time
from penholder.delivery.measures import Measured, Reading
from penholder.errors import Refused
from penholder.measure.values import Absence
from penholder.services.disclosures import Disclosed, axis_of
from penholder.web.labels import of_charts
from penholder.web.public import figures
from penholder.web.public.service import address


@dataclass(frozen=True, slots=True)
class ShownMeasure:
    """One measure on the page of its action."""

    key: str
    title: str
    figure: str
    services: tuple[tuple[str, str], ...]  # name, address
    value: str
    period: str
    coverage: str
    frozen: bool
    seals: tuple[str, ...]
    baseline: str
    target: str
    standing: str
    drawing: SafeString
    rows: tuple[tuple[str, str, str, bool], ...]
    versions: int
    reason: str


def shown(measured: Measured, told: Disclosed | None) -> ShownMeasure:
    """A measure in words and as a line over time. What is not known is said, and never taken for 0."""
    unit = measured.definition.unit
    now, last = measured.now, measured.last
    names = told.by_key if told else {}
    return ShownMeasure(
        key=measured.key,
        title=now.title,
        figure=str(figures.TITLES[now.definition]),
        services=tuple((names[key].name, address(key)) for key in now.services if key in names),
        value=figures.number(last.value, unit) if last and last.value is not None else "",
        period=figures.period(last.span) if last else "",
        coverage=_coverage(last) if last else "",
        frozen=last.frozen if last else False,
        seals=last.seals if last else (),
        baseline=_("%(value)s on %(day)s")
        % {"value": figures.number(float(now.baseline), unit), "day": figures.day(now.baseline_on)}
        if now.baseline is not None and now.baseline_on
        else "",
        target=_("%(value)s by %(day)s")
        % {"value": figures.number(float(now.target), unit), "day": figures.day(now.due_on)}
        if now.target is not None and now.due_on
        else "",
        standing={None: "", True: _("The target is met."), False: _("The target is not met.")}[measured.met],
        drawing=_drawn(measured),
        rows=tuple(
            (
                figures.period(reading.span),
                str(figures.ABSENT["not provided"]) if reading.value is None else figures.number(reading.value, unit),
                _coverage(reading),
                reading.frozen,
            )
            for reading in reversed(measured.readings[-figures.MOST_PERIODS :])
        ),
        versions=len(measured.versions),
        reason=measured.versions[-1].reason,
    )


def _coverage(reading: Reading) -> str:
    return _("%(had)s of %(asked)s services") % {"had": reading.had, "asked": reading.asked}


def _drawn(measured: Measured) -> SafeString:
    """The readings over an axis that holds the periods without one, too."""
    by_span = {reading.span: reading for reading in measured.readings}
    axis = axis_of(dict.fromkeys(by_span, 1))[-figures.MOST_PERIODS :]
    moments = []
    for span in axis:
        value = by_span[span].value if span in by_span else None
        words, short = figures.period(span), figures.short(span)
        if value is None:
            moments.append(Moment(words, why=Absence.NOT_PROVIDED.value, short=short))
        else:
            moments.append(Moment(words, value, short=short))
    unit = {"share": "%", "pounds": "£"}.get(measured.definition.unit, "")
    target = measured.now.target
    targets = (Target(float(target), 0, len(axis) - 1),) if target is not None and axis else ()
    spec = OverTime(measured.now.title, tuple(moments), unit, targets)
    try:
        return SafeString(draw_over_time(spec, ident=f"chart-measure-{measured.key}", words=of_charts()))
    except Refused:
        return SafeString("")
