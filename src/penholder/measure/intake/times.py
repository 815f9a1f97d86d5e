"""Times as senders write them, RFC 3339 with a zone, read into microseconds since 1970: one, or a delivery at once.

A delivery is usually written by one program, so all its times have one shape. Their digits are then read as columns of
numbers, at a third of what making a datetime of each costs. Whatever has another shape is read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]

_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_YEAR = np.array([1000, 100, 10, 1])
# What each place from the hour on is worth in microseconds; marks are worth nothing.
_WORTH = [36_000e6, 3_600e6, 0, 600e6, 60e6, 0, 10e6, 1e6, 0, 1e5, 1e4, 1e3, 1e2, 1e1, 1e0]

_Digits = npt.NDArray[np.uint8]


def read(text: str) -> int | None:
    """The microseconds since 1970 of one time; None for what is none, or names no zone. May lie before 1970."""
    try:
        at = datetime.fromisoformat(text if text[-1:] != "z" else text[:-1] + "Z")
        return None if at.tzinfo is None else (at - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None


def read_all(texts: Sequence[str]) -> Times | None:
    """The same of several; None when one of them is no time."""
    columns = _read_columns(texts)
    if columns is not None:
        return columns
    told = [read(text) for text in texts]
    return None if None in told else np.array(told, np.int64)


def _read_columns(texts: Sequence[str]) -> Times | None:
    shape = _shape(texts[0]) if texts else None
    digits = _digits(texts, shape) if shape is not None else None
    days = _days(texts, digits) if digits is not None else None
    if shape is None or digits is None or days is None:
        return None
    hours = digits[11] * np.uint8(10) + digits[12]
    # A number with 53 bits holds the microseconds of a day and more, so floats are exact here.
    told: Times = days * _DAY + (shape.weights @ digits[11 : 11 + len(shape.weights)].astype(np.float64)).astype(
        np.int64
    )
    holds = bool((hours < 24).all() and (digits[14] < 6).all() and (digits[17] < 6).all())
    if texts[0][-1] != "Z":
        hours, minutes = (digits[at] * np.uint8(10) + digits[at + 1] for at in (-5, -2))
        zone = (hours.astype(np.int64) * 60 + minutes) * (60 * _SECOND)
        told += zone if texts[0][-6] == "-" else -zone
        holds = holds and bool((hours < 24).all() and (minutes < 60).all())
    return told if holds else None


def _digits(texts: Sequence[str], shape: _Shape) -> _Digits | None:
    """The digits of texts, one row for each place in them, if all texts have the shape of the first."""
    joined = "".join(texts)
    if not joined.isascii() or len(joined) != shape.length * len(texts):
        return None
    letters = np.frombuffer(joined.encode(), np.uint8).reshape(len(texts), shape.length)
    told = letters.T.copy()
    alike = (told[shape.marks] == told[shape.marks, :1]).all()
    told -= np.uint8(48)
    return told if alike and (told[shape.digits] <= 9).all() else None


def _days(texts: Sequence[str], digits: _Digits) -> Times | int | None:
    """The days since 1970; None when one of them is in no calendar."""
    if (digits[:10] == digits[:10, :1]).all():
        try:
            return date.fromisoformat(texts[0][:10]).toordinal() - _EPOCH.toordinal()
        except ValueError:
            return None
    year, month, day = (
        weights @ digits[places].astype(np.int64)
        for weights, places in ((_YEAR, [0, 1, 2, 3]), (_YEAR[2:], [5, 6]), (_YEAR[2:], [8, 9]))
    )
    if (year < 1).any() or (month < 1).any() or (month > 12).any() or (day < 1).any() or (day > 31).any():
        return None
    months = year * 12 + (month - 1 - 1970 * 12)
    days: Times = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1
    there = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return days if (there == months).all() else None  # not so on 30 February


@dataclass(frozen=True, slots=True)
class _Shape:
    """How long a time is, where it has marks and digits, and what its places from the hour on are worth."""

    length: int
    marks: list[int]
    digits: list[int]
    weights: npt.NDArray[np.float64]


@lru_cache(64)
def _shape_of(mask: str) -> _Shape | None:
    found = _SHAPE.fullmatch(mask)
    if found is None:
        return None
    digits = [place for place, letter in enumerate(mask) if letter == "0"]
    marks = [place for place, letter in enumerate(mask) if letter != "0"]
    places = 9 + len(found[1]) if found[1] else 8
    return _Shape(len(mask), marks, digits, np.array(_WORTH[:places]))


_TO_NOUGHT = str.maketrans("123456789", "0" * 9)


def _shape(text: str) -> _Shape | None:
    return _shape_of(text.translate(_TO_NOUGHT)) if len(text) < 40 else None
