"""A git bundle → an object store in a temporary folder, every object measured before it is unpacked."""

from __future__ import annotations

import hashlib
import mmap
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dulwich.object_store import DiskObjectStore

from penholder.errors import Refused

# A text with its pictures; a file that grows beyond this when unpacked is no part of a strategy.
LARGEST_OBJECT = 100_000_000
LARGEST_BUNDLE = 2_000_000_000
SIGNATURES = (b"# v2 git bundle\n", b"# v3 git bundle\n")
LONGEST_HEADER = 10_000_000  # bytes: tens of thousands of branches and tags
CHUNK = 1 << 16
OFFSET_DELTA, NAMED_DELTA = 6, 7
MAKE_WHOLE = "Make it again with the whole history: git bundle create strategy.bundle --all"


@dataclass(frozen=True, slots=True)
class Header:
    """What a bundle says before its objects: branches and tags, and where the objects begin."""

    references: dict[bytes, bytes]  # b"refs/heads/master" → id in hex
    start: int


def is_bundle(path: Path) -> bool:
    """Whether the file begins as a git bundle does."""
    with path.open("rb") as file:
        return file.read(16) in SIGNATURES


@contextmanager
def opened(path: Path) -> Iterator[tuple[DiskObjectStore, dict[bytes, bytes]]]:
    """The bundle's objects and its references. Nothing is written beside it; what is unpacked goes when this ends.

    Raises Refused when it is cut short, broken, or leans on commits that it does not hold.
    """
    if path.stat().st_size > LARGEST_BUNDLE:
        raise Refused(f"{path}: the bundle is larger than {LARGEST_BUNDLE // 1_000_000:,} MB.")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        header = _header(path, data)
        _measure(path, data, header.start)
        with tempfile.TemporaryDirectory(prefix="penholder-") as where:
            store = DiskObjectStore.init(where)
            try:
                pack, commit, _ = store.add_pack()
                with pack:  # a pack that turns out to be broken is left open by the store
                    for at in range(header.start, len(data), 1 << 20):
                        pack.write(data[at : at + (1 << 20)])
                    commit()
                yield store, header.references
            finally:
                store.close()


def _header(path: Path, data: mmap.mmap) -> Header:
    end = data.find(b"\n\n", 0, LONGEST_HEADER)
    if end < 0:
        raise Refused(f"{path}: the bundle is cut short in its list of branches. Copy it again, whole.")
    references: dict[bytes, bytes] = {}
    for line in data[:end].split(b"\n")[1:]:
        if line.startswith(b"@"):
            if line.startswith(b"@filter"):
                raise Refused(f"{path}: the bundle leaves files out on purpose (it is filtered). {MAKE_WHOLE}")
            if line.startswith(b"@object-format=") and line != b"@object-format=sha1":
                raise Refused(f"{path}: the bundle's ids are not SHA-1, which is the only kind that is read yet.")
        elif line.startswith(b"-"):
            commit = line[1:13].decode("ascii", "replace")
            raise Refused(f"{path}: the bundle goes on from commit {commit}, which is not in it. {MAKE_WHOLE}")
        else:
            commit_id, _, name = line.partition(b" ")
            if len(commit_id) != 40 or not name:
                raise Refused(f"{path}: the bundle's list of branches is broken. Copy it again, whole.")
            references[name] = commit_id
    return Header(references, end + 2)


def _measure(path: Path, data: mmap.mmap, start: int) -> None:
    """Go through the pack once, keeping nothing: every object is whole and none grows beyond LARGEST_OBJECT."""
    if len(data) < start + 32 or data[start : start + 4] != b"PACK":
        raise Refused(f"{path}: the bundle is cut short before its first object. Copy it again, whole.")
    objects = int.from_bytes(data[start + 8 : start + 12], "big")
    at = start + 12
    for number in range(1, objects + 1):
        try:
            at, size = _skip(data, at)
        except (zlib.error, IndexError) as fault:
            what = "cut short or damaged"
            raise Refused(f"{path}: the bundle is {what} at object {number} of {objects}. Copy it again.") from fault
        if size > LARGEST_OBJECT:
            raise Refused(
                f"{path}: object {number} of {objects} would unpack to {size:,} bytes; "
                f"the most that is read is {LARGEST_OBJECT:,}. Take that file out of the history."
            )
    if len(data) - at < 20:
        raise Refused(f"{path}: the bundle is cut short at its end. Copy it again, whole.")
    # The last 20 bytes are the sum of the rest; the library that reads the pack does not compare them.
    sums = hashlib.sha1(usedforsecurity=False)
    for place in range(start, at, 1 << 20):
        sums.update(data[place : min(place + (1 << 20), at)])
    if sums.digest() != data[at:]:
        raise Refused(f"{path}: the bundle is damaged: its sum is wrong. Copy it again.")


def _skip(data: mmap.mmap, at: int) -> tuple[int, int]:
    """The place after the object at `at`, and its size when unpacked: of a delta, that of what it makes."""
    byte = data[at]
    kind, size, shift = (byte >> 4) & 7, byte & 15, 4
    at += 1
    while byte & 0x80:
        byte = data[at]
        size |= (byte & 0x7F) << shift
        shift += 7
        at += 1
    if kind == NAMED_DELTA:
        at += 20
    elif kind == OFFSET_DELTA:
        while data[at] & 0x80:
            at += 1
        at += 1
    if size > LARGEST_OBJECT:
        return at, size
    at, beginning = _unpack(data, at, size)
    return at, _made_by_delta(beginning) if kind in {OFFSET_DELTA, NAMED_DELTA} else size


def _unpack(data: mmap.mmap, at: int, size: int) -> tuple[int, bytes]:
    """Go through compressed data that should unpack to `size` bytes; the place after it, and its first bytes."""
    unpacker = zlib.decompressobj()
    beginning = b""
    length = 0
    while not unpacker.eof:
        piece = data[at : at + CHUNK]
        if not piece:
            raise IndexError(at)
        at += len(piece)
        while piece and not unpacker.eof:
            out = unpacker.decompress(piece, CHUNK)
            length += len(out)
            beginning = beginning or out[:20]
            piece = unpacker.unconsumed_tail
            if length > size:
                raise IndexError(at)
    if length != size:
        raise IndexError(at)
    return at - len(unpacker.unused_data), beginning


def _made_by_delta(beginning: bytes) -> int:
    """The second number of a delta: how long what it makes is."""
    at = 0
    while beginning[at] & 0x80:
        at += 1
    at += 1
    size = shift = 0
    while beginning[at] & 0x80:
        size |= (beginning[at] & 0x7F) << shift
        shift += 7
        at += 1
    return size | beginning[at] << shift
