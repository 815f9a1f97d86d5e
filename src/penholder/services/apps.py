"""The room of services, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Label `services`."""

    name = "penholder.services"
    label = "services"
