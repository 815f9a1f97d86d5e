"""The database's own refusal to change what is append-only, for those who go round Django."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = """
CREATE TRIGGER {table}_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: its rows cannot be changed or removed'); END
"""
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION penholder_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only: its rows cannot be changed or removed', TG_TABLE_NAME; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION penholder_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION penholder_append_only()
"""


def append_only(*tables: str) -> migrations.RunPython:
    """A migration step after which `tables` (our own names) refuse UPDATE, DELETE and TRUNCATE; it can be reversed."""

    def put(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(POSTGRESQL_FUNCTION)
        for table in tables:
            if editor.connection.vendor == "postgresql":
                editor.execute(POSTGRESQL.format(table=table))
            else:
                for verb in ("update", "delete"):
                    editor.execute(SQLITE.format(table=table, verb=verb, VERB=verb.upper()))

    def take(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            if editor.connection.vendor == "postgresql":
                editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
                editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
            else:
                for verb in ("update", "delete"):
                    editor.execute(f"DROP TRIGGER {table}_{verb}")

    return migrations.RunPython(put, take)
