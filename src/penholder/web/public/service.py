"""The page of one service: whether it becomes simpler, clearer and faster, and whether people finish."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from penholder.charts import draw_multiples, draw_over_time
from penholder.charts.over_time import OverTime
from penholder.errors import Refused
from penholder.measure.definitions import Definition
from penholder.publishing.sites import Page, Undrawn
from penholder.services import disclosures, quantities, quarters
from penholder.services.disclosures import Disclosed
from penholder.services.periods import Span
from penholder.services.standing import ServiceStanding
from penholder.services.values import RevisionOf
from penholder.web.channels import channel_name
from penholder.web.labels import of_charts
from penholder.web.public import figures, journeys
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.figures import Said

# What answers "simpler", "clearer", "faster" and "do people finish": the first of each line that is known.
_VERDICTS = (
    ("simpler", ("questions", "pages", "documents")),
    ("clearer", ("errors-per-question", "reading-age", "help-opened")),
    ("faster", ("median-time", "p90-time")),
    ("finish", ("completion-rate",)),
)
# Revisions on a page; all of them are in the files.
MOST_REVISIONS = 40


# Each month brings a source; the file of figures names them all, row by row.
MOST_SOURCES = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One figure in one period, or in several that follow each other and all have none for the same reason."""

    period: str
    said: Said
    periods: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """One figure over time: the newest in words, the picture, the table, the definition."""

    key: str
    title: str
    question: str
    definition: Definition | None
    newest: Said
    period: str
    last: Row | None  # the newest that is known, where the newest period has none
    change: dict[str, str]
    drawing: SafeString
    rows: tuple[Row, ...]

    @property
    def never(self) -> Row | None:
        """The one row where no period has a number and all for the same reason: then there is nothing to draw."""
        return self.rows[0] if len(self.rows) == 1 and not self.rows[0].said.known else None


@dataclass(frozen=True, slots=True)
class Source:
    """Where numbers of this page come from: a publication here, or a source that was public elsewhere."""

    words: str
    digest: str
    path: str = ""


def pages(drawing: Drawing, made_of: Mapping[str, str], frame: str) -> Iterator[Undrawn]:
    """A page for each service. `made_of` says by service what it is drawn from, `frame` what stands around it."""
    told = drawing.site.services
    if told:
        for service in told.services:
            yield drawing.undrawn(
                address(service.key), f"{frame}.{made_of[service.key]}", partial(_page, drawing, told, service)
            )


def address(key: str) -> str:
    """Where a service's page stands."""
    return f"/services/{key}/"


def _page(drawing: Drawing, told: Disclosed, service: ServiceStanding) -> Page:
    axis = told.axis(service.key)
    kpis = [section(told, service, key, axis) for key in disclosures.KPIS]
    ease = [section(told, service, key, axis) for key in disclosures.EASE if _given(told, service, key, axis)]
    shown = {each.key: each for each in (*kpis, *ease)}
    now = service.now
    return drawing.page(
        address(service.key),
        "service.html",
        title=now.name,
        description=_("Do people finish, do they do it online, are they satisfied, and what does it cost: %(name)s.")
        % {"name": now.name},
        crumbs=(
            Crumb(_("Services"), "/services/"),
            Crumb(now.organisation_name, of_organisation(now.organisation), english=True),
        ),
        service=service,
        verdicts=[_verdict(kind, [shown[key] for key in keys if key in shown]) for kind, keys in _VERDICTS],
        kpis=kpis,
        ease=ease,
        volume=_volume(told, service, axis),
        channels=_channels(told, service, axis),
        assisted=_assisted(told, service, axis),
        costs=_costs(told, service, axis),
        journey=journeys.shown(told.walks.get(service.key), service, channel_name),
        assessments=told.assessments.get(service.key, ()),
        revisions=[revision(told, each) for each in told.revisions.get(service.key, ())[:MOST_REVISIONS]],
        revisions_left=max(0, len(told.revisions.get(service.key, ())) - MOST_REVISIONS),
        sources=(sources := _sources(told, service))[:MOST_SOURCES],
        sources_left=max(0, len(sources) - MOST_SOURCES),
        names={key: each.name for key, each in told.by_key.items()} if service.became or service.came_from else {},
        newest=figures.period(axis[-1]) if axis else "",
    )  # fmt: skip


def of_organisation(key: str, number: int = 1) -> str:
    """Where the services of an organisation are listed."""
    return f"/services/of/{key}/" if number == 1 else f"/services/of/{key}/{number}/"


def _given(told: Disclosed, service: ServiceStanding, key: str, axis: Sequence[Span]) -> bool:
    return any(told.of(service.key, span.key, key) for span in axis if span.key in told.table.spans)


def section(told: Disclosed, service: ServiceStanding, key: str, axis: Sequence[Span]) -> Section:
    """One figure of a service, with its newest value, its change and its history."""
    rows = [
        (span, told.figure(service.key, span.key, key))
        for span in axis[-figures.MOST_PERIODS :]
        if span.key in told.table.spans
    ]
    newest = rows[-1] if rows and rows[-1][0] == axis[-1] else None
    said = figures.say(newest[1]) if newest else Said(str(figures.ABSENT["not provided"]), "not-provided")
    definition = rows[-1][1].figure.definition if rows else None
    found = quarters.moved(told, service.key, key, newest[0]) if newest else None
    history = gathered([(span, figures.say(figure)) for span, figure in reversed(rows)])
    known = any(row.said.known for row in history)
    return Section(
        key,
        str(figures.TITLES[key]),
        str(figures.QUESTIONS.get(key, "")),
        definition,
        said,
        figures.period(axis[-1]) if axis else "",
        None if said.known else next((row for row in history if row.said.known), None),
        figures.change(found) if said.known else {},
        drawn(lambda: figures.over_time(told, service, key, axis), key) if known else SafeString(""),
        history,
    )


