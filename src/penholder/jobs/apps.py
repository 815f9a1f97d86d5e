from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The room in which letters wait to be sent, and the worker that does what the clock asks for."""

    name = "penholder.jobs"
    label = "jobs"
    verbose_name = "Jobs"
