"""Submissions, their values and the periods that these are about, against the record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import F, Q

from penholder.record.accounts import CHUNK, Told, compare, entries, said
from penholder.record.findings import Broken
from penholder.services import digests, periods
from penholder.services.accounts.sides import Held, Older, sift
from penholder.services.models import Period, Submission, Submitted

_NAMED = ("submission__key", "service__key", "quantity", "channel", "period__key")


def differences(older: Older) -> list[Broken]:
    """Every submission, value and period that is not as it was recorded. Five queries, and the record twice."""
    found = sift("submissions", _recorded(), _stored(), older)
    found += _of_values(older)
    found += _of_periods()
    found += [
        Broken(f"{row.quantity} of {row.service.key} in {row.period.key}", "it supersedes another than the one before.")
        for row in _misplaced()
    ]
    return found


def _recorded() -> Iterator[Held]:
    for _entry, facts in entries("figures.submitted"):
        (key,) = said(facts, "submission")
        yield f"submission {key}", said(facts, "row") if "row" in facts else None


def _stored() -> Iterator[tuple[str, Told]]:
    for digest, (key,) in digests.read(Submission.objects.order_by("pk"), "key"):
        yield f"submission {key}", (digest,)


def _of_values(older: Older) -> Iterator[Broken]:
    """Values by submission and service: the digest of them all decides, the mark of each says which it is."""
    told, before = _batches()
    rows = Submitted.objects.order_by("submission", "service", "pk")
    for (submission, service), found in groupby(digests.read(rows, *_NAMED), key=lambda one: tuple(one[1][:2])):
        values = list(found)
        if submission in before:
            older["submitted values"] += len(values)
        else:
            recorded = told.get(submission, {}).pop(service, "")
            yield from _of_batch(submission, service, recorded, values)
    for submission, services in told.items():
        for service in services:
            yield Broken(f"values of {service} in submission {submission}", "they are not in their table.")


def _batches() -> tuple[dict[str, dict[str, str]], set[str]]:
    """What the record holds of each submission by service, and the submissions from before it held anything."""
    told: dict[str, dict[str, str]] = {}
    before: set[str] = set()
    for _entry, facts in entries("figures.submitted"):
        (key,) = said(facts, "submission")
        held = facts.get("holds")
        if not isinstance(held, list):
            before.add(key)
            continue
        lines = [str(line).rpartition(" ") for line in held]
        told[key] = {service: batch for batch, _space, service in lines}
    return told, before


def _of_batch(submission: str, service: str, recorded: str, values: list[tuple[str, Any]]) -> Iterator[Broken]:
    where = f"values of {service} in submission {submission}"
    if not recorded:
        yield Broken(where, "the record does not know them.")
        return
    whole, _space, marked = recorded.partition(" ")
    if whole == digests.together(digest for digest, _named in values):
        return
    marks = digests.marks(marked)
    odd = []
    for digest, named in values:
        mark = digests.mark(digest)
        if marks[mark]:
            marks[mark] -= 1
        else:
            odd.append(named)
    for _submission, _service, quantity, channel, period in odd:
        of = f"{quantity}, {channel}" if channel else quantity
        yield Broken(f"{of} of {service} in {period}", f"it is not as it was recorded in submission {submission}.")
    if missing := marks.total() - len(odd):
        yield Broken(where, f"{missing} of them are not in their table.")
    elif not odd:
        yield Broken(where, "one of them is not as it was recorded.")


def _of_periods() -> list[Broken]:
    """Periods whose key does not say their days, or that are called otherwise than their source called them."""
    labels: dict[str, str] = {}
    unknown = False
    for _entry, facts in entries("figures.submitted"):
        told = facts.get("periods")
        unknown = unknown or not isinstance(told, list)
        for line in told if isinstance(told, list) else []:
            key, _space, label = str(line).partition(" ")
            labels[key] = label
    rows = list(Period.objects.all().iterator(CHUNK))
    found = [
        Broken(f"period {row.key}", "its days are not those that its key says.")
        for row in rows
        if periods.span(row).key != row.key
    ]
    named = {row.key: row.label for row in rows if row.key in labels or not unknown}
    return found + compare(
        ((f"period {key}", (labels.get(key, ""),)) for key in {*named, *labels}),
        ((f"period {key}", (label,)) for key, label in named.items()),
    )


def _misplaced() -> list[Submitted]:
    """Values that supersede one of another service, period, channel or quantity, or not the one before."""
    same = Q(number=F("supersedes__number") + 1)
    for name in ("service", "period", "channel", "quantity"):
        same &= Q(**{name: F(f"supersedes__{name}")})
    rows = Submitted.objects.filter(supersedes__isnull=False).exclude(same)
    return list(rows.select_related("service", "period"))
