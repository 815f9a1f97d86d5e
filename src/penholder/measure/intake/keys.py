"""Keys with which services send events: each for one service, kept as a digest, given once, revoked at any time.

A key only lets events in; nothing can be read with it. A *page* key stands in a public page for everybody to see: it
may be sent in the address, and its events may come without an id of the attempt. All others are secrets of a server.
To rotate, add a second key, let the service change over, and revoke the first.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from penholder.errors import Missing, Refused

_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


class Key(msgspec.Struct, frozen=True):
    """What a key may do. `digest` is the SHA-256 of the key itself, which nobody keeps; `name` is its first letters."""

    name: str
    service: str
    digest: str
    page: bool
    added_at: datetime
    revoked_at: datetime | None = None


class KeyFinder(Protocol):
    """Where the door looks a key up. Must be quick: it is asked for every delivery."""

    def __call__(self, given: str, /) -> Key | None:
        """The key, if it is known and not revoked."""


@dataclass(frozen=True)
class Added:
    """A new key, with the secret that is shown this once."""

    key: Key
    secret: str


def digest(given: str) -> str:
    """What is kept of a key. It is 32 random bytes, so a plain digest cannot be guessed backwards."""
    return hashlib.sha256(given.encode("utf-8", "surrogateescape")).hexdigest()


class KeyFile:
    """A register of keys in one small file, read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._open: dict[str, Key] = {}
        self._found: dict[str, Key] = {}

    def __call__(self, given: str, /) -> Key | None:
        """The key, if it is known and not revoked."""
        return self._found.get(given) or self._look_up(given)

    def _look_up(self, given: str) -> Key | None:
        found = self._open.get(digest(given))
        if found is not None:
            self._found[given] = found
        return found

    def refresh(self) -> None:
        """Look whether the file has changed. The door calls it once a second."""
        try:
            state = self._path.stat()
        except FileNotFoundError:
            stamp = None
        else:
            stamp = (state.st_mtime_ns, state.st_ino)
        if stamp != self._stamp:
            self._open = {key.digest: key for key in self.all() if key.revoked_at is None}
            self._found = {}
            self._stamp = stamp

    def all(self) -> list[Key]:
        """Every key, revoked ones too, oldest first. Raises Refused when the file cannot be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[Key])
        except FileNotFoundError:
            return []
        except msgspec.MsgspecError as problem:
            raise Refused(
                f"{self._path} is damaged: {problem}. Restore it, or delete it and add new keys."
            ) from problem

    def add(self, *, service: str, page: bool, at: datetime) -> Added:
        """A new key for a service. Raises Refused for a name that no service can have."""
        if not _SERVICE.fullmatch(service):
            raise Refused(f"“{service}” is no key of a service. Use small letters, digits, dots and hyphens.")
        secret = ("page_" if page else "key_") + secrets.token_urlsafe(32)
        key = Key(secret[:12], service, digest(secret), page, at)
        with self._alone():
            self._write([*self.all(), key])
        return Added(key, secret)

    def revoke(self, *, name: str, at: datetime) -> Key:
        """From now on (within a second) nothing comes in with this key. Raises Missing, and Refused when it is so."""
        with self._alone():
            keys = self.all()
            for place, key in enumerate(keys):
                if key.name == name:
                    if key.revoked_at is not None:
                        raise Refused(f"The key {name} was revoked on {key.revoked_at:%d %B %Y} already.")
                    keys[place] = msgspec.structs.replace(key, revoked_at=at)
                    self._write(keys)
                    return keys[place]
        raise Missing(f"There is no key {name}. “penholder events key list” names them.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, keys: list[Key]) -> None:
        beside = self._path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(keys), indent=1))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
