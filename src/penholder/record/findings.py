"""What does not hold, as every check of Penholder names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is not as it was agreed or published: `where` is an entry, an iteration, a row or a file."""

    where: str
    what: str
