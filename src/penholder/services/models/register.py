"""The register: services, what is said about them, their channels, releases, journeys, targets and costs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from penholder.measure.formulas.take_up import ChannelClass
from penholder.people.models import Organisation, Post
from penholder.record.sealed import SealedModel
from penholder.services.models.submitted import Period, Service


class ServiceVersion(SealedModel):
    """What was said about a service from a day on: its name, whose it is, who manages it, for whom, and why.

    `opened_on` and `closed_on` bound the days on which it can be used; empty means: not known, or still.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="service_versions")
    agency = models.CharField(max_length=300, blank=True)
    manager = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    purpose = models.TextField(blank=True)  # what people can do with it
    users = models.TextField(blank=True)  # who they are, in plain words
    needs = models.TextField(blank=True)  # what they need, in plain words
    url = models.URLField(max_length=1000, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    as_of = models.DateField()
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=500)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["service", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "number"], name="service_versions_are_numbered"),
            models.CheckConstraint(
                condition=Q(opened_on=None) | Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="a_service_closes_after_it_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceAlias(models.Model):
    """Another name under which a service is found. `folded` is how it is looked up: no case, no punctuation."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=300)
    folded = models.CharField(max_length=300, db_index=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name_plural = "service aliases"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "folded"], name="a_service_has_an_alias_once")
        ]

    def __str__(self) -> str:
        return self.name


class Descent(SealedModel):
    """What became of a service: from `on`, `successor` serves those whom `predecessor` did, or part of them.

    A merger is several rows with one successor, a split several with one predecessor. Figures stay with the service
    that had them.
    """

    class Kind(models.TextChoices):
        """How one service followed another."""

        MERGED = "merged", "merged into"
        SPLIT = "split", "split into"

    predecessor = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="descents")
    successor = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="ascents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()
    reason = models.TextField()
    by = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["predecessor", "successor", "on"], name="a_descent_is_told_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="no_service_descends_from_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} {self.kind} {self.successor_id}"


class ChannelKind(models.TextChoices):
    """By what way people use a service."""

    DIGITAL = "digital", "Digital"
    ASSISTED = "assisted-digital", "Assisted digital"
    PHONE = "phone", "Phone"
    POST = "post", "Post"
    COUNTER = "counter", "Counter"
    AGENT = "agent", "Agent"

    @property
    def klass(self) -> ChannelClass:
        """The class that decides where its transactions count, unless a channel is in another."""
        if self is ChannelKind.DIGITAL:
            return ChannelClass.DIGITAL
        return ChannelClass.ASSISTED if self is ChannelKind.ASSISTED else ChannelClass.OTHER


class Channel(models.Model):
    """One way by which people use one service. `key` is what submitted values and events call it.

    `klass` is the class in which its transactions count: an agent who files digitally is digital for some services.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="channels")
    key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=20, choices=ChannelKind.choices)
    klass = models.CharField(max_length=20, choices=[(each.value, each.value) for each in ChannelClass])
    name = models.CharField(max_length=100)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["service", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "key"], name="a_service_has_a_channel_once")
        ]

    def __str__(self) -> str:
        return self.name


class ServiceRelease(SealedModel):
    """A change of a service that its users met: the name that events give to it, when it came, what changed."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=100)
    released_on = models.DateField()
    changed = models.TextField()
    by = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["service", "released_on", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["service", "name"], name="a_release_is_told_once")]

    def __str__(self) -> str:
        return self.name


class DrawnJourney(models.Model):
    """One version of the graph of a service's journey, as data that `measure.journey_definitions` reads.

    It never changes but for `effective_to`, the first day without it, which ends it once.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="drawn_journeys")
    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    graph = models.JSONField()
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["service", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "number"], name="drawn_journeys_are_numbered"),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gt=F("effective_from")),
                name="a_drawn_journey_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"journey {self.number} of {self.service_id}"


class Exemplar(SealedModel):
    """That a service was chosen to go first, in the programme of that name, from a day on."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="exemplars")
    programme = models.CharField(max_length=200)
    since = models.DateField()
    note = models.TextField(blank=True)
    by = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["since", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "programme"], name="a_service_is_chosen_once_a_programme")
        ]

    def __str__(self) -> str:
        return f"{self.service_id} in {self.programme}"


class Target(SealedModel):
    """What a figure of a service is to be by a day. A changed target is a newer version that says why.

    `definition` is the key of a figure in `measure.definitions`; an empty `value` says that it was given up.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="targets")
    definition = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    due_on = models.DateField()
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=500)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["service", "definition", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "definition", "number"], name="targets_are_numbered"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="a_changed_target_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.definition} {self.value}"


class CostLine(SealedModel):
    """One line of cost of a service in a period, in pounds. `allocated` of it is the service's, by `allocation_key`.

    A line that is left out says why in `excluded`, and stays in the list. `dropped` takes a line back.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="cost_lines")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="cost_lines")
    name = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    pounds = models.DecimalField(max_digits=20, decimal_places=2)
    allocation_key = models.CharField(max_length=200)
    allocated = models.DecimalField(max_digits=9, decimal_places=8)
    excluded = models.TextField(blank=True)
    dropped = models.BooleanField(default=False)
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=500)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["service", "period", "name", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "period", "name", "number"], name="cost_lines_are_numbered"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="a_changed_cost_line_says_why"),
        ]

    def __str__(self) -> str:
        return self.name