def gathered(rows: Sequence[tuple[Span, Said]]) -> tuple[Row, ...]:
    """Rows of a table, newest first; periods without a number that follow each other and say the same are one row."""
    found = []
    for said, run in itertools.groupby(rows, key=lambda row: row[1]):
        spans = [span for span, _said in run]
        if said.known:
            found += [Row(figures.period(span), said) for span in spans]
        else:
            whole = Span(min(each.starts_on for each in spans), max(each.ends_on for each in spans))
            found.append(Row(figures.period(whole), said, len(spans)))
    return tuple(found)


def drawn(make: Callable[[], OverTime], ident: str) -> SafeString:
    """The picture of a figure, or nothing where it cannot be drawn; the table stands in either case."""
    try:
        return SafeString(draw_over_time(make(), ident=f"chart-{ident}", words=of_charts()))
    except Refused:
        return SafeString("")


def _verdict(kind: str, sections: list[Section]) -> dict[str, object]:
    known = [each for each in sections if each.newest.known] + [each for each in sections if each.last]
    found = next(iter(known), None)
    words = {
        "simpler": _("Is it simpler?"), "clearer": _("Is it clearer?"), "faster": _("Is it faster?"),
        "finish": _("Do people finish?"),
    }  # fmt: skip
    return {"kind": kind, "question": words[kind], "section": found}


def _volume(told: Disclosed, service: ServiceStanding, axis: Sequence[Span]) -> dict[str, object]:
    shown = axis[-figures.MOST_PERIODS :]
    rows = gathered([(span, figures.count(told.volume(service.key, span.key))) for span in reversed(shown)])
    title = _("Completed transactions")
    known = any(row.said.known for row in rows)
    return {
        "drawing": drawn(lambda: figures.counts_over_time(told, service, axis, title=title), "volume") if known else "",
        "rows": rows,
    }


def _channels(told: Disclosed, service: ServiceStanding, axis: Sequence[Span]) -> dict[str, object] | None:
    """Transactions of each channel over time, on one scale; and in the newest period in words."""
    given = [
        channel
        for channel in service.channels
        if any((service.key, span.key, channel.key) in told.counts for span in axis)
    ]
    if not given or not axis:
        return None
    words = of_charts()
    specs = [
        figures.counts_over_time(told, service, axis, channel=one.key, title=channel_name(one.kind, one.name))
        for one in given
    ]
    try:
        picture = draw_multiples(
            specs, title=_("Completed transactions by channel"), ident="chart-channels", words=words
        )
    except Refused:
        picture = ""
    shown = axis[-figures.MOST_PERIODS :][::-1]
    return {
        "drawing": SafeString(picture),
        "names": [spec.title for spec in specs],
        "rows": [
            (figures.period(span), [_count(told, service, span, one.key) for one in given])
            for span in shown
        ],
    }  # fmt: skip


def _count(told: Disclosed, service: ServiceStanding, span: Span, channel: str) -> Said:
    return figures.count(told.volume(service.key, span.key, channel=channel))


def channel_of(told: Disclosed, service: str, key: str) -> str:
    """A channel by its key, in words; a key that the register does not know stands as it is."""
    listed = told.by_key[service].channels if service in told.by_key else ()
    return next((channel_name(one.kind, one.name) for one in listed if one.key == key), key)


def _assisted(told: Disclosed, service: ServiceStanding, axis: Sequence[Span]) -> dict[str, object]:
    """The channel for those who are helped, and take-up with and without them."""
    own = [one for one in service.channels if one.klass == "assisted digital"]
    both = []
    if axis and axis[-1].key in told.table.spans:
        for version in (2, 1):
            found = told.table.of(service.key, axis[-1].key, "digital-take-up", version=version)
            if found is not None:
                both.append(figures.say(found))
    counts = [figures.count(told.volume(service.key, axis[-1].key, channel=one.key)) for one in own] if axis else []
    return {
        "channels": list(zip([channel_name(one.kind, one.name) for one in own], counts, strict=False)),
        "with": both[0] if both else None,
        "without": both[1] if len(both) > 1 else None,
    }


def _costs(told: Disclosed, service: ServiceStanding, axis: Sequence[Span]) -> dict[str, object] | None:
    """The cost lines of the newest published period that has any."""
    for span in reversed(axis):
        lines = told.costs.get((service.key, span.key))
        if lines:
            return {"period": figures.period(span), "lines": lines}
    return None


def revision(told: Disclosed, found: RevisionOf) -> dict[str, object]:
    """A revision in words: what the figure was, what it is, and why."""
    known = quantities.BY_KEY.get(found.after.quantity)
    return {
        "said_on": found.after.said_on,
        "period": figures.period(told.table.spans[found.after.period]),
        "quantity": known.words if known else found.after.quantity,
        "channel": channel_of(told, found.after.service, found.after.channel),
        "before": figures.amount(found.before.value, known.unit if known else "count"),
        "after": figures.amount(found.after.value, known.unit if known else "count"),
        "reason": found.after.reason,
        "source": found.after.source,
    }


def _sources(told: Disclosed, service: ServiceStanding) -> list[Source]:
    """Every publication and every public source that numbers of this service come from, newest first."""
    met = told.provenance.get(service.key, frozenset())
    found = [
        Source(_("Publication %(key)s, signed off by %(post)s") % {"key": each.key, "post": each.signed_by}, each.seal,
               f"/services/publications/{each.key}/")
        for each in told.publications
        if told.line(each.organisation) == service.organisation
    ]  # fmt: skip
    return found + [Source(each.name, each.digest) for each in told.sources if each.name in met]
