"""The tables of lists of services as files: each list, treemap and comparison on a page has its CSV beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from penholder.charts import csv_of
from penholder.measure.values import Absence
from penholder.publishing.sites import Undrawn
from penholder.services import disclosures, fields, quarters
from penholder.services.cells import Given
from penholder.services.disclosures import Disclosed, PublicationOf
from penholder.services.quarters import Moved, Silent
from penholder.services.standing import ServiceStanding
from penholder.web.public.register import department_row
from penholder.web.public.service import of_organisation

CSV = "text/csv; charset=utf-8"
NEWEST = ("service", "service_name", "organisation", "organisation_name", "period", "figure", "value", "status")
DEPARTMENTS = (
    "organisation", "organisation_name", "period", "services", "transactions", "digital_take_up", "take_up_services",
)  # fmt: skip
CHANGED = (
    "service", "service_name", "organisation", "figure", "period_before", "period", "before", "after", "change", "low",
    "high", "status",
)  # fmt: skip
FROZEN = ("service", "channel", *fields.names(fields.OF_FIGURE))

Row = Sequence[object]


def files(told: Disclosed, made_of: str) -> Iterator[Undrawn]:
    """The files, the same in every language; `made_of` says what they are drawn from."""
    yield _file("/services/newest.csv", made_of, NEWEST, partial(_newest, told, told.services))
    for key, services in told.by_organisation.items():
        yield _file(f"{of_organisation(key)}services.csv", made_of, NEWEST, partial(_newest, told, services))
    yield _file("/services/departments.csv", made_of, DEPARTMENTS, partial(_departments, told))
    yield _file("/services/changed.csv", made_of, CHANGED, partial(_changed, told))
    for one in told.publications:
        yield _file(f"/services/publications/{one.key}/figures.csv", made_of, FROZEN, partial(_frozen, one))


def _file(path: str, made_of: str, columns: Sequence[str], rows: Callable[[], Iterable[Row]]) -> Undrawn:
    return Undrawn(path, made_of, lambda: csv_of([columns, *rows()]).encode("utf-8-sig"), CSV)


def _number(value: Given | float) -> float | None:
    return None if isinstance(value, Absence) else round(float(value), 6)


def _newest(told: Disclosed, services: Iterable[ServiceStanding]) -> Iterator[Row]:
    newest = told.newest
    if newest is None:
        return
    for one in services:
        about = [one.key, one.name, one.now.organisation, one.now.organisation_name, newest.key]
        volume = told.volume(one.key, newest.key)
        yield [
            *about,
            disclosures.TRANSACTIONS,
            None if isinstance(volume, Absence) else int(volume),
            fields.status(volume),
        ]
        for key in disclosures.KPIS if newest.key in told.table.spans else ():
            value = told.figure(one.key, newest.key, key).figure.value
            yield [*about, key, _number(value), fields.status(value)]


def _departments(told: Disclosed) -> Iterator[Row]:
    for key, services in told.by_organisation.items():
        row = department_row(told, key, services)
        yield [
            key, row["name"], told.newest.key if told.newest else None, row["services"], int(row["size"]) or None,
            None if row["reached"] is None else round(row["reached"], 6), row["had"],
        ]  # fmt: skip


def _changed(told: Disclosed) -> Iterator[Row]:
    found = quarters.read(told, disclosures.KPIS)
    if found is None:
        return
    listed: list[Moved | Silent] = [*found.clear, *found.silent]
    for each in listed:
        service = told.by_key[each.service]
        about = [each.service, service.name, service.now.organisation, each.definition.key]
        yield [*about, found.before.key, found.after.key, _number(each.before.figure.value), *_after(each)]


def _after(each: Moved | Silent) -> Row:
    if isinstance(each, Silent):
        return [None, None, None, None, "not-provided"]
    low, high = (each.interval.low, each.interval.high) if each.interval else (None, None)
    bounds = [None if one is None else round(one, 6) for one in (low, high)]
    return [_number(each.after.figure.value), round(each.change, 6), *bounds, "value"]


def _frozen(publication: PublicationOf) -> Iterator[Row]:
    for each in disclosures.frozen_figures(publication.key):
        yield [each.service, each.channel, *fields.of_figure(each.figure).values()]
