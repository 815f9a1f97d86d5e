"""The table of waivers: rules of clear writing that are not asked, where, and why."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Waiver(models.Model):
    """That a rule of clear writing is not asked in a document, or (with `passage`) of one passage, and why.

    It holds until it is ended. `passage` is a lasting name, so it follows the passage through edits and moves.
    """

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="waivers")
    rule = models.CharField(max_length=40)
    passage = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    by = models.CharField(max_length=500)
    at = models.DateTimeField()
    ended_by = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "rule", "passage"],
                condition=Q(ended_at=None),
                name="a_rule_is_waived_once_in_one_place",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="a_waiver_is_ended_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_waiver_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} in {self.document_id}"
