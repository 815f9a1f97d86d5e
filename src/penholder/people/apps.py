from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The people room, as Django knows it."""

    name = "penholder.people"
    label = "people"
