"""All services: how they stand together, every one of them in the order that a reader wants, and by department.

The orders are drawn beforehand, a hundred services to a page, so that none needs a script and none grows with the
register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from penholder.charts import Moment, OverTime, Tile, draw_over_time, draw_treemap
from penholder.errors import Refused
from penholder.measure.definitions import DEFINITIONS
from penholder.measure.matched import LikeWithLike, Total
from penholder.measure.values import Absence
from penholder.publishing.sites import Page, Redirect, Undrawn
from penholder.services import disclosures, quarters
from penholder.services.disclosures import Disclosed
from penholder.services.figures import FigureOf
from penholder.services.periods import Span
from penholder.services.standing import ServiceStanding
from penholder.web.labels import of_charts
from penholder.web.public import figures, frozen
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.figures import Said
from penholder.web.public.service import MOST_SOURCES, address, of_organisation

# A page of these is light, and few enough to be read through.
A_PAGE = 100
# Points between the change over all and the change like with like from which the total alone would mislead.
_MISLEADING = 2


@dataclass(frozen=True, slots=True)
class Order:
    """One order in which all services are listed."""

    key: str
    words: str | Promise
    column: str


ORDERS = (
    Order("name", gettext_lazy("Name"), "name"),
    Order("volume", gettext_lazy("Transactions"), "volume"),
    Order("completion", gettext_lazy("Completion rate"), "completion-rate"),
    Order("take-up", gettext_lazy("Digital take-up"), "digital-take-up"),
    Order("satisfaction", gettext_lazy("Share satisfied"), "share-satisfied"),
    Order("cost", gettext_lazy("Cost per transaction"), "cost-per-transaction"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One service in a list."""

    service: ServiceStanding
    path: str
    volume: Said
    cells: tuple[Said, ...]  # in the order of KPIS


def pages(drawing: Drawing, made_of: str) -> Iterator[Undrawn | Redirect]:
    """The overview, the lists, a list for each department, definitions, and every publication of figures.

    `made_of` says what all of them are drawn from.
    """
    told = drawing.site.services
    if told is None:
        return
    yield drawing.undrawn("/services/", made_of, partial(_overview, drawing, told))
    for order in ORDERS:
        yield from _list(drawing, told, order, made_of)
    for key, services in told.by_organisation.items():
        yield from _department(drawing, told, key, services, made_of)
    for before, after in told.followers.items():
        if after in told.by_organisation:
            yield Redirect(f"{drawing.root}{of_organisation(before)}", f"{drawing.root}{of_organisation(after)}")
    yield drawing.undrawn("/services/definitions/", made_of, partial(_definitions, drawing))
    yield from frozen.pages(drawing, told, made_of)


def _definitions(drawing: Drawing) -> Page:
    return drawing.page(
        "/services/definitions/",
        "services_definitions.html",
        title=_("What the figures mean"),
        description=_("Every figure of a service: its formula, its source, and since when it is worked out so."),
        crumbs=(Crumb(_("Services"), "/services/"),),
        definitions=[(str(figures.TITLES[each.key]), each) for each in DEFINITIONS],
    )


def of_order(order: Order, number: int = 1) -> str:
    """Where a page of an order stands."""
    return f"/services/by-{order.key}/" if number == 1 else f"/services/by-{order.key}/{number}/"


# ── How they stand together ──────────────────────────────────────────────────────────────────────────────────────────


def _overview(drawing: Drawing, told: Disclosed) -> Page:
    newest = told.newest
    departments = [department_row(told, key, services) for key, services in told.by_organisation.items()]
    departments.sort(key=lambda row: (-row["size"], row["name"]))
    return drawing.page(
        "/services/",
        "services.html",
        title=_("Services"),
        description=_("Every service: do people finish, do they do it online, are they satisfied, what does it cost?"),
        told=told,
        newest=figures.period(newest) if newest else "",
        headlines=[headline(told, key) for key in disclosures.KPIS],
        totals=_totals(told),
        orders=[(order, of_order(order)) for order in ORDERS],
        departments=departments,
        treemap=_treemap([Tile(row["name"], row["size"], row["reached"]) for row in departments], _("Departments")),
        publications=told.publications[:10],
        sources=told.sources[:MOST_SOURCES],
        sources_left=max(0, len(told.sources) - MOST_SOURCES),
    )


def headline(told: Disclosed, key: str) -> dict[str, Any]:
    """A figure over all services: the newest total with its coverage, and the change like with like beside it."""
    newest = told.newest
    found: dict[str, Any] = {"key": key, "title": figures.TITLES[key], "question": figures.QUESTIONS[key]}
    if newest is None:
        return found
    unit = "pounds" if key == "cost-per-transaction" else "share"
    compared = quarters.like_with_like(told, key, newest.before(), newest)
    asked = quarters.asked(told, newest)
    given = sum(
        not isinstance(told.figure(one.key, newest.key, key).figure.value, Absence)
        for one in told.services
        if newest.key in told.table.spans
    )
    return found | {
        "total": _of_total(compared.after, unit),
        "coverage": _("%(had)s of %(asked)s services") % {"had": given, "asked": asked},
        "given": given,
        "counted": compared.after.services,
        "compared": like_with_like(compared, unit),
    }


