"""Services as data: every figure as CSV, the register as JSON, a pair of files for each service, totals, revisions.

docs/services-data.md says what each field means; a test compares.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from penholder.charts import csv_of
from penholder.measure.values import Absence
from penholder.publishing.sites import Page
from penholder.services import disclosures, quarters
from penholder.services.cells import Given
from penholder.services.disclosures import Disclosed
from penholder.services.figures import FigureOf
from penholder.services.standing import ServiceStanding
from penholder.web.public import journeys
from penholder.web.public.site import Site

CSV = "text/csv; charset=utf-8"
FIGURES = (
    "service", "service_name", "organisation", "period", "period_starts_on", "period_ends_on", "channel", "figure",
    "definition", "value", "status", "n", "covered", "asked", "low", "high", "publication", "seal", "source", "note",
)  # fmt: skip
TOTALS = (
    "figure", "period", "services", "asked", "total", "period_before", "total_before", "services_in_both",
    "matched_before", "matched",
)  # fmt: skip
REVISIONS = (
    "service", "period", "channel", "quantity", "before", "after", "said_on", "reason", "source", "source_sha256",
)  # fmt: skip


def files(site: Site) -> Iterator[Page]:
    """The files, the same in every language."""
    told = site.services
    if told is None:
        return
    by_service: defaultdict[str, list[FigureOf]] = defaultdict(list)
    for each in told.table.figures:
        by_service[each.service].append(each)
    counts: defaultdict[str, list[tuple[str, str, Given]]] = defaultdict(list)
    for (key, period, channel), given in told.counts.items():
        counts[key].append((period, channel, given))
    every: list[list[object]] = []
    for service in told.services:
        rows = [
            *(_count(told, service, *one) for one in sorted(counts[service.key], key=lambda one: one[:2])),
            *(_figure(told, service, each) for each in by_service[service.key]),
        ]
        every += rows
        yield _table(f"/services/{service.key}/figures.csv", [FIGURES, *rows])
        yield _json(f"/services/{service.key}/service.json", {
            **_service(told, service),
            "figures": [dict(zip(FIGURES, row, strict=True)) for row in rows],
        })  # fmt: skip
        if walk := told.walks.get(service.key):
            yield _table(f"/services/{service.key}/journey.csv", [journeys.COLUMNS, *journeys.rows(walk)])
    yield _table("/services/figures.csv", [FIGURES, *every])
    yield _table("/services/totals.csv", [TOTALS, *_totals(told)])
    yield _table("/services/revisions.csv", [REVISIONS, *_revisions(told)])
    yield _json("/services.json", _whole(told))
    for publication in told.publications:
        yield Page(
            f"/services/publications/{publication.key}/manifest.json", publication.manifest.encode(), "application/json"
        )


def _table(path: str, rows: Iterable[Iterable[object]]) -> Page:
    return Page(path, csv_of([list(row) for row in rows]).encode("utf-8-sig"), CSV)


def _json(path: str, told: dict[str, Any]) -> Page:
    return Page(path, f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode(), "application/json")


def _status(value: object) -> str:
    return str(value).replace(" ", "-") if isinstance(value, Absence) else "value"


def _about(told: Disclosed, service: ServiceStanding, period: str, channel: str) -> list[object]:
    span = told.table.spans[period]
    return [
        service.key, service.name, service.organisation, period, span.starts_on.isoformat(), span.ends_on.isoformat(),
        channel,
    ]  # fmt: skip


def _figure(told: Disclosed, service: ServiceStanding, each: FigureOf) -> list[object]:
    inner = each.figure
    low, high = (inner.interval.low, inner.interval.high) if inner.interval else (None, None)
    return [
        *_about(told, service, each.period, each.channel), inner.definition.key, inner.definition.version,
        None if isinstance(inner.value, Absence) else round(float(inner.value), 6), _status(inner.value),
        inner.n or None, inner.coverage.had, inner.coverage.asked, _rounded(low), _rounded(high), each.publication,
        each.seal, "; ".join(inner.provenance), " ".join(each.why),
    ]  # fmt: skip


def _count(told: Disclosed, service: ServiceStanding, period: str, channel: str, given: Given) -> list[object]:
    value = None if isinstance(given, Absence) else int(given)
    return [
        *_about(told, service, period, channel), disclosures.TRANSACTIONS, None, value, _status(given),
        *[None] * 5, "", "", "", "",
    ]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


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
            {"figure": one.definition, "value": one.value, "due_on": one.due_on.isoformat(),
             "said_on": one.said_on.isoformat(), "reason": one.reason, "stands": one.stands}
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
        "status": _status(inner.value),
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
                key, span.key, found.after.services, quarters.asked(told, span), _rounded(found.after.share),
                before.key if before else None, _rounded(found.before.share) if before else None,
                found.matched_after.services if before else None,
                _rounded(found.matched_before.share) if before else None,
                _rounded(found.matched_after.share) if before else None,
            ]  # fmt: skip


def _revisions(told: Disclosed) -> Iterator[list[object]]:
    digests = {each.key: each.digest for each in told.sources}
    for service in told.services:
        for each in told.revisions.get(service.key, ()):
            after = each.after
            before, now = (
                _status(value) if isinstance(value, Absence) else str(value.normalize() + 0)
                for value in (each.before.value, after.value)
            )
            yield [
                service.key, after.period, after.channel, after.quantity, before, now, after.said_on.isoformat(),
                after.reason, after.source, digests.get(after.submission, ""),
            ]  # fmt: skip
