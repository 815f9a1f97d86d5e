"""Organisations, the names they go by, and the posts that answer for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Organisation(models.Model):
    """A department or other body that is asked about actions and answers in its own name."""

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=300)
    acronym = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, default="department")
    strategy_url = models.URLField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """One name under which an organisation was found. `folded` is how it is looked up: no case, no punctuation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=300)
    folded = models.CharField(max_length=300, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """An office that is held by a person for a time. The post is accountable, whoever holds it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    key = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=300)

    class Meta:
        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        return self.title
