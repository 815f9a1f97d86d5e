"""Tables of what people leave with a draft who do not write it: suggestions, discussion, visits; names of its passages.

They stand beside `models`, which holds the text itself and takes them in, so that Django knows them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from penholder.people.models import Organisation, Person


class Naming(models.Model):
    """How the passages of one draft are called between two seals; `drafting.naming` keeps it.

    `iteration` is the number of the newest one whose names were taken over, `minted` how often names were given since
    the beginning. `became` and `parts` say what became of names (`penholder.text.anchors.Kin`); `graveyard` maps the
    digest of a passage that was taken out to its name, so that it gets it back when that is undone.
    """

    document = models.OneToOneField("drafting.Document", on_delete=models.CASCADE, related_name="naming")
    iteration = models.PositiveIntegerField(default=0)
    minted = models.PositiveIntegerField(default=0)
    became = models.JSONField(default=dict, blank=True)
    parts = models.JSONField(default=dict, blank=True)
    graveyard = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"names in {self.document_id}"


class NamedSection(models.Model):
    """One section of a draft as it read when its passages were last named, and those names in order."""

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="named")
    key = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    names = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["document", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "key"], name="a_section_is_named_once_in_its_draft")
        ]

    def __str__(self) -> str:
        return f"names in {self.document_id}, {self.key}"


class What(models.TextChoices):
    """What a suggestion would do to the text."""

    REPLACE = "replace", _("Change the words")
    INSERT = "insert", _("Add a passage")
    DELETE = "delete", _("Take a passage out")
    MOVE = "move", _("Move a passage")


class Weight(models.TextChoices):
    """How much hangs on a suggestion: the three classes of remarks."""

    CONDITION = "a", _("(a) a condition of agreeing")
    SHOULD = "b", _("(b) should be addressed, not insisted on")
    MADE = "c", _("(c) merely made")


class Fate(models.TextChoices):
    """Where a suggestion stands."""

    INSIDE = "inside", _("Inside the department")
    OPEN = "open", _("Not decided yet")
    ACCEPTED = "accepted", _("Accepted")
    IN_PART = "in-part", _("Accepted in part")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


FATE_NEXT: dict[Fate, frozenset[Fate]] = {
    Fate.INSIDE: frozenset({Fate.OPEN, Fate.WITHDRAWN}),
    Fate.OPEN: frozenset({Fate.ACCEPTED, Fate.IN_PART, Fate.REJECTED, Fate.WITHDRAWN}),
    Fate.ACCEPTED: frozenset(),
    Fate.IN_PART: frozenset(),
    Fate.REJECTED: frozenset(),
    Fate.WITHDRAWN: frozenset(),
}


class Suggestion(models.Model):
    """A change to one passage that somebody proposes; the pen team says what becomes of it, and why.

    `quote` is the passage as it read then (of an insertion, the one that it goes after; "" at the beginning of the
    section), `proposed` how it would read, `target` and `target_section` after which passage it would stand when moved.
    `by` is a name in words: authors of Word files have no account. `link_for` is the key of the post in whose name it
    came by a link without an account, else "". Until `lodged_at` only its organisation sees it.
    `look_again` is the number of another one that was accepted on the same words; `applied` is what came into the text.
    """

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="suggestions")
    number = models.PositiveIntegerField(default=0)  # in the document, so that people can say "suggestion 12"; 0 inside
    what = models.CharField(max_length=10, choices=What.choices)
    weight = models.CharField(max_length=1, choices=Weight.choices)
    section = models.CharField(max_length=200)
    passage = models.CharField(max_length=40, blank=True)
    quote = models.TextField(blank=True)
    proposed = models.TextField(blank=True)
    target = models.CharField(max_length=40, blank=True)
    target_section = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    fate = models.CharField(max_length=10, choices=Fate.choices, default=Fate.OPEN)
    look_again = models.PositiveIntegerField(default=0)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    by = models.CharField(max_length=500)
    source = models.CharField(max_length=500, blank=True)
    link_for = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    lodged_at = models.DateTimeField(null=True, blank=True)
    lodged_by = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=500, blank=True)
    because = models.TextField(blank=True)
    applied = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["document", "number", "pk"]
        indexes: ClassVar = [models.Index(fields=["document", "fate"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "number"], condition=Q(number__gt=0), name="suggestions_to_a_text_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(lodged_at=None, number=0, lodged_by="")
                | (Q(lodged_at__isnull=False, number__gt=0) & ~Q(lodged_by="")),
                name="a_suggestion_that_left_its_department_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(fate__in=["inside", "open"], ended_at=None)
                | Q(fate__in=["accepted", "in-part", "rejected", "withdrawn"], ended_at__isnull=False),
                name="a_suggestion_that_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"suggestion {self.number} to {self.document_id}"


class Talk(models.TextChoices):
    """Where a thread stands."""

    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")


TALK_NEXT: dict[Talk, frozenset[Talk]] = {
    Talk.OPEN: frozenset({Talk.RESOLVED}),
    Talk.RESOLVED: frozenset({Talk.OPEN}),
}


class Thread(models.Model):
    """A discussion of a passage, or of a section (`passage` empty), or of the whole text (`section` empty, too).

    `anchor` is the place that it was opened on (`penholder.text.anchors.Anchor`); `wording` is how the passage read,
    and is set once more when the passage is taken out. Until `lodged_at` only its organisation sees it.
    """

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="threads")
    number = models.PositiveIntegerField(default=0)  # in the document; 0 while it is inside an organisation
    section = models.CharField(max_length=200, blank=True)
    passage = models.CharField(max_length=40, blank=True)
    anchor = models.JSONField(default=dict, blank=True)
    wording = models.TextField(blank=True)
    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="threads", null=True, blank=True)
    state = models.CharField(max_length=10, choices=Talk.choices, default=Talk.OPEN)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    by = models.CharField(max_length=500)
    source = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    lodged_at = models.DateTimeField(null=True, blank=True)
    lodged_by = models.CharField(max_length=500, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["document", "opened_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["document", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "number"], condition=Q(number__gt=0), name="threads_of_a_text_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(lodged_at=None, number=0, lodged_by="")
                | (Q(lodged_at__isnull=False, number__gt=0) & ~Q(lodged_by="")),
                name="a_thread_that_left_its_department_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(state="open", resolved_at=None, resolved_by="")
                | (Q(state="resolved", resolved_at__isnull=False) & ~Q(resolved_by="")),
                name="a_thread_is_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"thread {self.number} on {self.document_id}"


class Utterance(models.Model):
    """Something said in a thread. `by` is a name in words: authors of Word files have no account."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="said")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    by = models.CharField(max_length=500)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["thread", "at", "pk"]

    def __str__(self) -> str:
        return f"said in {self.thread_id}"


