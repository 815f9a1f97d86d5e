"""Publications: the figures of one organisation and period, frozen, checked, signed off and published with a hash."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as say

from penholder.people.models import Organisation, Person
from penholder.record.sealed import SealedModel
from penholder.services.models.submitted import Period, Service, Status


class State(models.TextChoices):
    """Where a publication stands."""

    FROZEN = "frozen", "Frozen, to be checked"
    CHECKED = "checked", "Checked, to be signed off"
    SIGNED = "signed", "Signed off"
    PUBLISHED = "published", "Published"
    REPLACED = "replaced", "Published, and replaced by a newer one"
    DISCARDED = "discarded", "Discarded before it was published"


NEXT: dict[State, frozenset[State]] = {
    State.FROZEN: frozenset({State.CHECKED, State.DISCARDED}),
    State.CHECKED: frozenset({State.SIGNED, State.DISCARDED}),
    State.SIGNED: frozenset({State.PUBLISHED, State.DISCARDED}),
    State.PUBLISHED: frozenset({State.REPLACED}),
    State.REPLACED: frozenset(),
    State.DISCARDED: frozenset(),
}


class Purpose(models.TextChoices):
    """Why there is a publication."""

    FIRST = "first", say("The first of its period")
    CORRECTION = "correction", say("A correction of the one before")
    WITHDRAWAL = "withdrawal", say("A withdrawal of the one before")


class Publication(models.Model):
    """The figures of one organisation for one period as they stood at one moment, on their way to the public.

    `manifest` is the RFC 8785 text that lists them and `seal` its SHA-256; both stand from then on. A correction or
    a withdrawal is a publication of its own that says why, and replaces the one before. A withdrawal has no figures.
    """

    key = models.SlugField(max_length=150, unique=True)  # "hmrc-2026-10-1"
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="publications")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.FROZEN)
    reason = models.TextField(blank=True)
    manifest = models.TextField()
    seal = models.CharField(max_length=64, db_index=True)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=500)
    submitters = models.ManyToManyField(Person, related_name="+")  # who submitted values that are in it
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=500, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["period", "organisation", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "period", "number"], name="publications_are_numbered"),
            models.UniqueConstraint(
                fields=["organisation", "period"],
                condition=Q(state__in=["frozen", "checked", "signed"]),
                name="one_publication_is_prepared_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["organisation", "period"], condition=Q(state="published"), name="one_publication_stands"
            ),
            models.CheckConstraint(
                condition=Q(purpose="first", replaces=None)
                | (~Q(purpose="first") & Q(replaces__isnull=False) & ~Q(reason="")),
                name="what_replaces_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by="") | (Q(signed_at__isnull=False) & ~Q(signed_by="")),
                name="a_publication_is_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["published", "replaced"], published_at__isnull=False, signed_at__isnull=False)
                | (~Q(state__in=["published", "replaced"]) & Q(published_at=None)),
                name="what_is_published_was_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class FrozenFigure(SealedModel):
    """One line of a publication as readers get it: a count or a figure, with all that one must know to trust it.

    `definition` is a key of `measure.definitions` with its `version`, or a quantity with version 0. `value` is empty
    where `status` says why there is none.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="figures")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="frozen_figures")
    channel = models.CharField(max_length=60, blank=True)
    definition = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=20, choices=Status.choices)
    value = models.FloatField(null=True, blank=True)
    n = models.PositiveBigIntegerField(null=True, blank=True)
    had = models.PositiveBigIntegerField(default=0)
    asked = models.PositiveBigIntegerField(default=0)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    provenance = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["publication", "service", "definition", "channel"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "service", "channel", "definition", "version"],
                name="a_publication_says_a_figure_once",
            ),
            models.CheckConstraint(
                condition=Q(status="value", value__isnull=False) | (~Q(status="value") & Q(value=None)),
                name="only_a_frozen_value_has_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition} of {self.service_id}"


class FlagKind(models.TextChoices):
    """What a check noticed."""

    MISSING = "missing", say("Missing")
    OUTLIER = "outlier", say("Far from what it was")
    REVISION = "revision", say("Differs from what was published")
    REFUSED = "refused", say("Cannot be worked out")


class Flag(models.Model):
    """Something that a check noticed about a publication. Nobody signs before somebody has said why it is so."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="flags")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=FlagKind.choices)
    definition = models.CharField(max_length=60)
    channel = models.CharField(max_length=60, blank=True)
    what = models.TextField()
    reason = models.TextField(blank=True)
    answered_by = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["publication", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by="", reason="")
                | (Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(reason="")),
                name="a_flag_is_answered_by_somebody_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.what
