"""Take events in over HTTP, checked, deduplicated and on disk before the answer; and seal them.

    uv run python benchmarks/intake.py                 3 rounds of 3 seconds, 400,000 events for the others
    uv run python benchmarks/intake.py --seconds 5 --rounds 5

The client is a process of its own on the same machine: it holds connections open, sends gzipped batches of 500 made
beforehand, or one event at a time, each with an id never used before, and waits for every receipt. Beside it the same
events go into PostgreSQL by COPY and INSERT … ON CONFLICT DO NOTHING, and into DuckDB with a primary key, both without
HTTP and JSON, in batches of 500 with a commit each.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import zlib
from datetime import UTC, datetime
from pathlib import Path

from measuring import family, free_port, machine, megabytes, processor_seconds, program, table, wait_for_port

STEPS = ("start", "eligibility", "about-you", "income", "partner", "declare", "submitted")
BATCH = 500


def events(count: int) -> list[dict]:
    """Events of attempts with seven steps each, a second apart, all of them new."""
    now = time.time() - 600
    made = []
    for number in range(count):
        if number % len(STEPS) == 0:
            attempt = str(uuid.uuid4())
        made.append(
            {
                "specversion": "1.0", "id": str(uuid.uuid4()), "source": "permits/web", "type": "journey.step",
                "time": datetime.fromtimestamp(now + number % 500, UTC).isoformat(), "subject": attempt,
                "data": {"step": STEPS[number % len(STEPS)], "channel": "digital", "release": "2026.11.1"},
            }
        )  # fmt: skip
    return made


def request(key: str, body: bytes, *, packed: bool) -> bytes:
    coding = "content-encoding: gzip\r\n" if packed else ""
    return (
        f"POST /intake/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n{coding}"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode() + body


class Sender(asyncio.Protocol):
    """One connection that sends a request, waits for its receipt, looks at it, and sends the next."""

    def __init__(self, requests: list[bytes], until: float, times: list[float], wanted: bytes) -> None:
        self.left = iter(requests)
        self.until, self.times, self.wanted = until, times, wanted
        self.done = asyncio.get_running_loop().create_future()
        self.came = b""
        self.began = 0.0
        self.finished = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.began = time.perf_counter()
        one = next(self.left, None) if self.began < self.until else None
        if one is None:
            self.finished = True
            self.transport.close()
        else:
            self.transport.write(one)

    def data_received(self, data: bytes) -> None:
        data = self.came + data
        head, _, body = data.partition(b"\r\n\r\n")
        if len(body) < int(head.rpartition(b"content-length: ")[2] or 1):
            self.came = data
            return
        if self.wanted not in body:
            sys.exit(f"Not acknowledged: {data[:300]!r}")
        self.came = b""
        self.times.append(time.perf_counter() - self.began)
        self.send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.finished:
            sys.exit("The intake closed a connection")
        self.done.set_result(None)


def client(port: int, key: str, *, size: int, connections: int, seconds: float, ready: int) -> None:
    """Runs as a process of its own; prints events a second, the 99th percentile of the answers in ms, and events."""
    made = events(size * ready)
    bodies = [json.dumps(made[start : start + size]).encode() for start in range(0, len(made), size)]
    packed = size > 1
    if packed:
        bodies = [zlib.compress(body, 6, 31) for body in bodies]
    requests = [request(key, body, packed=packed) for body in bodies]
    del made, bodies
    gc.collect()
    gc.freeze()
    times: list[float] = []

    async def run() -> float:
        began = time.perf_counter()
        wanted = b'"accepted":%d,"duplicate":0,"refused":0' % size
        loop = asyncio.get_running_loop()
        senders = [Sender(requests[n::connections], began + seconds, times, wanted) for n in range(connections)]
        for sender in senders:
            await loop.create_connection(lambda sender=sender: sender, "127.0.0.1", port)
        await asyncio.gather(*(sender.done for sender in senders))
        return time.perf_counter() - began

    import uvloop  # noqa: PLC0415 - only the client needs it

    took = uvloop.run(run())
    done = len(times)
    if done == len(requests):
        print("  the client ran out of prepared requests", file=sys.stderr)
    print(done * size / took, statistics.quantiles(times, n=100)[98] * 1000, done * size)


def ours(home: Path, seconds: float, rounds: int) -> list[list[str]]:
    port = free_port()
    command = [sys.executable, "-c", "from penholder.cli import main; main()", "--home", str(home), "events"]
    key = subprocess.run([*command, "key", "add", "permits"], capture_output=True, text=True, check=True).stdout.strip()
    serving = subprocess.Popen([*command, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    rows = []
    try:
        wait_for_port(port, serving)
        for words, size, connections, ready in (
            ("batches of 500", BATCH, 16, 1_200),
            ("one at a time", 1, 256, 32_000),
        ):
            rates, worst, costs = [], [], []
            for _ in range(rounds):
                before = sum(map(processor_seconds, family(serving.pid)))
                arguments = [port, key, size, connections, seconds, int(ready * seconds)]
                said = subprocess.run(
                    [sys.executable, __file__, "--client", *map(str, arguments)],
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                )
                rate, slow, taken = map(float, said.stdout.split())
                rates.append(rate)
                worst.append(slow)
                costs.append((sum(map(processor_seconds, family(serving.pid))) - before) / taken * 1e6)
            rows.append(
                [f"Penholder over HTTP, {words}", f"{statistics.median(rates):,.0f}", f"{statistics.median(worst):.1f}",
                 f"{statistics.median(costs):.2f}", f"{megabytes(serving.pid):.0f}"]
            )  # fmt: skip
    finally:
        serving.terminate()
        serving.wait()
    began = time.perf_counter()
    said = subprocess.run([*command, "seal", "--json"], capture_output=True, text=True, check=True)
    took = time.perf_counter() - began
    sealed = json.loads(said.stdout)
    rows.append([f"Sealing of {sealed['events']:,} events", f"{sealed['events'] / took:,.0f}", "", "", ""])
    return rows


def plain(count: int) -> list[list[tuple]]:
    made = [
        (each["id"], each["source"], each["time"], each["subject"], each["data"]["step"], "digital", "2026.11.1")
        for each in events(count)
    ]
    return [made[start : start + BATCH] for start in range(0, count, BATCH)]


TABLE = (
    "create table events (id text, source text, time timestamptz, subject text, step text, channel text, release text, "
    "primary key (source, id))"
)


def duckdb(home: Path, batches: list[list[tuple]]) -> list[str]:
    import duckdb as engine  # noqa: PLC0415 - a part of the run alone
    import pyarrow as pa  # noqa: PLC0415

    line = engine.connect(str(home / "events.duckdb"))
    line.execute(TABLE)
    began = time.perf_counter()
    for batch in batches:
        columns = list(zip(*batch, strict=True))
        names = ["id", "source", "time", "subject", "step", "channel", "release"]
        line.register("sent", pa.table(dict(zip(names, columns, strict=True))))
        line.execute("insert into events select * from sent on conflict do nothing")
    took = time.perf_counter() - began
    return ["DuckDB with a primary key", f"{sum(map(len, batches)) / took:,.0f}", "", "", ""]


def postgresql(home: Path, batches: list[list[tuple]]) -> list[str] | None:
    if not (program("postgres", "apt-get install postgresql") and program("initdb", "apt-get install postgresql")):
        return None
    try:
        import psycopg  # noqa: PLC0415 - an extra
    except ImportError:
        print("  psycopg is not here; run this with: uv run --extra postgres python benchmarks/intake.py")
        return None
    folder = home / "pg"
    folder.mkdir()
    identity = {}
    if os.geteuid() == 0:  # postgres refuses to run as root
        identity = {"user": 65534, "group": 65534, "extra_groups": []}
        shutil.chown(folder, 65534, 65534)
        home.chmod(0o755)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
    settings = {
        "env": environment,
        "cwd": folder,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        **identity,
    }
    subprocess.run(["initdb", "-D", "data", "-U", "bench", "-A", "trust"], check=True, **settings)
    port = free_port()
    server = subprocess.Popen(
        ["postgres", "-D", "data", "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"], **settings
    )
    try:
        wait_for_port(port, server)
        time.sleep(1)
        with psycopg.connect(f"host=127.0.0.1 port={port} user=bench dbname=postgres") as line:
            line.execute(TABLE)
            line.execute("create temporary table sent (like events)")
            line.commit()
            began = time.perf_counter()
            for batch in batches:
                with line.cursor() as cursor:
                    with cursor.copy("copy sent from stdin") as copy:
                        for row in batch:
                            copy.write_row(row)
                    cursor.execute("insert into events select * from sent on conflict do nothing")
                    cursor.execute("truncate sent")
                line.commit()
            took = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()
    return ["PostgreSQL, COPY and ON CONFLICT", f"{sum(map(len, batches)) / took:,.0f}", "", "", ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others", type=int, default=400_000, help="events for PostgreSQL and DuckDB")
    parser.add_argument("--client", nargs=6, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.client:
        port, key, size, connections, seconds, ready = given.client
        client(int(port), key, size=int(size), connections=int(connections), seconds=float(seconds), ready=int(ready))
        return
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rows = ours(home / "home", given.seconds, given.rounds)
        batches = plain(given.others)
        rows += [row for row in (postgresql(home, batches), duckdb(home, batches)) if row]
        table(["", "events/s", "p99 ms", "processor s per million", "MB"], rows)


if __name__ == "__main__":
    main()