class Mention(models.Model):
    """That somebody was named in a thread ("@Ada Ash"). A letter tells them; `told_at` says when it was written."""

    utterance = models.ForeignKey(Utterance, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["utterance", "person"], name="somebody_is_named_once_in_what_is_said")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} named in {self.utterance_id}"


class Visit(models.Model):
    """That somebody worked with a draft, as which post, from `began_at` until `last_at`: who read it, and when."""

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="visits")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=500)
    through = models.CharField(max_length=10, default="desk")
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-began_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["document", "person", "-began_at"])]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.document_id}"


class DailyLetter(models.Model):
    """Whether somebody gets a letter a day about the drafts that they work on, and when they last got one."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    off = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"daily letter to {self.person_id}"


class DraftedText(models.Model):
    """A text that a section of a draft had at a waypoint, kept once under its digest."""

    digest = models.CharField(max_length=64, primary_key=True)
    body = models.TextField()

    def __str__(self) -> str:
        return self.digest


class Waypoint(models.Model):
    """A draft as it stood at one moment, readable without its updates: `sections` are rows of key, title and digest.

    `sequence` is the last update that it shows, `people` are who wrote since the waypoint before. There is one for each
    few minutes in which something was written, however much that was, so that any moment is opened with two queries.
    """

    document = models.ForeignKey("drafting.Document", on_delete=models.CASCADE, related_name="waypoints")
    sequence = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField()
    sections = models.JSONField(default=list)
    people = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["document", "-at"])]

    def __str__(self) -> str:
        return f"{self.document_id} at {self.at}"
