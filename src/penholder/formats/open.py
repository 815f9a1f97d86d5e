"""Finds out what a path is, and reads it: one door for every format.

`describe` looks and says; `read` gives the snapshots from the oldest to the newest, one at a time. Both take a house
folder, a history folder, a Govspeak folder, a git repository or bundle, a zip of any of these, a .docx or an .odt.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from penholder.errors import Missing, Refused
from penholder.formats import archive, bundles, folders, git, govspeak, history, house, office
from penholder.formats.reading import Reading, Snapshot
from penholder.formats.select import Select
from penholder.formats.word import carried

Kind = Literal["house", "history", "govspeak", "git", "bundle", "docx", "odt"]

WORDS: dict[Kind, str] = {
    "house": "a house folder",
    "history": "a house folder with its history",
    "govspeak": "a folder of Govspeak (kramdown)",
    "git": "a git repository",
    "bundle": "a git bundle",
    "docx": "a Word document (.docx)",
    "odt": "an OpenDocument text (.odt)",
}
DAILY = Select()

# A bundle, a zip or a document larger than this is not read into memory.
LARGEST_FILE = folders.MOST_BYTES

_BUNDLES = (b"# v2 git bundle\n", b"# v3 git bundle\n")


@dataclass(frozen=True, slots=True)
class Source:
    """What a path turned out to be. `total` is the number of snapshots that `read` will give, when it can be known."""

    path: Path
    kind: Kind
    zipped: bool = False
    total: int | None = None

    @property
    def words(self) -> str:
        """For people: "a git bundle", "a house folder, zipped"."""
        return WORDS[self.kind] + (", zipped" if self.zipped else "")


def describe(path: Path, *, select: Select = DAILY) -> Source:
    """What `path` is. Missing when there is nothing there, Refused when it is nothing that can be read."""
    if not path.exists():
        raise Missing(f"There is nothing at {path}. Check the spelling.")
    if path.is_dir():
        return _describe_folder(path, select)
    if not path.is_file():
        raise Refused(f"{path} is neither a folder nor a plain file.")
    if bundles.is_bundle(path):
        return Source(path, "bundle", total=git.total(path, select))
    data = _bytes(path)
    if archive.is_zip(data):
        return _describe_zip(path, data, select)
    office.refuse_old(data, path.name)
    raise Refused(f"{path} is {'no strategy that can be read' if data else 'empty'}. {_known()}")


def read(path: Path, *, select: Select = DAILY) -> Iterator[Snapshot]:
    """The snapshots at `path`, oldest first, made one at a time. `select` matters only where there is a git history."""
    source = describe(path, select=select)
    if source.zipped:
        yield from _read_zip(source, select)
    elif source.kind in {"git", "bundle"}:
        yield from git.snapshots(path, select)
    elif source.kind in {"docx", "odt"}:
        data = _bytes(path)
        reading = office.read(data, name=path.name)
        if source.kind == "docx":
            reading = carried.with_carried(reading, data, name=path.name)
        yield _alone(path.name, _modified_at(path), reading)
    else:
        yield from _read_tree(folders.load(path), source.kind, path.name)


def _known() -> str:
    words = list(WORDS.values())
    return f"Give {', '.join(words[:-1])} or {words[-1]}, or a zip of one of these."


def _describe_folder(path: Path, select: Select) -> Source:
    if git.is_repository(path):
        return Source(path, "git", total=git.total(path, select))
    tree = folders.load(path)
    if kind := _kind(tree):
        return Source(path, kind, total=history.count(tree.files) if kind == "history" else 1)
    raise Refused(f"{path} is a folder, but no strategy that can be read. {_known()}")


def _kind(tree: folders.Tree) -> Kind | None:
    """What a folder of files is, git aside."""
    if history.looks_like(tree.files):
        return "history"
    if house.looks_like(tree.files):
        return "house"
    return "govspeak" if govspeak.looks_like(tree.files) else None


def _describe_zip(path: Path, data: bytes, select: Select) -> Source:
    names = archive.names(data)
    if document := office.kind(data, names):
        return Source(path, document, total=1)
    if not _holds_git(names):
        tree = archive.load(data)
        if kind := _kind(tree):
            total = history.count(tree.files) if kind == "history" else 1
            return Source(path, kind, zipped=True, total=total)
    with _unpacked(data) as inside:
        if archive.is_zip(_start(inside)):
            raise Refused(f"{path} holds only another zip. Nested zips are not opened; give the inner one.")
        found = describe(inside, select=select)
    return Source(path, found.kind, zipped=True, total=found.total)


def _read_zip(source: Source, select: Select) -> Iterator[Snapshot]:
    data = _bytes(source.path)
    if source.kind in {"git", "bundle"}:
        with _unpacked(data) as inside:
            yield from git.snapshots(inside, select)
    else:
        yield from _read_tree(archive.load(data), source.kind, source.path.name)


def _holds_git(names: list[str]) -> bool:
    return any(name.endswith((".git/HEAD", "/HEAD")) or name == "HEAD" for name in names)


def _read_tree(tree: folders.Tree, kind: Kind, name: str) -> Iterator[Snapshot]:
    if kind == "history":
        yield from history.read(tree.files)
    elif kind == "house":
        yield _alone(name, house.dated(tree.files) or tree.changed_at, house.read(tree.files))
    else:
        yield _alone(name, tree.changed_at, govspeak.read_folder(tree.files))


def _alone(name: str, at: datetime, reading: Reading) -> Snapshot:
    """The only snapshot of a source without a past. Its moment comes from the source, never from the clock."""
    return Snapshot(at.date().isoformat(), at, name, reading)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refused(f"{path} is larger than {LARGEST_FILE // 1_000_000} MB, the most that is read.")
        return path.read_bytes()
    except OSError as fault:
        raise Refused(f"{path} could not be read: {fault.strerror}. Check its permissions.") from fault


def _start(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as stream:
        return stream.read(4)


def _modified_at(path: Path) -> datetime:
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)


@contextmanager
def _unpacked(data: bytes) -> Iterator[Path]:
    """A zip's files, already judged, in a folder that goes when the reading is done; of only one file, that file."""
    tree = archive.load(data, whole=True)
    with tempfile.TemporaryDirectory(prefix="penholder-") as where:
        root = Path(where)
        for name, content in tree.files.items():
            path = root / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except (OSError, ValueError) as fault:
                raise Refused(f"{name} in the zip cannot be a file here ({fault}).") from fault
        yield _innermost(root)


def _innermost(folder: Path) -> Path:
    """The first thing on the way down that is not a folder with only one thing in it."""
    while folder.is_dir() and len(inside := [path for path in folder.iterdir() if path.name != "__MACOSX"]) == 1:
        folder = inside[0]
    return folder
