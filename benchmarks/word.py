"""Take in a .docx of 14,000 words with 200 tracked changes, while its draft has had 50 other edits since.

    python benchmarks/word.py               five documents, each with its own changes and edits
    python benchmarks/word.py --documents 25

Goal: under 5 seconds, at least 95% placed, none misplaced. Every word has a number here, so that it is known of each
change whether it stands at exactly the words that its author meant. Some edits of the draft take out whole passages:
what was changed in one of those comes in at its passage as it was sent, for a person to decide, and is counted apart.
Nothing else is known to do this: pandoc alone is measured beside it, which reads the file and places nothing.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "src")]

from benchmarks.returned import Sent, elsewhere, misplaced, send  # noqa: E402

from penholder.formats.word.placing import Placement, place  # noqa: E402
from penholder.formats.word.reading import read  # noqa: E402


def measure(sent: Sent) -> tuple[float, Placement]:
    """Seconds from bytes to places."""
    before = time.perf_counter()
    found = place(read(sent.data, name="back.docx"), sent.sent, sent.draft)
    return time.perf_counter() - before, found


def pandoc(data: bytes) -> float:
    """Seconds that pandoc takes to read the same file."""
    import pypandoc  # noqa: PLC0415 - only this competitor pays for it

    command = [pypandoc.get_pandoc_path(), "-f", "docx", "-t", "json", "--track-changes=all"]
    before = time.perf_counter()
    subprocess.run(command, input=data, capture_output=True, check=True)
    return time.perf_counter() - before


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=5)
    options.add_argument("--words", type=int, default=14_000)
    wanted = options.parse_args()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times, theirs, wrong = [], [], 0
    reasons: Counter[str] = Counter()
    shares, late = [], []
    for seed in range(wanted.documents):
        sent = send(words=wanted.words, seed=seed)
        seconds, found = measure(sent)
        times.append(seconds)
        theirs.append(pandoc(sent.data))
        shares.append(len(found.changes) / len(sent.meant))
        late.append(len(found.late) / len(sent.meant))
        wrong += len(elsewhere(sent, list(found.late))) + len(misplaced(sent, list(found.changes)))
        reasons.update(one.reason for one in found.unplaced)
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{wanted.documents} documents of {wanted.words:,} words, 200 tracked changes, 50 other edits of the draft")
    print(f"read and placed   {statistics.median(times):6.2f} s   (goal: under 5 s; slowest {max(times):.2f} s)")
    ratio = statistics.median(times) / statistics.median(theirs)
    print(f"pandoc, read only {statistics.median(theirs):6.2f} s   ratio {ratio:.2f}")
    both = [one + other for one, other in zip(shares, late, strict=True)]
    print(f"at their words    {statistics.mean(shares):6.1%}   (least {min(shares):.1%})")
    print(f"at their passage  {statistics.mean(late):6.1%}   (words edited or removed since; most {max(late):.1%})")
    print(f"placed            {statistics.mean(both):6.1%}   (goal: 95%; least {min(both):.1%})")
    print(f"misplaced         {wrong:6}   (goal: 0)")
    print(f"not placed        {', '.join(f'{count} {why}' for why, count in reasons.most_common()) or 'none'}")
    print(f"more memory       {memory:6.0f} MB")


if __name__ == "__main__":
    main()
