"""An evidence bundle, and what is in it: a zip by which anyone can check an edition without trusting who made it.

    manifest.json          what the bundle is about and the SHA-256 of every other file, in RFC 8785 JSON
    README.txt             how to check it by hand
    record.ndjson          the stretch of the record from the sealing to the publication: `penholder.record.extracts`
    checkpoints.json       the signed checkpoints at both ends of that stretch
    text/manifest.json     the manifest of the text; its SHA-256 is the seal
    text/sections/NN.md    each section, in order
    text/earlier/…         manifests of earlier texts that were signed whole, where those signatures were carried over
    outputs/text.md        the text as it was published

Pure: it reads no database and no setting, so `penholder verify` needs no instance for a bundle.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from penholder.errors import Refused

FORMAT: Final = "penholder-evidence-1"
MANIFEST: Final = "manifest.json"
README: Final = "README.txt"
RECORD: Final = "record.ndjson"
CHECKPOINTS: Final = "checkpoints.json"
SEALED: Final = "text/manifest.json"
PUBLISHED: Final = "outputs/text.md"
EARLIER: Final = "text/earlier/"  # followed by a seal and ".json"

# A bundle comes from anywhere, so nothing in it may be larger than it could need to be.
MOST_FILES: Final = 5_000
MOST_BYTES: Final = 50_000_000  # of a file that is read whole
MOST_BYTES_OF_RECORD: Final = 4_000_000_000  # which is read line by line
LONGEST_LINE: Final = 5_000_000


def section_name(number: int) -> str:
    """Where the section with this number, from 1, stands in the bundle."""
    return f"text/sections/{number:03}.md"


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle: its manifest as read, and every other file by name."""

    archive: zipfile.ZipFile
    spelled: bytes  # the manifest as it stands
    manifest: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """Every file but the manifest."""
        return [name for name in self.archive.namelist() if name != MANIFEST]

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self.archive.NameToInfo

    def read(self, name: str) -> bytes:
        """One file whole. Raises Refused when it is not there, is damaged, or is larger than any bundle needs."""
        return _read(self.archive, name)

    def data(self, name: str) -> Any:
        """One file of JSON. Raises Refused when it is none."""
        return _data(name, self.read(name))

    def digest(self, name: str) -> tuple[str, int]:
        """SHA-256 and length of a file, in constant memory."""
        hashed, size = hashlib.sha256(), 0
        with _open(self.archive, name) as file:
            while block := _some(file, name):
                hashed.update(block)
                size += len(block)
        return hashed.hexdigest(), size

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, one at a time."""
        with _open(self.archive, name) as file:
            try:
                while line := file.readline(LONGEST_LINE):
                    yield line
            except (zipfile.BadZipFile, OSError, EOFError) as problem:
                raise Refused(f"{name} in this bundle is damaged: {problem}.") from problem


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """The bundle in a file. Raises Refused for what is no bundle, and for a zip that no honest program makes."""
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_strange(archive)
            spelled = _read(archive, MANIFEST)
            manifest = _data(MANIFEST, spelled)
            if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
                raise Refused(
                    f"{path.name} is no evidence bundle that this version of Penholder reads: its manifest does not "
                    f"say “{FORMAT}”. Download it again from the page “How this was agreed”, or use a newer Penholder."
                )
            yield Bundle(archive, spelled, manifest)
    except zipfile.BadZipFile as problem:
        raise Refused(f"{path.name} is no evidence bundle: {problem}. Download it again.") from problem


def is_bundle(path: Path) -> bool:
    """Whether a file looks like an evidence bundle: a zip that holds a stretch of a record."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {MANIFEST, RECORD} <= set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _refuse_strange(archive: zipfile.ZipFile) -> None:
    rows = archive.infolist()
    if len(rows) > MOST_FILES:
        raise Refused(f"This bundle holds {len(rows)} files, and at most {MOST_FILES} are read.")
    if len({row.filename for row in rows}) != len(rows):
        raise Refused("This bundle holds two files of one name, so what one program reads another does not.")
    for row in rows:
        parts = row.filename.split("/")
        if row.is_dir() or row.filename.startswith("/") or ".." in parts or "\\" in row.filename:
            raise Refused(f"This bundle holds “{row.filename}”, which is no name of a file in it.")
        if row.flag_bits & 0x1:
            raise Refused(f"“{row.filename}” in this bundle is encrypted. A bundle is for everybody to read.")
        if row.file_size > (MOST_BYTES_OF_RECORD if row.filename == RECORD else MOST_BYTES):
            raise Refused(
                f"“{row.filename}” in this bundle says that it holds {row.file_size} bytes: too many to read."
            )


def _open(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    try:
        return archive.open(name)
    except KeyError:
        raise Refused(f"This bundle holds no {name}. Download it again.") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as problem:
        raise Refused(f"{name} in this bundle is damaged: {problem}.") from problem


def _some(file: IO[bytes], name: str) -> bytes:
    try:
        return file.read(1 << 20)
    except (zipfile.BadZipFile, OSError, EOFError) as problem:
        raise Refused(f"{name} in this bundle is damaged: {problem}.") from problem


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    blocks, size = [], 0
    with _open(archive, name) as file:
        while block := _some(file, name):
            blocks.append(block)
            size += len(block)
            if size > MOST_BYTES:
                raise Refused(f"“{name}” in this bundle holds more than {MOST_BYTES} bytes: too many to read.")
    return b"".join(blocks)


def _data(name: str, body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise Refused(f"{name} in this bundle is not JSON: {problem}.") from problem
