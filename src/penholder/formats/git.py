"""A git history → snapshots: repository folders, bare ones and bundles, read without git and without writing to them.

By day, each chosen state stands on the one before, so no state goes back to what a branch looked like before it was
merged. A commit that leaves no text makes no snapshot, nor does one that changes no file.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from heapq import heappop, heappush
from pathlib import Path
from stat import S_ISLNK

from dulwich.errors import (
    ApplyDeltaError,
    ChecksumMismatch,
    FileFormatException,
    NotGitRepository,
    WrongObjectException,
)
from dulwich.object_store import BaseObjectStore
from dulwich.objects import S_ISGITLINK, Blob, Commit, ObjectID, Tag, Tree
from dulwich.repo import Repo

from penholder.errors import Refused
from penholder.formats import bundles, folders, govspeak, house
from penholder.formats.reading import Reading, Snapshot, Unread
from penholder.formats.select import Select

Reader = Callable[[Mapping[str, bytes]], Reading]
DAILY = Select()
TEXTS = (".md", ".markdown", ".mkd")
MOST_COMMITS = 200_000
MOST_FILES = 20_000  # in one state
CACHED_BYTES = 64_000_000  # of files kept in memory between states; most files do not change
DEEPEST = 64  # folders in folders
NAMED = re.compile(r"^[0-9a-f]{7,40}$")
# Everything that dulwich lets through when a repository is damaged; each becomes one clear refusal.
BROKEN = (
    ApplyDeltaError, AssertionError, ChecksumMismatch, EOFError, FileFormatException, IndexError, KeyError,
    NotGitRepository, NotImplementedError, OSError, OverflowError, struct.error, TypeError, ValueError,
    WrongObjectException, zlib.error,
)  # fmt: skip


def is_repository(path: Path) -> bool:
    """Whether `path` is a folder with a git repository in it, or a bare repository."""
    if not path.is_dir():
        return False
    inside = path / ".git"
    if inside.is_file() or (inside / "objects").is_dir():
        return True
    return (path / "objects").is_dir() and (path / "refs").is_dir() and (path / "HEAD").is_file()


def total(path: Path, select: Select = DAILY) -> int:
    """How many snapshots there will be, without reading any text."""
    with opened(path) as history:
        return len(history.chosen(select))


count = total


def snapshots(path: Path, select: Select = DAILY, reader: Reader | None = None) -> Iterator[Snapshot]:
    """The chosen states from the oldest to the newest, read one at a time.

    `reader` makes a reading of one state's files; without one, each state is read as what it looks like. Raises
    Refused, naming the commit, for what cannot be read at all.
    """
    with opened(path) as history:
        for pick in history.chosen(select):
            with history.refusals(pick.commit):
                files = history.files(pick.commit)
                reading = (reader or read_either)(files)
            if not reading.documents:
                continue
            if files.unread:
                reading = replace(reading, unread=(*reading.unread, *files.unread))
            yield Snapshot(pick.label, pick.at, pick.commit.id.decode("ascii"), reading, author=_author(pick.commit))


def read_either(files: Mapping[str, bytes]) -> Reading:
    """One state in whichever dialect it is written: the house's own or the 2012 strategy's."""
    return govspeak.read_folder(files) if govspeak.looks_like(files) else house.read(files)


@dataclass(frozen=True, slots=True)
class Pick:
    """A commit that becomes a snapshot."""

    commit: Commit
    label: str
    at: datetime


class Files(Mapping[str, bytes]):
    """The files of one state, each fetched when it is asked for. `unread` names what was left out."""

    def __init__(self, history: History, entries: Mapping[str, bytes], unread: tuple[Unread, ...]) -> None:
        self._history = history
        self.entries = entries  # path → id of its blob
        self.unread = unread

    def __getitem__(self, path: str) -> bytes:
        """The file's bytes; the same object as long as the file does not change."""
        return self._history.blob(path, self.entries[path])

    def __iter__(self) -> Iterator[str]:
        """The paths."""
        return iter(self.entries)

    def __len__(self) -> int:
        """How many files there are."""
        return len(self.entries)


