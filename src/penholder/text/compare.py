"""Two texts compared: what was kept, edited, rewritten, split, merged, moved, removed and inserted.

`compare` is all that most callers need; `apply` makes the new text from the old one and the comparison.
"""

from __future__ import annotations

from collections.abc import Sequence

from penholder.text.align import increasing
from penholder.text.comparison import BETWEEN, KINDS, Change, Comparison, Kind, apply
from penholder.text.pairing import Pairing
from penholder.text.passages import Block
from penholder.text.words import Op, Run, likeness, runs

__all__ = ["BETWEEN", "KINDS", "Change", "Comparison", "Kind", "Op", "Run", "apply", "compare"]

# Less alike than this and the words of both texts, shown together, tell a reader less than one after the other.
RECOGNISABLE = 0.3

_Unit = tuple[tuple[int, ...], tuple[int, ...]]


def compare(old: Sequence[Block], new: Sequence[Block]) -> Comparison:
    """How `old` became `new`. The same two texts always give the same comparison. Near-linear in the words."""
    pairing = Pairing(old, new)
    pairing.find()
    units = pairing.units()
    staying = set(increasing([olds[0] for olds, _ in units]))
    changes = _in_reading_order(old, new, units, staying)
    return Comparison(tuple(changes), len(old), len(new))


def _in_reading_order(
    old: Sequence[Block], new: Sequence[Block], units: list[_Unit], staying: set[int]
) -> list[Change]:
    """Changes in the order of the new text; what was removed comes straight after what it followed."""
    kept_olds = {i for olds, _ in units for i in olds}
    removed = [i for i in range(len(old)) if i not in kept_olds]
    starts = {news[0]: at for at, (_, news) in enumerate(units)}
    within = {j for _, news in units for j in news[1:]}
    stays = [units[at][0][0] for at in sorted(staying)]
    stays.append(len(old))

    changes: list[Change] = []
    gone = passed = 0

    def take_removed() -> None:
        nonlocal gone
        while gone < len(removed) and removed[gone] < stays[passed]:
            i = removed[gone]
            changes.append(Change("removed", (i,), (), words=_whole("removed", old[i].source)))
            gone += 1

    take_removed()
    for j, block in enumerate(new):
        if j in within:
            continue
        at = starts.get(j)
        if at is None:
            changes.append(Change("inserted", (), (j,), words=_whole("inserted", block.source)))
            continue
        olds, news = units[at]
        stay = at in staying
        if len(olds) == len(news) == 1 and old[olds[0]].digest == block.digest:
            changes.append(Change("kept" if stay else "moved", olds, news, not stay))
        else:
            changes.append(_change(old, new, units[at], moved=not stay))
        if stay:
            passed += 1
            if gone < len(removed):
                take_removed()
    return changes


def _change(old: Sequence[Block], new: Sequence[Block], unit: _Unit, *, moved: bool) -> Change:
    """The change of a unit whose text did not stay the same."""
    olds, news = unit
    if len(news) > 1 or len(olds) > 1:
        left, right = [old[i].source for i in olds], [new[j].source for j in news]
        kind: Kind = "split" if len(news) > 1 else "merged"
        parts = tuple(map(len, right if len(news) > 1 else left))
        return Change(kind, olds, news, moved, runs(BETWEEN.join(left), BETWEEN.join(right)), parts)
    before, after = old[olds[0]], new[news[0]]
    words = runs(before.source, after.source)
    if likeness(words) >= RECOGNISABLE:
        return Change("edited", olds, news, moved, words)
    return Change("rewritten", olds, news, moved, _whole("removed", before.source) + _whole("inserted", after.source))


def _whole(op: Op, source: str) -> tuple[Run, ...]:
    return (Run(op, source),) if source else ()
