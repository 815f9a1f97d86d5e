"""The coverage matrix, departments × actions: as a page, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from penholder.publishing.sites import Page
from penholder.web.public.drawing import Drawing
from penholder.web.public.site import Site
from penholder.web.public.states import STATES, Cell

# What a spreadsheet would take for a formula, at the start of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "action",
    "action_title",
    "organisation",
    "organisation_name",
    "state",
    "asked_on",
    "said_on",
    "silent_since",
    "versions",
    "reason",
    "accepted_by",
)


def pages(drawing: Drawing) -> Iterator[Page]:
    """The page of the matrix."""
    coverage = drawing.site.coverage
    yield drawing.page(
        "/coverage/",
        "coverage.html",
        title=_("Who has answered what"),
        description=_("Every department and every action in one table: answered, not applicable, or silent."),
        actions=coverage.actions,
        whole=coverage.whole,
        rows=[{"organisation": one, "tally": coverage.of_organisation(one.key)} for one in coverage.organisations]
        if coverage.actions
        else [],
        columns=[coverage.of_action(action.number) for action in coverage.actions],
        states=STATES,
    )


def files(site: Site) -> Iterator[Page]:
    """`/coverage.csv`, one row for each cell, and `/actions.json`."""
    yield Page("/coverage.csv", table(site).encode("utf-8-sig"), "text/csv; charset=utf-8")
    data = json.dumps(record(site), ensure_ascii=False, indent=1)
    yield Page("/actions.json", f"{data}\n".encode(), "application/json")


def table(site: Site) -> str:
    """The matrix as CSV, one row for each action and organisation, in the words of the API, not of a language."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for cell in site.coverage.cells.values():
        row = _cell(cell)
        about = {
            "action": cell.action.number,
            "action_title": cell.action.title,
            "organisation": cell.organisation.key,
            "organisation_name": cell.organisation.name,
        }
        writer.writerow([_safe({**row, **about}[column]) for column in COLUMNS])
    return out.getvalue()


def record(site: Site) -> dict[str, Any]:
    """Everything that the pages say about actions, as data."""
    edition = site.strategy.current if site.strategy else None
    coverage = site.coverage
    return {
        "title": site.title,
        "published_at": edition.published_at.isoformat() if edition else None,
        "edition": edition.number if edition else None,
        "seal": edition.iteration.seal if edition else None,
        "organisations": [
            {"key": one.key, "name": one.name, "acronym": one.acronym, "address": f"/departments/{one.key}/"}
            for one in coverage.organisations
        ],
        "principles": [
            {"number": one.number, "title": one.title, "motto": one.motto, "actions": list(one.actions)}
            for one in (site.standing.principles if site.standing else ())
        ],
        "actions": [
            {
                "number": action.number,
                "title": action.title,
                "short_title": action.short_title,
                "principle": action.principle or None,
                "address": f"/actions/{action.number:02}/",
                "worded_elsewhere": [{"title": w.title, "where": w.where} for w in action.drift],
                "responses": [
                    {"organisation": cell.organisation.key, **_cell(cell)}
                    for cell in coverage.of_action(action.number).cells
                ],
            }
            for action in coverage.actions
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    answer, said = cell.answer, cell.answer.current
    return {
        "state": cell.state.key,
        "asked_on": answer.asked_on.isoformat() if answer.asked_on else None,
        "said_on": said.said_on.isoformat() if said else None,
        "silent_since": answer.silent_since.isoformat() if answer.silent_since else None,
        "versions": len(answer.history),
        "reason": said.reason if said else "",
        "accepted_by": (said.decided_by or said.accepted_by) if said and said.decision != "refused" else "",
    }


def _safe(value: Any) -> Any:
    """A text that a spreadsheet would run gets an apostrophe before it; nothing is changed otherwise."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
