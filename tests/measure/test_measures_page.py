from __future__ import annotations

from pathlib import Path

from penholder.measure.definitions import DEFINITIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "measures.md"


def test_the_page_of_measures_says_what_the_code_says():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert rows == [
        f"| {each.title} | `{each.key}` {each.version} | {each.formula} | {each.source} "
        f"| {each.effective_from} | {each.effective_to or ''} |"
        for each in DEFINITIONS
    ]
