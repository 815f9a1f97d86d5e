"""Exact funnels of 200 services: the journeys table, beside ClickHouse and pandas over the same events, in one run.

    .venv/bin/python benchmarks/funnels.py                      7 million events, 1 million journeys
    .venv/bin/python benchmarks/funnels.py --journeys 10000000  70 million events
    .venv/bin/python benchmarks/funnels.py --sail               two workers as well

Events are invented from a seed: a path of eight steps with loops, repeats and people who leave. Every contender runs in
a process of its own, three times; the median counts, and the greatest memory that process held. Contenders that
answer the same question must give the same counts, or the run fails. windowFunnel answers another question.
"""

# Contenders import what they need in a process of their own (PLC0415), and all are called alike (ARG001).
# ruff: noqa: PLC0415, ARG001

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from penholder.measure.engines import ChDB, DuckDB, Spark
from penholder.measure.journey_definitions import JourneyDefinition, Step
from penholder.measure.outcomes import OUTCOMES
from penholder.measure.questions import Question
from penholder.measure.readings import read
from penholder.measure.tables import schema

SERVICES, STEPS = 200, 8
FIRST = 1_761_955_200_000_000  # 2025-11-01
YEAR, SECOND = 365 * 86_400_000_000, 1_000_000
# A file of events or journeys at a time, so that the generator does not need the memory that it measures.
CHUNK = 500_000
# One service as large as the largest: 1.8 million events.
ONE = 257_000


def drawn(service: str) -> JourneyDefinition:
    names = [f"step-{number}" for number in range(1, STEPS + 1)]
    steps = [
        Step(n, name, after=(names[n - 2],) if n > 1 else (), outcome="intended" if n == STEPS else None)
        for n, name in enumerate(names, 1)
    ]
    return JourneyDefinition(
        service, 1, date(2025, 1, 1), ("step-1",), tuple(steps), timedelta(days=30), timedelta(minutes=30)
    )


