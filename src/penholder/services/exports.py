"""The whole register and every figure as rows: for CSV as they are, for JSON with the meaning of every field beside.

exports.TABLES["figures"].fields           # (name, meaning), in the order of the columns
for row in exports.TABLES["figures"].rows(): …
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from penholder.services import assessments, fields, figures, frozen, pagetexts, publications, standing, values
from penholder.services.fields import OF_FIGURE, OF_PERIOD, OF_TARGET, Fields
from penholder.services.figures import Table
from penholder.services.models import FrozenFigure, Purpose, State
from penholder.services.values import ValueOf

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """One table: what its fields mean, and its rows. Only what is public is in it."""

    name: str
    meaning: str
    fields: Fields
    rows: Callable[[], Iterator[Row]]

    def csv(self) -> str:
        """The table as CSV (RFC 4180), with a row of names.

        A text that a spreadsheet would take for a formula is led by an apostrophe.
        """
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([name for name, _meaning in self.fields])
        for row in self.rows():
            writer.writerow([_cell(row[name]) for name, _meaning in self.fields])
        return out.getvalue()

    def json(self) -> str:
        """The table as one JSON document: `meaning`, `fields` (name → meaning), `rows`."""
        told = {"meaning": self.meaning, "fields": dict(self.fields), "rows": list(self.rows())}
        return json.dumps(told, ensure_ascii=False, indent=1, default=_plain)


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    text = value if isinstance(value, str) else ""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else float(value)


def _services() -> Iterator[Row]:
    for each in standing.listed():
        yield {
            "service": each.key, "name": each.name, "organisation": each.organisation,
            "organisation_name": each.now.organisation_name, "agency": each.now.agency, "manager": each.now.manager,
            "purpose": each.now.purpose, "users": each.now.users, "needs": each.now.needs, "url": each.now.url,
            "opened_on": each.now.opened_on, "closed_on": each.now.closed_on, "as_of": each.now.as_of,
            "former_names": list(each.former_names), "aliases": list(each.aliases),
            "channels": [f"{channel.key} ({channel.klass})" for channel in each.channels],
            "exemplar": [programme for programme, _since in each.exemplar],
            "became": [f"{one.kind} {one.other} on {one.on}" for one in each.became],
        }  # fmt: skip


def _public() -> Table:
    """What is public: everything, as published by the end of time."""
    return figures.read(as_published_on=date.max)


def _figures() -> Iterator[Row]:
    table = _public()
    for each in table.figures:
        yield {
            "service": each.service, **fields.of_period(each.period, table.spans[each.period]), "channel": each.channel,
            **fields.of_figure(each.figure), "unit": each.figure.definition.unit, "publication": each.publication,
            "seal": each.seal, "source": list(each.figure.provenance), "note": list(each.why),
        }  # fmt: skip


def _values() -> Iterator[Row]:
    spans = _public_spans()
    for each in values.read(as_published_on=date.max):
        yield _value(each, spans)
    yield from _counts(spans)


def _public_spans() -> dict[str, tuple[date, date]]:
    return {key: (span.starts_on, span.ends_on) for key, span in _public().spans.items()}


def _value(each: ValueOf, spans: dict[str, tuple[date, date]]) -> Row:
    starts, ends = spans[each.period]
    return {
        "service": each.service, "period": each.period, "period_starts_on": starts, "period_ends_on": ends,
        "channel": each.channel, "quantity": each.quantity, "status": each.status,
        "value": each.amount, "said_on": each.said_on, "source": each.source, "place": each.place, "seal": "",
    }  # fmt: skip


def _counts(spans: dict[str, tuple[date, date]]) -> Iterator[Row]:
    """Counts of publications of ours, with what is withheld withheld."""
    for publication, line in frozen.counts():
        starts, ends = spans[publication.period.key]
        yield {
            "service": line.service.key, "period": publication.period.key, "period_starts_on": starts,
            "period_ends_on": ends, "channel": line.channel, "quantity": line.definition,
            "status": line.status, "value": line.value,
            "said_on": timezone.localdate(publication.published_at) if publication.published_at else None,
            "source": publication.key, "place": "", "seal": publication.seal,
        }  # fmt: skip


def _revisions() -> Iterator[Row]:
    for each in values.revisions():
        yield {
            "service": each.after.service, "period": each.after.period, "channel": each.after.channel,
            "figure": each.after.quantity, "definition": 0, "before": each.before.amount,
            "before_status": each.before.status, "after": each.after.amount,
            "after_status": each.after.status, "on": each.after.said_on,
            "reason": each.after.reason, "source": each.after.source,
        }  # fmt: skip
    for one in frozen.revisions():
        before, after, at = one.before, one.after, one.publication.published_at
        yield {
            "service": one.line.service.key, "period": one.publication.period.key, "channel": one.line.channel,
            "figure": one.line.definition, "definition": one.line.version, "before": before.value if before else None,
            "before_status": _status(before), "after": after.value if after else None,
            "after_status": _status(after), "on": timezone.localdate(at) if at else None, "reason": one.reason,
            "source": one.publication.key,
        }  # fmt: skip


def _status(line: FrozenFigure | None) -> str:
    return line.status if line else "not-provided"


def _publications() -> Iterator[Row]:
    for each in publications.listed():
        if each.state in {State.PUBLISHED, State.REPLACED}:
            yield {
                "publication": each.key, "organisation": each.organisation.key, "period": each.period.key,
                "number": each.number, "purpose": Purpose(each.purpose).value, "reason": each.reason,
                "replaces": each.replaces.key if each.replaces else "", "seal": each.seal,
                "signed_by": each.signed_by, "signed_at": each.signed_at, "published_at": each.published_at,
                "replaced_at": each.ended_at,
            }  # fmt: skip


def _targets() -> Iterator[Row]:
    for service in standing.listed():
        for each in service.targets:
            yield {"service": service.key, "number": each.number, **fields.of_target(each)}


def _pages() -> Iterator[Row]:
    for service, worded in pagetexts.read().items():
        for each in worded:
            yield {"service": service, **asdict(each)}


def _assessments() -> Iterator[Row]:
    for each in assessments.of(public_on=date.max):
        for point in each.points:
            yield {
                "service": each.service, "standard": each.standard.key, "stage": each.stage, "held_on": each.held_on,
                "result": each.result, "published_on": each.published_on, "panel": each.panel,
                "point": point.number, "point_title": point.title, "point_result": point.result,
                "evidence": point.evidence,
            }  # fmt: skip


TABLES: Final[dict[str, Exported]] = {
    each.name: each
    for each in (
        Exported("services", "Every service of the register, as it stands.", (
            ("service", "key of the service; it never changes"), ("name", "what it is called now"),
            ("organisation", "key of the organisation that answers for it"),
            ("organisation_name", "name of that organisation"), ("agency", "the agency that runs it"),
            ("manager", "title of the post that manages it"), ("purpose", "what people can do with it"),
            ("users", "who they are"), ("needs", "what they need"), ("url", "where it begins"),
            ("opened_on", "first day on which it could be used; empty: not known"),
            ("closed_on", "first day on which it could not; empty: it is open"),
            ("as_of", "the day from which all this is so"), ("former_names", "names it had, newest first"),
            ("aliases", "other names it goes by"), ("channels", "its channels, each with its class"),
            ("exemplar", "programmes for which it was chosen to go first"),
            ("became", "services that it was merged or split into"),
        ), _services),
        Exported("figures", "Every public figure with all that one must know to trust it.", (
            ("service", "key of the service"), *OF_PERIOD, ("channel", "key of the channel; empty: all together"),
            *OF_FIGURE, ("unit", "what the value is counted in"),
            ("publication", "key of the publication that froze it; empty: its source published it"),
            ("seal", "SHA-256 of that publication's manifest"), ("source", "where its counts came from"),
            ("note", "what must be told beside it"),
        ), _figures),
        Exported("values", "Every public value as it was submitted.", (
            ("service", "key of the service"), *OF_PERIOD, ("channel", "key of the channel; empty: all together"),
            ("quantity", "key of the quantity"),
            ("status", "value, not-provided, not-applicable or suppressed; 0 is a value"),
            ("value", "the number; empty unless the status is “value”"), ("said_on", "day on which it became public"),
            ("source", "file, or key of the publication"), ("place", "row and column in the file"),
            ("seal", "SHA-256 of the publication's manifest"),
        ), _values),
        Exported("revisions", "Every public value and figure that was changed.", (
            ("service", "key of the service"), ("period", "key of the period"),
            ("channel", "key of the channel; empty: all together"), ("figure", "key of the quantity or definition"),
            ("definition", "version of the definition; 0: a quantity"), ("before", "the number that was public"),
            ("before_status", "its status"), ("after", "the number that took its place"),
            ("after_status", "its status"), ("on", "day from which the new one is public"),
            ("reason", "why it changed"), ("source", "file, or key of the publication, that changed it"),
        ), _revisions),
        Exported("publications", "Every publication of figures, newest period first.", (
            ("publication", "its key"), ("organisation", "key of the organisation"), ("period", "key of the period"),
            ("number", "which one of its period it is"), ("purpose", "first, correction or withdrawal"),
            ("reason", "why it corrects or withdraws"), ("replaces", "key of the publication that it replaces"),
            ("seal", "SHA-256 of its manifest"), ("signed_by", "who signed it off, and in which post"),
            ("signed_at", "when"), ("published_at", "when it became public"),
            ("replaced_at", "when a newer one replaced it"),
        ), _publications),
        Exported("targets", "Every version of every target.", (
            ("service", "key of the service"), ("number", "of the version"), *OF_TARGET,
        ), _targets),
        Exported("pages", "Every version of what the pages of services say, for their reading age.", (
            ("service", "key of the service"), ("page", "name of the step"), ("number", "of the version"),
            ("words", "what it says, in house Markdown; empty: not known any more"),
            ("as_of", "the day from which it says so"), ("said_on", "when that was said"),
            ("by", "who said it, and in which post"), ("reason", "why it changed"),
        ), _pages),
        Exported("assessments", "Every public assessment against the service standard, a row for each point.", (
            ("service", "key of the service"), ("standard", "key of the version: 2014, 2015, 2019"),
            ("stage", "alpha, beta or live"), ("held_on", "day of the assessment"), ("result", "of the whole"),
            ("published_on", "day on which its report became public"), ("panel", "who sat on it"),
            ("point", "number of the point"), ("point_title", "what it asks for, in our words"),
            ("point_result", "what was found about it"), ("evidence", "for what was found"),
        ), _assessments),
    )
}  # fmt: skip


def documented() -> Iterable[tuple[str, str, Fields]]:
    """Name, meaning and fields of every table, for pages that describe them."""
    return [(each.name, each.meaning, each.fields) for each in TABLES.values()]
