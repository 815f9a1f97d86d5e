"""The public site: complete, written to a new folder, and shown in one step.

Publishing may not know the doors that draw pages, so the pages come from the callable that `PENHOLDER_PAGES` names. It
yields `Page`, `Undrawn`, `File` and `Redirect`; everything else (compressed variants, index, swap) is done here.
"""

from __future__ import annotations

import errno
import hashlib
import json
import mimetypes
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from penholder.errors import Missing, Refused
from penholder.publishing import places, releases
from penholder.publishing.compression import CODINGS, Variants, compressible, expand
from penholder.publishing.releases import Entry, Release

# Files done, files in all (0 while nobody knows), and what is being done, for a progress bar.
Progress = Callable[[int, int, str], None]

# A publish takes seconds to a minute; whoever waits longer than this is better told than kept.
SECONDS_TO_WAIT_FOR_ANOTHER_PUBLISH = 120.0

# Pages whose variants are not made yet are held in memory; this many at most.
PAGES_IN_FLIGHT = 64

_OUT_OF_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the site, drawn. `/actions/01/` and `actions/01/index.html` name the same place."""

    path: str
    body: bytes
    media_type: str = HTML
    immutable: bool = False  # True only when the address names the content (a hash stands in it)


@dataclass(frozen=True, slots=True)
class Undrawn:
    """One file that is drawn only where the release before has not the same one, drawn from the same.

    `made_of` is a digest of everything that `draw` looks at, the code that draws included.
    """

    path: str
    made_of: str
    draw: Callable[[], bytes]
    media_type: str = HTML

    def drawn(self) -> Page:
        """The page itself."""
        return Page(self.path, self.draw(), self.media_type)


@dataclass(frozen=True, slots=True)
class File:
    """One file of the site that is on disk already and may be large: a film, a picture, a font, a script."""

    path: str
    source: Path
    media_type: str = ""  # by its name when empty
    immutable: bool = True


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old address that leads to a page of the site for ever: `/digital/strategy/` → `/strategy/#aims`."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Site:
    """What a publish did."""

    release: Path
    files: int  # without the compressed variants
    redirects: int
    drawn: int  # the rest was drawn for the release before, from the same
    written: int  # the rest is the same as in the release before and is shared with it on disk
    size: int  # bytes, without the compressed variants


def build(
    *,
    at: datetime,
    pages: Iterable[Page | Undrawn | File | Redirect] | None = None,
    progress: Progress | None = None,
    wait: float = SECONDS_TO_WAIT_FOR_ANOTHER_PUBLISH,
    then: Callable[[Site], None] | None = None,
) -> Site:
    """Write the whole site and show it in one step. Until the last moment, and if anything fails, the old one stands.

    `pages` are those of the callable that PENHOLDER_PAGES names, with the built assets, unless given. `then` is called
    once the site is shown and before another publish may begin, so that what it writes down is in the order of sites.
    Raises Refused for two files at one address, an address that climbs out, a redirect to nowhere, a full disk;
    Conflict when another publish is still running after `wait` seconds.
    """
    public, cache = Path(settings.PENHOLDER_PUBLIC), Path(settings.PENHOLDER_CACHE)
    with releases.alone(public, wait=wait):
        releases.clear_unfinished(public)
        before = releases.current(public)
        folder = releases.begin(public, at=at)
        try:
            writing = _Writing(folder, before, Variants(cache / "compressed"), int(at.timestamp()), progress)
            site = writing.all(_everything(at) if pages is None else pages, at)
            site = replace(site, release=releases.show(public, folder))
        except BaseException as problem:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(problem, OSError) and problem.errno in _OUT_OF_ROOM:
                raise Refused(_out_of_room(public)) from problem
            raise
        if then:
            then(site)
        kept = releases.kept(public)
        Variants(cache / "compressed").keep_only(e.sha256 for release in kept for e in release.entries.values())
    return site


def built_assets(folder: Path) -> Iterator[File]:
    """What the front-end build left in `folder`, for /assets/. What its manifest names has a hash in its name."""
    hashed: set[str] = set()
    for manifest in (folder / "manifest.json", folder / ".vite" / "manifest.json"):
        if manifest.is_file():
            for chunk in json.loads(manifest.read_bytes()).values():
                hashed.update([chunk["file"], *chunk.get("css", ()), *chunk.get("assets", ())])
    for source in sorted(folder.rglob("*")):
        name = source.relative_to(folder).as_posix()
        if source.is_file() and not name.startswith(".") and source.name != "manifest.json":
            yield File(f"assets/{name}", source, immutable=name in hashed)


def check(*, progress: Progress | None = None) -> list[str]:
    """Everything that differs between the site on disk and its own index, in words; empty when it is as published."""
    shown = releases.current(Path(settings.PENHOLDER_PUBLIC))
    if shown is None:
        raise Missing("There is no published site here. Run “penholder publish” first.")
    found: list[str] = []
    for done, entry in enumerate(shown.entries.values(), start=1):
        found += _differences(shown.folder / entry.path, entry)
        if progress:
            progress(done, len(shown.entries), entry.path)
    return found


def _differences(file: Path, entry: Entry) -> Iterator[str]:
    try:
        body = file.read_bytes()
    except OSError:
        yield f"{entry.path}: the file is missing. Publish again."
        return
    if hashlib.sha256(body).hexdigest() != entry.sha256:
        yield f"{entry.path}: the file was changed after it was published. Publish again."
        return
    for suffix in entry.variants or ():
        beside = file.with_name(file.name + suffix)
        if not beside.is_file() or expand(beside.read_bytes(), suffix) != body:
            yield f"{entry.path}{suffix}: the compressed variant does not hold what the page says. Publish again."


def _everything(at: datetime) -> Iterator[Page | Undrawn | File | Redirect]:
    assets = Path(settings.PENHOLDER_ASSETS)
    if assets.is_dir():
        yield from built_assets(assets)
    yield from import_string(settings.PENHOLDER_PAGES)(at=at)


def _out_of_room(public: Path) -> str:
    free = shutil.disk_usage(public).free
    return (
        f"There is no room for the new site below {public}: {free // 1_000_000} MB are free, or a limit on the size of "
        "files was reached. The site that was there before still stands. Make room, then publish again."
    )


class _Writing:
    """One release while it is written."""

    def __init__(
        self, folder: Path, before: Release | None, variants: Variants, moment: int, progress: Progress | None
    ) -> None:
        self.folder = folder
        self.before = before
        self.variants = variants
        self.moment = moment
        self.progress = progress
        self.entries: dict[str, Entry] = {}
        self.redirects: dict[str, str] = {}
        self.map = places.Map()
        self.drawn = 0
        self.written = 0
        self.room = threading.Semaphore(PAGES_IN_FLIGHT)
        self.jobs: list[tuple[str, Future[dict[str, int]]]] = []
        self.same = {entry.sha256: entry for entry in before.entries.values()} if before else {}

    def all(self, pages: Iterable[Page | Undrawn | File | Redirect], at: datetime) -> Site:
        """Write everything, then the index that names it."""
        with ThreadPoolExecutor(os.cpu_count() or 1, "compress") as pool:
            try:
                for page in pages:
                    if isinstance(page, Redirect):
                        self.redirects[places.old_address(page.path)] = page.to
                    elif isinstance(page, File):
                        self._file(page, pool)
                    elif isinstance(page, Undrawn):
                        self._undrawn(page, pool)
                    else:
                        self._page(page, pool)
                moved = places.settle_redirects(self.redirects, set(self.entries))
                for path, to in moved.items():
                    self._page(Page(places.file(path), places.stub(to)), pool)
                for path, job in self.jobs:
                    self.entries[path] = replace(self.entries[path], variants=job.result() or None)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        self._index(moved, at)
        return Site(
            self.folder,
            files=len(self.entries),
            redirects=len(moved),
            drawn=self.drawn,
            written=self.written,
            size=sum(entry.size for entry in self.entries.values()),
        )

    def _undrawn(self, page: Undrawn, pool: ThreadPoolExecutor) -> None:
        body = self._drawn_before(page)
        if body is None:
            self._page(page.drawn(), pool, page.made_of)
        else:
            self.drawn -= 1
            self._page(Page(page.path, body, page.media_type), pool, page.made_of)

    def _drawn_before(self, page: Undrawn) -> bytes | None:
        """The file as the release before has it, where it was drawn from the same and nobody altered it since."""
        old = self.before.entries.get(places.file(page.path)) if self.before else None
        if old is None or old.made_of != page.made_of or not self.before:
            return None
        try:
            body = (self.before.folder / old.path).read_bytes()
        except OSError:
            return None
        return body if hashlib.sha256(body).hexdigest() == old.sha256 else None

    def _page(self, page: Page, pool: ThreadPoolExecutor, made_of: str = "") -> None:
        self.drawn += 1
        path = self.map.take(places.file(page.path))
        digest = hashlib.sha256(page.body).hexdigest()
        entry = Entry(path, digest, len(page.body), page.media_type, self.moment, page.immutable, made_of=made_of)
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        old = self._unchanged(entry, page.body)
        if old:
            os.link(old[1], target)
            entry = replace(entry, modified=old[0].modified)
        else:
            target.write_bytes(page.body)
            os.utime(target, (self.moment, self.moment))
            self.written += 1
        self.entries[path] = entry
        if compressible(page.media_type, len(page.body)):
            self.room.acquire()
            self.jobs.append((path, pool.submit(self._compress, entry, page.body, old and old[0])))
        self._tell(path)

    def _file(self, file: File, pool: ThreadPoolExecutor) -> None:
        kind = file.media_type or mimetypes.guess_type(file.path)[0] or "application/octet-stream"
        if kind.startswith("text/") and "charset" not in kind:
            kind += "; charset=utf-8"
        if compressible(kind, file.source.stat().st_size):
            self._page(Page(file.path, file.source.read_bytes(), kind, file.immutable), pool)
            return
        path = self.map.take(places.file(file.path))
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.source.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        size = file.source.stat().st_size
        entry = Entry(path, digest, size, kind, self.moment, file.immutable)
        old = self.same.get(digest)
        if old and self.before and _same_content(self.before.folder / old.path, file.source):
            os.link(self.before.folder / old.path, target)
            entry = replace(entry, modified=old.modified)
        else:
            shutil.copyfile(file.source, target)
            os.utime(target, (self.moment, self.moment))
            self.written += 1
        self.entries[path] = entry
        self._tell(path)

    def _unchanged(self, entry: Entry, body: bytes) -> tuple[Entry, Path] | None:
        """Where the release before holds the same content. Its file is read: an altered one must not be passed on."""
        if self.before is None:
            return None
        there = self.before.entries.get(entry.path)
        old = there if there and there.sha256 == entry.sha256 else self.same.get(entry.sha256)
        if old is None:
            return None
        file = self.before.folder / old.path
        try:
            return (old, file) if file.read_bytes() == body else None
        except OSError:
            return None

    def _compress(self, entry: Entry, body: bytes, old: Entry | None) -> dict[str, int]:
        try:
            sizes = {}
            for suffix in CODINGS:
                made = self._variant(entry, body, old, suffix)
                if made is not None:
                    beside = self.folder / self.map.beside(entry.path, suffix)
                    _link(made, beside)
                    sizes[suffix] = beside.stat().st_size
            return sizes
        finally:
            self.room.release()

    def _variant(self, entry: Entry, body: bytes, old: Entry | None, suffix: str) -> Path | None:
        if old and self.before and suffix in (old.variants or ()):
            file = self.before.folder / (old.path + suffix)
            try:
                if expand(file.read_bytes(), suffix) == body:
                    return file
            except OSError:
                pass
        return self.variants.make(entry.sha256, body, suffix, lasting=entry.immutable)

    def _index(self, moved: dict[str, str], at: datetime) -> None:
        files = {path: self.entries[path].to_json() for path in sorted(self.entries)}
        index = {"release": self.folder.stem, "at": at.isoformat(), "files": files}
        for name, told in ((releases.INDEX, index), (releases.REDIRECTS, dict(sorted(moved.items())))):
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            (self.folder / name).write_text(text + "\n", encoding="utf-8")

    def _tell(self, path: str) -> None:
        if self.progress:
            self.progress(len(self.entries), 0, path)


def _link(source: Path, target: Path) -> None:
    """The same bytes at a second place; a copy where the file system cannot link (another disk, too many links)."""
    try:
        os.link(source, target)
    except OSError as problem:
        if problem.errno not in {errno.EXDEV, errno.EMLINK, errno.EPERM, errno.ENOTSUP}:
            raise
        shutil.copyfile(source, target)


def _same_content(one: Path, other: Path) -> bool:
    try:
        with one.open("rb") as left, other.open("rb") as right:
            while block := left.read(1 << 20):
                if block != right.read(len(block)):
                    return False
            return not right.read(1)
    except OSError:
        return False
