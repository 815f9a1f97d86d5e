"""Promises and answers. Facts are versions: nothing here is written over; a newer row supersedes an older one.

Three clocks: `said_on` is the day on which the source said it, `recorded_at` when Penholder learnt it. A version's
successor is the row whose `supersedes` is it; the newest version is the one that nothing supersedes.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from penholder.drafting.models import Document
from penholder.people.models import Organisation, Post
from penholder.publishing.models import Edition
from penholder.record.sealed import SealedModel


class Principle(models.Model):
    """A heading of the strategy under which actions are grouped."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="principles")
    number = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="principle_has_one_number_in_its_document")
        ]

    def __str__(self) -> str:
        return f"Principle {self.number}"


class PrincipleVersion(models.Model):
    """How a principle read from one edition on."""

    principle = models.ForeignKey(Principle, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=500)
    motto = models.CharField(max_length=500, blank=True)
    passage = models.CharField(max_length=40, blank=True)
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["principle", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["principle", "number"], name="principle_versions_are_numbered")
        ]

    def __str__(self) -> str:
        return self.title


class Action(models.Model):
    """One numbered promise of a strategy. What it says stands in its versions."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="actions")
    number = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="action_has_one_number_in_its_document")
        ]

    def __str__(self) -> str:
        return f"Action {self.number:02}"


class ActionVersion(models.Model):
    """How an action read from one edition on: its title and the text under it.

    `passages` are the lasting ids of its blocks, its heading first. `dropped` says that the edition no longer has it.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    principle = models.ForeignKey(
        Principle, on_delete=models.PROTECT, related_name="action_versions", null=True, blank=True
    )
    title = models.CharField(max_length=500)
    short_title = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    passages = models.JSONField(default=list)
    dropped = models.BooleanField(default=False)
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["action", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["action", "number"], name="action_versions_are_numbered")
        ]

    def __str__(self) -> str:
        return self.title


class Ask(models.Model):
    """An organisation was asked to answer for an action. The asks that stand are the denominator of every count."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="asks")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="asks")
    asked_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["action", "organisation"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["action", "organisation"],
                condition=Q(ended_on__isnull=True),
                name="an_organisation_is_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("asked_on")),
                name="an_ask_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} on {self.action_id}"


class Stance(models.TextChoices):
    """What an organisation says about an action, in so many words. UNSTATED when it only writes prose."""

    UNSTATED = "unstated", "Not stated"
    WILL_DO = "will-do", "Will do"
    ALREADY_DONE = "already-done", "Already done"
    PARTLY = "partly", "In part"
    NOT_APPLICABLE = "not-applicable", "Not applicable"
    DECLINED = "declined", "Declined"


class Decision(models.TextChoices):
    """What a person said to a stance that was proposed."""

    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"


class Response(models.Model):
    """One version of what an organisation says that it will do about an action.

    `stance` is claimed by its author. `proposed_stance` is what the importer would read out of `proposal_words`; it
    means nothing until a person has decided. An empty `text` says that the organisation took its answer back.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="responses")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="responses")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    stance = models.CharField(max_length=20, choices=Stance.choices, default=Stance.UNSTATED)
    reason = models.TextField(blank=True)
    accepted_by = models.CharField(max_length=300, blank=True)
    proposed_stance = models.CharField(max_length=20, choices=Stance.choices, blank=True)
    proposal_words = models.TextField(blank=True)
    decision = models.CharField(max_length=20, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="decisions", null=True, blank=True)
    decided_because = models.TextField(blank=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="responses", null=True, blank=True)
    passage = models.CharField(max_length=40, blank=True)
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["action", "organisation", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["action", "organisation", "number"], name="response_versions_are_numbered"),
            models.CheckConstraint(
                condition=Q(proposed_stance="", proposal_words="") | ~Q(proposed_stance=""),
                name="words_that_led_to_a_proposal_come_with_it",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(decision="") & ~Q(proposed_stance="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="a_decision_says_who_and_when_about_a_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} on {self.action_id}, version {self.number}"


class Wording(models.Model):
    """A title that some other page gives to an action, from a day on. An empty title: the page no longer names it."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="wordings")
    where = models.CharField(max_length=500)
    line = models.PositiveIntegerField(default=0)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=500, blank=True)
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["action", "where", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["action", "where", "number"], name="wording_versions_are_numbered")
        ]

    def __str__(self) -> str:
        return self.title


class Taken(models.Model):
    """A snapshot of a source that was taken in. `digest` is of everything read; the same one is never taken twice.

    `iterations` counts the iterations sealed from it; 0 when it held no text that was new. `documents` are their keys.
    """

    at = models.DateTimeField()
    label = models.CharField(max_length=200)
    source = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    documents = models.JSONField(default=list)
    iterations = models.PositiveIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        verbose_name_plural = "taken"
        constraints: ClassVar = [models.UniqueConstraint(fields=["digest", "at"], name="a_snapshot_is_taken_in_once")]

    def __str__(self) -> str:
        return self.label


class Measure(models.Model):
    """One way in which it is seen whether an action is delivered. What it says stands in its versions."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="measures")
    key = models.SlugField(max_length=80)

    class Meta:
        ordering: ClassVar = ["action", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["action", "key"], name="an_action_has_a_measure_once")]

    def __str__(self) -> str:
        return self.key


class MeasureVersion(SealedModel):
    """Which figure of which services is read, from which baseline to which target. A newer version says why.

    `definition` is the key of a figure in `measure.definitions`; `services` are keys of the register.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    definition = models.CharField(max_length=60)
    services = models.JSONField(default=list)
    baseline = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=500)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["measure", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "number"], name="measure_versions_are_numbered"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="a_changed_measure_says_why"),
            models.CheckConstraint(
                condition=Q(target=None, due_on=None) | Q(target__isnull=False, due_on__isnull=False),
                name="a_target_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(baseline=None, baseline_on=None) | Q(baseline__isnull=False, baseline_on__isnull=False),
                name="a_baseline_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title