@dataclass(slots=True)
class History:
    """The commits of one repository or bundle."""

    path: Path
    store: BaseObjectStore
    references: Mapping[bytes, bytes]
    shallow: frozenset[bytes] = frozenset()
    _blobs: OrderedDict[bytes, bytes] = field(default_factory=OrderedDict)
    _held: int = 0
    _trees: dict[tuple[bytes, str], tuple[dict[str, bytes], tuple[Unread, ...]]] = field(default_factory=dict)

    # -- which commits -------------------------------------------------------------------------------------------

    def chosen(self, select: Select) -> list[Pick]:
        """The commits to read, oldest first: those that leave a text and change a file."""
        with self.refusals():
            if select.mode == "tags":
                named = {self._commit(target).id: name for name, target in self._tags()}
                if not named:
                    raise Refused(f"{self.path} has no tags. Choose by day, or name commits.")
                picks = [self._pick(c, named[c.id]) for c in self._all(list(named)) if c.id in named]
            elif select.mode == "commits":
                wanted = {self._named(name).id: name for name in select.commits}
                if not wanted:
                    raise Refused("No commits are named. Give at least one id, tag or branch.")
                picks = [self._pick(c, self._label(c, wanted[c.id])) for c in self._all(list(wanted)) if c.id in wanted]
            elif select.mode == "all":
                picks = [self._pick(c, self._label(c, "")) for c in self._all([self._head()])]
            else:
                picks = self._by_day(self._head())
            return self._changing([pick for pick in picks if self._has_text(pick.commit)])

    def _head(self) -> bytes:
        branches = {n: i for n, i in self.references.items() if n.startswith(b"refs/heads/")}
        for name in (b"HEAD", b"refs/heads/main", b"refs/heads/master"):
            if name in self.references:
                return self.references[name]
        if branches:
            return max(branches.values(), key=lambda i: (self._commit(i).commit_time, i))
        raise Refused(f"{self.path} holds no branch, so there is no history to read.")

    def _tags(self) -> list[tuple[str, bytes]]:
        start = b"refs/tags/"
        return [
            (name.removeprefix(start).decode("utf-8", "replace"), target)
            for name, target in sorted(self.references.items())
            if name.startswith(start) and not name.endswith(b"^{}")
        ]

    def _named(self, name: str) -> Commit:
        for start in (b"refs/tags/", b"refs/heads/", b""):
            if (target := self.references.get(start + name.encode())) is not None:
                return self._commit(target)
        if NAMED.match(name.lower()):
            heads = [i for n, i in self.references.items() if n.startswith((b"refs/", b"HEAD"))]
            found = {c.id for c in self._all(heads) if c.id.startswith(name.lower().encode())}
            if len(found) == 1:
                return self._commit(found.pop())
            if found:
                raise Refused(f"“{name}” begins more than one commit. Give more digits.")
        raise Refused(f"There is no commit, tag or branch “{name}” in {self.path}.")

    def _commit(self, target: bytes) -> Commit:
        found = self.store[ObjectID(target)]
        for _ in range(10):  # a tag of a tag of a tag
            if not isinstance(found, Tag):
                break
            found = self.store[found.object[1]]
        if not isinstance(found, Commit):
            raise Refused(f"{self.path}: {target.decode('ascii', 'replace')[:12]} is not a commit.")
        return found

    def _parents(self, commit: Commit) -> list[bytes]:
        return [] if commit.id in self.shallow else list(commit.parents)

    def _by_day(self, head: bytes) -> list[Pick]:
        """One commit a day, each standing on the one before, so that the text never goes back and forth.

        Backwards from `head`: of what the last pick stands on, the newest commit of the next earlier day that left a
        text. Work merged from a branch on another day is found; what was done beside it on the same day comes later.
        """
        picks: list[Pick] = []
        ahead, met, steps = [self._newest_first(head)], {head}, 0
        while ahead:
            pick = heappop(ahead)[-1]
            if self._has_text(pick.commit) and (not picks or pick.at.date() < picks[-1].at.date()):
                picks.append(pick)
                ahead, met = [], set()
            for parent in self._parents(pick.commit):
                if parent not in met:
                    met.add(parent)
                    heappush(ahead, self._newest_first(parent))
            if (steps := steps + 1) > MOST_COMMITS:
                raise Refused(f"{self.path} has more than {MOST_COMMITS:,} commits. Name some, or choose tags.")
        return picks[::-1]

    def _newest_first(self, commit_id: bytes) -> tuple[float, bytes, Pick]:
        pick = self._pick(self._commit(commit_id), "")
        return -pick.at.timestamp(), commit_id, pick

    def _all(self, heads: list[bytes]) -> list[Commit]:
        """Every commit that `heads` stand on, parents before children, each branch in one piece."""
        done: dict[bytes, Commit] = {}
        for head in heads:
            stack: list[tuple[bytes, bool]] = [(head, False)]
            waiting: set[bytes] = set()
            while stack:
                commit_id, ready = stack.pop()
                if ready or commit_id in done:
                    done.setdefault(commit_id, self._commit(commit_id))
                    continue
                if commit_id in waiting:
                    continue
                waiting.add(commit_id)
                if len(done) + len(waiting) > MOST_COMMITS:
                    raise Refused(f"{self.path} has more than {MOST_COMMITS:,} commits. Choose by day, or name some.")
                commit = self._commit(commit_id)
                stack.append((commit.id, True))
                stack.extend((parent, False) for parent in reversed(self._parents(commit)))
        return list(dict.fromkeys(done.values()))

    def _pick(self, commit: Commit, label: str) -> Pick:
        at = _moment(commit.author_time, commit.author_timezone) or _moment(commit.commit_time, 0)
        if at is None:
            raise Refused(f"{self.path}: commit {commit.id[:12].decode()} bears no date that can be read.")
        return Pick(commit, label or at.date().isoformat(), at)

    def _label(self, commit: Commit, name: str) -> str:
        short = commit.id[:7].decode("ascii")
        if name and not NAMED.match(name.lower()):
            return name
        at = _moment(commit.author_time, commit.author_timezone)
        return f"{at.date().isoformat()} ({short})" if at else short

    def _has_text(self, commit: Commit) -> bool:
        return any(path.lower().endswith(TEXTS) for path in self._entries(commit.tree)[0])

    def _changing(self, picks: list[Pick]) -> list[Pick]:
        kept: list[Pick] = []
        for pick in picks:
            if not kept or self._entries(pick.commit.tree)[0] != self._entries(kept[-1].commit.tree)[0]:
                kept.append(pick)
        return kept

    # -- files ---------------------------------------------------------------------------------------------------

    def files(self, commit: Commit) -> Files:
        """The files of a commit. Links and other repositories inside it are left out and named."""
        entries, unread = self._entries(commit.tree)
        return Files(self, entries, unread)

    def _entries(self, tree_id: bytes, place: str = "", depth: int = 0) -> tuple[dict[str, bytes], tuple[Unread, ...]]:
        key = (tree_id, place)
        if key in self._trees:
            return self._trees[key]
        if depth > DEEPEST:
            raise Refused(f"{place}: more than {DEEPEST} folders stand inside each other here.")
        tree = self.store[ObjectID(tree_id)]
        if not isinstance(tree, Tree):
            raise Refused(f"{self.path}: {place or 'the root'} should be a folder and is not.")
        found: dict[str, bytes] = {}
        unread: list[Unread] = []
        for name, mode, blob_id in tree.iteritems():
            path = place + _name(name, place)
            if not folders.belongs(path.rsplit("/", 1)[-1]):
                continue
            if mode == 0o040000:
                inside, more = self._entries(blob_id, f"{path}/", depth + 1)
                found.update(inside)
                unread.extend(more)
            elif S_ISLNK(mode):
                unread.append(Unread(path, 0, "This is a link, which is never followed; it was left out."))
            elif S_ISGITLINK(mode):
                unread.append(Unread(path, 0, "This is another repository (a submodule); it was left out."))
            else:
                found[path] = blob_id
        if len(found) > MOST_FILES:
            raise Refused(f"{self.path}: one state of it has more than {MOST_FILES:,} files.")
        self._trees[key] = (found, tuple(unread))
        return self._trees[key]

    def blob(self, path: str, blob_id: bytes) -> bytes:
        """The bytes of a file, kept for the next state when there is room."""
        if blob_id in self._blobs:
            self._blobs.move_to_end(blob_id)
            return self._blobs[blob_id]
        found = self.store[ObjectID(blob_id)]
        if not isinstance(found, Blob):
            raise Refused(f"{path}: this should be a file and is not.")
        data = found.as_raw_string()
        if len(data) > bundles.LARGEST_OBJECT:
            raise Refused(
                f"{path}: the file has {len(data):,} bytes; the most that is read is {bundles.LARGEST_OBJECT:,}."
            )
        self._blobs[blob_id] = data
        self._held += len(data)
        while self._held > CACHED_BYTES and len(self._blobs) > 1:
            self._held -= len(self._blobs.popitem(last=False)[1])
        return data

    @contextmanager
    def refusals(self, commit: Commit | None = None) -> Iterator[None]:
        """Turn what a damaged repository raises into one refusal, and name the commit in every refusal."""
        where = f"commit {commit.id[:12].decode('ascii')}" if commit else str(self.path)
        try:
            yield
        except Refused as refused:
            raise Refused(
                [f"{where}: {reason}" for reason in refused.reasons] if commit else refused.reasons
            ) from refused
        except BROKEN as fault:
            raise Refused(_damaged(where, fault)) from fault


