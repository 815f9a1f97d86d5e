"""The monthly form of a service manager, by a link without an account."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from penholder.people.models import Post
from penholder.services.models.submitted import Period, Service, Submission


class FormLink(models.Model):
    """A link by which the manager of one service gives its figures of one period, once, until a moment.

    The token is never kept, only its digest. `draft` is what was typed so far: {"channel quantity": {"state", "text"}}.
    `reminded_on` is the last day on which a letter said how long is left.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="form_links")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    made_by = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    draft = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "period"], condition=Q(used_at=None, ended_at=None),
                name="a_service_has_one_open_form_a_period",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=False) | Q(submission=None), name="a_form_that_was_submitted_was_used"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"form of {self.service_id} for {self.period_id}"
