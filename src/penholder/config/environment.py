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
    "REDIS_URL",
    "PENHOLDER_LANGUAGES",
    "PENHOLDER_TLS",
    "SECRET_KEY",
    "DATABASE_URL",
    "PENHOLDER_MAIL",
    "PENHOLDER_MAIL_FROM",
    "PENHOLDER_PROXIES",
    "PENHOLDER_SECOND_FACTOR",
    "PENHOLDER_OIDC_ISSUER",
    "PENHOLDER_OIDC_CLIENT",
    "PENHOLDER_OIDC_SECRET",
    "PENHOLDER_OIDC_NAME",
    "PENHOLDER_ENGINE",
    "PENHOLDER_STORAGE",
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


# Roles whose posts clear, approve, publish, or decide who holds a post. A stolen password must not be enough for these.
ROLES_WITH_A_SECOND_FACTOR = ("chair", "minister", "pen", "operator")


def second_factor(environment: Mapping[str, str]) -> frozenset[str]:
    """Roles for which a password is not enough, from PENHOLDER_SECOND_FACTOR ("chair,pen"); "none" asks nobody."""
    said = environment.get("PENHOLDER_SECOND_FACTOR", "").strip().lower()
    if said == "none":
        return frozenset()
    named = frozenset(role.strip() for role in said.split(",") if role.strip())
    return named or frozenset(ROLES_WITH_A_SECOND_FACTOR)


def proxies(environment: Mapping[str, str]) -> int:
    """How many proxies stand in front, from PENHOLDER_PROXIES; none unless said. Raises Refused for no number."""
    said = environment.get("PENHOLDER_PROXIES", "").strip() or "0"
    if not (said.isascii() and said.isdigit()):
        raise Refused(f"PENHOLDER_PROXIES is “{said}”. Say how many proxies stand in front: 0, 1, 2 …")
    return int(said)


def origin(address: str) -> list[str]:
    """Scheme and host of the instance's address, as browsers send them in Origin; empty when it is not said."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.scheme in {"http", "https"} and parts.netloc else []


def single_sign_on(environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """The OpenID Connect provider that PENHOLDER_OIDC_ISSUER names, as allauth wants it; none unless said.

    Who signs in there is known here by the e-mail address, and only by one that the provider says it has verified.
    Raises Refused when the client's name is not said, or when the provider is reached without TLS on another machine.
    """
    issuer = environment.get("PENHOLDER_OIDC_ISSUER", "").strip().rstrip("/")
    if not issuer:
        return []
    client = environment.get("PENHOLDER_OIDC_CLIENT", "").strip()
    if not client:
        raise Refused("PENHOLDER_OIDC_ISSUER is set, and PENHOLDER_OIDC_CLIENT is not. The provider tells both.")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise Refused(
            f"PENHOLDER_OIDC_ISSUER is “{issuer}”. A provider on another machine is reached by https:// only."
        )
    return [
        {
            "provider_id": "sso",
            "name": environment.get("PENHOLDER_OIDC_NAME", "").strip() or (parts.hostname or issuer),
            "client_id": client,
            "secret": environment.get("PENHOLDER_OIDC_SECRET", "").strip(),
            "settings": {"server_url": issuer, "email_authentication": True, "oauth_pkce_enabled": True},
        }
    ]


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


# A mail server that says nothing for so long is given up, and the letter waits for its next attempt.
SECONDS_TO_WAIT_FOR_A_MAIL_SERVER = 30


def mail(environment: Mapping[str, str], home: Path) -> dict[str, Any]:
    """How letters leave, as arguments of `django.core.mail.get_connection`, from PENHOLDER_MAIL.

    Nothing: each is a file in the mail folder of the home. `file:/folder` is another folder,
    `smtp://user:password@host:587` a server to which the line is encrypted (STARTTLS) before anything is said,
    `smtps://host:465` one that is spoken to in TLS at once, and `smtp+plain://localhost:25` one on this machine,
    without. Raises Refused for anything else.
    """
    url = environment.get("PENHOLDER_MAIL", "").strip()
    parts = urlsplit(url)
    if parts.scheme in {"", "file"}:
        folder = unquote(parts.path)
        if url and not folder.startswith("/"):
            raise Refused(f"PENHOLDER_MAIL is “{url}”. A folder is named as file:/absolute/path.")
        return {
            "backend": "django.core.mail.backends.filebased.EmailBackend",
            "file_path": Path(folder) if folder else home / "mail",
        }
    if parts.scheme not in {"smtp", "smtps", "smtp+plain"} or not parts.hostname:
        raise Refused(
            f"PENHOLDER_MAIL starts with “{parts.scheme}:”. Use smtp://user:password@host:587, smtps:// or file:/."
        )
    secure = parts.scheme == "smtps"
    return {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": parts.hostname,
        "port": parts.port or {"smtps": 465, "smtp": 587, "smtp+plain": 25}[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp",
        "use_ssl": secure,
        "timeout": SECONDS_TO_WAIT_FOR_A_MAIL_SERVER,
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
