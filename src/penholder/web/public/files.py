"""Answers for published files, from an index in memory. No Django here, and no database: the site outlives both.

An address is looked up among the addresses that were published; nothing that a reader sends is ever made into a path
on disk. What is answered is worked out once per file and coding, and kept while there is room.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from penholder.publishing import places, releases
from penholder.publishing.policy import security
from penholder.publishing.releases import Entry, Release
from penholder.web.public.headers import NEGOTIATED, allowed, preferences

# How long a new release may go unseen. Looking at the link on every request would cost a tenth of the speed.
SECONDS_BETWEEN_LOOKS = 1.0

# Room for bodies in memory: a whole site of this kind compressed, several times over.
BYTES_KEPT = 64_000_000

# Larger files (films) are read from disk as they are sent.
LARGEST_KEPT = 1_000_000

Headers = list[tuple[bytes, bytes]]


class Extent(NamedTuple):
    """A stretch of a file on disk, to be sent piece by piece."""

    file: Path
    start: int
    length: int


class Answer(NamedTuple):
    """What to send. `head` is the status line and the headers as they go over the wire, for the shortest way out."""

    status: int
    headers: Headers
    body: bytes | Extent
    etag: bytes = b""
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Asked:
    """What matters of a request for a file; header values as they came, empty when absent."""

    method: str
    path: str
    query: bytes = b""
    encodings: bytes = b""  # Accept-Encoding
    if_none_match: bytes = b""
    if_modified_since: bytes = b""
    range: bytes = b""
    if_range: bytes = b""


class Published:
    """The release that readers see, in memory. Notices within a second that another one has taken its place."""

    def __init__(
        self,
        public: Path,
        *,
        tls: bool = False,
        room: int = BYTES_KEPT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.public = public
        self.tls = tls
        self.room = room
        self.clock = clock
        self.release: Release | None = None
        self.seen: Path | None = None
        self.next_look = 0.0
        self.addresses: Mapping[str, Entry] = {}
        self.moved: Mapping[str, str] = {}
        self.kept: dict[tuple[str, str, str], Answer] = {}  # by address, content and coding
        self.size = 0

    def look(self) -> None:
        """Read the index again when the link leads to another release than before."""
        now = self.clock()
        if now < self.next_look:
            return
        self.next_look = now + SECONDS_BETWEEN_LOOKS
        try:
            target = (self.public / "current").readlink()
        except OSError:
            return  # nothing published yet, or the folder is out of reach: what is in memory goes on being answered
        if target == self.seen:
            return
        release = releases.current(self.public)
        if release is not None:
            self.seen, self.release = target, release
            self.addresses = {places.address(path): entry for path, entry in release.entries.items()}
            self.moved = release.redirects
            self.kept.clear()
            self.size = 0

    def answer(self, asked: Asked) -> Answer | None:
        """The answer to a request for a published file or an old address; None when neither is there."""
        self.look()
        to = self.moved.get(asked.path) or self.moved.get(asked.path + "/")
        if to is not None:
            return self._lead(places.target(to), asked)
        entry = self.addresses.get(asked.path)
        if entry is None:
            if asked.path + "/" in self.addresses:
                return self._lead(places.target(asked.path + "/"), asked, keep_query=True)
            if asked.path.endswith("/index.html") and asked.path[:-10] in self.addresses:
                return self._lead(places.target(asked.path[:-10]), asked, keep_query=True)
            return None
        if asked.method not in {"GET", "HEAD"}:
            return _plain(405, b"This page can only be read.", [(b"allow", b"GET, HEAD"), *security(tls=self.tls)])
        return self._file(entry, asked)

    def ready(self, path: str, encodings: bytes) -> Answer | None:
        """The whole of a small file for a plain GET, when it was asked for before and is still in memory."""
        self.look()
        entry = self.addresses.get(path)
        if entry is None or path in self.moved:
            return None
        return self.kept.get((path, entry.sha256, self._coding(entry, encodings)))

    def absent(self, asked: Asked) -> Answer:
        """The site's own page for an address where there is nothing."""
        self.look()
        entry = self.addresses.get("/404.html")
        if entry is None:
            text = b"There is no page at this address." if self.release else b"Nothing has been published here yet."
            return _plain(404, text, list(security(tls=self.tls)))
        whole = self._whole("/404.html", entry, self._coding(entry, asked.encodings))
        unwanted = {b"etag", b"last-modified", b"accept-ranges"}
        headers = [(name, value) for name, value in whole.headers if name not in unwanted]
        return Answer(404, headers, whole.body)

    def unavailable(self) -> Answer:
        """The answer when what stands behind the published pages cannot be reached."""
        text = b"This part of the site is not available at the moment. The published pages are: start at /."
        return _plain(503, text, [(b"retry-after", b"60"), (b"cache-control", b"no-store"), *security(tls=self.tls)])

    def _lead(self, to: str, asked: Asked, *, keep_query: bool = False) -> Answer:
        if keep_query and asked.query:
            to += "?" + asked.query.decode("latin-1")
        lasting = (b"cache-control", b"public, max-age=3600")
        headers = [(b"location", to.encode("latin-1")), lasting, *security(tls=self.tls)]
        # A form sent to an old address is sent on as it is; a page that is read may be fetched in the ordinary way.
        return _plain(301 if asked.method in {"GET", "HEAD"} else 308, b"This page has moved.", headers)

    def _file(self, entry: Entry, asked: Asked) -> Answer:
        coding = "" if asked.range else self._coding(entry, asked.encodings)
        whole = self._whole(asked.path, entry, coding)
        if _unchanged(asked, whole.etag, entry.modified):
            kept = {b"etag", b"cache-control", b"vary", b"last-modified", b"content-security-policy"}
            return Answer(304, [header for header in whole.headers if header[0] in kept], b"")
        if asked.range and asked.method == "GET" and _range_applies(asked, whole.etag, entry.modified):
            return _part(asked.range, whole, entry.size) or whole
        return whole

    @staticmethod
    def _coding(entry: Entry, encodings: bytes) -> str:
        if entry.variants:
            for suffix in preferences(encodings):
                if not suffix or suffix in entry.variants:
                    return suffix
        return ""

    def _whole(self, path: str, entry: Entry, suffix: str) -> Answer:
        key = (path, entry.sha256, suffix)
        found = self.kept.get(key)
        if found is None:
            found = self._make(entry, suffix)
            if isinstance(found.body, bytes):
                self.kept[key] = found
                self.size += len(found.body)
                while self.size > self.room:
                    gone = self.kept.pop(next(iter(self.kept))).body
                    self.size -= len(gone)
        return found

    def _make(self, entry: Entry, suffix: str) -> Answer:
        assert self.release is not None  # noqa: S101 - an entry comes out of a release
        file = self.release.folder / (entry.path + suffix)
        size = entry.variants[suffix] if suffix and entry.variants else entry.size
        body: bytes | Extent = file.read_bytes() if size <= LARGEST_KEPT else Extent(file, 0, size)
        etag = f'"{entry.sha256[:32]}{suffix.replace(".", "-")}"'.encode()
        headers: Headers = [
            (b"content-type", entry.media_type.encode("latin-1")),
            (b"content-length", str(len(body) if isinstance(body, bytes) else size).encode()),
            (b"etag", etag),
            (b"last-modified", formatdate(entry.modified, usegmt=True).encode()),
            (b"cache-control", b"public, max-age=31536000, immutable" if entry.immutable else b"public, no-cache"),
        ]
        if suffix:
            headers.append((b"content-encoding", NEGOTIATED[suffix]))
        else:
            headers.append((b"accept-ranges", b"bytes"))
        if entry.variants:
            headers.append((b"vary", b"accept-encoding"))
        headers += security(tls=self.tls, media_type=entry.media_type)
        return Answer(200, headers, body, etag, wire(200, headers))


