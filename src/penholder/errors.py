"""The three ways in which Penholder says no. Every message says what is wrong, where, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence


class PenholderError(Exception):
    """Anything that Penholder refuses on purpose. Never raised itself; catch it at the edge."""


class Refused(PenholderError):
    """The act is not allowed as things stand. `reasons` lists every one, in words for the person who asked."""

    def __init__(self, reasons: str | Sequence[str]) -> None:
        self.reasons: tuple[str, ...] = (reasons,) if isinstance(reasons, str) else tuple(reasons)
        super().__init__(" ".join(self.reasons))


class Conflict(PenholderError):
    """Somebody else changed the same thing first; read their change, then try again."""


class Missing(PenholderError):
    """What was asked for does not exist, or was never there."""
