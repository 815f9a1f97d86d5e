"""Publications: figures are frozen, checked, signed off by the responsible post, and published with their seal.

publication = publications.freeze(organisation=…, span=…, by=…, at=…)
publications.answer(flag_id=…, reason=…)          # each flag, by somebody
publications.check(publication_id=…)              # then it counts as checked
publications.sign(publication_id=…, seal=…)       # the leader of the organisation, who submitted none of it
publications.publish(publication_id=…)            # what it replaces is replaced in the same moment
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from penholder import seal as seals
from penholder.errors import Missing, Refused
from penholder.measure.values import Absence
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Person
from penholder.record import ledger
from penholder.services import checks, digests, entries, figures, frozen, hiding, periods, rules, values
from penholder.services.cells import status_of
from penholder.services.figures import FigureOf
from penholder.services.models import (
    Flag,
    FrozenFigure,
    Publication,
    Purpose,
    Service,
    ServiceVersion,
    State,
    Status,
    Submission,
    Submitted,
)
from penholder.services.periods import Span
from penholder.services.values import ValueOf

FORMAT = "penholder-figures/1"

# So many periods before are read to say what is usual.
_READ_BEFORE = 12


@transaction.atomic
def freeze(
    *, organisation: Organisation, span: Span, by: Acting | None, at: datetime, purpose: str = Purpose.FIRST,
    reason: str = "",
) -> Publication:  # fmt: skip
    """Fix the figures of an organisation's services for a period as they stand now, and say what must be explained.

    A withdrawal has no figures. Raises Refused.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    period = periods.keep([span])[span]
    rows = Publication.objects.filter(organisation=organisation, period=period)
    standing = {
        "prepared": rows.filter(state__in=[State.FROZEN, State.CHECKED, State.SIGNED]).first(),
        "published": rows.filter(state=State.PUBLISHED).first(),
    }
    reasons = rules.objections_to_acting("figures.check", by, organisation)
    reasons += rules.objections_to_freezing(standing, purpose=purpose, reason=reason)
    services = _services(organisation, span)
    if not services and purpose != Purpose.WITHDRAWAL:
        reasons.append(_("%(organisation)s had no service in this period.") % {"organisation": organisation})
    if reasons:
        raise Refused(reasons)
    number = rows.count() + 1
    publication = Publication(
        key=f"{organisation.key}-{span.key}-{number}"[:150].lower(), organisation=organisation, period=period,
        number=number, purpose=purpose, replaces=standing["published"], reason=reason, frozen_at=at,
        frozen_by=entries.words(by),
    )  # fmt: skip
    table = figures.live(services=services, periods=[span.key], at=at)
    given = list(values.read(services=services, periods=[span.key]))
    lines: list[dict[str, Any]] = [] if purpose == Purpose.WITHDRAWAL else _lines(table, given)
    publication.manifest = seals.manifest_bytes(_manifest(publication, lines)).decode()
    publication.seal = seals.digest(publication.manifest)
    publication.save()
    _keep(publication, lines)
    flags = [] if purpose == Purpose.WITHDRAWAL else _flags(publication, services, span, table)
    told = entries.told(
        "figures.frozen", publication.seal, by=by, at=at, reason=reason, publication=publication.key, purpose=purpose,
        organisation=organisation.key, period=span.key, lines=len(lines), flags=len(flags),
        holds=[f"{digests.of(row)} {row.pk}" for row in flags],
        submitters=sorted(publication.submitters.values_list("pk", flat=True)),
    )  # fmt: skip
    ledger.append_all([told])
    return publication


def _services(organisation: Organisation, span: Span) -> dict[str, str]:
    """Names by key of the organisation's services that were open in the period."""
    rows = ServiceVersion.objects.filter(
        Q(opened_on=None) | Q(opened_on__lt=span.ends_on), Q(closed_on=None) | Q(closed_on__gt=span.starts_on),
        superseded_by=None, organisation=organisation,
    )  # fmt: skip
    return dict(rows.order_by("service__key").values_list("service__key", "name"))


def _lines(table: figures.Table, given: list[ValueOf]) -> list[dict[str, Any]]:
    """What the publication says, line by line: counts and figures, with what is withheld withheld."""
    withheld = hiding.hidden(given, table.figures)
    lines = [_of_value(each, withheld) for each in given]
    lines += [_of_figure(each, withheld) for each in table.figures]
    return sorted(lines, key=lambda line: (line["service"], line["definition"], line["version"], line["channel"]))


