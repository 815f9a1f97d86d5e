"""Measures of actions: by which figure of which services one sees whether an action is delivered.

    measures.put(strategy="strategy", action=7, key="carers", …)     # a changed one is a newer version that says why
    measures.read("strategy", at=now)                               # every measure with its figures, period by period

A measure reads live figures until those of a period are published; then it reads what was published, with its seal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.delivery.models import Action, ActionVersion, Measure, MeasureVersion
from penholder.errors import Missing, Refused
from penholder.measure.definitions import DEFINITIONS, Definition
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.services import figures
from penholder.services.figures import FigureOf, Table
from penholder.services.models import Service
from penholder.services.periods import Span

_TITLES: dict[str, Definition] = {each.key: each for each in DEFINITIONS}


@dataclass(frozen=True, slots=True)
class Said:
    """What a measure says: which figure of which services, from where, to where, by when."""

    title: str
    definition: str
    services: tuple[str, ...]
    baseline: Decimal | None = None
    baseline_on: date | None = None
    target: Decimal | None = None
    due_on: date | None = None


def objections_to_putting(said: Said, *, by: Acting | None, before: MeasureVersion | None, reason: str) -> list[str]:
    """Every reason why an action may not be measured so; empty means that it may."""
    reasons = permissions.objections("action.measure", by.post) if by else []
    if not said.title.strip():
        reasons.append(_("A measure needs a title that says what is to get better."))
    if said.definition not in _TITLES:
        reasons.append(
            _("There is no figure “%(key)s”. There are: %(listed)s.")
            % {"key": said.definition, "listed": ", ".join(_TITLES)}
        )
    known = set(Service.objects.filter(key__in=said.services).values_list("key", flat=True))
    reasons += [
        _("No service has the key “%(key)s”.") % {"key": key}
        for key in dict.fromkeys(said.services)
        if key not in known
    ]
    if not said.services:
        reasons.append(_("Name at least one service whose figure is read."))
    if (said.target is None) != (said.due_on is None):
        reasons.append(_("A target needs the day by which it is to be met, and a day needs a target."))
    if (said.baseline is None) != (said.baseline_on is None):
        reasons.append(_("A baseline needs the day on which it stood, and a day needs a baseline."))
    if before is not None and not reason.strip():
        reasons.append(_("Say why this changes; readers will see it."))
    return reasons


@transaction.atomic
def put(
    *, strategy: str, action: int, key: str, said: Said, said_on: date, by: Acting | None, at: datetime,
    reason: str = "",
) -> MeasureVersion:  # fmt: skip
    """Say how an action is measured, or that it is measured otherwise from now on. Raises Refused, Missing."""
    row = Action.objects.select_for_update().filter(document__key=strategy, number=action).first()
    if row is None:
        raise Missing(_("“%(strategy)s” has no action %(number)s.") % {"strategy": strategy, "number": action})
    measure, _made = Measure.objects.get_or_create(action=row, key=key)
    before = measure.versions.filter(superseded_by=None).first()
    reasons = objections_to_putting(said, by=by, before=before, reason=reason)
    if before is not None and _said(before) == said:
        reasons.append(_("Nothing would change."))
    if reasons:
        raise Refused(reasons)
    version = MeasureVersion.objects.create(
        measure=measure, number=before.number + 1 if before else 1, title=said.title, definition=said.definition,
        services=list(said.services), baseline=said.baseline, baseline_on=said.baseline_on, target=said.target,
        due_on=said.due_on, said_on=said_on, recorded_at=at, by=by.words if by else ledger.OPERATOR,
        reason=reason if before else "", supersedes=before,
    )  # fmt: skip
    facts = {
        "strategy": strategy, "action": action, "number": version.number, "definition": said.definition,
        "services": list(said.services), "target": _text(said.target), "due_on": _text(said.due_on),
        "title": said.title, "baseline": _text(said.baseline), "baseline_on": _text(said.baseline_on),
        "said_on": said_on.isoformat(),
    }  # fmt: skip
    actor, person = (by.post.words, by.said_name) if by else (ledger.OPERATOR, "")
    ledger.append("action.measured", actor=actor, person=person, subject=key, at=at, reason=reason, facts=facts)
    return version


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _said(row: MeasureVersion) -> Said:
    return Said(row.title, row.definition, tuple(row.services), row.baseline, row.baseline_on, row.target, row.due_on)


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure in one period: its value over its services, how many of them it knows, and what each says.

    `value` is None where no service gave a figure. Shares are added up over counts, never averaged; a figure that is no
    share is shown for a single service alone. `seals` are those of the publications that it reads, once there are any.
    """

    span: Span
    value: float | None
    had: int
    asked: int
    figures: tuple[FigureOf, ...]
    seals: tuple[str, ...]

    @property
    def frozen(self) -> bool:
        """Whether all that it reads is published."""
        return bool(self.figures) and all(each.origin == "published" for each in self.figures)


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of an action, every version of it, and its readings, oldest first."""

    action: int
    key: str
    now: Said
    definition: Definition
    versions: tuple[MeasureVersion, ...]
    readings: tuple[Reading, ...]

    @property
    def last(self) -> Reading | None:
        """The newest reading with a value."""
        return next((each for each in reversed(self.readings) if each.value is not None), None)

    @property
    def met(self) -> bool | None:
        """Whether the target is met by the last reading; None without a target, a baseline or a reading.

        Which way is better follows from the baseline and the target: who aims lower is met from below.
        """
        last, target = self.last, self.now.target
        if last is None or last.value is None or target is None:
            return None
        lower = self.now.baseline is not None and target < self.now.baseline
        return last.value <= float(target) if lower else last.value >= float(target)


def read(
    strategy: str, *, action: int | None = None, at: datetime | None = None, as_published_on: date | None = None
) -> list[Measured]:
    """Every measure of a strategy's actions, or of one, with its readings. Nine queries, and the journeys with `at`.

    With `as_published_on`, as it was said by that day, and what was public then.
    """
    rows = Measure.objects.filter(action__document__key=strategy).select_related("action")
    rows = rows if action is None else rows.filter(action__number=action)
    versions: defaultdict[int, list[MeasureVersion]] = defaultdict(list)
    said_by = {} if as_published_on is None else {"said_on__lte": as_published_on}
    for version in MeasureVersion.objects.filter(measure__in=rows, **said_by).order_by("number"):
        versions[version.measure_id].append(version)
    wanted = {key for listed in versions.values() for key in listed[-1].services}
    table = figures.read(services=wanted, as_published_on=as_published_on, at=at) if wanted else None
    found = []
    for row in rows.order_by("action__number", "pk"):
        listed = versions.get(row.pk)
        if listed and table:
            said = _said(listed[-1])
            readings = _readings(table, said)
            definition = _TITLES[said.definition]
            found.append(Measured(row.action.number, row.key, said, definition, tuple(listed), tuple(readings)))
    return found


def _readings(table: Table, said: Said) -> Iterable[Reading]:
    for period in table.periods:
        found = tuple(each for key in said.services if (each := table.of(key, period, said.definition)) is not None)
        if found:
            known = [each for each in found if isinstance(each.figure.value, int | float)]
            seals = tuple(dict.fromkeys(each.seal for each in found if each.seal))
            yield Reading(table.spans[period], _together(known), len(known), len(said.services), found, seals)


def _together(known: Sequence[FigureOf]) -> float | None:
    """One value over several services: shares by their counts; anything else only where it is of one service."""
    if len(known) == 1:
        return float(known[0].figure.value)
    whole = sum(each.figure.n for each in known)
    if not known or not whole or any(each.figure.definition.unit != "share" or not each.figure.n for each in known):
        return None
    return sum(float(each.figure.value) * each.figure.n for each in known) / whole


def days(strategy: str) -> list[date]:
    """The days on which measures of a strategy's actions were said or changed. One query."""
    rows = MeasureVersion.objects.filter(measure__action__document__key=strategy)
    return list(rows.values_list("said_on", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Told:
    """An action with how it is measured now: by the key of each measure, what it says and why it last changed."""

    strategy: str
    action: int
    title: str
    measures: tuple[tuple[str, Said, str], ...]


def told() -> list[Told]:
    """Every action that a published strategy has now, with its measures and without their figures. Two queries."""
    rows = ActionVersion.objects.filter(superseded_by=None, dropped=False).select_related("action__document")
    by_action: defaultdict[int, list[tuple[str, Said, str]]] = defaultdict(list)
    stands = MeasureVersion.objects.filter(superseded_by=None).select_related("measure").order_by("measure")
    for version in stands:
        by_action[version.measure.action_id].append((version.measure.key, _said(version), version.reason))
    return [
        Told(row.action.document.key, row.action.number, row.title, tuple(by_action[row.action_id]))
        for row in rows.order_by("action__document", "action__number")
    ]
