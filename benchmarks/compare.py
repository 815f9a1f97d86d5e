"""Compare two 70,000-word texts: Penholder against bare word diffs, and against wikidiff2 with moves on.

    python benchmarks/compare.py            one run, all that is here, ratios and memory
    python benchmarks/compare.py --slow     with those that take a minute too
    python benchmarks/compare.py --words 14000 --runs 9

Each competitor runs in a process of its own, in turn, so that a slow minute of the machine falls on all of them. Each
time is the middle of three in one process; the table shows medians of those. Penholder is given blocks, as importers
have them; the others get two texts with one paragraph a line. similar-rs has no binding on PyPI, so it is not here;
a prototype of this comparison took 1.4 times as long as it.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from planted import plant, text  # noqa: E402

NAMES = {
    "penholder": "Penholder: kinds, moves, words",
    "git": "git diff --word-diff (a process: start, read, write)",
    "git-inside": "git, less the start of a git process",
    "dmp": "diff-match-patch, words",
    "difflib": "difflib, words, autojunk (wrong answers)",
    "difflib-full": "difflib, words",
    "wikidiff2": "wikidiff2, moves on",
}
BARE = ("git", "dmp", "difflib", "difflib-full")
SLOW = ("difflib-full",)


def run_penholder(words: int) -> dict:
    from penholder.text.compare import compare  # noqa: PLC0415 - only this competitor pays for it

    planted = plant(words)
    # Penholder compares in a process that lives on; a first, smaller, different comparison stands for that.
    small = plant(14_000, seed=1, **dict.fromkeys(("edited", "split", "merged", "moved", "moved_and_edited"), 6))
    compare(small.old, small.new)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, comparison = middle(lambda: compare(planted.old, planted.new))
    found = {change.old[0] for change in comparison.changes if change.moved}
    true = planted.moved | planted.moved_and_edited
    return {
        "seconds": seconds,
        "kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "more_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before,
        "moves": len(found & true),
        "invented": len(found - true),
        "planted": len(true),
        "summary": comparison.summary(),
    }


def middle(act: Callable[[], Any]) -> tuple[float, Any]:
    """The middle time of three, and what came out. All are timed so, unless one time takes seconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        result = act()
        times.append(time.perf_counter() - start)
        if times[0] > 1:
            break
    return statistics.median(times), result


def run_git(old: Path, new: Path) -> dict:
    command = ["git", "diff", "--no-index", "--word-diff=porcelain", "--no-color", str(old), str(new)]
    seconds, _ = middle(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=False))
    kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    same = [*command[:-1], str(old)]
    idle, _ = middle(lambda: subprocess.run(same, stdout=subprocess.DEVNULL, check=False))
    return {"seconds": seconds, "kib": kib, "idle": idle}


def run_difflib(old: Path, new: Path, *, autojunk: bool) -> dict:
    from difflib import SequenceMatcher  # noqa: PLC0415

    left, right = old.read_text().split(), new.read_text().split()
    return timed(lambda: SequenceMatcher(None, left, right, autojunk=autojunk).get_opcodes())


def run_dmp(old: Path, new: Path) -> dict:
    """Words as single characters, as its own wiki says to do it; characters would take minutes."""
    from diff_match_patch import diff_match_patch  # noqa: PLC0415

    left, right = old.read_text().split(), new.read_text().split()

    def act() -> None:
        codes: dict[str, str] = {}
        sides = ["".join(codes.setdefault(word, chr(len(codes) + 0xE000)) for word in side) for side in (left, right)]
        dmp = diff_match_patch()
        dmp.Diff_Timeout = 0
        dmp.diff_main(sides[0], sides[1], False)

    return timed(act)