def _of_total(total: Total, unit: str) -> str:
    return "" if total.share is None else figures.number(total.share, unit)


def like_with_like(compared: LikeWithLike, unit: str) -> dict[str, Any] | None:
    """Two totals beside each other, over all and over the matched set; None where one of them is missing."""
    shares = (compared.before, compared.after, compared.matched_before, compared.matched_after)
    if any(each.share is None for each in shares):
        return None
    texts = [_of_total(each, unit) for each in shares]
    changes = [_points(one, two, unit) for one, two in (shares[:2], shares[2:])]
    return {
        "before": texts[0], "after": texts[1], "matched_before": texts[2], "matched_after": texts[3],
        "change": changes[0], "matched_change": changes[1],
        "services_before": compared.before.services, "services_after": compared.after.services,
        "matched": compared.matched_after.services, "left": len(compared.left), "joined": len(compared.joined),
    }  # fmt: skip


def _points(before: Total, after: Total, unit: str) -> str:
    change = (after.share or 0) - (before.share or 0)
    if unit == "share":
        return _("%(change)s points") % {"change": f"{100 * change:+.1f}".replace("-", "\u2212")}
    return f"{change:+,.2f}".replace("-", "\u2212").replace("+", "+£").replace("\u2212", "\u2212£")


def _totals(told: Disclosed) -> dict[str, Any] | None:
    """Take-up over all services, period by period, with coverage; each beside the one before, like with like."""
    axis = told.main_axis[-figures.MOST_PERIODS :]
    rows: list[dict[str, Any]] = []
    moments = []
    for before, span in zip((None, *axis), axis, strict=False):
        compared = quarters.like_with_like(told, "digital-take-up", before or span, span)
        total = compared.after
        words = figures.period(span)
        if total.share is None:
            moments.append(Moment(words, why=Absence.NOT_PROVIDED.value, short=figures.short(span)))
        else:
            moments.append(Moment(words, total.share, n=total.whole, short=figures.short(span)))
        rows.append(
            {"period": words, "total": _of_total(total, "share"), "services": total.services,
             "asked": quarters.asked(told, span),
             "compared": like_with_like(compared, "share") if before else None}
        )  # fmt: skip
    if all(moment.value is None for moment in moments) or len(moments) < 2:
        return None
    spec = OverTime(_("Digital take-up of all services"), tuple(moments), "%")
    return {
        "drawing": SafeString(draw_over_time(spec, ident="chart-totals", words=of_charts())),
        "rows": rows[::-1],
        "jump": next((row for row in reversed(rows) if row["compared"] and _gap(row) >= _MISLEADING), None),
    }


def _gap(row: dict[str, Any]) -> float:
    """How far the change over all lies from the change like with like."""
    numbers = [
        float(row["compared"][name].split(" ")[0].replace("\u2212", "-")) for name in ("change", "matched_change")
    ]
    return abs(numbers[0] - numbers[1])


def _treemap(tiles: Sequence[Tile], title: str) -> SafeString:
    try:
        return SafeString(draw_treemap(tiles, title=title, ident="chart-treemap", words=of_charts()))
    except Refused:
        return SafeString("")


def department_row(told: Disclosed, key: str, services: Sequence[ServiceStanding]) -> dict[str, Any]:
    """The services of one organisation added up in the newest period, with how many of them the share knows."""
    newest = told.newest
    part = whole = had = 0
    size = 0.0
    for one in services:
        volume = told.volume(one.key, newest.key) if newest else Absence.NOT_PROVIDED
        size += 0 if isinstance(volume, Absence) else float(volume)
        figure = told.of(one.key, newest.key, "digital-take-up") if newest else None
        pair = quarters.counted(figure) if figure else None
        if pair:
            part, whole, had = part + pair[0], whole + pair[1], had + 1
    reached = part / whole if whole else None
    return {
        "key": key, "name": services[0].now.organisation_name, "path": of_organisation(key), "services": len(services),
        "size": size, "volume": f"{size:,.0f}" if size else "", "reached": reached, "had": had,
        "take_up": figures.number(reached, "share") if reached is not None else "",
    }  # fmt: skip


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _line(told: Disclosed, service: ServiceStanding) -> Line:
    newest = told.newest
    if newest is None or newest.key not in told.table.spans:
        nothing = Said(str(figures.ABSENT["not provided"]), "not-provided")
        return Line(service, address(service.key), nothing, (nothing,) * len(disclosures.KPIS))
    return Line(
        service,
        address(service.key),
        figures.count(told.volume(service.key, newest.key)),
        tuple(figures.say(told.figure(service.key, newest.key, key)) for key in disclosures.KPIS),
    )


