"""The register against the record: services, what was said about them, channels, targets, costs, assessments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from penholder.record.accounts import CHUNK, Told, compare, entries, said
from penholder.record.chain import moment
from penholder.record.findings import Broken
from penholder.record.models import Entry
from penholder.services import digests
from penholder.services.accounts.sides import Held, Older, sift
from penholder.services.models import (
    Assessed,
    Assessment,
    Channel,
    CostLine,
    Descent,
    DrawnJourney,
    Exemplar,
    PageText,
    Service,
    ServiceAlias,
    ServiceRelease,
    ServiceVersion,
    Target,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One table: its rows in words, the acts that write it, and by what a row is named on both sides.

    The first part of a name is the service, the subject of the entry. `changes`: a later act takes the place of an
    earlier one.
    """

    what: str
    table: type[Model]
    acts: tuple[str, ...]
    name: str
    columns: tuple[str, ...]
    facts: tuple[str, ...]
    changes: bool = False


_KINDS = (
    Kind("versions of services", ServiceVersion, ("service.registered", "service.changed"),
         "version {1} of service {0}", ("number",), ("number",)),
    Kind("releases", ServiceRelease, ("service.released",), "release {1} of service {0}", ("name",), ("release",)),
    Kind("choices for programmes", Exemplar, ("service.chosen",), "choice of service {0} for {1}", ("programme",),
         ("programme",)),
    Kind("targets", Target, ("target.put",), "target {1}, version {2}, of service {0}", ("definition", "number"),
         ("definition", "number")),
    Kind("drawn journeys", DrawnJourney, ("journey.drawn",), "journey {1} of service {0}", ("number",), ("number",)),
    Kind("words of pages", PageText, ("page.worded",), "words of page {1}, version {2}, of service {0}",
         ("page", "number"), ("page", "number")),
    Kind("channels", Channel, ("service.channel-put",), "channel {1} of service {0}", ("key",), ("channel",),
         changes=True),
    Kind("other names", ServiceAlias, ("service.named",), "name “{1}” of service {0}", ("name",), ("name",)),
)  # fmt: skip
# Once no act told of these: those of a service that is older than its first digest stand without an entry.
_UNTOLD = (Channel, ServiceAlias)


def differences(older: Older) -> list[Broken]:
    """Every row of the register that is not as it was recorded. Fourteen queries, and the record."""
    found = [*compare(_services_recorded(), _services())]
    unheld = {entry.subject for entry, facts in entries("service.registered") if "holds" not in facts}
    for kind in _KINDS:
        held = list(_recorded(kind))
        if kind.table in _UNTOLD:
            held += _untold(kind, {name for name, _told in held}, unheld)
        found += sift(kind.what, held, _stored(kind), older)
    found += compare(_ends_recorded(), _ends())
    found += sift("mergers and splits", _descents_recorded(), _descents(), older)
    found += sift("cost lines", _costs_recorded(), _costs(), older)
    found += sift("assessments", _assessments_recorded(), _assessments(), older)
    return found


def _services_recorded() -> Iterator[tuple[str, Told]]:
    for entry, _facts in entries("service.registered"):
        yield f"service {entry.subject}", (moment(entry.at),)


def _services() -> Iterator[tuple[str, Told]]:
    for row in Service.objects.iterator(CHUNK):
        yield f"service {row.key}", (moment(row.registered_at),)


def _recorded(kind: Kind) -> Iterator[Held]:
    last: dict[str, Held] = {}
    for entry, facts in entries(*kind.acts):
        name = kind.name.format(entry.subject, *said(facts, *kind.facts))
        if kind.changes:
            last[name] = (name, _holds(facts))
        else:
            yield name, _holds(facts)
    yield from last.values()


def _holds(facts: dict[str, Any]) -> Told | None:
    return said(facts, "holds") if "holds" in facts else None


