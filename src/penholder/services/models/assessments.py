"""Assessments of services against a version of the service standard, point by point."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as say

from penholder.record.sealed import SealedModel
from penholder.services.models.submitted import Service


class Stage(models.TextChoices):
    """How far a service had come when it was assessed."""

    ALPHA = "alpha", say("Alpha")
    BETA = "beta", say("Beta")
    LIVE = "live", say("Live")


class Result(models.TextChoices):
    """What a panel found, of the whole or of one point."""

    MET = "met", say("Met")
    NOT_MET = "not-met", say("Not met")
    CONDITIONS = "met-with-conditions", say("Met with conditions")
    NOT_LOOKED_AT = "not-looked-at", say("Not looked at")


class Assessment(SealedModel):
    """What a panel found when it held a service against a version of the standard ("2014": see `standards`).

    A correction supersedes it and says why. `published_on` is the day on which its report became public, if it did.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="assessments")
    standard = models.CharField(max_length=20)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    result = models.CharField(max_length=20, choices=Result.choices)
    held_on = models.DateField()
    panel = models.TextField()
    summary = models.TextField(blank=True)
    report_url = models.URLField(max_length=1000, blank=True)
    published_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=500)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["service", "held_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(reason=""), name="a_corrected_assessment_says_why"
            ),
            models.CheckConstraint(condition=~Q(result="not-looked-at"), name="an_assessment_has_a_result"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.service_id}"


class Assessed(SealedModel):
    """One point of the standard in one assessment: what was found, and the evidence for it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="points")
    point = models.PositiveIntegerField()
    result = models.CharField(max_length=20, choices=Result.choices)
    evidence = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["assessment", "point"]
        verbose_name_plural = "assessed"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "point"], name="a_point_is_assessed_once"),
            models.CheckConstraint(
                condition=Q(result="not-looked-at") | ~Q(evidence=""), name="what_was_found_has_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"point {self.point}"
