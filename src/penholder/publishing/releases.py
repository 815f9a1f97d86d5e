"""Where the published site stands on disk, and how one release takes the place of another in one step.

public/current            a symbolic link; replacing it is the only moment at which readers see a change
public/releases/000012-20261123T213358Z/     one complete site, never changed once it is there
public/releases/….tmp     a release being written; whatever is found there at the start was left by a killed run
public/lock               held by the process that publishes; the system lets go of it when that process dies
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from penholder.errors import Conflict

INDEX = "site.json"
REDIRECTS = "redirects.json"
UNFINISHED = ".tmp"

# The one that readers see, the one before it in case that must be looked at, and one more for those who were
# in the middle of a download when two publishes followed each other.
RELEASES_KEPT = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a release, as its index tells it."""

    path: str  # in the release, "/" between parts: "actions/01/index.html"
    sha256: str
    size: int
    media_type: str
    modified: int  # seconds since 1970 at which this content was first published
    immutable: bool = False  # the address names the content, so it may be kept for ever
    variants: Mapping[str, int] | None = None  # suffix → size of the compressed file beside it
    made_of: str = ""  # digest of all that it was drawn from; empty where nobody said

    def to_json(self) -> dict[str, Any]:
        """The entry as it stands in site.json."""
        told: dict[str, Any] = {
            "sha256": self.sha256,
            "size": self.size,
            "type": self.media_type,
            "modified": self.modified,
        }
        if self.immutable:
            told["immutable"] = True
        if self.variants:
            told["variants"] = dict(sorted(self.variants.items()))
        if self.made_of:
            told["made_of"] = self.made_of
        return told


@dataclass(frozen=True, slots=True)
class Release:
    """One complete site on disk with what its index says."""

    folder: Path
    at: str
    entries: Mapping[str, Entry]
    redirects: Mapping[str, str]  # "/old/" → "/new/#where"

    @property
    def name(self) -> str:
        """Its number and time: `000012-20261123T213358Z`."""
        return self.folder.name


def read(folder: Path) -> Release:
    """The release in this folder. Raises OSError or ValueError when it is not one, or is damaged."""
    index = json.loads((folder / INDEX).read_bytes())
    entries = {
        path: Entry(
            path,
            told["sha256"],
            told["size"],
            told["type"],
            told["modified"],
            told.get("immutable", False),
            told.get("variants"),
            told.get("made_of", ""),
        )
        for path, told in index["files"].items()
    }
    return Release(folder, index["at"], entries, json.loads((folder / REDIRECTS).read_bytes()))


def current(public: Path) -> Release | None:
    """The release that readers see now; None before the first, or when somebody damaged it."""
    try:
        return read((public / "current").resolve(strict=True))
    except (OSError, ValueError, KeyError):
        return None


@contextmanager
def alone(public: Path, *, wait: float) -> Iterator[None]:
    """Hold the right to publish. Waits up to `wait` seconds for whoever holds it. Raises Conflict after that."""
    public.mkdir(parents=True, exist_ok=True)
    with (public / "lock").open("a+", encoding="ascii") as lock:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    lock.seek(0)
                    holder = lock.read().strip() or "another process"
                    raise Conflict(
                        f"The site is being published already, by {holder}. Wait until it is done, then publish again."
                    ) from None
                time.sleep(0.05)
        lock.truncate(0)
        lock.write(f"process {os.getpid()} since {datetime.now(UTC):%H:%M:%S} UTC")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def clear_unfinished(public: Path) -> None:
    """Remove what killed runs left: half-written releases, complete ones nobody ever saw, links not yet in place."""
    shown = _target(public)
    for folder in _releases(public, unfinished=True):
        if folder.suffix == UNFINISHED or (shown and folder.name > shown):
            shutil.rmtree(folder, ignore_errors=True)
    for link in public.glob("current.*"):
        link.unlink(missing_ok=True)


def begin(public: Path, *, at: datetime) -> Path:
    """An empty folder for the next release, whose name sorts after every earlier one whatever the clock says."""
    numbers = [int(folder.name.partition("-")[0]) for folder in _releases(public)]
    number = max(numbers, default=0) + 1
    folder = public / "releases" / f"{number:06d}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}{UNFINISHED}"
    folder.mkdir(parents=True)
    return folder


def show(public: Path, unfinished: Path) -> Path:
    """Make a written release the one that readers see. It is on the disk before they do; then the oldest ones go."""
    settle(unfinished)
    finished = unfinished.with_suffix("")
    unfinished.rename(finished)
    settle_folder(finished.parent)
    link = public / f"current.{os.getpid()}"
    link.symlink_to(Path("releases") / finished.name)
    link.replace(public / "current")
    settle_folder(public)
    for folder in _releases(public)[:-RELEASES_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
    return finished


def kept(public: Path) -> list[Release]:
    """Every complete release on disk, oldest first; a damaged one is left out."""
    found = []
    for folder in _releases(public):
        try:
            found.append(read(folder))
        except (OSError, ValueError, KeyError):
            continue
    return found


def settle(folder: Path) -> None:
    """Wait until everything written below `folder` is on the disk, and say so when it could not be written.

    One call for the whole file system: a site has thousands of small files, and fsync on each takes minutes on a
    slow disk.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(handle)


def settle_folder(folder: Path) -> None:
    """Wait until the names in one folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _target(public: Path) -> str:
    try:
        return (public / "current").readlink().name
    except OSError:
        return ""


def _releases(public: Path, *, unfinished: bool = False) -> list[Path]:
    folder = public / "releases"
    if not folder.is_dir():
        return []
    return sorted(
        item
        for item in folder.iterdir()
        if item.is_dir() and item.name[:6].isdigit() and (unfinished or item.suffix != UNFINISHED)
    )
