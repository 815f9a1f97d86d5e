"""Pictures, films and captions that a page refers to: found among the source's files, or reported."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import basename, dirname, normpath, splitext
from urllib.parse import unquote, urlsplit

from penholder.formats.govspeak.lines import Findings
from penholder.formats.reading import Asset

PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
# How each kind of file begins; an address alone proves nothing.
BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "image/svg+xml": (b"<", b"\xef\xbb\xbf<"),
}


class Pictures:
    """The pictures of a source by the addresses that its pages use, and those that were used."""

    def __init__(self, files: Mapping[str, bytes], roots: tuple[str, ...], findings: Findings) -> None:
        self.files = files
        self.roots = roots
        self.findings = findings
        self.used: dict[str, Asset] = {}
        self._names: dict[str, str] = {}

    def find(self, address: str, file: str, line: int) -> str | None:
        """The path of a picture in house Markdown; None, and a note for a person, when it is not in the source."""
        path = self.path(address, file)
        if path is None:
            what = f"The picture “{address[:200]}” is not in the source; the words that describe it are shown instead."
            self.findings.note(file, line, what, "warning")
            return None
        media_type = PICTURES.get(splitext(path)[1].lower(), "")
        if not self.files[path].lstrip().startswith(BEGINNINGS.get(media_type, (b"\x00no",))):
            what = f"“{address[:200]}” is not a picture that can be shown; its description is shown instead."
            self.findings.note(file, line, what, "warning")
            return None
        return self._take(path, "figures", self.files[path], media_type)

    def path(self, address: str, file: str) -> str | None:
        """The file that an address of a page in `file` means, when the source has it."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return None
        if parts.scheme or parts.netloc or not parts.path:
            return None
        place = unquote(parts.path)
        if place.startswith("/"):
            candidates = [normpath(root + place.lstrip("/")) for root in self.roots]
        else:
            candidates = [normpath(f"{dirname(file)}/{place}" if dirname(file) else place)]
        return next((found for found in candidates if found in self.files), None)

    def add(self, name: str, folder: str, data: bytes, media_type: str) -> str:
        """Take a file that was made from another one, such as captions."""
        return self._take(name, folder, data, media_type)

    def _take(self, path: str, folder: str, data: bytes, media_type: str) -> str:
        if path in self._names:
            return self._names[path]
        name = f"{folder}/{_plain(basename(path))}"
        number = 2
        while name in self.used:
            stem, ending = splitext(_plain(basename(path)))
            name, number = f"{folder}/{stem}-{number}{ending}", number + 1
        self._names[path] = name
        self.used[name] = Asset(name, data, media_type)
        return name


def _plain(name: str) -> str:
    """`name` with only what stands in an address without escaping."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in name) or "file"
