"""Two texts compared: what was kept, edited, rewritten, split, merged, moved, removed and inserted.

`compare` is all that most callers need; `apply` makes the new text from the old one and the comparison.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from penholder.text.align import increasing
from penholder.text.comparison import BETWEEN, KINDS, Change, Comparison, Kind, apply
from penholder.text.pairing import Pairing
from penholder.text.passages import Block
from penholder.text.words import Op, Run, likeness, runs

__all__ = ["BETWEEN", "KINDS", "Change", "Comparison", "Kind", "Op", "Run", "apply", "compare", "singles"]

# Less alike than this and the words of both texts, shown together, tell a reader less than one after the other.
RECOGNISABLE = 0.3

_Unit = tuple[tuple[int, ...], tuple[int, ...]]


def compare(old: Sequence[Block], new: Sequence[Block]) -> Comparison:
    """How `old` became `new`. The same two texts always give the same comparison. Near-linear in the words."""
    pairing = Pairing(old, new)
    pairing.find()
    changes = _in_reading_order(pairing)
    return Comparison(tuple(changes), len(old), len(new))


def singles(old: Sequence[Block], new: Sequence[Block], *, where: Callable[[int, int], bool]) -> list[Change]:
    """Of `compare(old, new)` the changes of one passage into one, for whose positions `where` holds; not in order.

    `moved` is not told. For who asks about few of very many changes: the words of the others are not compared.
    """
    pairing = Pairing(old, new)
    pairing.find()
    found = []
    for olds, news in pairing.units():
        if len(olds) != 1 or len(news) != 1 or not where(olds[0], news[0]):
            continue
        same = old[olds[0]].digest == new[news[0]].digest
        found.append(Change("kept", olds, news) if same else _change(old, new, (olds, news), moved=False))
    return found


def _in_reading_order(pairing: Pairing) -> list[Change]:
    """Changes in the order of the new text; what was removed comes straight after what it followed."""
    old, new, units = pairing.old, pairing.new, pairing.units()
    removed, inserted = pairing.free()
    staying = increasing([olds[0] for olds, _ in units])
    moved = set(range(len(units))).difference(staying)
    starting: list[Change | None] = [None] * len(new)  # by where they begin
    for at, (olds, news) in enumerate(units):
        if len(olds) == len(news) == 1 and old[olds[0]].digest == new[news[0]].digest:
            starting[news[0]] = Change("moved", olds, news, True) if at in moved else Change("kept", olds, news)
        else:
            starting[news[0]] = _change(old, new, (olds, news), moved=at in moved)
    for j in inserted:
        starting[j] = Change("inserted", (), (j,), words=_whole("inserted", new[j].source))
    after: dict[int, list[Change]] = {}  # the removed, by the new passage that they follow
    stays = [units[at][0][0] for at in staying]
    for i in removed:
        place = bisect_left(stays, i)
        follows = units[staying[place - 1]][1][0] if place else -1
        after.setdefault(follows, []).append(Change("removed", (i,), (), words=_whole("removed", old[i].source)))

    changes = after.get(-1, [])
    for j, change in enumerate(starting):
        if change:
            changes.append(change)
        if j in after:
            changes += after[j]
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
