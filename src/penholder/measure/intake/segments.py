"""The write-ahead log: a folder of segments `seg-00000001`, each a row of frames, the newest one being written.

A segment is never written again once a newer one is there. Frames of one group go to disk together, with one
fdatasync; when that fails the segment is cut back to what had been acknowledged, and nothing of the group is there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from penholder.measure.intake.frames import Rows, scan

_NAME = re.compile(r"seg-(\d{8})$")
# What a reader maps at once, and what sealing takes up at least.
SEGMENT_BYTES = 64_000_000


def numbers(folder: Path) -> list[int]:
    """The numbers of the segments that are there, oldest first."""
    return sorted(int(found[1]) for path in folder.iterdir() if (found := _NAME.match(path.name)))


def path_of(folder: Path, number: int) -> Path:
    """Where a segment lies."""
    return folder / f"seg-{number:08}"


def read(folder: Path, number: int) -> Iterator[Rows]:
    """The rows of a segment, as far as it is whole."""
    for rows, _ in scan(path_of(folder, number).read_bytes()):
        yield rows


def recover(folder: Path, number: int) -> int:
    """Cut off what a killed writer left unfinished. Returns how many bytes went; none of them was acknowledged."""
    path = path_of(folder, number)
    log = path.read_bytes()
    whole = 0
    for _, end in scan(log):
        whole = end
    if whole < len(log):
        with path.open("r+b") as file:
            file.truncate(whole)
            os.fsync(file.fileno())
    return len(log) - whole


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Segment:
    """The segment being written, by one thread of one process."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self.size = 0  # what is on disk for certain
        self._file = os.open(path_of(folder, number), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        sync_folder(folder)

    def append(self, frames: Sequence[bytes]) -> None:
        """Write these frames and wait until they are on disk. Raises OSError, after which none of them is there."""
        group = b"".join(frames)
        try:
            written = 0
            while written < len(group):
                written += os.pwrite(self._file, group[written:] if written else group, self.size + written)
            os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self.size)
            raise
        self.size += len(group)

    def close(self) -> None:
        """Nothing more will be written."""
        os.close(self._file)
