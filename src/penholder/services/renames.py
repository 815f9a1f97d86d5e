"""Departments that were renamed between two versions of a table: known ones are data, with their source."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from penholder.people import successions
from penholder.people.models import Alias, Organisation, Succession
from penholder.people.organisations import fold


@cache
def known() -> tuple[dict[str, Any], ...]:
    """Every rename that is known: `before`, `after`, `on`, `source`."""
    return tuple(tomllib.loads((files(__package__) / "renames.toml").read_text(encoding="utf-8"))["rename"])


def declare(*, on: date, at: datetime) -> list[Succession]:
    """Say of every department in the register of which a rename by `on` is known that the other one follows it.

    Only where both are there, and nothing was said yet of what follows the first. Two queries, and some for each that
    is declared.
    """
    names = {fold(name) for one in known() for name in (one["before"], one["after"])}
    found = {
        row.folded: row.organisation for row in Alias.objects.filter(folded__in=names).select_related("organisation")
    }
    followed = set(Succession.objects.values_list("predecessor", flat=True))
    rows = []
    for one in known():
        before, after = (found.get(fold(one[name])) for name in ("before", "after"))
        if before and after and before != after and before.pk not in followed and one["on"] <= on:
            rows += successions.succeed(
                predecessor=before, successors=[after], kind=Succession.Kind.RENAMED, on=one["on"],
                reason=one["source"], by=None, at=at,
            )  # fmt: skip
    return rows


def followers(*, on: date) -> dict[str, Organisation]:
    """By key, the one organisation that answers on a day for another; not where several do. One query."""
    rows = Succession.objects.filter(on__lte=on).select_related("predecessor", "successor").order_by("on", "pk")
    next_of: dict[str, list[Organisation]] = {}
    for row in rows:
        next_of.setdefault(row.predecessor.key, []).append(row.successor)
    found = {}
    for key in next_of:
        last, seen = key, {key}
        while len(after := next_of.get(last, [])) == 1 and after[0].key not in seen:
            last = after[0].key
            seen.add(last)
            found[key] = after[0]
    return found