def timed(act: Callable[[], Any]) -> dict:
    seconds, _ = middle(act)
    return {"seconds": seconds, "kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def run_one(name: str, words: int, old: Path, new: Path) -> dict:
    if name == "penholder":
        return run_penholder(words)
    if name == "git":
        return run_git(old, new)
    if name == "dmp":
        return run_dmp(old, new)
    return run_difflib(old, new, autojunk=name == "difflib")


def command(name: str, words: int, old: Path, new: Path) -> list[str]:
    if name == "wikidiff2":
        return ["php", str(HERE / "wikidiff2.php"), str(old), str(new)]
    this = [str(HERE / "compare.py"), "--one", name, "--words", str(words), "--texts", str(old), str(new)]
    if name == "dmp":
        return ["uv", "run", "--quiet", "--no-project", "--with", "diff-match-patch", "python", *this]
    return [sys.executable, *this]


def missing(name: str) -> str:
    """Why this competitor cannot run here; empty when it can."""
    if name == "git" and not shutil.which("git"):
        return "there is no git here"
    if name == "dmp" and not shutil.which("uv"):
        return "uv, which fetches it, is not here"
    if name == "wikidiff2":
        if not shutil.which("php"):
            return "there is no php here: apt-get install php-cli php-wikidiff2"
        loaded = subprocess.run(["php", "-m"], capture_output=True, text=True, check=False).stdout
        return "" if "wikidiff2" in loaded else "php has no wikidiff2: apt-get install php-wikidiff2"
    return ""


def measure(names: list[str], words: int, runs: int, folder: Path) -> dict[str, list[dict]]:
    planted = plant(words)
    old, new = folder / "old.md", folder / "new.md"
    old.write_text(text(planted.old))
    new.write_text(text(planted.new))
    results: dict[str, list[dict]] = {name: [] for name in names}
    for turn in range(runs):
        for name in names:
            if turn and results[name][0]["seconds"] > 10:  # once is enough to see it
                continue
            done = subprocess.run(command(name, words, old, new), capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{NAMES[name]} failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
                sys.exit(1)
            results[name].append(json.loads(done.stdout))
    if "git" in results:
        results["git-inside"] = [{**r, "seconds": max(r["seconds"] - r["idle"], 0.0)} for r in results["git"]]
    return results


def show(results: dict[str, list[dict]], words: int) -> None:
    medians = {name: statistics.median(r["seconds"] for r in rows) for name, rows in results.items()}
    ours = medians["penholder"]
    print(f"\nTwo texts of {words:,} words. Medians; Penholder = 1.\n")
    print(f"{'':52} {'ms':>9} {'ratio':>8} {'peak MiB':>9} {'moves':>7} {'invented':>9}")
    for name in sorted(medians, key=medians.__getitem__):
        row = results[name][0]
        mib = statistics.median(r["kib"] for r in results[name]) / 1024
        print(
            f"{NAMES[name]:52} {medians[name] * 1000:9.1f} {medians[name] / ours:8.2f} {mib:9.0f}"
            f" {row.get('moves', '—'):>7} {row.get('invented', '—'):>9}"
        )
    first = results["penholder"][0]
    print(f"\nPlanted moves: {first['planted']}; found {first['moves']}, invented {first['invented']}.")
    print(f"Penholder says: {first['summary']}. The comparison itself took {first['more_kib'] / 1024:.0f} MiB.")
    if bare := {name: medians[name] for name in BARE if name in medians}:
        fastest = min(bare, key=bare.__getitem__)
        print(f"Against the fastest bare word diff, {NAMES[fastest]}: {ours / bare[fastest]:.2f} (goal: at most 2).")
        library = {name: bare[name] for name in bare if name != "git"}
        if library:
            fastest = min(library, key=library.__getitem__)
            print(f"Against the fastest that is a library, {NAMES[fastest]}: {ours / library[fastest]:.2f}.")
    if "wikidiff2" in medians:
        print(f"wikidiff2 with moves takes {medians['wikidiff2'] / ours:.0f} times as long (goal: at least 20).")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=70_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow", action="store_true", help="with those that take a minute")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--texts", nargs=2, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(run_one(asked.one, asked.words, *asked.texts)))
        return
    names: list[str] = []
    for name, title in NAMES.items():
        if name == "git-inside" or (name in SLOW and not asked.slow):
            continue
        if why := missing(name):
            print(f"Left out {title}: {why}.")
        else:
            names.append(name)
    with tempfile.TemporaryDirectory() as folder:
        show(measure(names, asked.words, asked.runs, Path(folder)), asked.words)


if __name__ == "__main__":
    main()
