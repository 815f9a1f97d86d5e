"""Deliveries for tests, and a door that waits for the answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from queue import Queue

from penholder.measure.intake.checking import Delivery
from penholder.measure.intake.receipts import Receipt
from penholder.measure.journeys import micros

NOON = micros(datetime(2026, 11, 24, 12, tzinfo=UTC))


def event(number: int = 1, **changes) -> dict:
    told = {
        "specversion": "1.0", "id": f"event-{number}", "source": "permits/web", "type": "journey.step",
        "time": "2026-11-24T11:59:00Z", "subject": f"attempt-{number // 5:04}", "data": {"step": "start"},
    }  # fmt: skip
    told.update(changes)
    return {name: value for name, value in told.items() if value is not None}


def batch(*events: dict) -> bytes:
    return json.dumps(events).encode()


def lines(*events: dict) -> bytes:
    return "\n".join(map(json.dumps, events)).encode()


def delivery(**changes) -> Delivery:
    return Delivery(**{"service": "permits", "received": NOON} | changes)


def take(intake, body: bytes, **changes) -> Receipt:
    said: Queue = Queue()
    intake.take(body, delivery(**changes), said.put)
    answer = said.get(timeout=10)
    if isinstance(answer, Exception):
        raise answer
    return answer
