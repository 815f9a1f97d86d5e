"""What the pages of services say, in versions that the database refuses to change or delete."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from penholder.record.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0004_forms"),
    ]

    operations = [
        migrations.CreateModel(
            name="PageText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=200)),
                ("number", models.PositiveIntegerField()),
                ("words", models.TextField(blank=True)),
                ("as_of", models.DateField()),
                ("said_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("by", models.CharField(max_length=500)),
                ("reason", models.TextField(blank=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="page_texts", to="services.service"
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="services.pagetext",
                    ),
                ),
            ],
            options={
                "ordering": ["service", "page", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("service", "page", "number"), name="page_texts_are_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="a_changed_page_text_says_why",
                    ),
                ],
            },
        ),
        append_only("services_pagetext"),
    ]