def _sorting(told: Disclosed, order: Order) -> Callable[[ServiceStanding], tuple[bool, float, str]]:
    """The largest first; what has no number after all that have one, whatever the order."""
    newest = told.newest

    def by(service: ServiceStanding) -> tuple[bool, float, str]:
        if order.key == "name" or newest is None or newest.key not in told.table.spans:
            return False, 0.0, service.name.casefold()
        if order.key == "volume":
            volume = told.volume(service.key, newest.key)
            value = None if isinstance(volume, Absence) else float(volume)
        else:
            value = _number(told.of(service.key, newest.key, order.column))
        return value is None, -(value or 0.0), service.name.casefold()

    return by


def _number(figure: FigureOf | None) -> float | None:
    if figure is None or isinstance(figure.figure.value, Absence):
        return None
    return float(figure.figure.value)


def _list(drawing: Drawing, told: Disclosed, order: Order, made_of: str) -> Iterator[Undrawn]:
    ordered = sorted(told.services, key=_sorting(told, order))
    for number, chosen, links in _paged(ordered, lambda at: of_order(order, at)):

        def draw(
            number: int = number, chosen: Sequence[ServiceStanding] = chosen, links: list[dict[str, Any]] = links
        ) -> Page:
            return drawing.page(
                of_order(order, number),
                "services_list.html",
                title=_("All services by: %(order)s") % {"order": str(order.words).lower()},
                description=_("All %(count)s services in one order.") % {"count": len(told.services)},
                crumbs=(Crumb(_("Services"), "/services/"),),
                organisation=None,
                lines=[_line(told, one) for one in chosen],
                kpis=[str(figures.TITLES[key]) for key in disclosures.KPIS],
                **_of_list(told, order, number, links, len(ordered)),
            )

        yield drawing.undrawn(of_order(order, number), made_of, draw)


def _of_list(
    told: Disclosed, order: Order | None, number: int, links: list[dict[str, Any]], count: int
) -> dict[str, Any]:
    return {
        "orders": [
            {"key": one.key, "words": one.words, "path": of_order(one), "current": one is order} for one in ORDERS
        ],
        "departments": [
            {"name": services[0].now.organisation_name, "path": of_organisation(key), "count": len(services)}
            for key, services in told.by_organisation.items()
        ],
        "newest": figures.period(told.newest) if told.newest else "",
        "number": number,
        "numbers": links,
        "first": (number - 1) * A_PAGE + 1,
        "last": min(number * A_PAGE, count),
        "count": count,
    }


def _paged(
    ordered: Sequence[ServiceStanding], path: Callable[[int], str]
) -> Iterator[tuple[int, Sequence[ServiceStanding], list[dict[str, Any]]]]:
    """Pages of an order: the number, the services on it, and links to all of them."""
    last = max(1, -(-len(ordered) // A_PAGE))
    for number in range(1, last + 1):
        links = [{"number": at, "path": path(at), "current": at == number} for at in range(1, last + 1)]
        yield number, ordered[(number - 1) * A_PAGE : number * A_PAGE], links if last > 1 else []


def _department(
    drawing: Drawing, told: Disclosed, key: str, services: Sequence[ServiceStanding], made_of: str
) -> Iterator[Undrawn]:
    by_volume = next(order for order in ORDERS if order.key == "volume")
    ordered = sorted(services, key=_sorting(told, by_volume))
    name = services[0].now.organisation_name
    newest = told.newest
    asked = {one.key for one in drawing.site.coverage.organisations}
    for number, chosen, links in _paged(ordered, lambda at: of_organisation(key, at)):

        def draw(
            number: int = number, chosen: Sequence[ServiceStanding] = chosen, links: list[dict[str, Any]] = links
        ) -> Page:
            tiles = [] if number > 1 or not newest else [_tile(told, one, newest) for one in ordered]
            return drawing.page(
                of_organisation(key, number),
                "services_list.html",
                title=_("Services of %(name)s") % {"name": name},
                description=_("Every service of %(name)s with its figures.") % {"name": name},
                crumbs=(Crumb(_("Services"), "/services/"),),
                organisation={"key": key, "name": name, "path": f"/departments/{key}/" if key in asked else ""},
                summary=department_row(told, key, services),
                treemap=_treemap([tile for tile in tiles if tile.size], name),
                lines=[_line(told, one) for one in chosen],
                kpis=[str(figures.TITLES[one]) for one in disclosures.KPIS],
                publications=[one for one in told.publications if told.line(one.organisation) == key][:12],
                **_of_list(told, by_volume, number, links, len(ordered)),
            )

        yield drawing.undrawn(of_organisation(key, number), made_of, draw)


def _tile(told: Disclosed, service: ServiceStanding, span: Span) -> Tile:
    volume = told.volume(service.key, span.key)
    size = 0.0 if isinstance(volume, Absence) else float(volume)
    return Tile(service.name, size, _number(told.of(service.key, span.key, "digital-take-up")))
