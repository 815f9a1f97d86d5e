"""The table of returned documents: files that came back with tracked changes and were brought to a draft."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from penholder.people.models import Organisation


class Arrival(models.Model):
    """A returned document that somebody brought to a draft. Its bytes lie among the media under `digest`.

    `receipt` says what became of it when it was taken in: what was made, what was here, and what had no place and why.
    """

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="arrivals")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    brought_by = models.CharField(max_length=500)
    brought_at = models.DateTimeField()
    taken_in_by = models.CharField(max_length=500, blank=True)
    taken_in_at = models.DateTimeField(null=True, blank=True)
    receipt = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["-brought_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "digest", "organisation"], name="a_file_is_brought_once_by_an_organisation"
            ),
            models.CheckConstraint(
                condition=Q(taken_in_at=None, taken_in_by="") | (Q(taken_in_at__isnull=False) & ~Q(taken_in_by="")),
                name="a_file_was_taken_in_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name
