"""The database itself refuses to change or delete what is sealed, whoever asks."""

from __future__ import annotations

from django.db import migrations

SEALED = ("drafting_iteration", "drafting_sealedsection", "drafting_text", "drafting_media")
MESSAGE = "What is sealed is never changed or deleted"


def refuse(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION penholder_sealed() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}: %', TG_TABLE_NAME; END $$"
        )
    for table in SEALED:
        for act in ("UPDATE", "DELETE"):
            name = f"{table}_refuses_{act.lower()}"
            if vendor == "sqlite":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {table}'); END"
                )
            elif vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION penholder_sealed()"
                )


def allow(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table in SEALED:
        for act in ("update", "delete"):
            on = f" ON {table}" if vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_refuses_{act}{on}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS penholder_sealed()")


class Migration(migrations.Migration):
    dependencies = [("drafting", "0001_first")]

    operations = [migrations.RunPython(refuse, allow)]
