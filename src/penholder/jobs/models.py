"""Letters that wait to be sent, and how far the record has been read for what is to be written about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    """Where a letter stands."""

    WAITING = "waiting", "Waits to be sent"
    SENDING = "sending", "Is being sent"
    SENT = "sent", "Sent"
    DROPPED = "dropped", "Not sent, for it was no longer needed"
    FAILED = "failed", "Could not be sent"


NEXT: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.SENDING}),
    # Back to waiting when the mail server would not have it yet, or when the worker that held it died.
    State.SENDING: frozenset({State.WAITING, State.SENT, State.DROPPED, State.FAILED}),
    State.FAILED: frozenset({State.WAITING}),
    State.SENT: frozenset(),
    State.DROPPED: frozenset(),
}


class Letter(models.Model):
    """One e-mail to one address. `key` says what it is about, so that nothing can make it twice.

    A letter of a `kind` is worded when it is sent, from `facts`, so that it tells what is true by then, and is dropped
    when nobody needs it any more. Without a kind it was worded elsewhere (an invitation, a new password), and `body`
    is forgotten once it has been sent: it may hold a secret.
    """

    key = models.CharField(max_length=300, unique=True)
    kind = models.CharField(max_length=40, blank=True)
    to = models.EmailField()
    language = models.CharField(max_length=10, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    sender = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=1000, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    held_until = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="sending", held_until__isnull=False) | (~Q(state="sending") & Q(held_until=None)),
                name="a_letter_is_held_while_it_is_sent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "dropped", "failed"], ended_at__isnull=False)
                | Q(state__in=["waiting", "sending"], ended_at=None),
                name="a_letter_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind or 'letter'} to {self.to}"


class Reading(models.Model):
    """How far the record has been read for news that people are written about, and when a worker last ran."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    worked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="reading_is_one_row")]

    def __str__(self) -> str:
        return f"read up to entry {self.number}"
