"""Publications held against their seals, their lines and the record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from penholder import seal as seals
from penholder.record.accounts import Told, compare, entries, said
from penholder.record.chain import moment
from penholder.record.findings import Broken
from penholder.services.models import FrozenFigure, Publication, State

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


def differences() -> list[Broken]:
    """Every publication that is not as it was sealed, or not as the record tells. Three queries, and the record."""
    return [*_unsealed(), *compare(_recorded(), _stored())]


def _unsealed() -> Iterator[Broken]:
    lines: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = FrozenFigure.objects.values_list("publication", *_LINE).order_by("publication")
    for publication, *line in rows.iterator(2000):
        lines[publication].append(dict(zip(_NAMES, line, strict=True)))
    for row in Publication.objects.order_by("pk").iterator(50):
        where = f"publication {row.key}"
        if seals.digest(row.manifest) != row.seal:
            yield Broken(where, "its manifest is not the one that its seal was made of.")
            continue
        told = json.loads(row.manifest)["figures"]
        if _ordered(told) != _ordered(lines[row.pk]):
            yield Broken(where, "its figures are not those that were sealed.")


def _ordered(lines: list[dict[str, Any]]) -> list[str]:
    return sorted(seals.manifest_bytes(line).decode() for line in lines)


def _recorded() -> Iterator[tuple[str, Told]]:
    last: dict[str, tuple[str, ...]] = {}
    signed: dict[str, str] = {}
    published: dict[str, str] = {}
    for entry, facts in entries(*_STATES):
        (key,) = said(facts, "publication")
        last[key] = (entry.subject, _STATES[entry.act].value)
        if entry.act == "figures.signed":
            signed[key] = moment(entry.at)
        if entry.act == "figures.published":
            published[key] = moment(entry.at)
    for key, told in last.items():
        yield f"publication {key}", (*told, signed.get(key, ""), published.get(key, ""))


def _stored() -> Iterator[tuple[str, Told]]:
    for row in Publication.objects.defer("manifest"):
        # That it was replaced is told by the publication that replaced it.
        state = State.PUBLISHED if row.state == State.REPLACED else row.state
        signed = moment(row.signed_at) if row.signed_at else ""
        published = moment(row.published_at) if row.published_at else ""
        yield f"publication {row.key}", (row.seal, str(State(state).value), signed, published)
