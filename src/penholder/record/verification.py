"""Checking the record in the database: the chain, its head, and every signed checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from penholder.record import checkpoints
from penholder.record.chain import START, Fault, Link, follow, moment
from penholder.record.models import Checkpoint, Entry, Head


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, and the first fault; `fault` None means that everything holds."""

    entries: int
    checkpoints: int
    fault: Fault | None


def stored(*, first: int = 1, last: int | None = None) -> Iterator[tuple[Link, str]]:
    """Every entry with its stored hash, in order, a few thousand at a time: rows without models, to be quick."""
    columns = (*(field.name for field in fields(Link)), "hash")
    rows = Entry.objects.filter(number__gte=first) if first > 1 else Entry.objects.all()
    rows = rows if last is None else rows.filter(number__lte=last)
    for row in rows.order_by("number").values_list(*columns).iterator(chunk_size=2000):
        yield Link(row[0], moment(row[1]), *row[2:-1]), row[-1]


def verify(*, progress: Callable[[int], None] = lambda _: None) -> Verdict:
    """Read the whole record once, in constant memory, and say whether it holds; `progress` gets entries read so far."""
    count, last = 0, START
    signed = list(Checkpoint.objects.order_by("number"))
    waiting = iter(signed)
    checkpoint = next(waiting, None)
    for step in follow(stored()):
        if isinstance(step, Fault):
            return Verdict(count, len(signed), step)
        count, last = step[0].number, step[1]
        while checkpoint is not None and checkpoint.number == count:
            if checkpoint.hash != last or not checkpoints.holds(checkpoint):
                return Verdict(
                    count, len(signed), Fault(count, f"The signed checkpoint at entry {count} does not fit.")
                )
            checkpoint = next(waiting, None)
        if count % 2000 == 0:
            progress(count)
    if checkpoint is not None:
        what = f"A checkpoint was signed at entry {checkpoint.number}, but the record ends at {count}: it was cut off."
        return Verdict(count, len(signed), Fault(checkpoint.number, what))
    head = Head.objects.filter(id=1).first()
    if (head.number, head.hash) != (count, last) if head else count:
        return Verdict(
            count, len(signed), Fault(count, f"The record's head does not fit its last entry, number {count}.")
        )
    progress(count)
    return Verdict(count, len(signed), None)
