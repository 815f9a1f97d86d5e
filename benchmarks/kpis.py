"""Every figure of 200 services in 24 months, quantiles exact: DuckDB beside ClickHouse over the same files, in one run.

    .venv/bin/python benchmarks/kpis.py                       1 million journeys
    .venv/bin/python benchmarks/kpis.py --journeys 10000000   70 million events

Asked for each service and month: outcomes (completion), funnels, efforts (median and 90th percentile of the time,
median pages, questions, documents) and visits of each step. Each engine runs in a process of its own, three times; the
median counts, and the greatest memory that process held. Both must give the same answers, or the run fails.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from funnels import FIRST, SERVICES, YEAR, compare, drawn, generate
from measuring import machine
from penholder.measure.engines import ChDB, DuckDB
from penholder.measure.questions import Question


def figures(engine, services: int):
    definitions = tuple(drawn(f"service-{number:03d}") for number in range(services))
    question = Question(definitions, at=FIRST + 4 * YEAR, by=("month",))
    return lambda: (
        engine.outcomes(question), engine.funnels(question), engine.efforts(question), engine.visits(question),
    )  # fmt: skip


def duckdb(folder: Path, services: int):
    return figures(DuckDB([str(folder / "journeys-*.parquet")], threads=2), services)


def chdb(folder: Path, services: int):
    return figures(ChDB([str(folder / "journeys-*.parquet")], threads=2), services)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--journeys", type=int, default=1_000_000)
    chosen = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = generate(folder, chosen.journeys, SERVICES, years=2)
        print(f"{events:,} events of {chosen.journeys:,} journeys, {SERVICES} services × 24 months; DuckDB = 1")
        compare(folder, SERVICES, [("DuckDB", duckdb), ("chdb", chdb)])


if __name__ == "__main__":
    main()
