"""The database's own refusal to change what is append-only, for those who go round Django."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MESSAGE = "What is sealed or recorded is never changed or deleted"
SQLITE = """
CREATE TRIGGER {table}_refuses_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{message}: {table}'); END
"""
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION penholder_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{message}: %', TG_TABLE_NAME; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_refuses_{act} BEFORE {act} ON {table}
FOR EACH {each} EXECUTE FUNCTION penholder_append_only()
"""
ACTS = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}


def append_only(*tables: str) -> migrations.RunPython:
    """A migration step after which `tables` (our own names) refuse UPDATE, DELETE and TRUNCATE; it can be reversed."""
    return migrations.RunPython(_putting(tables), _taking(tables))


def lifted(*tables: str) -> migrations.RunPython:
    """A migration step that lifts the refusal, so that a column can be added. `append_only` must follow in it."""
    return migrations.RunPython(_taking(tables), _putting(tables))


def _putting(tables: Sequence[str]) -> Callable[[object, BaseDatabaseSchemaEditor], None]:
    def put(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        vendor = editor.connection.vendor
        if vendor == "postgresql":
            editor.execute(
                POSTGRESQL_FUNCTION.format(message=MESSAGE), params=None
            )  # its % is no place for a parameter
        for table in tables:
            for act in ACTS[vendor]:
                each = "STATEMENT" if act == "truncate" else "ROW"
                trigger = POSTGRESQL if vendor == "postgresql" else SQLITE
                editor.execute(trigger.format(table=table, act=act, each=each, message=MESSAGE), params=None)

    return put


def _taking(tables: Sequence[str]) -> Callable[[object, BaseDatabaseSchemaEditor], None]:
    def take(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        vendor = editor.connection.vendor
        for table in tables:
            for act in ACTS[vendor]:
                on = f" ON {table}" if vendor == "postgresql" else ""
                editor.execute(f"DROP TRIGGER {table}_refuses_{act}{on}")

    return take
