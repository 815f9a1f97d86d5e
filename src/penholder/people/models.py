"""Organisations, the names they go by and what became of them; posts, who holds them, and the people who sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as say


class Organisation(models.Model):
    """A department or other body that is asked about actions and answers in its own name."""

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=300)
    acronym = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, default="department")
    strategy_url = models.URLField(max_length=1000, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="children", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """What became of an organisation: from `on`, `successor` answers where `predecessor` did.

    A merger is several rows with one successor, a split several with one predecessor. Nothing that was asked, answered
    or published before is rewritten: it keeps the name it was done under.
    """

    class Kind(models.TextChoices):
        """How one body followed another."""

        MERGED = "merged", say("merged into")
        SPLIT = "split", say("split off from")
        RENAMED = "renamed", say("renamed as")
        MOVED = "moved", say("work moved to")

    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="precedents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["predecessor", "successor", "on"], name="a_succession_is_told_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="nobody_succeeds_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} {self.get_kind_display()} {self.successor} on {self.on:%Y-%m-%d}"


class Alias(models.Model):
    """One name under which an organisation was found. `folded` is how it is looked up: no case, no punctuation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=300)
    folded = models.CharField(max_length=300, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a post is for. What each may do stands in `penholder.people.permissions`."""

    LEADER = "leader", say("Digital Leader")
    CONTRIBUTOR = "contributor", say("Contributor in a department")
    PEN = "pen", say("Pen team")
    ADVISER = "adviser", say("Adviser")
    MINISTER = "minister", say("Minister")
    OFFICE = "office", say("Minister's office")
    CHAIR = "chair", say("Chair")
    SERVICE_MANAGER = "service-manager", say("Service manager")
    MODERATOR = "moderator", say("Moderator")
    OPERATOR = "operator", say("Runs this instance")


class Post(models.Model):
    """An office that is held by a person for a time. The post is accountable, whoever holds it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    key = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=300)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.LEADER)

    class Meta:
        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> str:
        """The post as the record keeps it, so that it still reads right when the post is gone."""
        return f"{self.title}, {self.organisation.name}"


class PersonManager(BaseUserManager["Person"]):
    """Finds and makes people by their e-mail address, whatever its case."""

    def create_user(self, email: str, password: str | None = None, *, name: str = "", **more: Any) -> Person:
        """A person who may sign in. Without a password they sign in by invitation, passkey or single sign-on."""
        person = self.model(email=self.normalize_email(email).lower(), name=name, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this address, whatever its case."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """A human being who signs in. What they may do comes from the posts that they hold, never from themselves."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = PersonManager()

    class Meta:
        ordering: ClassVar = ["name", "email"]
        verbose_name_plural = "people"
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="an_address_belongs_to_one_person")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Their name; Django's own templates and allauth ask for it."""
        return self.name

    def get_short_name(self) -> str:
        """Their name, or what stands before the @."""
        return self.name or self.email.partition("@")[0]


class Holding(models.Model):
    """That a person holds a post, from `since` until `until` (None: still). A job share is two holdings at once."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["since", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["post", "person"], condition=Q(until=None), name="a_post_is_held_once_by_one_person"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_holding_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.post}"

    def holds(self, *, at: datetime) -> bool:
        """Whether the post was held so at that moment; the end itself is outside."""
        return self.since <= at and (self.until is None or at < self.until)


class Invitation(models.Model):
    """An invitation by e-mail to sign in and hold a post. The token itself is never kept, only its SHA-256."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=500)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-invited_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="an_invitation_is_accepted_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.post}"


class Kept(models.Model):
    """What Django's cache keeps between processes: how often a password was tried, for as long as that is counted.

    Django reads and writes these rows by itself (`DatabaseCache`); nothing else does, and nothing is lost with them.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "kept"

    def __str__(self) -> str:
        return self.cache_key
