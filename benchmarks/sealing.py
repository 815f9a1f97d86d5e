"""Seal events a million at a time: does the millionth cost what the first did?

    uv run python benchmarks/sealing.py                  5 million
    uv run python benchmarks/sealing.py --millions 70    as long a history as the funnels have; an hour and 8 GB

The log is written as the intake writes it, in deliveries of 500 of one service each: 100 services, attempts of seven
steps, ten million attempts and 24 months at 70 million events. One event in a hundred comes up to a week late, for an
attempt that was sealed before, and one in a million whenever it likes. Shown is what the program's own processor
took, which a neighbour changes less than the clock.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from measuring import machine, table
from penholder.measure.engines import DuckDB
from penholder.measure.intake import drawings, frames, manifests, sealing, segments, stocktakes
from penholder.measure.intake.frames import Rows
from penholder.measure.journey_definitions import JourneyDefinition, Step
from penholder.measure.journeys import micros
from penholder.measure.questions import Question

STEPS = ("start", "eligibility", "about-you", "income", "partner", "declare", "submitted")
BATCH, MILLION, SERVICES = 500, 1_000_000, 100
BEGINS = micros(datetime(2024, 1, 1, tzinfo=UTC))
# Deliveries in a week, at 70 million events in 24 months.
A_WEEK = 70 * MILLION // BATCH * 7 // 730
# 70 million events in 24 months.
APART = 730 * 86_400_000_000 // (70 * MILLION)


def definition(service: str) -> JourneyDefinition:
    steps = [
        Step(
            place + 1, name, after=STEPS[place - 1 : place] if place else (), outcome="intended" if place == 6 else None
        )
        for place, name in enumerate(STEPS)
    ]
    return JourneyDefinition(
        service=service, version=1, effective_from=date(2020, 1, 1), starts=STEPS[:1], steps=tuple(steps),
        window=timedelta(days=30), idle_after=timedelta(minutes=30),
    )  # fmt: skip


def delivery(number: int, random: np.random.Generator) -> Rows:
    """The events of one delivery. Attempts are numbered through, so that a late event knows those of before."""
    places = np.arange(number * BATCH, (number + 1) * BATCH)
    attempts = places // 7
    if number > 4000:  # the attempt of an earlier delivery of the same service
        late = np.flatnonzero(random.random(BATCH) < 0.01)
        oldest = 0 if random.random() < BATCH / MILLION else number // SERVICES - A_WEEK // SERVICES
        before = random.integers(max(0, oldest), number // SERVICES, len(late)) * SERVICES + number % SERVICES
        attempts[late] = before * BATCH // 7 + 1
    times = BEGINS + attempts * 7 * APART + (places % 7) * 30_000_000 + random.integers(0, 20_000_000, BATCH)
    months = times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    claimed = ((months // 12 + 1970) * 100 + months % 12 + 1).astype(np.int32)
    return Rows(
        f"service-{number % SERVICES:03}", int(times[-1]), BATCH, times.tobytes(), claimed.tobytes(),
        random.bytes(16 * BATCH), " ".join([f"attempt-{attempt:024x}" for attempt in attempts.tolist()]),
        "\n".join([STEPS[place % 7] for place in places.tolist()]), "digital", "2026.11.1", bots=False,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=int, default=5)
    given = parser.parse_args()
    print(machine())
    random = np.random.default_rng(70)
    drawn = [definition(f"service-{number:03}") for number in range(SERVICES)]
    shown = {1, 2, 5, *range(10, 1000, 10), given.millions}
    rows, first = [], 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "wal").mkdir()
        drawings.write(folder, drawn)
        engine = DuckDB([])
        for million in range(1, given.millions + 1):
            segment = segments.Segment(folder / "wal", million)
            deliveries = range((million - 1) * MILLION // BATCH, million * MILLION // BATCH)
            for number in deliveries:
                segment.append([frames.encode(delivery(number, random))])
            segment.close()
            began, clock = time.process_time(), time.perf_counter()
            with stocktakes.opened(folder, services={drawn[0].service}) as stock:
                engine.over_all(stock)
                engine.outcomes(Question(tuple(drawn[:1]), at=1 << 52))
            asked = time.perf_counter() - clock
            began, clock = time.process_time(), time.perf_counter()
            sealing.seal(folder, at=datetime.now(UTC))
            took = time.process_time() - began
            first = first or took
            if million in shown:
                rows.append(
                    [f"{million}", f"{took:.1f}", f"{time.perf_counter() - clock:.1f}", f"{took / first:.2f}",
                     f"{asked:.2f}", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f}"]
                )  # fmt: skip
        manifest = manifests.read(folder)
        if manifest.events != given.millions * MILLION:
            raise SystemExit(f"{manifest.events:,} events are there.")
    table(["million", "processor s", "clock s", "to first", "a figure before, s", "MB"], rows)
    print(f"{manifest.journeys:,} attempts. “A figure before”: outcomes of a service while the million is in the log.")


if __name__ == "__main__":
    main()
