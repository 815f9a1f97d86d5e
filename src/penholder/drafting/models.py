"""Documents and their drafts; what was typed, update by update; iterations, which are sealed and never change again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as say

from penholder.drafting import contributions, live_tables, returned_files, waived
from penholder.people.models import Organisation, Person
from penholder.record.sealed import SealedModel


class Kind(models.TextChoices):
    """What a document is. The words are those of `penholder.formats.reading.DocumentKind`."""

    STRATEGY = "strategy", say("Strategy")
    DEPARTMENTAL = "departmental", say("Departmental strategy")
    PAPER = "paper", say("Paper")
    CASE_STUDIES = "case-studies", say("Case studies")
    POST = "post", say("Post")
    REPORT = "report", say("Report")


class Document(models.Model):
    """A text that people draft together, section by section. Its iterations are what they agree to.

    `graveyard` maps the digest of each passage that no longer stands to its lasting id, so that one which comes back
    word for word gets its id back.

    A draft that is frozen is read, commented on and signed, and not written. `readable_upto` is the last draft update
    that the rows of its sections show; 0 as long as nobody has written in the draft itself (`drafting.drafts`).
    """

    key = models.SlugField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=500)
    subtitle = models.CharField(max_length=500, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="documents", null=True, blank=True
    )
    graveyard = models.JSONField(default=dict, blank=True)
    # Whether hints for clear writing that nobody waived stand in the way of sealing. They do not unless this is said.
    clear_before_sealing = models.BooleanField(default=False)
    readable_upto = models.PositiveBigIntegerField(default=0)
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.CharField(max_length=500, blank=True)
    frozen_reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(frozen_at=None, frozen_by="", frozen_reason="")
                | (Q(frozen_at__isnull=False) & ~Q(frozen_by="")),
                name="a_draft_is_frozen_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """The current draft of one section, readable: what the updates of the draft come to, in canonical form.

    `position` is a fractional key: sections stand in its (byte) order. Write through `drafts.change`, never here.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=200)
    position = models.CharField(max_length=200)
    title = models.CharField(max_length=500)
    text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "key"], name="section_has_one_key_in_its_document")
        ]

    def __str__(self) -> str:
        return self.title


class DraftUpdate(SealedModel):
    """One Yjs update to a draft, as it was acknowledged to whoever typed it; `sequence` counts from 1 in its document.

    `post` and `person` are text, for good. The first update of a draft is what stood in its sections before.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="updates")
    sequence = models.PositiveBigIntegerField()
    update = models.BinaryField()
    post = models.CharField(max_length=700, blank=True)
    person = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["document", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "sequence"], name="draft_updates_stand_in_one_order"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="draft_updates_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}:{self.sequence}"


class DraftSnapshot(models.Model):
    """All updates of a draft up to `sequence` as one, so that opening it is quick. It can be made again at any time."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="snapshot")
    sequence = models.PositiveBigIntegerField()
    state = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.document_id} up to {self.sequence}"


class Hand(models.Model):
    """That a person has a section in hand until a moment: told to others, who are not kept out by it."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="hands")
    section = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=700)
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "section", "person"], name="a_person_has_a_section_in_hand_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.section}: {self.words}"


class SetAside(models.Model):
    """What somebody typed that could not go into the draft: it was frozen, or they held the post no longer.

    `changes` lists, by section, `{"section", "was", "now"}` with the whole text before and after, so that nothing is
    lost however the draft goes on. `settled_at` is when its writer or the pen team was done with it.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="set_aside")
    update = models.BinaryField()
    changes = models.JSONField()
    reasons = models.JSONField(default=list)
    post = models.CharField(max_length=700, blank=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["document", "at", "pk"]
        verbose_name_plural = "set aside"

    def __str__(self) -> str:
        return f"{self.document_id} of {self.at:%Y-%m-%d %H:%M}"


class Text(SealedModel):
    """One canonical text, kept once however many iterations hold it. Its key is its own SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)
    body = models.TextField()

    def __str__(self) -> str:
        return self.digest


class Media(SealedModel):
    """A picture, film or captions file. Its bytes lie in the media folder under `digest`."""

    digest = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=300)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return self.name


class Iteration(SealedModel):
    """One whole state of a document, sealed: what people sign, and what is published exactly as signed.

    `manifest` says what it holds (see `penholder.drafting.manifests`) and `seal` is the SHA-256 of its RFC 8785 bytes.
    `events` says what became of each passage since the iteration before, without those that were merely kept.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="iterations")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=200)
    stage = models.CharField(max_length=80, blank=True)
    taken_at = models.DateTimeField()
    sealed_at = models.DateTimeField()
    seal = models.CharField(max_length=64, db_index=True)
    manifest = models.JSONField()
    events = models.JSONField(default=list)
    source = models.CharField(max_length=500, blank=True)
    author = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["document", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="iteration_has_one_number_in_its_document"),
            models.CheckConstraint(condition=Q(number__gte=1), name="iterations_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}:{self.number} {self.label}"

    @property
    def title(self) -> str:
        """The document's title as it was sealed; the draft may have another by now."""
        return str(self.manifest["document"]["title"])


class SealedSection(SealedModel):
    """One section as it was sealed.

    `passages` holds a row `[id, first line, line after the last, kind, digest]` for each block in order: the lasting id
    that links, comments and sign-off stand on, and where in the section's text (lines from 0) it lies.
    """

    iteration = models.ForeignKey(Iteration, on_delete=models.PROTECT, related_name="sections")
    key = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=500)
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    passages = models.JSONField()

    class Meta:
        ordering: ClassVar = ["iteration", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["iteration", "position"], name="sealed_sections_stand_in_one_order"),
            models.UniqueConstraint(fields=["iteration", "key"], name="sealed_section_has_one_key"),
        ]

    def __str__(self) -> str:
        return self.title


# What others leave with a draft stands in a module of its own; Django looks for tables here.
Suggestion, Thread = contributions.Suggestion, contributions.Thread
Arrival, Waiver = returned_files.Arrival, waived.Waiver
Presence, Typist = live_tables.Presence, live_tables.Typist
