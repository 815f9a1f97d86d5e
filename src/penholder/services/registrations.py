"""Services enter the register, and what is said about them changes: each time a new version, with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Post
from penholder.people.organisations import fold
from penholder.record import ledger
from penholder.services import digests, entries, rules
from penholder.services.models import Channel, ChannelKind, Descent, Exemplar, Service, ServiceAlias, ServiceVersion

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,199}")


@dataclass(frozen=True, slots=True)
class Described:
    """What is said about a service. `as_of` is the day from which it is so."""

    name: str
    organisation: Organisation
    agency: str = ""
    manager: Post | None = None
    purpose: str = ""
    users: str = ""
    needs: str = ""
    url: str = ""
    opened_on: date | None = None
    closed_on: date | None = None


# Fields of `Described` in the order of the table.
FIELDS = tuple(Described.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class NewService:
    """A service that may not be in the register yet, with its channels and the other names that it goes by."""

    key: str
    described: Described
    channels: tuple[str, ...] = ()  # kinds
    aliases: tuple[str, ...] = field(default=())


def objections_to_describing(key: str, described: Described, *, by: Acting | None) -> list[str]:
    """Every reason why a service may not be described so; empty means that it may."""
    reasons = rules.objections_to_acting("service.register", by, described.organisation)
    if not _KEY.fullmatch(key):
        reasons.append(_("“%(key)s” is no key. Use small letters, digits and hyphens, at most 200.") % {"key": key})
    if not described.name.strip():
        reasons.append(_("A service needs a name that its users would recognise."))
    if described.opened_on and described.closed_on and described.closed_on < described.opened_on:
        reasons.append(_("The service would close before it opened. Check the dates."))
    return reasons


@transaction.atomic
def register(*, new: NewService, as_of: date, said_on: date, by: Acting | None, at: datetime) -> Service:
    """Put one service into the register. Raises Refused."""
    reasons = objections_to_describing(new.key, new.described, by=by)
    if Service.objects.filter(key=new.key).exists():
        reasons.append(_("“%(key)s” is in the register already.") % {"key": new.key})
    if reasons:
        raise Refused(reasons)
    return put_all([new], as_of=as_of, said_on=said_on, reason="", by=by, at=at).services[new.key]


@transaction.atomic
def change(
    *, key: str, as_of: date, said_on: date, reason: str, by: Acting | None, at: datetime, **changed: object
) -> ServiceVersion:
    """Say something else about a service from a day on; `changed` are fields of `Described`. Raises Refused."""
    before = current(find(key))
    described = replace(said(before), **changed)  # type: ignore[arg-type]
    reasons = rules.objections_to_acting("service.register", by, before.organisation)
    reasons += [each for each in objections_to_describing(key, described, by=by) if each not in reasons]
    if not reason.strip():
        reasons.append(_("Say why this changes; readers will see it."))
    if described == said(before):
        reasons.append(_("Nothing would change."))
    if reasons:
        raise Refused(reasons)
    put_all([NewService(key, described)], as_of=as_of, said_on=said_on, reason=reason, by=by, at=at)
    return current(find(key))


@dataclass(frozen=True, slots=True)
class Put:
    """What `put_all` did: every service by its key, and the keys of those that are new or changed."""

    services: dict[str, Service]
    made: tuple[str, ...]
    changed: tuple[str, ...]


@transaction.atomic
def put_all(
    services: Sequence[NewService], *, as_of: date, said_on: date, reason: str, by: Acting | None, at: datetime
) -> Put:
    """Make services, or newer versions of those of which something else is said, in ten queries however many.

    Rules are not asked: for imports and for acts that asked them. One entry in the record for each service.
    """
    wanted = {one.key: one for one in services}
    known = {row.key: row for row in Service.objects.select_for_update().order_by("pk") if row.key in wanted}
    made = [Service(key=key, registered_at=at) for key in wanted if key not in known]
    Service.objects.bulk_create(made, batch_size=500)
    rows = known | {row.key: row for row in made}
    last = {
        version.service_id: version
        for version in ServiceVersion.objects.filter(superseded_by=None).select_related("organisation", "manager")
    }
    versions = []
    for key, one in wanted.items():
        before = last.get(rows[key].pk)
        if before is None or said(before) != one.described:
            versions.append(
                ServiceVersion(
                    service=rows[key], number=before.number + 1 if before else 1,
                    **{name: getattr(one.described, name) for name in FIELDS},
                    as_of=as_of, said_on=said_on, recorded_at=at, by=entries.words(by),
                    reason=reason if before else "", supersedes=before,
                )
            )  # fmt: skip
    ServiceVersion.objects.bulk_create(versions, batch_size=500)
    ways, names = _put_channels(rows, services), _put_aliases(rows, services)
    new = {row.key for row in made}
    told = [
        entries.told(
            "service.registered" if row.service.key in new else "service.changed", row.service.key, by=by, at=at,
            reason=row.reason, name=row.name, organisation=row.organisation.key, number=row.number,
            as_of=row.as_of, said_on=row.said_on, holds=digests.of(row),
        )
        for row in versions
    ]  # fmt: skip
    told += [entries.of_channel(row, by=by, at=at) for row in ways]
    told += [entries.of_alias(row, by=by, at=at) for row in names]
    ledger.append_all(told)
    changed = tuple(row.service.key for row in versions if row.service.key not in new)
    return Put(rows, tuple(row.key for row in made), changed)


def _put_channels(rows: dict[str, Service], services: Iterable[NewService]) -> list[Channel]:
    wanted = {(rows[one.key].pk, kind): rows[one.key] for one in services for kind in one.channels}
    known = set(Channel.objects.values_list("service", "key")) if wanted else set()
    return Channel.objects.bulk_create(
        Channel(
            service=service, key=kind, kind=kind, klass=ChannelKind(kind).klass.value, name=str(ChannelKind(kind).label)
        )
        for (pk, kind), service in sorted(wanted.items(), key=lambda one: one[0])
        if (pk, kind) not in known
    )


def _put_aliases(rows: dict[str, Service], services: Iterable[NewService]) -> list[ServiceAlias]:
    wanted = {(rows[one.key], fold(name)): name for one in services for name in one.aliases if fold(name)}
    known = set(ServiceAlias.objects.values_list("service", "folded")) if wanted else set()
    return ServiceAlias.objects.bulk_create(
        ServiceAlias(service=service, name=name, folded=folded)
        for (service, folded), name in wanted.items()
        if (service.pk, folded) not in known
    )


@transaction.atomic
def put_channel(
    *, key: str, channel: str, kind: str, name: str = "", klass: str = "", opened_on: date | None = None,
    closed_on: date | None = None, by: Acting | None, at: datetime,
) -> Channel:  # fmt: skip
    """Say by what way a service can be used, or that it no longer can. Raises Refused, Missing."""
    service = find(key)
    reasons = rules.objections_to_acting("service.register", by, current(service).organisation)
    if kind not in ChannelKind.values:
        reasons.append(
            _("“%(kind)s” is no kind of channel. There are: %(listed)s.")
            % {"kind": kind, "listed": ", ".join(ChannelKind.values)}
        )
    if reasons:
        raise Refused(reasons)
    row, _made = Channel.objects.update_or_create(
        service=service,
        key=channel,
        defaults={
            "kind": kind, "klass": klass or ChannelKind(kind).klass.value, "name": name or str(ChannelKind(kind).label),
            "opened_on": opened_on, "closed_on": closed_on,
        },
    )  # fmt: skip
    ledger.append_all([entries.of_channel(row, by=by, at=at)])
    return row


@transaction.atomic
def descend(
    *, predecessor: str, successors: Sequence[str], kind: str, on: date, reason: str, by: Acting | None, at: datetime
) -> list[Descent]:
    """Say that a service was merged into another, or split into several, on a day. Its figures stay its own."""
    before = find(predecessor)
    reasons = rules.objections_to_acting("service.register", by, current(before).organisation)
    if kind not in Descent.Kind.values:
        reasons.append(_("“%(kind)s” is neither “merged” nor “split”.") % {"kind": kind})
    if predecessor in successors:
        reasons.append(_("A service cannot follow itself."))
    if not reason.strip():
        reasons.append(_("Say why this changes; readers will see it."))
    if Descent.objects.filter(successor=before, predecessor__key__in=successors).exists():
        reasons.append(_("One of these services descends from this one already, the other way round."))
    if reasons:
        raise Refused(reasons)
    made = [
        Descent.objects.create(
            predecessor=before, successor=find(key), kind=kind, on=on, reason=reason, by=entries.words(by),
            recorded_at=at,
        )
        for key in successors
    ]  # fmt: skip
    told = entries.told(
        "service.descended", predecessor, by=by, at=at, reason=reason, kind=kind, on=on, successors=list(successors),
        holds=[digests.of(row) for row in made],
    )  # fmt: skip
    ledger.append_all([told])
    return made


@transaction.atomic
def choose(*, key: str, programme: str, since: date, note: str = "", by: Acting | None, at: datetime) -> Exemplar:
    """Say that a service is one of those that go first. Raises Refused, Missing."""
    service = Service.objects.select_for_update().get(pk=find(key).pk)
    reasons = rules.objections_to_acting("service.register", by, current(service).organisation)
    if not programme.strip():
        reasons.append(_("Name the programme."))
    if Exemplar.objects.filter(service=service, programme=programme).exists():
        reasons.append(_("It was chosen for “%(programme)s” already.") % {"programme": programme})
    if reasons:
        raise Refused(reasons)
    row = Exemplar.objects.create(
        service=service, programme=programme, since=since, note=note, by=entries.words(by), recorded_at=at
    )
    told = entries.told("service.chosen", key, by=by, at=at, programme=programme, since=since, holds=digests.of(row))
    ledger.append_all([told])
    return row


def find(key: str) -> Service:
    """The service with this key. Raises Missing."""
    found = Service.objects.filter(key=key).first()
    if found is None:
        raise Missing(_("No service has the key “%(key)s”.") % {"key": key})
    return found


def current(service: Service) -> ServiceVersion:
    """What is said about a service now."""
    rows = ServiceVersion.objects.filter(service=service, superseded_by=None)
    return rows.select_related("organisation", "manager").get()


def said(version: ServiceVersion) -> Described:
    """What a version says."""
    return Described(**{name: getattr(version, name) for name in FIELDS})