def _of_value(each: ValueOf, withheld: set[hiding.Count]) -> dict[str, Any]:
    value = Absence.SUPPRESSED if (each.service, each.channel, each.quantity) in withheld else each.value
    number = None if isinstance(value, Absence) else float(value)
    return _line(
        service=each.service, channel=each.channel, definition=each.quantity, version=0, status=status_of(value),
        value=number, provenance=[each.provenance],
    )  # fmt: skip


def _of_figure(each: FigureOf, withheld: set[hiding.Count]) -> dict[str, Any]:
    figure, value = each.figure, each.figure.value
    named: dict[str, Any] = {
        "service": each.service, "channel": each.channel, "definition": figure.definition.key,
        "version": figure.definition.version, "provenance": list(figure.provenance),
    }  # fmt: skip
    if hiding.gives_away(each, withheld):
        return _line(**named, status=Status.SUPPRESSED)
    if isinstance(value, Absence):
        return _line(**named, status=status_of(value), n=figure.n)
    low, high = (figure.interval.low, figure.interval.high) if figure.interval else (None, None)
    return _line(
        **named, status=Status.VALUE, value=float(value), n=figure.n, had=figure.coverage.had,
        asked=figure.coverage.asked, low=low, high=high,
    )  # fmt: skip


def _line(**said: Any) -> dict[str, Any]:
    """One line of the manifest: what is not said is empty."""
    empty: dict[str, Any] = {"value": None, "n": None, "had": 0, "asked": 0, "low": None, "high": None}
    return {**empty, **said, "status": str(said["status"])}


def _manifest(publication: Publication, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT, "publication": publication.key, "organisation": publication.organisation.key,
        "period": publication.period.key, "number": publication.number, "purpose": str(publication.purpose),
        "replaces": publication.replaces.seal if publication.replaces else "", "reason": publication.reason,
        "figures": lines,
    }  # fmt: skip


def _keep(publication: Publication, lines: list[dict[str, Any]]) -> None:
    services = {row.key: row.pk for row in Service.objects.filter(key__in={line["service"] for line in lines})}
    FrozenFigure.objects.bulk_create(
        (
            FrozenFigure(
                publication=publication, service_id=services[line["service"]],
                **{name: value for name, value in line.items() if name != "service"},
            )
            for line in lines
        ),
        batch_size=500,
    )  # fmt: skip
    people = Submission.objects.filter(
        values__service__in=services.values(), values__period=publication.period, person__isnull=False
    )
    publication.submitters.set(Person.objects.filter(pk__in=people.values("person")))


def _flags(publication: Publication, services: dict[str, str], span: Span, table: figures.Table) -> list[Flag]:
    before = [span]
    for _again in range(_READ_BEFORE):
        before.append(before[-1].before())
    earlier = figures.read(services=services, periods=[each.key for each in before[1:]])
    public = []
    if publication.replaces and publication.replaces.purpose != Purpose.WITHDRAWAL:
        public = [
            FigureOf(each.service, each.period, each.channel, each.figure, (), "published")
            for each in frozen.of(publication.replaces)
        ]
    revised = [
        each
        for each in values.revisions(internal=True)
        if each.after.period == span.key and each.after.service in services and not publication.replaces
    ]
    noticed = checks.notice(services, span, table, earlier, public=public, revised=revised)
    rows = {row.key: row for row in Service.objects.filter(key__in=services)}
    return Flag.objects.bulk_create(
        Flag(
            publication=publication, service=rows[each.service], kind=each.kind, definition=each.definition,
            channel=each.channel, what=each.what,
        )
        for each in noticed
    )  # fmt: skip


@transaction.atomic
def answer(*, flag_id: int, reason: str, by: Acting | None, at: datetime) -> Flag:
    """Say why something that a check noticed is so. A newer answer takes the place of an older one. Raises Refused."""
    flag = Flag.objects.select_related("publication").filter(pk=flag_id).first()
    if flag is None:
        raise Missing(_("There is no such flag. Go back to the publication and choose it there."))
    publication = _locked(flag.publication_id)
    reasons = rules.objections_to_acting("figures.check", by, publication.organisation)
    if publication.state != State.FROZEN:
        reasons += rules.objections_to_moving(publication, State.CHECKED)
    if not reason.strip():
        reasons.append(_("Say why this is so. “It is right” is a reason, if somebody looked."))
    if reasons:
        raise Refused(reasons)
    flag.reason, flag.answered_by, flag.answered_at = reason.strip(), entries.words(by), at
    flag.save(update_fields=["reason", "answered_by", "answered_at"])
    told = entries.told(
        "figures.flag-answered", publication.seal, by=by, at=at, reason=reason, publication=publication.key,
        flag=flag.pk, kind=flag.kind, definition=flag.definition,
    )  # fmt: skip
    ledger.append_all([told])
    return flag


