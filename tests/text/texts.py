"""Small texts for tests of the comparison."""

from __future__ import annotations

from benchmarks.planted import plant

from penholder.seal import digest
from penholder.text.compare import Comparison, apply, compare
from penholder.text.passages import Block

__all__ = ["ALL", "LEADERS", "REDESIGN", "SKILLS", "block", "compared", "plant", "text"]

SKILLS = "Departments will improve digital capability across the civil service and publish their plans every year."
LEADERS = "Each Digital Leader sits on the board of a department, and answers for its strategy and its services."
REDESIGN = "Services handling over one hundred thousand transactions a year will be redesigned to one common standard."
ALL = [SKILLS, LEADERS, REDESIGN]


def block(source: str, kind: str = "", **rest) -> Block:
    kind = kind or ("heading" if source.startswith("#") else "paragraph")
    level = len(source) - len(source.lstrip("#")) if kind == "heading" else 0
    plain = rest.pop("plain", source.lstrip("# "))
    return Block(kind, source, plain, 0, 1, digest(source), level, **rest)


def text(sources) -> list[Block]:
    return [block(source) for source in sources]


def compared(old, new) -> Comparison:
    """Compare, and hold the result to the laws that hold for every two texts."""
    before = [item if isinstance(item, Block) else block(item) for item in old]
    after = [item if isinstance(item, Block) else block(item) for item in new]
    comparison = compare(before, after)
    assert apply(comparison, before) == [item.source for item in after]
    assert Comparison.from_json(comparison.to_json()) == comparison
    assert sorted(i for change in comparison.changes for i in change.old) == list(range(len(before)))
    assert [j for change in comparison.changes for j in change.new] == list(range(len(after)))
    return comparison
