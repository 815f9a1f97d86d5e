"""Publications held against their seals, their lines and the record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from penholder import seal as seals
from penholder.record.accounts import Told, compare, entries, said, who
from penholder.record.chain import moment
from penholder.record.findings import Broken
from penholder.services import digests
from penholder.services.accounts.sides import Held, Older, sift
from penholder.services.models import Flag, FrozenFigure, Publication, State

_LINE = (
    "service__key", "channel", "definition", "version", "status", "value", "n", "had", "asked", "low", "high",
    "provenance",
)  # fmt: skip
_NAMES = ("service", *_LINE[1:])

# What the record tells when a publication comes into a state; the last of these is the state it is in.
_STATES = {
    "figures.frozen": State.FROZEN,
    "figures.checked": State.CHECKED,
    "figures.signed": State.SIGNED,
    "figures.published": State.PUBLISHED,
    "figures.discarded": State.DISCARDED,
}

# What is told of a publication beside its seal, in this order; a step that was not made yet is empty.
_STEPS = ("state", "frozen", "checked", "signed", "published", "ended")
_NEVER = ("", "")


def differences(older: Older) -> list[Broken]:
    """Every publication that is not as it was sealed, or not as the record tells. Five queries, and the record."""
    found = [*_unsealed(), *compare(_recorded(), _stored())]
    found += sift("submitters of publications", _submitters_recorded(), _submitters(), older)
    found += sift("flags of publications", _flags_recorded(), _flags(), older)
    return found + compare(_answers_recorded(), _answers())


def _unsealed() -> Iterator[Broken]:
    lines: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = FrozenFigure.objects.values_list("publication", *_LINE).order_by("publication")
    for publication, *line in rows.iterator(2000):
        lines[publication].append(dict(zip(_NAMES, line, strict=True)))
    for row in _publications().order_by("pk").iterator(50):
        where = f"publication {row.key}"
        if seals.digest(row.manifest) != row.seal:
            yield Broken(where, "its manifest is not the one that its seal was made of.")
            continue
        sealed = json.loads(row.manifest)
        if _named(row) != {name: value for name, value in sealed.items() if name not in {"format", "figures"}}:
            yield Broken(where, "what it is about, or why, is not what was sealed.")
        if _ordered(sealed["figures"]) != _ordered(lines[row.pk]):
            yield Broken(where, "its figures are not those that were sealed.")


def _ordered(lines: list[dict[str, Any]]) -> list[str]:
    return sorted(seals.manifest_bytes(line).decode() for line in lines)


def _publications() -> QuerySet[Publication]:
    return Publication.objects.select_related("organisation", "period", "replaces")


def _named(row: Publication) -> dict[str, Any]:
    """What the manifest says of a publication beside its figures."""
    return {
        "publication": row.key, "organisation": row.organisation.key, "period": row.period.key, "number": row.number,
        "purpose": row.purpose, "replaces": row.replaces.seal if row.replaces else "", "reason": row.reason,
    }  # fmt: skip


def _recorded() -> Iterator[tuple[str, Told]]:
    """Each publication with its steps: by whom and when; and its end, by being discarded or by the one after it."""
    steps: dict[str, dict[str, Told]] = {}
    seals_of: dict[str, str] = {}
    standing: dict[Told, str] = {}
    for entry, facts in entries(*_STATES):
        (key,) = said(facts, "publication")
        state, when = _STATES[entry.act], moment(entry.at)
        told = steps.setdefault(key, {})
        told["state"] = (state.value,)
        seals_of[key] = entry.subject
        if state is State.DISCARDED:
            told["ended"] = (when, entry.reason)
            continue
        told[state.value] = (when, who(entry)[:500])
        if state is State.PUBLISHED:
            place = said(facts, "organisation", "period")
            if place in standing:
                steps[standing[place]] |= {"state": (State.REPLACED.value,), "ended": (when, entry.reason)}
            standing[place] = key
    for key, told in steps.items():
        yield f"publication {key}", (seals_of[key], *(each for step in _STEPS for each in told.get(step, _NEVER)))


def _stored() -> Iterator[tuple[str, Told]]:
    for row in Publication.objects.defer("manifest"):
        told = (
            (row.state,), (moment(row.frozen_at), row.frozen_by), (moment(row.checked_at), row.checked_by),
            (moment(row.signed_at), row.signed_by), (moment(row.published_at), row.published_by),
            (moment(row.ended_at), row.ended_because),
        )  # fmt: skip
        yield f"publication {row.key}", (row.seal, *(each for step in told for each in step))


def _submitters_recorded() -> Iterator[Held]:
    for _entry, facts in entries("figures.frozen"):
        told = facts.get("submitters")
        name = f"submitters of publication {facts.get('publication')}"
        yield name, tuple(sorted(map(str, told))) if isinstance(told, list) else None


def _submitters() -> Iterator[tuple[str, Told]]:
    for row in Publication.objects.only("key").prefetch_related("submitters"):
        yield f"submitters of publication {row.key}", tuple(sorted(str(each.pk) for each in row.submitters.all()))


def _flags_recorded() -> Iterator[Held]:
    for _entry, facts in entries("figures.frozen"):
        held, name = facts.get("holds"), f"flags of publication {facts.get('publication')}"
        yield name, tuple(sorted(map(str, held))) if isinstance(held, list) else None


def _flags() -> Iterator[tuple[str, Told]]:
    found: dict[str, list[str]] = {key: [] for key in Publication.objects.values_list("key", flat=True)}
    for digest, (pk, publication) in digests.read(Flag.objects.order_by("pk"), "pk", "publication__key"):
        found[publication].append(f"{digest} {pk}")
    yield from ((f"flags of publication {key}", tuple(sorted(listed))) for key, listed in found.items())


def _answers_recorded() -> Iterator[tuple[str, Told]]:
    last: dict[str, Told] = {}
    for entry, facts in entries("figures.flag-answered"):
        name = f"answer to flag {facts.get('flag')} of publication {facts.get('publication')}"
        last[name] = (entry.reason.strip(), who(entry)[:500], moment(entry.at))
    yield from last.items()


def _answers() -> Iterator[tuple[str, Told]]:
    rows = Flag.objects.exclude(reason="", answered_by="", answered_at=None).select_related("publication")
    for row in rows.defer("publication__manifest").iterator(2000):
        told = (row.reason, row.answered_by, moment(row.answered_at))
        yield f"answer to flag {row.pk} of publication {row.publication.key}", told