@transaction.atomic
def check(*, publication_id: int, by: Acting | None, at: datetime) -> Publication:
    """Say that the figures were checked: every flag has its reason. Raises Refused with those that have none."""
    publication = _locked(publication_id)
    reasons = rules.objections_to_acting("figures.check", by, publication.organisation)
    reasons += rules.objections_to_checking(publication, publication.flags.all())
    if reasons:
        raise Refused(reasons)
    publication.checked_at, publication.checked_by = at, entries.words(by)
    return _move(publication, State.CHECKED, "figures.checked", by=by, at=at)


@transaction.atomic
def sign(*, publication_id: int, seal: str, by: Acting, at: datetime) -> Publication:
    """Sign figures off, as the responsible post. `seal` is that of the figures that were shown. Raises Refused."""
    publication = _locked(publication_id)
    reasons = rules.objections_to_signing(publication, by=by, seal=seal)
    newer = Submitted.objects.filter(
        period=publication.period, recorded_at__gt=publication.frozen_at,
        service__in=FrozenFigure.objects.filter(publication=publication).values("service"),
    )  # fmt: skip
    if newer.exists():
        reasons.append(_("Newer values came in after these were frozen. Discard them, and freeze again."))
    if reasons:
        raise Refused(reasons)
    publication.signed_at, publication.signed_by = at, entries.words(by)
    return _move(publication, State.SIGNED, "figures.signed", by=by, at=at)


@transaction.atomic
def publish(*, publication_id: int, by: Acting, at: datetime) -> Publication:
    """Publish figures that were signed off; what they replace is replaced in the same moment. Raises Refused."""
    publication = _locked(publication_id)
    if reasons := rules.objections_to_publishing(publication, by=by):
        raise Refused(reasons)
    before = publication.replaces
    if before is not None:
        before.state, before.ended_at, before.ended_because = State.REPLACED, at, publication.reason
        before.save(update_fields=["state", "ended_at", "ended_because"])
    publication.published_at, publication.published_by = at, entries.words(by)
    return _move(publication, State.PUBLISHED, "figures.published", by=by, at=at)


@transaction.atomic
def discard(*, publication_id: int, reason: str, by: Acting | None, at: datetime) -> Publication:
    """Give up a publication that was not published. Raises Refused."""
    publication = _locked(publication_id)
    reasons = rules.objections_to_acting("figures.check", by, publication.organisation)
    reasons += rules.objections_to_moving(publication, State.DISCARDED)
    if not reason.strip():
        reasons.append(_("Say why it is discarded."))
    if reasons:
        raise Refused(reasons)
    publication.ended_at, publication.ended_because = at, reason
    return _move(publication, State.DISCARDED, "figures.discarded", by=by, at=at, reason=reason)


def _move(
    publication: Publication, to: State, act: str, *, by: Acting | None, at: datetime, reason: str = ""
) -> Publication:
    publication.state = to
    publication.save()
    told = entries.told(
        act, publication.seal, by=by, at=at, reason=reason or publication.reason, publication=publication.key,
        organisation=publication.organisation.key, period=publication.period.key, purpose=publication.purpose,
    )  # fmt: skip
    ledger.append_all([told])
    return publication


def _locked(publication_id: int) -> Publication:
    found = Publication.objects.select_for_update(of=("self",)).select_related("organisation", "period", "replaces")
    row = found.filter(pk=publication_id).first()
    if row is None:
        raise Missing(_("There is no such publication. Go back to the list of publications."))
    return row


def find(key: str) -> Publication:
    """The publication with this key, with its organisation and period. Raises Missing."""
    row = Publication.objects.select_related("organisation", "period", "replaces").filter(key=key).first()
    if row is None:
        raise Missing(_("There is no publication “%(key)s”.") % {"key": key})
    return row


def listed(*, organisation: str = "", state: str = "") -> list[Publication]:
    """Publications, newest period first, of one organisation or in one state if said. One query."""
    rows = Publication.objects.select_related("organisation", "period", "replaces").defer("manifest")
    rows = rows.filter(organisation__key=organisation) if organisation else rows
    rows = rows.filter(state=state) if state else rows
    return list(rows.order_by("-period__ends_on", "organisation__name", "-number"))
