"""The database itself refuses to change or delete what is sealed, whoever asks."""

from __future__ import annotations

from django.db import migrations

from penholder.record.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("drafting", "0001_first")]

    operations = [append_only("drafting_iteration", "drafting_sealedsection", "drafting_text", "drafting_media")]
