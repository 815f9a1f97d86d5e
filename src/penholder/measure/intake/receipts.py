"""What is said of a delivery: how many events were accepted, how many were here, which were refused and why."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

# Enough to see what is wrong; a batch in which everything is wrong is usually wrong in one way.
REFUSALS_LISTED = 100


class Refusal(Struct, frozen=True, gc=False):
    """One event that was not taken in: its place in the delivery from 0, the field, what is wrong, what to do."""

    item: int
    field: str
    reason: str
    do: str


class Receipt(Struct, frozen=True, gc=False):
    """The answer to a delivery. Everything `accepted` or `duplicate` is on disk when it is given.

    `refusals` lists the first hundred; `refused` counts them all.
    """

    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()


def receipt(accepted: int, duplicate: int, refusals: Sequence[Refusal] = ()) -> Receipt:
    """The receipt that lists the first refusals and counts them all."""
    return Receipt(accepted, duplicate, len(refusals), tuple(refusals[:REFUSALS_LISTED]))


def as_json(given: Receipt) -> bytes:
    """The receipt as it is sent; the common one, with nothing to complain about, without an encoder."""
    if not given.refused:
        return b'{"accepted":%d,"duplicate":%d,"refused":0,"refusals":[]}' % (given.accepted, given.duplicate)
    return msgspec.json.encode(given)
