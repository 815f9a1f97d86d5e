"""Between spreadsheets and what is submitted: which columns there are, which services, and the template to fill in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.formats.figures import explorer, templates
from penholder.formats.figures.catalogue import Catalogue, ListedService
from penholder.formats.figures.columns import Quantity, plain
from penholder.formats.figures.numbers import Gap, Kind
from penholder.formats.figures.periods import Period, Quarters
from penholder.formats.figures.reading import Figures, read_figures
from penholder.measure.values import Absence
from penholder.services import periods, quantities
from penholder.services.cells import Given
from penholder.services.models import Channel, ServiceAlias, ServiceVersion
from penholder.services.periods import Span

_KINDS = {"count": Kind.COUNT, "pounds": Kind.MONEY, "share": Kind.SHARE, "score": Kind.SHARE, "seconds": Kind.SECONDS}
_GAPS = {
    Gap.NOT_PROVIDED: Absence.NOT_PROVIDED,
    Gap.NOT_APPLICABLE: Absence.NOT_APPLICABLE,
    Gap.SUPPRESSED: Absence.SUPPRESSED,
}
# What departments call things in their own sheets, by key.
_HEADS = {
    "transactions": ("transactions", "completed transactions", "transactions completed"),
    "started": ("started", "starts", "transactions started", "journeys started"),
    "completed": ("completed", "completions", "journeys completed"),
    "survey-offered": ("survey offered", "offered"),
    "cost": ("cost", "total cost", "costs"),
    "contacts": ("contacts", "contacts of every kind"),
}
# Name of a figure in the Transactions Explorer → (channel, quantity).
EXPLORER = {
    "Vol.": ("", "transactions"),
    "Digital vol.": ("digital", "transactions"),
    "CPT (£)": ("", "cost-per-transaction"),
    "Digital CPT (£)": ("digital", "cost-per-transaction"),
    "Completion rate": ("", "completion-rate"),
    "User satisfaction": ("", "share-satisfied"),
}
# A template longer than this is no form any more; it is sent in parts.
MOST_ASKED = 5_000


@cache
def columns() -> tuple[Quantity, ...]:
    """Everything that may be given in a sheet. Heads are English, as those of the template, for every reader."""
    return tuple(
        Quantity(
            each.key, each.title, _KINDS[each.unit], each.meaning, each.by_channel,
            tuple(dict.fromkeys((plain(each.title), *_HEADS.get(each.key, ())))),
        )
        for each in quantities.QUANTITIES
    )  # fmt: skip


def asked() -> tuple[Quantity, ...]:
    """What the template asks for: counts and cost. What its source would have to work out first is left out."""
    wanted = {each.key for each in quantities.QUANTITIES if each.unit == "count"} | {quantities.COST.key}
    return tuple(each for each in columns() if each.key in wanted)


def read(name: str, data: bytes, *, quarters: Quarters | None = None) -> Figures:
    """A file of figures read against the register: anybody's table, or the layout of the Transactions Explorer.

    Raises Refused for a file that cannot be read at all. Three queries.
    """
    if explorer.is_explorer(data):
        return explorer.read_explorer(name, data, catalogue=catalogue(), named=EXPLORER)
    return read_figures(name, data, catalogue=catalogue(), quantities=columns(), quarters=quarters)


def catalogue(*, organisation: str = "", service: str = "") -> Catalogue:
    """The register as a sheet may speak of it, all of it or in part. Three queries."""
    rows = ServiceVersion.objects.filter(superseded_by=None)
    rows = rows.filter(organisation__key=organisation) if organisation else rows
    rows = rows.filter(service__key=service) if service else rows
    ways: defaultdict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    for channel in Channel.objects.order_by("service", "pk"):
        ways[channel.service_id][channel.key] = channel.kind, channel.name
    names: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name in ServiceAlias.objects.values_list("service", "name"):
        names[pk].append(name)
    return Catalogue(
        tuple(
            ListedService(key, name, tuple(names[pk]), ways[pk])
            for pk, key, name in rows.order_by("name").values_list("service", "service__key", "name")
        )
    )


def span_of(period: Period) -> Span:
    """The period of a sheet as the room keeps periods."""
    return periods.months(period.first, period.months)


def period_of(span: Span) -> Period:
    """A period of whole months as a sheet names it."""
    return Period(span.starts_on.year, span.starts_on.month, span.months)


def value_of(given: int | Decimal | Gap) -> Given:
    """The value of a cell that was not blank."""
    return _GAPS[given] if isinstance(given, Gap) else Decimal(given)


def template(
    *, title: str, services: Sequence[ListedService], spans: Iterable[Span], kind: str, wanted: Iterable[str] = ()
) -> bytes:
    """The template for these services and periods: "xlsx" or "csv". `wanted` are keys of quantities; all without them.

    Raises Refused where there would be nothing to fill in, or too much for one form.
    """
    keys = set(wanted)
    listed = [each for each in asked() if not keys or each.key in keys]
    rows = templates.asked(services, [period_of(span) for span in spans], listed)
    if not rows:
        raise Refused(_("There is no service to ask about. Register one, or choose another organisation."))
    if len(rows) > MOST_ASKED:
        raise Refused(
            _("The template would have %(rows)s rows; %(most)s are the most. Choose fewer periods.")
            % {"rows": len(rows), "most": MOST_ASKED}
        )
    if kind == "csv":
        return templates.as_csv(rows, listed)
    words = [_(one.template) % one.values if one.values else _(one.template) for one in templates.EXPLAINED]
    return templates.as_workbook(title, rows, listed, words)
