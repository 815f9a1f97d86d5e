"""What the pages of a service say to people, for their reading age."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from penholder.record.sealed import SealedModel
from penholder.services.models.submitted import Service


class PageText(SealedModel):
    """What one page of a service says from a day on, in house Markdown. `page` is the name of its step.

    A page that says something else is a newer version. Empty words say that nothing is known of the page any more.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="page_texts")
    page = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    words = models.TextField(blank=True)
    as_of = models.DateField()
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=500)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["service", "page", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "page", "number"], name="page_texts_are_numbered"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="a_changed_page_text_says_why"),
        ]

    def __str__(self) -> str:
        return self.page
