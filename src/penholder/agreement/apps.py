"""The agreement room, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class AgreementConfig(AppConfig):
    """Label `agreement`."""

    name = "penholder.agreement"
    label = "agreement"
