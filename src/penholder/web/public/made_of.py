"""What a page of services is drawn from, as a digest: where it is the same as at the last publish, the page stands.

A digest holds the facts, the frame that every page has, and the code. The day of the publish is in none of them: a page
that did not change says when it was published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db.models import Model

from penholder.services.disclosures import Disclosed
from penholder.services.figures import FigureOf
from penholder.services.standing import ServiceStanding
from penholder.services.walks import Walk
from penholder.web.public import journeys
from penholder.web.public.drawing import Drawing

_HOUSE = Path(__file__).resolve().parents[2]
_DRAWING = (".py", ".html", ".svg", ".mo", ".po", ".toml")
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1)
def _code() -> str:
    """The code, templates and words of Penholder, and the settings that pages show."""
    digest = sha256(repr((django.VERSION, settings.PENHOLDER_ADDRESS, settings.TIME_ZONE)).encode())
    for folder in ("charts", "locale", "measure", "services", "text", "web"):
        for file in sorted((_HOUSE / folder).rglob("*")):
            if file.suffix in _DRAWING and "node_modules" not in file.parts:
                digest.update(f"{file.relative_to(_HOUSE)} {sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def digest(*parts: object) -> str:
    """One digest of several things, each by what it says of itself."""
    return sha256(repr((_code(), *parts)).encode()).hexdigest()


def frame(drawing: Drawing) -> str:
    """What stands around every page of one language: names, addresses, navigation, styles."""
    timeless = replace(drawing, site=replace(drawing.site, at=_SOME_DAY))
    return sha256(timeless.page("/services/-/", "base.html", title="", description="").body).hexdigest()


@dataclass(frozen=True)
class Ingredients:
    """What the public is told of services, as digests: of each service, and of all."""

    told: Disclosed
    asked: tuple[str, ...]  # keys of the organisations that are asked about actions: lists lead to their pages

    @cached_property
    def by_service(self) -> dict[str, str]:
        """By key, everything that the page and the files of a service are drawn from."""
        figures: defaultdict[str, list[object]] = defaultdict(list)
        for each in self.told.table.figures:
            figures[each.service].append(_figure(each))
        counts: defaultdict[str, list[object]] = defaultdict(list)
        for (service, period, channel), given in sorted(self.told.counts.items(), key=lambda one: one[0]):
            counts[service].append((period, channel, given))
        costs: defaultdict[str, list[object]] = defaultdict(list)
        for (service, period), lines in sorted(self.told.costs.items(), key=lambda one: one[0]):
            costs[service].append((period, lines))
        shared = [(span.key, span.starts_on, span.ends_on) for span in self.told.main_axis]
        return {
            one.key: digest(shared, figures[one.key], counts[one.key], costs[one.key], *self._of(one))
            for one in self.told.services
        }

    def _of(self, service: ServiceStanding) -> Iterator[object]:
        told = self.told
        yield service
        yield [told.by_key[each.other].name for each in service.became if each.other in told.by_key]
        yield [(_row(each), [_row(point) for point in each.points.all()])
               for each in told.assessments.get(service.key, ())]  # fmt: skip
        yield told.revisions.get(service.key, ())
        met = told.provenance.get(service.key, frozenset())
        yield [each for each in told.sources if each.name in met]
        yield [(each.key, each.seal, each.signed_by)
               for each in told.publications if told.line(each.organisation) == service.organisation]  # fmt: skip
        if walk := told.walks.get(service.key):
            yield from _walk(walk)

    @cached_property
    def whole(self) -> str:
        """Everything that lists, totals and publications are drawn from."""
        publications = [replace(each, manifest="") for each in self.told.publications]
        return digest(
            sorted(self.by_service.items()),
            self.told.sources,
            publications,
            self.asked,
            sorted(self.told.followers.items()),
        )


def _figure(each: FigureOf) -> tuple[object, ...]:
    inner = each.figure
    return (
        each.period, each.channel, inner.definition.key, inner.definition.version, inner.value, inner.n, inner.coverage,
        inner.interval, inner.provenance, each.why, each.origin, each.publication, each.seal,
    )  # fmt: skip


def _walk(walk: Walk) -> Iterable[object]:
    drawn = walk.definition
    return list(journeys.rows(walk)), walk.rare, walk.broken, walk.compared, drawn.version, drawn.window, drawn.graph


def _row(row: Model) -> list[Any]:
    return [field.value_from_object(row) for field in row._meta.concrete_fields]  # noqa: SLF001 - Django's public name
