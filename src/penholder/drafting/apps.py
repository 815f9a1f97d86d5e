from __future__ import annotations

from django.apps import AppConfig


class DraftingConfig(AppConfig):
    """The drafting room, as Django knows it."""

    name = "penholder.drafting"
    label = "drafting"
