"""Walks the demonstration's journeys: invented attempts, taken in by the same intake as those of a real service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from random import Random
from typing import Any

from penholder.errors import PenholderError, Refused
from penholder.measure.intake import manifests, sealing
from penholder.measure.intake.checking import Delivery
from penholder.measure.intake.decoding import Decoded
from penholder.measure.intake.events import Event, StepData
from penholder.measure.intake.intake import Intake
from penholder.measure.intake.receipts import Receipt
from penholder.measure.journeys import micros
from penholder.services import journeys
from penholder.services.periods import Span

Walks = Sequence[tuple[str, Mapping[str, Any], Sequence[Span]]]


def play(walks: Walks, folder: Path, *, at: datetime) -> int:
    """Take in the attempts of services: (key, journey, months). The journeys must be drawn. Returns how many events."""
    journeys.hand_over(folder)
    said: Queue[Receipt | PenholderError] = Queue()
    intake = Intake(folder, sealed=manifests.ids_of(folder), upto=manifests.read(folder).upto)
    count = 0
    try:
        for service, journey, spans in walks:
            for place, span in enumerate(spans):
                events = list(_events(service, journey, span, released=place >= len(spans) - journey["release"][0]))
                intake.put(Decoded(events), Delivery(service, micros(at), history=True), said.put)
                answer = said.get()
                if isinstance(answer, PenholderError):
                    raise answer
                if answer.refused:
                    raise Refused([f"{each.reason} {each.do}" for each in answer.refusals])
                count += answer.accepted
    finally:
        intake.close()
    sealing.seal(folder, at=at)
    return count


def _events(service: str, journey: Mapping[str, Any], span: Span, *, released: bool) -> Iterator[Event]:
    random = Random(f"{service} {span.key}")  # noqa: S311 - invented attempts
    begins = datetime.combine(span.starts_on, datetime.min.time(), UTC)
    minutes = (span.ends_on - span.starts_on).days * 24 * 60
    channels, weights = zip(*journey["channels"].items(), strict=True)
    for number in range(journey["attempts"]):
        moment = begins + timedelta(minutes=random.randrange(minutes - 300))
        channel = random.choices(channels, weights)[0]
        release = journey["release"][1] if released else ""
        for place, step in enumerate(_way(journey, random, released=released)):
            moment += timedelta(seconds=random.randint(20, 60 * journey["minutes"][released]))
            yield Event(
                specversion="1.0", id=f"{span.key}-{number}-{place}", source=f"{service}/demonstration",
                type="journey.step", time=moment.isoformat(), data=StepData(step, channel, release),
                subject=f"attempt-{span.key}-{number:04}",
            )  # fmt: skip


def _way(journey: Mapping[str, Any], random: Random, *, released: bool) -> Iterator[str]:
    """The steps of one attempt: on along the way, with a stumble here and there, until it ends or the person leaves."""
    goes_on = journey["goes_on"][released]
    stumbles = journey.get("stumbles", ("", "", 0))
    ends_early = journey.get("ends_early", ("", "", 0))
    for step, chance in zip(journey["way"], [*goes_on, 0], strict=True):
        yield step
        if step == ends_early[0] and random.randrange(100) < ends_early[2]:
            yield ends_early[1]
            return
        if step == stumbles[0] and random.randrange(100) < stumbles[2] // (1 + released):
            yield stumbles[1]
            yield step
        if random.randrange(100) >= chance:
            return
