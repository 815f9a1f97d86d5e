"""Services as data: every figure as CSV, the register as JSON, a pair of files for each service, totals, revisions.

docs/services-data.md says what each field means; a test compares.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property, partial
from typing import Any

from penholder.charts import csv_of
from penholder.measure.values import Absence
from penholder.publishing.sites import Page, Undrawn
from penholder.services import disclosures, fields, quarters
from penholder.services.cells import Given
from penholder.services.disclosures import Disclosed
from penholder.services.figures import FigureOf
from penholder.services.standing import ServiceStanding
from penholder.web.public import journeys, services_tables
from penholder.web.public.made_of import Ingredients
from penholder.web.public.services_tables import CSV

JSON = "application/json"
FIGURES = (
    "service", "service_name", "organisation", *fields.names(fields.OF_PERIOD), "channel",
    *fields.names(fields.OF_FIGURE), "publication", "seal", "source", "note",
)  # fmt: skip
TOTALS = (
    "figure", "period", "services", "asked", "total", "period_before", "total_before", "services_in_both",
    "matched_before", "matched",
)  # fmt: skip
REVISIONS = (
    "service", "period", "channel", "quantity", "before", "after", "said_on", "reason", "source", "source_sha256",
)  # fmt: skip


def files(ingredients: Ingredients) -> Iterator[Page | Undrawn]:
    """The files, the same in every language. Each is drawn only where what it is made of changed."""
    told, whole = ingredients.told, ingredients.whole
    rows = _Rows(told)
    for service in told.services:
        made_of = ingredients.by_service[service.key]
        path = f"/services/{service.key}"
        yield _table(f"{path}/figures.csv", made_of, partial(_headed, FIGURES, rows.of, service))
        yield Undrawn(f"{path}/service.json", made_of, partial(_one, rows, service), JSON)
        if walk := told.walks.get(service.key):
            yield _table(f"{path}/journey.csv", made_of, partial(_headed, journeys.COLUMNS, journeys.rows, walk))
    yield _table("/services/figures.csv", whole, partial(_headed, FIGURES, rows.every))
    yield _table("/services/totals.csv", whole, partial(_headed, TOTALS, _totals, told))
    yield _table("/services/revisions.csv", whole, partial(_headed, REVISIONS, _revisions, told))
    yield from services_tables.files(told, whole)
    yield Page("/services.json", _json(_whole(told)), JSON)
    for publication in told.publications:
        yield Page(f"/services/publications/{publication.key}/manifest.json", publication.manifest.encode(), JSON)


class _Rows:
    """The rows of figures.csv by service, each worked out once."""

    def __init__(self, told: Disclosed) -> None:
        self.told = told
        self.kept: dict[str, list[list[object]]] = {}

    def of(self, service: ServiceStanding) -> list[list[object]]:
        """Counts, then figures, of one service."""
        found = self.kept.get(service.key)
        if found is None:
            counts, figures = self._by_service
            found = self.kept[service.key] = [
                *(_count(self.told, service, *one) for one in sorted(counts[service.key], key=lambda one: one[:2])),
                *(_figure(self.told, service, each) for each in figures[service.key]),
            ]
        return found

    def every(self) -> Iterator[list[object]]:
        """The rows of all services."""
        for service in self.told.services:
            yield from self.of(service)

    @cached_property
    def _by_service(self) -> tuple[dict[str, list[tuple[str, str, Given]]], dict[str, list[FigureOf]]]:
        counts: defaultdict[str, list[tuple[str, str, Given]]] = defaultdict(list)
        for (key, period, channel), given in self.told.counts.items():
            counts[key].append((period, channel, given))
        figures: defaultdict[str, list[FigureOf]] = defaultdict(list)
        for each in self.told.table.figures:
            figures[each.service].append(each)
        return counts, figures


def _headed(columns: Sequence[str], rows: Callable[..., Iterable[Sequence[object]]], *of: object) -> bytes:
    return csv_of([columns, *rows(*of)]).encode("utf-8-sig")


def _one(rows: _Rows, service: ServiceStanding) -> bytes:
    figures = [dict(zip(FIGURES, row, strict=True)) for row in rows.of(service)]
    return _json({**_service(rows.told, service), "figures": figures})


def _table(path: str, made_of: str, draw: Callable[[], bytes]) -> Undrawn:
    return Undrawn(path, made_of, draw, CSV)


def _json(told: dict[str, Any]) -> bytes:
    """A line for each field, and for each item of a list: readable, and written by the encoder that is in C."""
    lines = (f"{json.dumps(name)}: {_listed(value)}" for name, value in told.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _listed(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f" {json.dumps(each, ensure_ascii=False)}" for each in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)


def _about(told: Disclosed, service: ServiceStanding, period: str, channel: str) -> list[object]:
    return [
        service.key, service.name, service.organisation,
        *map(_plain, fields.of_period(period, told.table.spans[period]).values()), channel,
    ]  # fmt: skip


def _figure(told: Disclosed, service: ServiceStanding, each: FigureOf) -> list[object]:
    return [
        *_about(told, service, each.period, each.channel), *fields.of_figure(each.figure).values(), each.publication,
        each.seal, "; ".join(each.figure.provenance), " ".join(each.why),
    ]  # fmt: skip


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _count(told: Disclosed, service: ServiceStanding, period: str, channel: str, given: Given) -> list[object]:
    value = None if isinstance(given, Absence) else int(given)
    return [
        *_about(told, service, period, channel), disclosures.TRANSACTIONS, None, value, fields.status(given),
        *[None] * 5, "", "", "", "",
    ]  # fmt: skip


def _service(told: Disclosed, service: ServiceStanding) -> dict[str, Any]:
    now = service.now
    return {
        "key": service.key,
        "name": now.name,
        "former_names": list(service.former_names),
        "organisation": now.organisation,
        "organisation_name": now.organisation_name,
        "agency": now.agency,
        "purpose": now.purpose,
        "users": now.users,
        "needs": now.needs,
        "url": now.url,
        "opened_on": now.opened_on.isoformat() if now.opened_on else None,
        "closed_on": now.closed_on.isoformat() if now.closed_on else None,
        "address": f"/services/{service.key}/",
        "channels": [
            {"key": one.key, "kind": one.kind, "class": one.klass, "name": one.name} for one in service.channels
        ],
        "releases": [
            {"name": one.name, "released_on": one.released_on.isoformat(), "changed": one.changed}
            for one in service.releases
        ],
        "targets": [
            {name: _plain(value) for name, value in fields.of_target(one).items()}
            for one in service.targets
        ],
        "assessments": [
            {"standard": one.standard, "stage": one.stage, "result": one.result, "held_on": one.held_on.isoformat()}
            for one in told.assessments.get(service.key, ())
        ],
        "revisions": len(told.revisions.get(service.key, ())),
    }  # fmt: skip


def _whole(told: Disclosed) -> dict[str, Any]:
    newest = told.newest
    return {
        "on": told.on.isoformat(),
        "period": newest.key if newest else None,
        "sources": [
            {"name": one.name, "sha256": one.digest, "said_on": one.said_on.isoformat()} for one in told.sources
        ],
        "publications": [
            {"key": one.key, "organisation": one.organisation, "period": one.period, "number": one.number,
             "purpose": one.purpose, "stands": one.stands, "seal": one.seal,
             "published_at": one.published_at.isoformat(), "address": f"/services/publications/{one.key}/"}
            for one in told.publications
        ],
        "services": [
            {
                **_service(told, each),
                "newest": {key: _newest(told.figure(each.key, newest.key, key)) for key in disclosures.KPIS}
                if newest and newest.key in told.table.spans
                else {},
            }
            for each in told.services
        ],
    }  # fmt: skip


def _newest(figure: FigureOf) -> dict[str, Any]:
    inner = figure.figure
    value = None if isinstance(inner.value, Absence) else round(float(inner.value), 6)
    return {
        "value": value,
        "status": fields.status(inner.value),
        "n": inner.n or None,
        "definition": inner.definition.version,
    }


def _totals(told: Disclosed) -> Iterator[list[object]]:
    """Every period of the main axis, beside the one that stands before it in the axis and has the same length."""
    for key in disclosures.KPIS:
        for before, span in zip((None, *told.main_axis), told.main_axis, strict=False):
            found = quarters.like_with_like(told, key, before or span, span)
            if not found.after.services:
                continue
            yield [
                key, span.key, found.after.services, quarters.asked(told, span), fields.rounded(found.after.share),
                before.key if before else None, fields.rounded(found.before.share) if before else None,
                found.matched_after.services if before else None,
                fields.rounded(found.matched_before.share) if before else None,
                fields.rounded(found.matched_after.share) if before else None,
            ]  # fmt: skip


def _revisions(told: Disclosed) -> Iterator[list[object]]:
    digests = {each.key: each.digest for each in told.sources}
    for service in told.services:
        for each in told.revisions.get(service.key, ()):
            after = each.after
            before, now = (
                fields.status(value) if isinstance(value, Absence) else str(value.normalize() + 0)
                for value in (each.before.value, after.value)
            )
            yield [
                service.key, after.period, after.channel, after.quantity, before, now, after.said_on.isoformat(),
                after.reason, after.source, digests.get(after.submission, ""),
            ]  # fmt: skip
