"""What a cell of a table may hold: a number, or one of three reasons why there is none. Zero is a number."""

from __future__ import annotations

from enum import StrEnum


class Absence(StrEnum):
    """Why there is no number. The reasons are never mixed with each other, nor with 0."""

    NOT_PROVIDED = "not provided"  # somebody was asked, and gave nothing
    NOT_APPLICABLE = "not applicable"  # the question makes no sense here
    SUPPRESSED = "suppressed"  # the number is known and withheld, so that nobody is recognised


Value = int | float | Absence


def known(value: Value) -> bool:
    """Whether a value is a number."""
    return not isinstance(value, Absence)