def _untold(kind: Kind, told: set[str], unheld: set[str]) -> Iterator[Held]:
    rows = kind.table._default_manager.values_list("service__key", *kind.columns)  # noqa: SLF001 - Django's name
    for service, *columns in rows.iterator(CHUNK):
        name = kind.name.format(service, *columns)
        if service in unheld and name not in told:
            yield name, None


def _stored(kind: Kind) -> Iterator[tuple[str, Told]]:
    rows = kind.table._default_manager.order_by("pk")  # noqa: SLF001 - Django's name
    for digest, named in digests.read(rows, "service__key", *kind.columns):
        yield kind.name.format(*named), (digest,)


def _ends_recorded() -> Iterator[tuple[str, Told]]:
    """On which day each version of a journey ends: drawn so, or ended later."""
    last: dict[str, str] = {}
    for entry, facts in entries("journey.drawn", "journey.ended"):
        name = f"end of journey {facts.get('number')} of service {entry.subject}"
        last[name] = str(facts.get("effective_to" if entry.act == "journey.drawn" else "on", ""))
    yield from ((name, (day,)) for name, day in last.items())


def _ends() -> Iterator[tuple[str, Told]]:
    for row in DrawnJourney.objects.select_related("service").defer("graph").iterator(CHUNK):
        yield f"end of journey {row.number} of service {row.service.key}", (str(row.effective_to or ""),)


def _listed(facts: dict[str, Any], name: str) -> list[str]:
    found = facts.get(name)
    return [str(each) for each in found] if isinstance(found, list) else []


def _descents_recorded() -> Iterator[Held]:
    for entry, facts in entries("service.descended"):
        held: list[str | None] = [*_listed(facts, "holds")]
        successors = _listed(facts, "successors")
        for successor, digest in zip(successors, held or [None] * len(successors), strict=True):
            yield f"descent of service {entry.subject} to {successor}", (digest,) if digest else None


def _descents() -> Iterator[tuple[str, Told]]:
    for digest, (before, after) in digests.read(Descent.objects.order_by("pk"), "predecessor__key", "successor__key"):
        yield f"descent of service {before} to {after}", (digest,)


def _costs_recorded() -> Iterator[Held]:
    for entry, facts in entries("costs.put"):
        where = f"of service {entry.subject} in {facts.get('period')}"
        for line in _listed(facts, "holds"):
            digest, number, name = line.split(" ", 2)
            yield f"cost line “{name}”, version {number}, {where}", (digest,)
        if "holds" not in facts:
            yield from ((name, None) for name in _costs_before(entry, facts, where))


def _costs_before(entry: Entry, facts: dict[str, Any], where: str) -> Iterator[str]:
    rows = CostLine.objects.filter(service__key=entry.subject, recorded_at=entry.at, period__key=facts.get("period"))
    yield from (f"cost line “{row.name}”, version {row.number}, {where}" for row in rows)


def _costs() -> Iterator[tuple[str, Told]]:
    more = "service__key", "period__key", "name", "number"
    for digest, (service, period, name, number) in digests.read(CostLine.objects.order_by("pk"), *more):
        yield f"cost line “{name}”, version {number}, of service {service} in {period}", (digest,)


def _assessments_recorded() -> Iterator[Held]:
    for entry, facts in entries("service.assessed"):
        yield _assessment(entry.subject, *said(facts, "stage", "held_on")), _holds(facts)


def _assessments() -> Iterator[tuple[str, Told]]:
    points: defaultdict[int, list[str]] = defaultdict(list)
    for digest, (assessment,) in digests.read(Assessed.objects.order_by("pk"), "assessment"):
        points[assessment].append(digest)
    more = "pk", "service__key", "stage", "held_on"
    for digest, (pk, *named) in digests.read(Assessment.objects.order_by("pk"), *more):
        yield _assessment(*map(str, named)), (digests.together([digest, *points.pop(pk, ())]),)
    # Points of an assessment that is gone, or of none.
    for each in points.values():
        yield "points of an assessment that is not there", tuple(each)


def _assessment(service: str, stage: str, held_on: str) -> str:
    return f"assessment of service {service} at {stage} of {held_on}"
