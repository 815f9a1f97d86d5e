"""The fallback for pages that have no id of an attempt: one day's visitor, under a salt that is destroyed.

The address and the browser of a request are hashed with 32 secret bytes of that day and forgotten. Events of the day
before may still come in, so a salt lives until the end of the next day: 48 hours at most. Then it is overwritten and
deleted, and from that moment nobody, with whatever else they hold, can find out to whom an id belonged. Somebody who
goes on after midnight (UTC) counts as two attempts; a service that gives ids does not have that fault.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

_BYTES = 32


class Salts:
    """Salts of today and yesterday, kept in a folder that only its owner can read. Leave it out of backups."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[date, bytes] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def journey(self, day: date, *, today: date, service: str, address: str, agent: str) -> str | None:
        """An id for whoever uses this service from there on that day; None when the day's salt is gone, or to come."""
        if not today - timedelta(days=1) <= day <= today:
            return None
        salt = self._of(day, today)
        if salt is None:
            return None
        told = f"{service}\x00{address}\x00{agent}".encode("utf-8", "surrogateescape")
        return hashlib.blake2b(told, key=salt, digest_size=16).hexdigest()

    def _of(self, day: date, today: date) -> bytes | None:
        if day not in self._known:
            self.destroy_old(today)
            kept = self._folder / day.isoformat()
            try:
                self._known[day] = kept.read_bytes()
            except FileNotFoundError:
                if day != today:
                    return None  # nobody came that day, or the salt is gone; a new one would prove nothing
                self._known[day] = _make(kept)
        return self._known[day]

    def destroy_old(self, today: date) -> int:
        """Overwrite and delete every salt from before yesterday. Returns how many there were."""
        self._known = {day: salt for day, salt in self._known.items() if day >= today - timedelta(days=1)}
        gone = 0
        for kept in self._folder.iterdir():
            try:
                day = datetime.strptime(kept.name, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
            if day < today - timedelta(days=1):
                with suppress(FileNotFoundError):  # another process of the intake was quicker
                    with kept.open("r+b") as file:
                        file.write(bytes(_BYTES))
                        file.flush()
                        os.fsync(file.fileno())
                    kept.unlink()
                    gone += 1
        return gone


def _make(kept: Path) -> bytes:
    """The salt of a day that has none yet. Of several processes that make one at the same time, the first is right."""
    with NamedTemporaryFile(dir=kept.parent, prefix="new-") as file:  # only its owner can read it
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, kept)
    return kept.read_bytes()
