"""How services draw their journeys: versions of a graph as data, of which no two are in force on the same day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from penholder.errors import Missing, Refused
from penholder.measure.intake import drawings
from penholder.measure.journey_definitions import JourneyDefinition, objections_to_versions
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.services import digests, entries, registrations, rules
from penholder.services.models import DrawnJourney, Service


def read(graph: dict[str, Any]) -> JourneyDefinition:
    """A definition from data: the fields of `measure.journey_definitions`, times as "PT30M". Raises Refused."""
    try:
        return msgspec.convert(graph, JourneyDefinition)
    except msgspec.ValidationError as problem:
        raise Refused(_("This is no journey definition: %(problem)s.") % {"problem": problem}) from problem


@transaction.atomic
def draw(*, drawn: JourneyDefinition, by: Acting | None, at: datetime, reason: str = "") -> DrawnJourney:
    """Add a version of the journey of the service that it names. Raises Refused, Missing.

    Versions that are in force on the same day, or give the number of a step to another one, are refused.
    """
    service = Service.objects.select_for_update().get(pk=registrations.find(drawn.service).pk)
    reasons = rules.objections_to_acting("service.register", by, registrations.current(service).organisation)
    standing = definitions([drawn.service]).get(drawn.service, [])
    if drawn.version != len(standing) + 1:
        reasons.append(_("The next version of this journey is number %(number)s.") % {"number": len(standing) + 1})
    reasons += objections_to_versions([*standing, drawn])
    if reasons:
        raise Refused(reasons)
    row = DrawnJourney.objects.create(
        service=service, number=drawn.version, effective_from=drawn.effective_from, effective_to=drawn.effective_to,
        graph=msgspec.to_builtins(drawn), reason=reason, by=entries.words(by), recorded_at=at,
    )  # fmt: skip
    told = entries.told(
        "journey.drawn", drawn.service, by=by, at=at, reason=reason, number=drawn.version, steps=len(drawn.steps),
        effective_from=drawn.effective_from, effective_to=drawn.effective_to, holds=digests.of(row),
    )  # fmt: skip
    ledger.append_all([told])
    return row


@transaction.atomic
def end(*, key: str, number: int, on: date, by: Acting | None, at: datetime, reason: str) -> DrawnJourney:
    """Say that a version is in force no longer from a day on. It is ended once. Raises Refused, Missing."""
    service = registrations.find(key)
    row = DrawnJourney.objects.select_for_update().filter(service=service, number=number).first()
    if row is None:
        raise Missing(_("The journey of this service has no version %(number)s.") % {"number": number})
    reasons = rules.objections_to_acting("service.register", by, registrations.current(service).organisation)
    if row.effective_to is not None:
        reasons.append(_("This version ended on %(day)s already.") % {"day": row.effective_to})
    if on <= row.effective_from:
        reasons.append(_("It would end before it began. Check the dates."))
    if reasons:
        raise Refused(reasons)
    row.effective_to = on
    row.save(update_fields=["effective_to"])
    ledger.append_all([entries.told("journey.ended", key, by=by, at=at, reason=reason, number=number, on=on)])
    return row


def definitions(services: Iterable[str] | None = None) -> dict[str, list[JourneyDefinition]]:
    """Every version by service, oldest first. One query."""
    rows = DrawnJourney.objects.select_related("service").order_by("service__key", "number")
    rows = rows if services is None else rows.filter(service__key__in=list(services))
    found: defaultdict[str, list[JourneyDefinition]] = defaultdict(list)
    for row in rows:
        found[row.service.key].append(replace(read(row.graph), effective_to=row.effective_to))
    return dict(found)


def hand_over(folder: Path) -> int:
    """Keep the definitions of the register where sealing reads them, beside the log of events. Returns how many.

    Definitions there of services that the register does not know stay as they are.
    """
    ours = definitions()
    if not ours:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    kept = {service: drawn for service, drawn in drawings.read(folder).items() if service not in ours}
    everything = [each for drawn in (kept | ours).values() for each in drawn]
    drawings.write(folder, everything)
    return len(everything)