def generate(folder: Path, journeys: int, services: int, *, years: int = 1) -> int:
    """Write events and journeys of the same attempts; how many events there are."""
    chance = np.random.default_rng(2012)
    total = 0
    for part, first in enumerate(range(0, journeys, CHUNK)):
        count = min(CHUNK, journeys - first)
        lengths = chance.integers(2, 13, count)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
        # Mostly one step on; now and then the same again, or back: loops and repeats.
        moves = chance.choice([1, 1, 1, 0, -1], offsets[-1])
        moves[offsets[:-1]] = 0
        sums = np.cumsum(moves)
        step = np.clip(1 + sums - np.repeat(sums[offsets[:-1]], lengths), 1, STEPS)
        gaps = chance.integers(0, 600 * SECOND, offsets[-1])
        begun = np.repeat(FIRST + chance.integers(0, years * YEAR, count), lengths)
        at = begun + np.where(place == 0, 0, place * gaps // 12)
        path = at << 10 | step
        row = np.repeat(np.arange(count), lengths)
        path = path[np.lexsort((path, row))]
        write_part(folder, part, first, services, path, offsets, row, chance)
        total += len(path)
    return total


def write_part(folder, part, first, services, path, offsets, row, chance):  # noqa: PLR0917
    count = len(offsets) - 1
    # Rows of a file are sorted by service, as sealing sorts them.
    service = np.arange(count) * services // count
    names = pa.array([f"service-{number:03d}" for number in range(services)])
    readings = read(drawn("service-000"), path, offsets)
    ids = pa.array([f"{first + number:012x}" for number in range(count)])
    empty = pa.array([""] * count)
    first_at, last_at = path[offsets[:-1]] >> 10, path[offsets[1:] - 1] >> 10
    columns = {
        "service": names.take(pa.array(service)),
        "journey": ids,
        "channel": empty,
        "release": empty,
        "month": pa.array(np.full(count, 202511, np.int32)),
        "first_at": first_at,
        "last_at": last_at,
        "path": pa.ListArray.from_arrays(
            pa.array(offsets.astype(np.int32)), pa.array(path), type=schema().field("path").type
        ),
        "events": pa.array(np.diff(offsets).astype(np.int32)),
        "bot": pa.array(np.zeros(count, bool)),
        "definition": pa.array(np.ones(count, np.int32)),
        "started_at": pa.array(readings.started_at, mask=readings.started_at < 0),
        "ended_at": pa.array(readings.ended_at, mask=readings.ended_at < 0),
        "outcome": pa.array(OUTCOMES).take(pa.array(readings.outcome)),
        "furthest": readings.furthest,
        "reached": readings.reached,
    }
    pq.write_table(pa.table(columns, schema=schema()), folder / f"journeys-{part:03d}.parquet", compression="zstd")
    # Events arrive by time, not by journey.
    order = chance.permutation(len(path)) if len(path) < 1000 else np.argsort(path, kind="stable")
    events = {
        "service": pa.array(service[row][order].astype(np.int16)),
        "journey": pa.array((first + row[order]).astype(np.int64)),
        "at": pa.array(path[order] >> 10),
        "step": pa.array((path[order] & 1023).astype(np.int16)),
    }
    pq.write_table(pa.table(events), folder / f"events-{part:03d}.parquet", compression="zstd")


def from_journeys(engine, services: int):
    definitions = tuple(drawn(f"service-{number:03d}") for number in range(services))
    question = Question(definitions, at=FIRST + 2 * YEAR)
    return lambda: {
        (int(each.group.service[-3:]), step): each.reached(step)
        for each in engine.funnels(question)
        for step in range(1, STEPS + 1)
    }


def duckdb_journeys(folder: Path, services: int):
    return from_journeys(DuckDB([str(folder / "journeys-*.parquet")], threads=2), services)


def chdb_journeys(folder: Path, services: int):
    return from_journeys(ChDB([str(folder / "journeys-*.parquet")], threads=2), services)


def sail_journeys(folder: Path, services: int):
    return from_journeys(Spark([str(folder / "journeys-*.parquet")], remote=os.environ["SAIL"]), services)


def floor(folder: Path, services: int):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    grouped = f"""SELECT service, journey, min("at") FROM '{folder}/events-*.parquet' GROUP BY ALL"""
    sql = f"SELECT count(*) FROM ({grouped})"
    return lambda: connection.execute(sql).fetchall() and None


def chdb_events(select: str) -> Callable:
    def contender(folder: Path, services: int):
        from chdb.session import Session

        session = Session()
        source = f"file('{folder}/events-*.parquet', 'Parquet', 'service Int16, journey Int64, at Int64, step Int16')"
        depths = ", ".join(f"countIf(depth >= {step})" for step in range(1, STEPS + 1))
        attempts = f"SELECT service, journey, {select} AS depth FROM {source} GROUP BY service, journey"
        sql = f"SELECT service, {depths} FROM ({attempts}) GROUP BY service SETTINGS max_threads = 2"

        def run():
            rows = [[int(value) for value in line.split(",")] for line in str(session.query(sql, "CSV")).splitlines()]
            return {(row[0], step): row[step] for row in rows for step in range(1, STEPS + 1)}

        return run

    return contender


def fold(folder: Path, services: int):
    select = (
        "arrayFold((depth, event) -> depth + (bitAnd(event, 1023) = depth + 1), "
        "arraySort(groupArray(bitOr(bitShiftLeft(at, 10), toInt64(step)))), toInt64(0))"
    )
    return chdb_events(select)(folder, services)


def window_funnel(folder: Path, services: int):
    conditions = ", ".join(f"step = {step}" for step in range(1, STEPS + 1))
    run = chdb_events(f"windowFunnel({30 * 86_400_000_000})(toUInt64(at), {conditions})")(folder, services)
    return lambda: run() and None


def pandas_one(folder: Path, services: int):
    """One service, as pandas does it best: for each step, the first event after the one before was reached."""
    import pandas as pd

    def run():
        frame = pd.concat(pd.read_parquet(file) for file in sorted(folder.glob("events-*.parquet")))
        frame = frame.sort_values(["at", "step"], kind="stable")
        frame["place"] = np.arange(len(frame))
        reached = pd.Series(-1, index=frame["journey"].unique())
        counts = {}
        for step in range(1, STEPS + 1):
            here = frame[frame["step"] == step]
            here = here[here["place"] > here["journey"].map(reached)]
            reached = here.groupby("journey")["place"].min()
            counts[0, step] = len(reached)
        return counts

    return run


def peak() -> float:
    """The most memory this process ever held, in MB. Not ru_maxrss, which a child inherits from its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def child(contender, folder, services, pipe):
    run = contender(folder, services)
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        answer = run()
        times.append(time.perf_counter() - begun)
    pipe.send((statistics.median(times), peak(), answer))


def measured(contender, folder: Path, services: int):
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=child, args=(contender, folder, services, there))
    process.start()
    while not here.poll(1):
        if not process.is_alive():
            sys.exit(f"{contender.__name__} ended without an answer")
    result = here.recv()
    process.join()
    return result


def compare(folder: Path, services: int, contenders) -> None:
    judged, first = None, None
    for name, contender in contenders:
        seconds, memory, answer = measured(contender, folder, services)
        first = first or seconds
        if answer is not None:
            judged = judged or answer
            if answer != judged:
                sys.exit(f"{name} counted differently")
        same = "same counts" if answer is not None else "another question"
        print(f"{name:42s} {seconds:8.2f} s  {seconds / first:6.2f}  {memory:7.0f} MB  {same}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--journeys", type=int, default=1_000_000)
    options.add_argument("--sail", action="store_true", help="measure two workers of Sail as well")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = generate(folder, chosen.journeys, SERVICES)
        print(f"{events:,} events of {chosen.journeys:,} journeys of {SERVICES} services; journeys table by DuckDB = 1")
        contenders = [
            ("journeys table, DuckDB", duckdb_journeys),
            ("events, DuckDB merely groups", floor),
            ("events, ClickHouse arrayFold", fold),
            ("events, ClickHouse windowFunnel", window_funnel),
            ("journeys table, ClickHouse", chdb_journeys),
        ]
        if chosen.sail:
            with socket.socket() as door:
                door.bind(("127.0.0.1", 0))
                port = door.getsockname()[1]
            os.environ["SAIL"] = f"sc://127.0.0.1:{port}"
            two = {"SAIL_CLUSTER__WORKER_INITIAL_COUNT": "2", "SAIL_CLUSTER__WORKER_MAX_COUNT": "2"}
            command = [Path(sys.executable).with_name("sail"), "spark", "server", "--port", str(port)]
            cluster = subprocess.Popen(
                command, env={**os.environ, "SAIL_MODE": "local-cluster", **two}, stderr=subprocess.DEVNULL
            )
            time.sleep(3)
            contenders.append(("journeys table, Sail with two workers", sail_journeys))
        try:
            compare(folder, SERVICES, contenders)
        finally:
            if chosen.sail:
                cluster.terminate()
                cluster.wait()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = generate(folder, ONE, 1)
        print(f"\none service, {events:,} events")
        compare(folder, 1, [("journeys table, DuckDB", duckdb_journeys), ("events, pandas", pandas_one)])


if __name__ == "__main__":
    main()
