"""What is submitted for services: periods, submissions, and values that are never written over."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from penholder.people.models import Organisation, Person
from penholder.record.sealed import SealedModel


class Service(models.Model):
    """A public service whose transactions are counted. Its key stays; what is said about it stands in its versions."""

    # The longest name in the public register of 2017 makes a key of 182 letters. Events take keys of up to 64.
    key = models.SlugField(max_length=200, unique=True)
    registered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class Period(models.Model):
    """A stretch of days that figures are about. `ends_on` is the first day after it.

    `key` says which days ("2026-10", "2026-Q4", "2016-10_2017-09"); `label` is what its source calls it, if otherwise.
    """

    key = models.SlugField(max_length=30, unique=True)
    label = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["starts_on", "ends_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["starts_on", "ends_on"], name="a_period_is_kept_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="a_period_has_days"),
        ]

    def __str__(self) -> str:
        return self.key


class Submission(SealedModel):
    """One delivery of values: a file, a form, or a source that somebody published. It is where values came from.

    `published` says that the source was public itself, so that changing its values is a revision. `organisation` is the
    one in whose name it was submitted; None where it holds those of many.
    """

    class How(models.TextChoices):
        """By which door it came."""

        IMPORT = "import", "Imported"
        UPLOAD = "upload", "Uploaded"
        FORM = "form", "Monthly form"
        LINK = "link", "Monthly form, by link"

    key = models.SlugField(max_length=60, unique=True)
    how = models.CharField(max_length=10, choices=How.choices)
    source = models.CharField(max_length=300)  # the name of the file, or of the form
    digest = models.CharField(max_length=64, db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published = models.BooleanField(default=False)
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    by_post = models.CharField(max_length=500)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    values_read = models.PositiveIntegerField()
    report = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["recorded_at", "pk"]

    def __str__(self) -> str:
        return self.key


class Status(models.TextChoices):
    """What a submitted value is. 0 is a value; the other three say why there is none, and are never mixed."""

    VALUE = "value", "A value"
    NOT_PROVIDED = "not-provided", "Not provided"
    NOT_APPLICABLE = "not-applicable", "Not applicable"
    SUPPRESSED = "suppressed", "Suppressed"


class Submitted(SealedModel):
    """One value that was submitted: of one quantity, for a service, period and channel ("" for all channels together).

    `change` says what became of the version before (`measure.revisions.Change`; "" for the first). `revises` is true
    where that one was public: then there is a reason, and it is listed as a revision.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="submitted")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="submitted")
    channel = models.CharField(max_length=60, blank=True)
    quantity = models.CharField(max_length=60)
    number = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=20, choices=Status.choices)
    amount = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="values")
    place = models.CharField(max_length=60, blank=True)  # "row 14, column FZ"
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    change = models.CharField(max_length=12, blank=True)
    revises = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["service", "period", "quantity", "channel", "number"]
        verbose_name_plural = "submitted"
        indexes: ClassVar = [
            models.Index(fields=["period", "quantity"]),
            models.Index(fields=["said_on"], condition=Q(revises=True), name="revisions_by_day"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "period", "channel", "quantity", "number"], name="submitted_values_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(status="value", amount__isnull=False) | (~Q(status="value") & Q(amount=None)),
                name="only_a_value_has_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None, change="", number=1)
                | (Q(supersedes__isnull=False, number__gt=1) & ~Q(change="")),
                name="a_newer_value_says_what_it_changes",
            ),
            models.CheckConstraint(condition=Q(revises=False) | ~Q(reason=""), name="a_revision_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.service_id} in {self.period_id}"
