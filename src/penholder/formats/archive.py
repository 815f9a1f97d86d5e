"""A zip read in memory, with nothing ever written where its names say, and with limits on what it may unfold into.

Every entry is judged by its name and its header before a byte of it is unpacked; one bad entry refuses the whole zip.
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from penholder.errors import Refused
from penholder.formats.folders import MOST_BYTES, MOST_FILES, Tree, belongs, climbs_out

# Prose packs to a third or a quarter. Among large files only a bomb, or a blank bitmap, does better than this.
MOST_RATIO = 200
SMALL = 1_000_000  # bytes: below this the ratio does not matter

# Everything that zipfile lets through when a zip is damaged (found by flipping bytes); each becomes one clear refusal.
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, IndexError, NotImplementedError, OSError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip

_READ_AT_ONCE = 1 << 20
_ENCRYPTED = 0x1


def is_zip(data: bytes) -> bool:
    """Whether `data` begins as a zip does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def names(data: bytes) -> list[str]:
    """The names of a zip's entries as they stand in it. Refuses what is no zip."""
    with _opened(data) as opened:
        return opened.namelist()


def load(data: bytes, *, whole: bool = False) -> Tree:
    """The files in a zip; nested zips stay closed.

    Clutter, and a single folder that holds everything, are left out of it, unless it is wanted `whole`.
    """
    with _opened(data) as opened:
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        _check(entries)
        kept = [entry for entry in entries if whole or belongs(_path(entry))]
        top = "" if whole else _only_folder([_path(entry) for entry in kept])
        files: dict[str, bytes] = {}
        left = MOST_BYTES
        for entry in kept:
            content = _unpack(opened, entry, left)
            left -= len(content)
            files[_path(entry).removeprefix(top)] = content
        return Tree(files, max((_changed_at(entry) for entry in kept), default=_changed_at(None)))


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as fault:
        raise Refused(
            "This zip is damaged or cut short. Make it again, and compare its size with the original."
        ) from fault


def _path(entry: zipfile.ZipInfo) -> str:
    return entry.filename.removeprefix("./")


def _check(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Everything that can be judged without unpacking; every reason is given at once."""
    reasons: list[str] = []
    seen: set[str] = set()
    for entry in entries:
        name = _path(entry).casefold()  # two names that differ only in case are one file on many machines
        if objection := _objection(entry):
            reasons.append(objection)
        elif name in seen:
            reasons.append(f"{entry.filename} stands twice in the zip. Make it again with each file once.")
        seen.add(name)
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES:
        reasons.append(f"The zip holds {len(entries):,} files; {MOST_FILES:,} is the most that is read.")
    if size > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        reasons.append(f"The zip unfolds to {size // 1_000_000:,} MB; {most} MB is the most that is read.")
    if reasons:
        raise Refused(reasons[:20])  # a hostile zip has ten thousand reasons; a person reads twenty


def _objection(entry: zipfile.ZipInfo) -> str:
    """Why this entry may not be read, or ""."""
    name = entry.orig_filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    faults = (
        ("\\" in name or "\0" in name, "has a backslash or NUL in its name. Make the zip again with plain names."),
        (climbs_out(entry.filename), "would be written outside the folder. Make the zip again with relative paths."),
        (kind == stat.S_IFLNK, "is a symbolic link. Put the file itself into the zip."),
        (kind not in {0, stat.S_IFREG}, "is not a plain file (a socket, pipe or device). Leave it out."),
        (entry.flag_bits & _ENCRYPTED, "is encrypted. Make the zip again without a password."),
        (_is_bomb(entry), f"would unfold to more than {MOST_RATIO} times its size. It is not unpacked."),
    )
    return next((f"{ascii(name)[1:-1]} {what}" for found, what in faults if found), "")


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)


def _unpack(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """The content of one entry, stopping as soon as it is larger than its header says: headers lie."""
    parts: list[bytes] = []
    size = 0
    try:
        with opened.open(entry) as stream:
            while part := stream.read(_READ_AT_ONCE):
                size += len(part)
                if size > entry.file_size or size > left:
                    raise Refused(f"{entry.filename} is larger than the zip says. It is not unpacked.")
                parts.append(part)
    except BROKEN as fault:
        raise Refused(f"{entry.filename} in the zip is damaged. Make the zip again.") from fault
    return b"".join(parts)


def _only_folder(paths: list[str]) -> str:
    """The one folder ("name/") in which all files stand, or ""."""
    tops = {path.split("/")[0] for path in paths}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in path for path in paths) else ""


def _changed_at(entry: zipfile.ZipInfo | None) -> datetime:
    """When an entry last changed. A zip keeps no zone; UTC makes the answer the same on every machine."""
    try:
        return datetime(*entry.date_time, tzinfo=UTC) if entry else datetime(1980, 1, 1, tzinfo=UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)
