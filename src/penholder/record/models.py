"""The record: who did what, when and why, append-only and chained. No foreign keys: actors and subjects are text."""

from __future__ import annotations

from django.db import models

from penholder.record.chain import START, Link, moment
from penholder.record.sealed import SealedModel


class Entry(SealedModel):
    """One act. `hash` covers every other column, and the hash of the entry before.

    `salt` keeps `person` and `reason` from being guessed by those who are shown the entry without them.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    act = models.CharField(max_length=60, db_index=True)
    actor = models.CharField(max_length=300)
    person = models.CharField(max_length=300, blank=True)
    on_behalf_of = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=300, db_index=True)
    reason = models.TextField(blank=True)
    facts = models.TextField(default="{}")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.number} {self.act} by {self.actor}"

    def link(self) -> Link:
        """The entry as it is hashed."""
        return Link(
            number=self.number,
            at=moment(self.at),
            act=self.act,
            actor=self.actor,
            person=self.person,
            on_behalf_of=self.on_behalf_of,
            subject=self.subject,
            reason=self.reason,
            facts=self.facts,
            previous=self.previous,
            salt=self.salt,
        )


class Head(models.Model):
    """The last entry's number and hash, in one row: locking it puts writers into one order on every database."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=START)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="record_head_is_one_row"),)

    def __str__(self) -> str:
        return f"head at {self.number}"


class Checkpoint(SealedModel):
    """A signature over the head at one moment, by a key that the database does not hold."""

    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    key = models.CharField(max_length=64, help_text="The public key, 32 bytes in hex.")
    signature = models.CharField(max_length=128, help_text="Ed25519, 64 bytes in hex.")

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["number", "key"], name="record_one_checkpoint_a_number_and_key"),
        )

    def __str__(self) -> str:
        return f"checkpoint at {self.number}"
