"""The record: who did what, when and why, append-only and chained. No foreign keys: actors and subjects are text."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from penholder.errors import Refused
from penholder.record.chain import START, Link


class AppendOnly(models.QuerySet[Any]):
    """Rows that may be read and added, never changed; the database's own triggers say the same to raw SQL."""

    def update(self, **_: Any) -> NoReturn:
        """Refuse."""
        raise Refused("The record is append-only: an entry cannot be changed. Add an entry that corrects it.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise Refused("The record is append-only: an entry cannot be removed.")


class Entry(models.Model):
    """One act. `hash` covers every other column, and the hash of the entry before."""

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

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.number} {self.act} by {self.actor}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new entry; refuse to write over one."""
        if not self._state.adding:
            raise Refused("The record is append-only: an entry cannot be changed. Add an entry that corrects it.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        raise Refused("The record is append-only: an entry cannot be removed.")

    def link(self) -> Link:
        """The entry as it is hashed."""
        return Link(
            number=self.number,
            at=self.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            act=self.act,
            actor=self.actor,
            person=self.person,
            on_behalf_of=self.on_behalf_of,
            subject=self.subject,
            reason=self.reason,
            facts=self.facts,
            previous=self.previous,
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


class Checkpoint(models.Model):
    """A signature over the head at one moment, by a key that the database does not hold."""

    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    key = models.CharField(max_length=64, help_text="The public key, 32 bytes in hex.")
    signature = models.CharField(max_length=128, help_text="Ed25519, 64 bytes in hex.")

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["number", "key"], name="record_one_checkpoint_a_number_and_key"),
        )

    def __str__(self) -> str:
        return f"checkpoint at {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new checkpoint; refuse to write over one."""
        if not self._state.adding:
            raise Refused("A checkpoint cannot be changed. Sign a new one.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        raise Refused("A checkpoint cannot be removed.")
