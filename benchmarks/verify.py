"""Following a record of 1,000, 10,000 and 100,000 entries, beside merely hashing the same bytes, in the same run.

    .venv/bin/python benchmarks/verify.py [most entries]

Each record is one of an instance on SQLite, written by the ledger, signed at its end. It is followed where it is kept,
and as the evidence bundle of an edition whose agreement spans the whole of it. The floor is SHA-256 over each entry's
JSON and over each hash of the chain: twice an entry, with nothing read, parsed or compared.
Each figure is of a process of its own, whose largest memory is told; the medians of three are printed.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
START = datetime(2012, 9, 10, 9, tzinfo=UTC)


def main() -> None:
    if sys.argv[1:2] == ["make"]:
        make(int(sys.argv[2]), Path(sys.argv[3]))
        return
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
        return
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{'entries':>9}  {'what':<20}{'seconds':>9}{'of hashing':>12}{'µs an entry':>13}{'MB':>7}")
    for count in sorted({max(1, most // 100), max(1, most // 10), most}):
        with tempfile.TemporaryDirectory(prefix="penholder-benchmark-") as home:
            bundle = Path(home) / "evidence.zip"
            run(home, "make", str(count), str(bundle))
            floor = 0.0
            for what in ("merely hashing", "record", "bundle"):
                found = [json.loads(run(home, "measure", what, str(bundle))) for _ in range(ROUNDS)]
                seconds = statistics.median(one["seconds"] for one in found)
                floor = floor or seconds
                entries = found[0]["entries"]
                print(
                    f"{entries:9,}  {what:<20}{seconds:9.2f}{seconds / floor:12.1f}{seconds / entries * 1e6:13.1f}"
                    f"{max(one['memory'] for one in found):7.0f}"
                )


def run(home: str, *words: str) -> str:
    environ = os.environ | {"PENHOLDER_HOME": home, "DJANGO_SETTINGS_MODULE": "penholder.config.settings"}
    command = [sys.executable, __file__, *words]
    return subprocess.run(command, env=environ, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def make(count: int, path: Path) -> None:
    """A record of so many entries around the publication of one text, and the bundle of that edition."""
    import_module("penholder.config.instance").start()
    from django.conf import settings  # noqa: PLC0415 - after the start
    from django.db import transaction  # noqa: PLC0415

    from penholder.agreement import disclosures  # noqa: PLC0415
    from penholder.drafting import documents, iterations, sealed_texts  # noqa: PLC0415
    from penholder.drafting.documents import Draft  # noqa: PLC0415
    from penholder.publishing import bundles, editions  # noqa: PLC0415
    from penholder.record import checkpoints, ledger  # noqa: PLC0415

    key = checkpoints.key_at(settings.PENHOLDER_RECORD_KEY)
    draft = [Draft("aims", "Aims", "# Aims\n\nServices so good that people prefer them.\n")]
    document = documents.put(key="strategy", kind="paper", title="The strategy", sections=draft)
    iteration = iterations.seal(document=document, label="Full text", taken_at=START, at=START).iteration
    for first in range(2, count, 1000):
        with transaction.atomic():
            ledger.append_all(_look(number) for number in range(first, min(first + 1000, count)))
    with transaction.atomic():
        edition = editions.publish(iteration=iteration, at=START + timedelta(days=90), agreed_elsewhere=True)
    checkpoints.sign(key=key, at=START + timedelta(days=90))
    plan = bundles.plans([edition], disclosures.of_seals([iteration.seal]))[edition.pk]
    bundles.made(plan, sealed_texts.read(iteration)).replace(path)


def _look(number: int) -> Any:
    from penholder.record.ledger import Act  # noqa: PLC0415 - after the start

    return Act(
        act="text.shown",
        actor=f"Digital Leader, Department {number % 500}",
        person=f"Person {number % 2000}",
        subject=hashlib.sha256(str(number % 40).encode()).hexdigest(),
        at=START + timedelta(seconds=number),
        facts={"round": f"strategy-{number % 40}-sign-off", "post": f"leader-{number % 500}", "through": "desk"},
    )


def measure(what: str, path: Path) -> dict[str, float]:
    """Seconds, entries and the largest memory of following the record in one way."""
    if what == "bundle":
        from penholder.publishing import checking  # noqa: PLC0415 - only this is loaded, as for an outsider

        begin = time.perf_counter()
        checked = checking.check(path)
        took, entries, broken = time.perf_counter() - begin, checked.entries, bool(checked.broken)
    else:
        import_module("penholder.config.instance").start()
        from penholder.record import chain, verification  # noqa: PLC0415

        if what == "record":
            begin = time.perf_counter()
            verdict = verification.verify()
            took, entries, broken = time.perf_counter() - begin, verdict.entries, verdict.fault is not None
        else:
            bodies = [chain.spelled(chain.body(link)).encode() for link, _ in verification.stored()]
            begin = time.perf_counter()
            for body in bodies:
                digest = hashlib.sha256(body).hexdigest()
                hashlib.sha256(f"{digest} {digest}".encode()).hexdigest()
            took, entries, broken = time.perf_counter() - begin, len(bodies), False
    if broken:
        raise SystemExit(f"The {what} does not hold.")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": took, "entries": entries, "memory": memory}


if __name__ == "__main__":
    main()
