"""Files that wait between the preview and the decision to take them in, and what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from penholder.people.models import Person
from penholder.services.models.submitted import Submission


class Upload(models.Model):
    """A file of figures that a person sent and has not decided about yet; afterwards, its receipt without the bytes.

    It is known by its digest: the same file sent again by the same person is the same upload. `quarters` is the answer
    to what "Q1 2025" means in it. `left_out` lists what was not taken in, cell by cell, once it was decided.
    """

    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    data = models.BinaryField()
    quarters = models.CharField(max_length=10, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    told = models.JSONField(default=dict, blank=True)  # counts of what was taken in
    left_out = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["-sent_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["digest", "person"], condition=Q(taken_at=None), name="a_file_waits_once_for_one_person"
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=False) | Q(submission=None), name="only_what_was_taken_in_was_submitted"
            ),
        ]

    def __str__(self) -> str:
        return self.name
