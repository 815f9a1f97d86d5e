"""Editions, the files that were made of them, and addresses that are kept for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as say

from penholder.drafting.models import Document, Iteration
from penholder.record.sealed import SealedModel


class Edition(models.Model):
    """A sealed iteration that was published. `agreed_elsewhere` says that Penholder did not see it agreed.

    `corrects` is the edition whose mistake this one puts right; None for one that says something new.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="editions")
    iteration = models.OneToOneField(Iteration, on_delete=models.PROTECT, related_name="edition")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    agreed_elsewhere = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, related_name="corrections", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["document", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="edition_has_one_number_in_its_document"),
            models.CheckConstraint(condition=Q(number__gte=1), name="editions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}, edition {self.number}"

    @property
    def withdrawn(self) -> Withdrawal | None:
        """What withdrew it, if anything did. No query when it was read with `withdrawal`."""
        return getattr(self, "withdrawal", None)


class Withdrawal(SealedModel):
    """That an edition holds no more, with the notice that readers are shown. The text itself stays readable."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="withdrawal")
    notice = models.TextField()
    by_post = models.CharField(max_length=500)
    name = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["edition"]

    def __str__(self) -> str:
        return f"withdrawal of {self.edition_id}"


class Planned(models.TextChoices):
    """Where a scheduled publication stands."""

    WAITING = "waiting", say("Waiting for its time")
    PUBLISHED = "published", say("Published")
    HELD_BACK = "held-back", say("Held back, because something stood in the way")
    CANCELLED = "cancelled", say("Cancelled")


PLANNED_NEXT: dict[Planned, frozenset[Planned]] = {
    Planned.WAITING: frozenset({Planned.PUBLISHED, Planned.HELD_BACK, Planned.CANCELLED}),
    Planned.PUBLISHED: frozenset(),
    Planned.HELD_BACK: frozenset(),
    Planned.CANCELLED: frozenset(),
}


class Schedule(models.Model):
    """That a cleared iteration is to be published at a moment, if it is still cleared by then."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="schedules")
    iteration = models.ForeignKey(Iteration, on_delete=models.PROTECT, related_name="schedules")
    publish_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    corrects = models.BooleanField(default=False)
    by_post = models.CharField(max_length=500)
    name = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Planned.choices, default=Planned.WAITING)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["publish_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(state="waiting"), name="one_publication_waits_a_document"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="a_schedule_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.iteration_id} at {self.publish_at}"


class Output(models.Model):
    """A file that was made of an edition, with the checksum by which anyone can tell that theirs is the same."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="outputs")
    path = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["edition", "path"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["edition", "path"], name="edition_lists_a_file_once")]

    def __str__(self) -> str:
        return self.path


class Address(models.Model):
    """An address that something once had. Readers who come to `path` are sent to `target`, for ever."""

    path = models.CharField(max_length=1000, unique=True)
    target = models.CharField(max_length=1000)

    class Meta:
        ordering: ClassVar = ["path"]
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return f"{self.path} → {self.target}"
