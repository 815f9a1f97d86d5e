"""Versions of the service standard: how many points, since when, and what each asks for, in our own words.

The data is `standards.toml`; a service is assessed against the version that was in force when it was.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext as _

from penholder.errors import Missing


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the standard."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Standard:
    """One version: in force from a day until before another, if that has come."""

    key: str
    title: str
    source: str
    effective_from: date
    effective_to: date | None
    points: tuple[Point, ...]

    def point(self, number: int) -> Point:
        """The point with this number. Raises Missing."""
        for each in self.points:
            if each.number == number:
                return each
        raise Missing(_("“%(title)s” has no point %(number)s.") % {"title": self.title, "number": number})


@cache
def versions() -> tuple[Standard, ...]:
    """Every version, oldest first."""
    data = tomllib.loads((files(__package__) / "standards.toml").read_text(encoding="utf-8"))
    return tuple(
        Standard(
            one["key"], one["title"], one["source"], one["effective_from"], one.get("effective_to"),
            tuple(Point(number, title) for number, title in enumerate(one["points"], start=1)),
        )
        for one in data["standard"]
    )  # fmt: skip


def find(key: str) -> Standard:
    """The version with this key. Raises Missing."""
    for each in versions():
        if each.key == key:
            return each
    listed = ", ".join(each.key for each in versions())
    raise Missing(_("There is no standard “%(key)s”. There are: %(listed)s.") % {"key": key, "listed": listed})


def in_force(on: date) -> Standard | None:
    """The version in force on a day; None before there was one."""
    for each in versions():
        if each.effective_from <= on and (each.effective_to is None or on < each.effective_to):
            return each
    return None
