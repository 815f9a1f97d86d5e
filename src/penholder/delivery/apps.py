from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The delivery room, as Django knows it."""

    name = "penholder.delivery"
    label = "delivery"
