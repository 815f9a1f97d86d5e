"""Assessments: what a panel found about a service, point by point, with the evidence, and the day of its report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.services import digests, entries, registrations, rules, standards
from penholder.services.models import Assessed, Assessment, Result, Stage


@dataclass(frozen=True, slots=True)
class Found:
    """What was found about one point; points that are not named were not looked at."""

    point: int
    result: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An assessment as a panel reports it."""

    standard: str
    stage: str
    result: str
    held_on: date
    panel: str
    points: tuple[Found, ...]
    summary: str = ""
    report_url: str = ""
    published_on: date | None = None


def objections_by_point(points: Iterable[Found]) -> dict[int, str]:
    """What is missing, by the number of the point: evidence for what was found, or what the evidence shows."""
    wanting = {}
    for found in points:
        if found.result != Result.NOT_LOOKED_AT and not found.evidence.strip():
            wanting[found.point] = _("Point %(number)s: say what the evidence is.") % {"number": found.point}
        elif found.result == Result.NOT_LOOKED_AT and found.evidence.strip():
            wanting[found.point] = _("Point %(number)s: there is evidence; say what was found.") % {
                "number": found.point
            }
    return wanting


def objections_to_recording(report: Report, *, corrects: Assessment | None, reason: str) -> list[str]:
    """Every reason why this report cannot stand; empty means that it can."""
    standard = standards.find(report.standard)
    reasons = []
    if report.stage not in Stage.values:
        reasons.append(
            _("“%(stage)s” is no stage. There are: %(listed)s.")
            % {"stage": report.stage, "listed": ", ".join(Stage.values)}
        )
    if report.result not in set(Result.values) - {Result.NOT_LOOKED_AT}:
        reasons.append(_("Say whether the standard was met, not met, or met with conditions."))
    if not report.panel.strip():
        reasons.append(_("Say who sat on the panel."))
    if report.published_on and report.published_on < report.held_on:
        reasons.append(_("The report would be public before the assessment was held. Check the dates."))
    if corrects is not None and not reason.strip():
        reasons.append(_("Say why this changes; readers will see it."))
    numbers = [found.point for found in report.points]
    known = {point.number for point in standard.points}
    reasons += [
        _("Point %(number)s is told twice, or “%(standard)s” has none with this number.")
        % {"number": number, "standard": standard.title}
        for number in sorted({number for number in numbers if numbers.count(number) > 1 or number not in known})
    ]
    reasons += objections_by_point(report.points).values()
    unmet = [found.point for found in report.points if found.result == Result.NOT_MET]
    if report.result == Result.MET and unmet:
        reasons.append(
            _("The standard cannot be met while these points are not: %(points)s.")
            % {"points": ", ".join(map(str, unmet))}
        )
    return reasons


@transaction.atomic
def record(
    *, key: str, report: Report, by: Acting | None, at: datetime, corrects: int | None = None, reason: str = ""
) -> Assessment:
    """Write down what a panel found; with `corrects`, in place of an earlier row, which stays. Raises Refused."""
    service = registrations.find(key)
    before = None
    if corrects is not None:
        before = Assessment.objects.filter(pk=corrects, service=service, superseded_by=None).first()
        if before is None:
            raise Missing(_("There is no such assessment of this service, or it was corrected already."))
    reasons = rules.objections_to_acting("service.assess", by, registrations.current(service).organisation)
    reasons += objections_to_recording(report, corrects=before, reason=reason)
    if report.held_on > timezone.localdate(at):
        reasons.append(_("An assessment is noted when it was held, and this day is still to come."))
    if reasons:
        raise Refused(reasons)
    row = Assessment.objects.create(
        service=service, standard=report.standard, stage=report.stage, result=report.result, held_on=report.held_on,
        panel=report.panel, summary=report.summary, report_url=report.report_url, published_on=report.published_on,
        recorded_at=at, by=entries.words(by), reason=reason, supersedes=before,
    )  # fmt: skip
    found = {each.point: each for each in report.points}
    points = Assessed.objects.bulk_create(
        Assessed(
            assessment=row, point=point.number,
            result=found[point.number].result if point.number in found else Result.NOT_LOOKED_AT,
            evidence=found[point.number].evidence if point.number in found else "",
        )
        for point in standards.find(report.standard).points
    )  # fmt: skip
    told = entries.told(
        "service.assessed", key, by=by, at=at, reason=reason, standard=report.standard, stage=report.stage,
        result=report.result, held_on=report.held_on, published_on=report.published_on,
        holds=digests.together([digests.of(row), *map(digests.of, points)]),
    )  # fmt: skip
    ledger.append_all([told])
    return row


@dataclass(frozen=True, slots=True)
class AssessedPoint:
    """One point of an assessment, with what the standard asks for."""

    number: int
    title: str
    result: str
    evidence: str


@dataclass(frozen=True, slots=True)
class AssessmentOf:
    """One assessment. `id` is what a correction names; `replaced` says that one came, and it stands no longer."""

    id: int
    service: str
    standard: standards.Standard
    stage: str
    result: str
    held_on: date
    panel: str
    summary: str
    report_url: str
    published_on: date | None
    reason: str
    by: str
    recorded_at: datetime
    replaced: bool
    points: tuple[AssessedPoint, ...]


def of(service: str = "", *, public_on: date | None = None) -> list[AssessmentOf]:
    """Assessments that stand, newest first; of one service if said. Two queries.

    With `public_on`, only those whose report was public by that day.
    """
    return _listed(service, public_on, superseded_by=None)


def history(service: str) -> list[AssessmentOf]:
    """Every assessment of a service as it was ever told, corrected ones too, newest first. Two queries."""
    return _listed(service, None)


def _listed(service: str, public_on: date | None, **chosen: Any) -> list[AssessmentOf]:
    rows = Assessment.objects.filter(**chosen).select_related("service", "superseded_by").prefetch_related("points")
    rows = rows.filter(service__key=service) if service else rows
    rows = rows.filter(published_on__lte=public_on) if public_on else rows
    return [_read(row, list(row.points.all())) for row in rows.order_by("-held_on", "-pk")]


def _read(row: Assessment, points: Sequence[Assessed]) -> AssessmentOf:
    standard = standards.find(row.standard)
    return AssessmentOf(
        row.pk, row.service.key, standard, row.stage, row.result, row.held_on, row.panel, row.summary, row.report_url,
        row.published_on, row.reason, row.by, row.recorded_at, hasattr(row, "superseded_by"),
        tuple(
            AssessedPoint(point.point, standard.point(point.point).title, point.result, point.evidence)
            for point in points
        ),
    )  # fmt: skip
