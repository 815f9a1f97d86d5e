"""Tables beside a draft that people type in: whose which browser is, and which processes have it open.

They stand beside `models`, which holds the text itself and takes them in, so that Django knows them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from penholder.people.models import Person


class Typist(models.Model):
    """Whose the number is under which one browser types in a draft; noted with the first update that it stores.

    A number is somebody's for good: what stands in the shared text under it was typed by them.
    """

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="typists")
    client = models.PositiveBigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "client"], name="a_typist_has_a_number_alone"),
        ]

    def __str__(self) -> str:
        return f"{self.client} in {self.document_id}"


class Presence(models.Model):
    """One process that has a draft open, where the cursors of those in it are, and when it last said so.

    Nothing here lasts: a row that is some seconds old speaks of a process that is gone (`drafting.presences`).
    """

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="presences")
    process = models.CharField(max_length=32)
    cursors = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "process"], name="a_process_is_present_once"),
        ]

    def __str__(self) -> str:
        return f"{self.process} in {self.document_id}"
