from __future__ import annotations

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """The publishing room, as Django knows it."""

    name = "penholder.publishing"
    label = "publishing"
