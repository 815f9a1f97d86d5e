"""The Django application of the record."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """Label `record`."""

    name = "penholder.record"
    label = "record"
    default_auto_field = "django.db.models.BigAutoField"
