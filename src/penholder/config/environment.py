"""Reads the variables of the environment into what settings need. Pure but for `secret_key`, which keeps a file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from penholder.errors import Refused

# Every variable that Penholder reads. docs/settings.md describes each; a test compares the two.
VARIABLES = (
    "PENHOLDER_HOME",
    "PENHOLDER_DEBUG",
    "PENHOLDER_HOSTS",
    "PENHOLDER_TIME_ZONE",
    "PENHOLDER_ADDRESS",
    "PENHOLDER_LANGUAGES",
    "PENHOLDER_TLS",
    "SECRET_KEY",
    "DATABASE_URL",
)

# Long enough to wait out an import's writing on a small machine, short enough that a person still believes in it.
SECONDS_TO_WAIT_FOR_A_WRITER = 20


def flag(environment: Mapping[str, str], name: str) -> bool:
    """Whether a variable says yes: `1`, `true`, `yes` or `on`, in any case."""
    return environment.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def hosts(environment: Mapping[str, str]) -> list[str]:
    """Host names that may be asked for, from PENHOLDER_HOSTS, separated by commas; this machine alone by default."""
    named = [host.strip() for host in environment.get("PENHOLDER_HOSTS", "").split(",") if host.strip()]
    return named or ["localhost", "127.0.0.1", "[::1]"]


# Languages that the site's own words are written in.
LANGUAGES = ("en", "cy")


def languages(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Languages of the site, from PENHOLDER_LANGUAGES ("en,cy"); the first stands without a prefix. Raises Refused."""
    said = [name.strip().lower() for name in environment.get("PENHOLDER_LANGUAGES", "").split(",") if name.strip()]
    if strange := [name for name in said if name not in LANGUAGES]:
        raise Refused(f"PENHOLDER_LANGUAGES names “{strange[0]}”. The site speaks {' and '.join(LANGUAGES)}.")
    return tuple(dict.fromkeys(said)) or LANGUAGES[:1]


def database(environment: Mapping[str, str], home: Path) -> dict[str, Any]:
    """Django's description of the database: SQLite in the home folder, or what DATABASE_URL names.

    `postgres://user:password@host:5432/name?sslmode=require` and `sqlite:////absolute/path` are understood.
    Raises Refused for any other scheme.
    """
    url = environment.get("DATABASE_URL", "").strip()
    if not url:
        return _sqlite(home / "penholder.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/")) or home / "penholder.sqlite3"))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Refused(f"DATABASE_URL starts with “{parts.scheme}:”. Use postgres:// or sqlite://, or leave it empty.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,  # a fifth of a request's time goes into opening the file again
        "OPTIONS": {
            "timeout": SECONDS_TO_WAIT_FOR_A_WRITER,
            # Without IMMEDIATE two writers that began by reading can only fail with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def secret_key(environment: Mapping[str, str], home: Path) -> str:
    """The key that signs cookies: SECRET_KEY, else the one kept in `home`, made on first use and readable by its owner.

    Two processes that start at once end up with the same key: the first to link its file wins and both read that file.
    """
    if named := environment.get("SECRET_KEY", "").strip():
        return named
    kept = home / "secret-key"
    try:
        found = kept.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        found = ""
    return found or _make_secret_key(kept)


def _make_secret_key(kept: Path) -> str:
    kept.parent.mkdir(parents=True, exist_ok=True)
    beside = kept.with_name(f"secret-key.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, kept)
    except FileExistsError:
        if not kept.read_text(encoding="ascii").strip():  # an empty file that somebody touched is no key
            beside.replace(kept)
    finally:
        beside.unlink(missing_ok=True)
    return kept.read_text(encoding="ascii").strip()
