"""Starts an instance in its home: folder, secret, tables. Commands call it by name, as Django finds its settings."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from penholder.errors import Refused


def choose(home: str) -> None:
    """Let this process, and those that it starts, work on the instance in `home`. To be called before `start`."""
    os.environ["PENHOLDER_HOME"] = str(Path(home).resolve())


def home() -> Path:
    """The folder of the instance: PENHOLDER_HOME, else ./home. For what needs no database."""
    return Path(os.environ.get("PENHOLDER_HOME", "home")).resolve()


def engine() -> str:
    """The address of the engine that counts journeys: PENHOLDER_ENGINE, or DuckDB. Needs no database."""
    return os.environ.get("PENHOLDER_ENGINE", "")


def storage() -> str:
    """The address at which sealed events lie besides the home: PENHOLDER_STORAGE, or nowhere. Needs no database."""
    return os.environ.get("PENHOLDER_STORAGE", "")


def demonstrate() -> None:
    """Let a demonstration's roles be tried with a password alone, unless a setting says otherwise. Before `start`."""
    os.environ.setdefault("PENHOLDER_SECOND_FACTOR", "none")


def start() -> Path:
    """Make Django ready in PENHOLDER_HOME (else ./home), with its tables up to date. Returns the folder.

    Two first starts at once are one after the other. Raises Refused when the folder or its database cannot be used.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "penholder.config.settings")
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            return _ready(folder)
    except OSError as problem:
        raise Refused(f"{folder} cannot be the home of an instance: {problem.strerror or problem}.") from problem


def _ready(folder: Path) -> Path:
    import django  # noqa: PLC0415 - `penholder --help` must not wait for Django
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import DatabaseError, connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    django.setup()
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as problem:
        raise Refused(
            f"The database of {folder} cannot be used: {problem}. Restore it, or name another home."
        ) from problem
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".starting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