def wire(status: int, headers: Headers) -> bytes:
    """Status line and headers as HTTP/1.1 writes them, without the empty line that ends them."""
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
    return line + b"".join(name + b": " + value + b"\r\n" for name, value in headers)


def address_of(raw: bytes) -> str | None:
    """The address in a request line, percent signs undone; None when it is not text and so cannot be one of ours."""
    try:
        return unquote(raw.decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return None


def _plain(status: int, text: bytes, headers: Headers) -> Answer:
    length = str(len(text) + 1).encode()
    kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", length)]
    return Answer(status, [*kind, *headers], text + b"\n")


def _unchanged(asked: Asked, etag: bytes, modified: int) -> bool:
    if asked.if_none_match:
        tags = {tag.strip().removeprefix(b"W/") for tag in asked.if_none_match.split(b",")}
        return b"*" in tags or etag in tags
    since = _seconds(asked.if_modified_since)
    return since is not None and modified <= since


def _range_applies(asked: Asked, etag: bytes, modified: int) -> bool:
    return not asked.if_range or asked.if_range == etag or _seconds(asked.if_range) == modified


def _seconds(date: bytes) -> float | None:
    if not date or date.startswith((b'"', b"W/")):
        return None
    try:
        return parsedate_to_datetime(date.decode("latin-1")).timestamp()
    except (ValueError, OverflowError):
        return None


def _part(wanted: bytes, whole: Answer, size: int) -> Answer | None:
    """The part of a file that a player asked for; None when the header is not understood: then the whole is sent."""
    span = allowed(wanted, size)
    if span is None:
        return None
    fixed = [header for header in whole.headers if header[0] not in {b"content-length", b"content-type"}]
    if not span:
        return _plain(416, b"The file is not that long.", [*fixed, (b"content-range", f"bytes */{size}".encode())])
    start, end = span
    kind = [header for header in whole.headers if header[0] == b"content-type"]
    headers = [
        *kind,
        *fixed,
        (b"content-length", str(end - start).encode()),
        (b"content-range", f"bytes {start}-{end - 1}/{size}".encode()),
    ]
    if isinstance(whole.body, Extent):
        return Answer(206, headers, Extent(whole.body.file, start, end - start), whole.etag)
    return Answer(206, headers, whole.body[start:end], whole.etag)
