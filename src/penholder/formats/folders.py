"""A folder of files held in memory: read once, checked once, the same for a folder on disk and for a zip.

What does not belong to a strategy (`.git`, `__MACOSX`, editors' backups) is left out. A path that leaves the folder is
refused, never followed, so a reader of these files need not think about where they came from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from penholder.errors import Refused

# The largest real strategy seen has 320 files and 12 MB with its pictures. These leave room for thirty times that and
# still fit into the memory of a small machine.
MOST_FILES = 10_000
MOST_BYTES = 200_000_000

_CLUTTER = frozenset({"__MACOSX", "__pycache__", "node_modules", "Thumbs.db"})


@dataclass(frozen=True, slots=True)
class Tree:
    """Files by their path ("/" between parts), and when the newest of them last changed."""

    files: Mapping[str, bytes]
    changed_at: datetime

    def under(self, folder: str) -> dict[str, bytes]:
        """The files in `folder`, by their path inside it; empty when there is no such folder."""
        start = folder.rstrip("/") + "/"
        return {path.removeprefix(start): data for path, data in self.files.items() if path.startswith(start)}


def belongs(path: str) -> bool:
    """Whether a file with this path is part of a strategy: no hidden file, no clutter of an operating system."""
    return not any(part.startswith(".") or part in _CLUTTER or part.endswith("~") for part in path.split("/"))


def climbs_out(path: str) -> bool:
    """Whether `path` could name something outside the folder it stands in, on any operating system."""
    return "\\" in path or ":" in path or "\0" in path or path.startswith("/") or ".." in PurePosixPath(path).parts


def load(folder: Path) -> Tree:
    """Every file in `folder` and below. Refuses links that leave it, and more than MOST_FILES or MOST_BYTES."""
    root = folder.resolve()
    files: dict[str, bytes] = {}
    newest = 0.0
    size = 0
    for path in sorted(_walk(root)):
        inside = path.relative_to(root).as_posix()
        _check_inside(path, root, inside)
        try:
            data = path.read_bytes()
        except OSError as fault:
            raise Refused(f"{inside} could not be read: {fault.strerror}. Check its permissions.") from fault
        files[inside] = data
        size += len(data)
        newest = max(newest, path.stat().st_mtime)
        if len(files) > MOST_FILES or size > MOST_BYTES:
            raise Refused(
                f"{folder} holds more than {MOST_FILES:,} files or {MOST_BYTES // 1_000_000} MB. "
                "Name the folder of the strategy itself."
            )
    return Tree(files, datetime.fromtimestamp(int(newest), UTC))


def _walk(root: Path) -> list[Path]:
    found: list[Path] = []

    def _stop(fault: OSError) -> None:
        raise Refused(f"{fault.filename} could not be opened: {fault.strerror}. Check its permissions.") from fault

    for where, folders, names in os.walk(root, onerror=_stop, followlinks=False):
        here = Path(where)
        folders[:] = [name for name in folders if belongs(name)]
        for name in [name for name in folders if (here / name).is_symlink()]:
            inside = (here / name).relative_to(root).as_posix()
            raise Refused(f"{inside} is a link to a folder. Put the folder itself there; links are not followed.")
        found += [here / name for name in names if belongs(name)]
    return found


def _check_inside(path: Path, root: Path, inside: str) -> None:
    if path.is_symlink():
        target = path.resolve()
        if not target.is_relative_to(root):
            raise Refused(f"{inside} is a link that leaves the folder. Put the file itself there.")
        if not target.is_file():
            raise Refused(f"{inside} is a link to something that is not a file. Put the file itself there.")
    elif not path.is_file():
        raise Refused(f"{inside} is not a plain file (a socket, pipe or device). Take it out of the folder.")
