"""Compressed variants of published files: made once per content, kept by content hash, checked before they are used.

A variant costs three times as much as the page itself, and a page that did not change has the same bytes. So each
variant is kept under the SHA-256 of what it holds, and a publish that was killed half-way loses none of that work.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import brotli

# Suffix of the file beside the page, and the name that HTTP gives to the coding.
CODINGS = {".br": "br", ".gz": "gzip"}

# Below this a response fits into the first packet anyway, and the headers weigh more than what is saved.
SMALLEST_WORTH_COMPRESSING = 1024

_TEXTUAL = {
    "application/json",
    "application/javascript",
    "application/manifest+json",
    "application/xml",
    "application/atom+xml",
    "image/svg+xml",
    "font/ttf",
}


def compressible(media_type: str, size: int) -> bool:
    """Whether a file of this kind and size gains from compression: text does, pictures and films have it inside."""
    kind = media_type.partition(";")[0].strip().lower()
    return size >= SMALLEST_WORTH_COMPRESSING and (kind.startswith("text/") or kind in _TEXTUAL)


# Brotli's best takes 90 times as long as 6 for a page that is an eighth smaller (0.8 and 69 MB a second of
# pages of services). That is well spent on what every reader fetches and keeps, and not on thousands of pages.
BEST, QUICK = 11, 6


def compress(body: bytes, suffix: str, *, lasting: bool = False) -> bytes:
    """The body as brotli or gzip (level 9). No time stands in it: equal bodies, equal bytes.

    `lasting`: its address names its content, so that it is compressed once and kept by every reader.
    """
    if suffix == ".br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=BEST if lasting else QUICK))
    return gzip.compress(body, compresslevel=9, mtime=0)


def expand(packed: bytes, suffix: str) -> bytes | None:
    """What a variant holds; None when it is cut short or damaged."""
    try:
        return bytes(brotli.decompress(packed)) if suffix == ".br" else gzip.decompress(packed)
    except (brotli.error, OSError, EOFError, zlib.error):
        return None


class Variants:
    """The kept variants, in a folder that may be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str, suffix: str) -> Path:
        """Where the variant of the content with this SHA-256 is kept."""
        return self.folder / digest[:2] / (digest + suffix)

    def make(self, digest: str, body: bytes, suffix: str, *, lasting: bool = False) -> Path | None:
        """The kept variant of `body`, made when it is missing or damaged; None when compressing it saves nothing.

        Brotli and zlib let other threads run, so calling this from several is what makes use of several processors.
        """
        kept = self.path(digest, suffix)
        try:
            packed = kept.read_bytes()
        except FileNotFoundError:
            packed = b""
        if not packed or expand(packed, suffix) != body:
            packed = compress(body, suffix, lasting=lasting)
            if len(packed) < len(body):
                _write(kept, packed)
        return kept if len(packed) < len(body) else None

    def keep_only(self, digests: Iterable[str]) -> None:
        """Forget the variants of content that no kept release holds."""
        wanted = set(digests)
        for file in self.folder.glob("*/*"):
            if file.name.partition(".")[0] not in wanted:
                file.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="unfinished.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
