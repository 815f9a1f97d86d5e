"""Editions, the files that were made of them, and addresses that are kept for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from penholder.drafting.models import Document, Iteration


class Edition(models.Model):
    """A sealed iteration that was published. `agreed_elsewhere` says that Penholder did not see it agreed."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="editions")
    iteration = models.OneToOneField(Iteration, on_delete=models.PROTECT, related_name="edition")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    agreed_elsewhere = models.BooleanField(default=False)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["document", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="edition_has_one_number_in_its_document"),
            models.CheckConstraint(condition=Q(number__gte=1), name="editions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}, edition {self.number}"


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
