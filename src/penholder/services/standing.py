"""How the register stands: the one read model of services, read with a fixed number of queries.

    for service in standing.listed(): …        # 9 queries, however many services there are
    service = standing.one("renew-a-licence")  # the same of one; raises Missing

All is plain data; nothing below makes a query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from penholder.errors import Missing
from penholder.services.models import (
    Channel,
    Descent,
    Exemplar,
    Service,
    ServiceAlias,
    ServiceRelease,
    ServiceVersion,
    Target,
)


@dataclass(frozen=True, slots=True)
class SaidOf:
    """One version of what was said about a service."""

    number: int
    name: str
    organisation: str  # key
    organisation_name: str
    agency: str
    manager: str  # title of the post; "" where none is named
    manager_key: str
    purpose: str
    users: str
    needs: str
    url: str
    opened_on: date | None
    closed_on: date | None
    as_of: date
    said_on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelOf:
    """A way by which people use a service; `klass` is "digital", "assisted digital" or "other"."""

    key: str
    kind: str
    klass: str
    name: str
    opened_on: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class ReleaseOf:
    """A change that users met."""

    name: str
    released_on: date
    changed: str


@dataclass(frozen=True, slots=True)
class TargetOf:
    """A target as one version said it; `value` is None where it was given up."""

    definition: str
    number: int
    value: float | None
    due_on: date
    said_on: date
    reason: str
    by: str
    stands: bool


@dataclass(frozen=True, slots=True)
class DescentOf:
    """That a service followed another, seen from one of the two: `other` is the key of the other one."""

    other: str
    kind: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """One service as it stands, and as it was said to be before."""

    key: str
    now: SaidOf
    history: tuple[SaidOf, ...]  # oldest first; the last is `now`
    aliases: tuple[str, ...]
    channels: tuple[ChannelOf, ...]
    releases: tuple[ReleaseOf, ...]  # oldest first
    targets: tuple[TargetOf, ...]  # every version, by definition, oldest first
    exemplar: tuple[tuple[str, date], ...]  # programmes, since when
    became: tuple[DescentOf, ...]
    came_from: tuple[DescentOf, ...]

    @property
    def name(self) -> str:
        """Its name now."""
        return self.now.name

    @property
    def organisation(self) -> str:
        """Key of the organisation that it belongs to now."""
        return self.now.organisation

    @property
    def former_names(self) -> tuple[str, ...]:
        """Names that it had before, newest first, each once."""
        found = [each.name for each in reversed(self.history) if each.name != self.now.name]
        return tuple(dict.fromkeys(found))

    def open(self, on: date) -> bool:
        """Whether it can be used on a day, as far as is known."""
        begun = self.now.opened_on is None or self.now.opened_on <= on
        return begun and (self.now.closed_on is None or on < self.now.closed_on)

    def target(self, definition: str) -> TargetOf | None:
        """The target that stands for a figure; None where there is none."""
        return next(
            (each for each in self.targets if each.definition == definition and each.stands and each.value is not None),
            None,
        )

    def klass_of(self, channel: str) -> str:
        """The class in which a channel's transactions count; "other" for one that is not in the register."""
        return next((each.klass for each in self.channels if each.key == channel), "other")


def names() -> dict[str, str]:
    """What each service is called now, by its key. One query."""
    return dict(ServiceVersion.objects.filter(superseded_by=None).values_list("service__key", "name"))


def listed(*, organisation: str = "", keys: Iterable[str] | None = None) -> list[ServiceStanding]:
    """Services by name: all, those of an organisation (its key), or those with these keys. Nine queries."""
    stands = Q(superseded_by=None)
    if organisation:
        stands &= Q(organisation__key=organisation)
    if keys is not None:
        stands &= Q(service__key__in=list(keys))
    narrow = bool(organisation) or keys is not None
    chosen = dict(ServiceVersion.objects.filter(stands).values_list("service", "service__key"))
    those = Q(service__in=chosen) if narrow else Q()
    history = _history(those)
    parts = _parts(those)
    descents = _descents(set(chosen.values()))
    return sorted(
        (
            ServiceStanding(
                key,
                history[pk][-1],
                tuple(history[pk]),
                tuple(parts.aliases[pk]),
                tuple(parts.channels[pk]),
                tuple(parts.releases[pk]),
                tuple(parts.targets[pk]),
                tuple(parts.programmes[pk]),
                became=descents[0].get(key, ()),
                came_from=descents[1].get(key, ()),
            )
            for pk, key in chosen.items()
        ),
        key=lambda each: (each.name.casefold(), each.key),
    )


