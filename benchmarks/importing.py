"""Import a strategy's history with lineage, at a quarter, a half and all of its commits: time, memory, and the slope.

    uv run python benchmarks/importing.py                               the real bundle, 35, 70 and 135 commits
    uv run python benchmarks/importing.py --bundle other.bundle --runs 5

Each prefix of the history becomes a bundle of its own and is taken in by `penholder import --all` into an empty home,
in a fresh process: read, converted, sealed, compared with the one before, ids traced, published as editions. Without
the real bundle beside the checkout, a history of the demonstration strategy is made: each commit changes one text.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version as package_version
from pathlib import Path

from dulwich.bundle import create_bundle_from_repo, read_bundle, write_bundle
from dulwich.porcelain import add, commit
from dulwich.repo import Repo

from measuring import ROOT, machine, table

REAL = ROOT.parent / "shared" / "data" / "gds-2012" / "strategy.bundle"
DEMO = ROOT / "src" / "penholder" / "demo"
COMMITS = (35, 70, 135)
BRANCH = b"refs/heads/master"


def unbundled(bundle: Path, folder: Path) -> Repo:
    """A repository with everything that the bundle holds."""
    repo = Repo.init_bare(str(folder), mkdir=True)
    with bundle.open("rb") as file:
        read = read_bundle(file)
        read.store_objects(repo.object_store)
        tips = [sha for name, sha in read.references.items() if name in {BRANCH, b"HEAD", b"refs/heads/main"}]
    repo.refs[BRANCH] = tips[0]
    return repo


def made_up(folder: Path, commits: int) -> Repo:
    """The demonstration strategy's first iteration, with one paragraph changed in each commit."""
    first = min(DEMO.rglob("strategy.toml")).parent
    shutil.copytree(first, folder)
    repo = Repo.init(str(folder))
    texts = sorted((folder / "text").glob("*.md"))
    for number in range(commits):
        text = texts[number % len(texts)]
        text.write_text(text.read_text(encoding="utf-8") + f"\nAdded in change {number}.\n", encoding="utf-8")
        add(repo, [str(path) for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts])
        commit(
            repo,
            message=f"Change {number}".encode(),
            author=b"Nobody <nobody@example.org>",
            committer=b"Nobody <nobody@example.org>",
            commit_timestamp=1_352_200_000 + number * 3600,
            author_timestamp=1_352_200_000 + number * 3600,
        )
    repo.refs[BRANCH] = repo.head()
    return repo


def prefixes(repo: Repo, folder: Path) -> dict[int, Path]:
    """Bundles of the oldest 35, 70 and 135 commits."""
    history = [entry.commit.id for entry in repo.get_walker(include=[repo.refs[BRANCH]], reverse=True)]
    made = {}
    for count in sorted({min(count, len(history)) for count in COMMITS}):
        repo.refs[BRANCH] = history[count - 1]
        made[count] = folder / f"{count}.bundle"
        with made[count].open("wb") as file:
            write_bundle(file, create_bundle_from_repo(repo, refs=[BRANCH]))
    return made


def run(bundle: Path) -> tuple[float, float, dict]:
    """Seconds, peak memory in MB and the report of one import into an empty home."""
    with tempfile.TemporaryDirectory(prefix="importing.") as home:
        command = [
            sys.executable,
            "-c",
            "from penholder.cli import main; main()",
            "import",
            "--all",
            "--json",
            str(bundle),
        ]
        with (Path(home) / "report").open("w+") as report:
            start = time.perf_counter()
            process = subprocess.Popen(
                command, env=os.environ | {"PENHOLDER_HOME": f"{home}/home"}, stdout=report, stderr=subprocess.DEVNULL
            )
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            report.seek(0)
            if process.returncode:
                sys.exit(f"The import of {bundle.name} failed: {report.read()[-2000:]}")
            return seconds, used.ru_maxrss / 1000, json.load(report)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=REAL if REAL.is_file() else None)
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="importing.") as name:
        folder = Path(name)
        repo = unbundled(wanted.bundle, folder / "repo") if wanted.bundle else made_up(folder / "repo", max(COMMITS))
        bundles = prefixes(repo, folder)
        runs: dict[int, list[tuple[float, float, dict]]] = {count: [] for count in bundles}
        for _ in range(wanted.runs):
            for count, bundle in bundles.items():
                runs[count].append(run(bundle))
    print(machine())
    print("; ".join(f"{package} {package_version(package)}" for package in ("penholder", "dulwich", "django")))
    print(f"{wanted.bundle or 'the demonstration strategy'}; medians of {wanted.runs} runs in turn\n")
    rows = []
    per_iteration = {}
    for count, found in runs.items():
        seconds = statistics.median(run[0] for run in found)
        iterations = found[0][2]["iterations"]
        per_iteration[count] = 1000 * seconds / iterations
        rows.append(
            [
                str(count),
                str(iterations),
                f"{seconds:.1f}",
                f"{1000 * seconds / count:.0f}",
                f"{per_iteration[count]:.0f}",
                f"{max(run[1] for run in found):.0f}",
            ]
        )
    table(["commits", "iterations", "seconds", "ms a commit", "ms an iteration", "peak MB"], rows)
    first, last = min(runs), max(runs)
    slope = per_iteration[last] / per_iteration[first]
    print(f"\nAn iteration takes {slope:.2f} times as long at {last} commits as at {first}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