@contextmanager
def opened(path: Path) -> Iterator[History]:
    """The history at `path`, for as long as it is needed. Raises Refused when it is none, or is not whole."""
    with ExitStack() as stack:
        try:
            if path.is_dir():
                repo = stack.enter_context(Repo(str(path)))
                references = {bytes(n): bytes(i) for n, i in repo.get_refs().items()}
                history = History(path, repo.object_store, references, frozenset(repo.get_shallow()))
            elif bundles.is_bundle(path):
                store, names = stack.enter_context(bundles.opened(path))
                history = History(path, store, names)
            else:
                raise Refused(f"{path} is neither a git repository nor a git bundle.")
        except NotGitRepository as fault:
            raise Refused(f"{path} is not a git repository.") from fault
        except BROKEN as fault:
            raise Refused(_damaged(str(path), fault)) from fault
        yield history


def _damaged(where: str, fault: BaseException) -> str:
    said = " ".join(str(fault).split())[:200] or type(fault).__name__
    return f"{where}: the repository is damaged or not whole ({said}). Copy it again, whole."


def _moment(seconds: int, offset: int) -> datetime | None:
    """A git time in its author's own zone; None when it is no time."""
    try:
        zone = timezone(timedelta(seconds=offset)) if offset else UTC
        return datetime.fromtimestamp(seconds, zone)
    except (ValueError, OverflowError, OSError):
        return None


def _author(commit: Commit) -> str:
    name = commit.author.decode("utf-8", "replace").partition("<")[0]
    return " ".join(name.split())


def _name(name: bytes, place: str) -> str:
    """The name of an entry. Raises Refused for one that could lead out of the folder or that is no text."""
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        text = name.decode("cp1252", "replace")
    if not text or "/" in text or folders.climbs_out(text) or any(ord(char) < 32 for char in text):
        raise Refused(f"{place}{text!r}: this name could lead out of the folder, so the state is not read.")
    return text
