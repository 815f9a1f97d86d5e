"""Answers beside a bare INSERT of the same rows, on SQLite and on PostgreSQL, in the same run.

    .venv/bin/python benchmarks/agreement.py [answers]

An answer is what the desk does for one post: it notes that the text was shown, locks the round, asks the rules, and
writes the answer and two entries of the record. The bare INSERT writes those same rows, with the same columns, into
tables without an index or a trigger, one transaction an answer, over the same driver: the floor beneath which nothing
that keeps them can go. Both run over one connection and over 32, alternating, three times; the medians are printed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import postgresql  # noqa: E402
from tests.agreement import crowd  # noqa: E402

ANSWERS = 200
ROUNDS = 3
CONNECTIONS = (1, 32)
# What one answer writes: a look, an answer, and two entries of the record.
TABLES = {"agreement_look": 1, "agreement_answer": 1, "record_entry": 2}


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ANSWERS
    print(f"{count} answers of {count} posts; transactions a second, medians of {ROUNDS} alternating runs")
    print(f"{'':12}{'connections':>12}{'answers':>10}{'bare INSERT':>13}{'ratio':>8}")
    with postgresql.server() as url:
        for engine, address in {"SQLite": "", "PostgreSQL": url}.items():
            with tempfile.TemporaryDirectory(prefix="penholder-benchmark-") as home:
                environ = os.environ | {"PENHOLDER_HOME": home, "DATABASE_URL": address}
                environ["DJANGO_SETTINGS_MODULE"] = "penholder.config.settings"
                words = [sys.executable, __file__, "measure", str(count)]
                done = subprocess.run(words, env=environ, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
            for connections, ours, bare in json.loads(done.stdout):
                print(f"{engine:12}{connections:12}{ours:10.0f}{bare:13.0f}{ours / bare:8.2f}")


def measure(count: int) -> list[tuple[int, float, float]]:
    """Answers and bare INSERTs a second, for each number of connections."""
    import_module("penholder.config.instance").start()
    rounds = crowd.prepare(count, ROUNDS * len(CONNECTIONS))
    crowd.answer(rounds[0]["asked"].pop())  # whatever is loaded on first use is loaded
    bare = Bare()
    figures = []
    for connections in CONNECTIONS:
        ours, floor = [], []
        for _ in range(ROUNDS):
            asked = rounds.pop(0)["asked"]
            ours.append(len(asked) / timed(asked, connections, crowd.answer))
            floor.append(count / timed(range(count), connections, bare.write))
        figures.append((connections, statistics.median(ours), statistics.median(floor)))
    return figures


def timed(work, connections: int, act) -> float:
    """Seconds that it takes so many threads to do all of it. Connections are opened before."""
    from django.db import connection  # noqa: PLC0415 - after the start

    parts = [list(work)[start::connections] for start in range(connections)]
    ready = threading.Barrier(connections + 1)

    def thread(own) -> None:
        connection.ensure_connection()
        ready.wait()
        for one in own:
            act(one)
        connection.close()

    threads = [threading.Thread(target=thread, args=(part,)) for part in parts]
    for one in threads:
        one.start()
    ready.wait()
    started = time.perf_counter()
    for one in threads:
        one.join()
    return time.perf_counter() - started


class Bare:
    """The rows of one answer, written again and again into tables without an index or a trigger."""

    def __init__(self) -> None:
        from django.db import connection  # noqa: PLC0415 - after the start

        self.rows: list[tuple[str, list[tuple]]] = []
        with connection.cursor() as cursor:
            for table, many in TABLES.items():
                cursor.execute(f"CREATE TABLE bare_{table} AS SELECT * FROM {table} WHERE 1 = 0")
                order = "number" if table == "record_entry" else "id"
                cursor.execute(f"SELECT * FROM {table} ORDER BY {order} DESC LIMIT {many}")
                found = [tuple(row) for row in cursor.fetchall()]
                holes = ", ".join(["%s"] * len(found[0]))
                self.rows.append((f"INSERT INTO bare_{table} VALUES ({holes})", found))

    def write(self, _number: int) -> None:
        from django.db import connection, transaction  # noqa: PLC0415 - after the start

        with transaction.atomic(), connection.cursor() as cursor:
            for sql, rows in self.rows:
                for row in rows:
                    cursor.execute(sql, row)


if __name__ == "__main__":
    main()
