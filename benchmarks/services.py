"""The real register of 770 services to public pages: the first publish, the same again, and after a newer version.

    uv run python benchmarks/services.py
    … --source ../shared/data/services                         another folder with versions of the table

Every command runs in a fresh process, as people run it, in a home of its own. Processor time counts all threads of it,
compression too, and is what a busy machine does not change; seconds on the clock stand beside it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT, machine, table

REAL = ROOT.parent / "shared" / "data" / "services"
PENHOLDER = [sys.executable, "-c", "from penholder.cli import main; main()"]


def run(home: str, *arguments: str) -> tuple[float, float, str]:
    """Processor seconds, seconds on the clock, and the last line that a command printed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = os.environ | {"PENHOLDER_HOME": home}
    done = subprocess.run([*PENHOLDER, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"penholder {' '.join(arguments)}: {done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - start, " ".join(done.stdout.split()).rpartition("Published")[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, default=REAL)
    wanted = parser.parse_args()
    versions = sorted(map(str, wanted.source.glob("services_*.csv")))
    if len(versions) < 2:
        print(f"There are no two versions of the table in {wanted.source}: name another folder with --source.")
        return 0
    rows = []
    with tempfile.TemporaryDirectory(prefix="services.") as home:
        for words, arguments in (
            (f"import of {len(versions) - 1} versions", ["services", "import", *versions[:-1]]),
            ("publish, the first time", ["publish"]),
            ("publish again, nothing changed", ["publish"]),
            ("import of the newest version", ["services", "import", versions[-1]]),
            ("publish what that changed", ["publish"]),
            ("publish again, nothing changed", ["publish"]),
        ):
            used, took, said = run(home, *arguments)
            counts = said.partition(", in ")[0].strip() if arguments == ["publish"] else ""
            rows.append([words, f"{used:.1f}", f"{took:.1f}", counts])
    print(machine())
    print(f"{len(versions)} versions from {wanted.source}\n")
    table(["", "processor s", "clock s", ""], rows)
    print(f"\n{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000:.0f} MB at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