def as_said(services: Iterable[ServiceStanding], *, on: date, met: Collection[str]) -> list[ServiceStanding]:
    """Services as they had been described by a day. No query.

    One of which nothing had been said is left out, unless it is among `met`: then it is described as it first was.
    """
    found = []
    for each in services:
        history = tuple(said for said in each.history if said.said_on <= on)
        history = history or (each.history[:1] if each.key in met else ())
        if history:
            targets = [one for one in each.targets if one.said_on <= on]
            last = {one.definition: one.number for one in targets}
            found.append(
                replace(
                    each, now=history[-1], history=history,
                    releases=tuple(one for one in each.releases if one.released_on <= on),
                    targets=tuple(replace(one, stands=last[one.definition] == one.number) for one in targets),
                    exemplar=tuple(one for one in each.exemplar if one[1] <= on),
                    became=tuple(one for one in each.became if one.on <= on),
                    came_from=tuple(one for one in each.came_from if one.on <= on),
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (each.name.casefold(), each.key))


def one(key: str) -> ServiceStanding:
    """The service with this key. Raises Missing."""
    found = listed(keys=[key])
    if not found:
        raise Missing(_("No service has the key “%(key)s”.") % {"key": key})
    return found[0]


def count() -> int:
    """How many services are in the register."""
    return Service.objects.count()


def _history(those: Q) -> dict[int, list[SaidOf]]:
    history: defaultdict[int, list[SaidOf]] = defaultdict(list)
    rows = ServiceVersion.objects.filter(those).select_related("organisation", "manager").order_by("service", "number")
    for row in rows:
        history[row.service_id].append(
            SaidOf(
                row.number, row.name, row.organisation.key, row.organisation.name, row.agency,
                row.manager.title if row.manager else "", row.manager.key if row.manager else "", row.purpose,
                row.users, row.needs, row.url, row.opened_on, row.closed_on, row.as_of, row.said_on, row.by, row.reason,
            )
        )  # fmt: skip
    return history


@dataclass(frozen=True, slots=True)
class _Parts:
    """What hangs on services, each by the service's primary key."""

    aliases: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    channels: defaultdict[int, list[ChannelOf]] = field(default_factory=lambda: defaultdict(list))
    releases: defaultdict[int, list[ReleaseOf]] = field(default_factory=lambda: defaultdict(list))
    targets: defaultdict[int, list[TargetOf]] = field(default_factory=lambda: defaultdict(list))
    programmes: defaultdict[int, list[tuple[str, date]]] = field(default_factory=lambda: defaultdict(list))


def _parts(those: Q) -> _Parts:
    parts = _Parts()
    for pk, name in ServiceAlias.objects.filter(those).values_list("service", "name"):
        parts.aliases[pk].append(name)
    for channel in Channel.objects.filter(those):
        said = channel.key, channel.kind, channel.klass, channel.name, channel.opened_on, channel.closed_on
        parts.channels[channel.service_id].append(ChannelOf(*said))
    for release in ServiceRelease.objects.filter(those):
        parts.releases[release.service_id].append(ReleaseOf(release.name, release.released_on, release.changed))
    for row in Target.objects.filter(those).select_related("superseded_by"):
        parts.targets[row.service_id].append(
            TargetOf(
                row.definition, row.number, None if row.value is None else float(row.value), row.due_on, row.said_on,
                row.reason, row.by, not hasattr(row, "superseded_by"),
            )
        )  # fmt: skip
    for chosen in Exemplar.objects.filter(those):
        parts.programmes[chosen.service_id].append((chosen.programme, chosen.since))
    return parts


def _descents(keys: set[str]) -> tuple[dict[str, tuple[DescentOf, ...]], dict[str, tuple[DescentOf, ...]]]:
    became: defaultdict[str, list[DescentOf]] = defaultdict(list)
    came: defaultdict[str, list[DescentOf]] = defaultdict(list)
    for row in Descent.objects.select_related("predecessor", "successor"):
        old, new = row.predecessor.key, row.successor.key
        if old in keys:
            became[old].append(DescentOf(new, row.kind, row.on, row.reason))
        if new in keys:
            came[new].append(DescentOf(old, row.kind, row.on, row.reason))
    return (
        {key: tuple(rows) for key, rows in became.items()},
        {key: tuple(rows) for key, rows in came.items()},
    )
