"""The database itself refuses to change or delete facts that are versions, whoever asks."""

from __future__ import annotations

from django.db import migrations

from penholder.record.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("services", "0001_first")]

    operations = [
        append_only(
            "services_serviceversion",
            "services_descent",
            "services_servicerelease",
            "services_exemplar",
            "services_target",
            "services_costline",
            "services_submission",
            "services_submitted",
            "services_frozenfigure",
            "services_assessment",
            "services_assessed",
        )
    ]
