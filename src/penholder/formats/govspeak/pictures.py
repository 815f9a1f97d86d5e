"""Pictures, films and captions that a page refers to: found among the source's files, or reported."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from posixpath import basename, dirname, normpath, splitext
from urllib.parse import unquote, urlsplit

from penholder.formats.govspeak.lines import Findings
from penholder.formats.pictures import look_into
from penholder.formats.reading import Asset, Unread

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


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
        asset, reasons = _looked_into(f"figures/{_plain(basename(path))}", self.files[path])
        for reason in reasons:
            self.findings.note(path, 0, reason.what, reason.severity)
        if asset is None:
            what = f"“{address[:200]}” cannot be shown as a picture; its description is shown instead."
            self.findings.note(file, line, what, "warning")
            return None
        return self._take(path, "figures", asset.data, asset.media_type)

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


# In a history the same pictures come again with every state; looking into them means opening them.
@lru_cache(maxsize=256)
def _looked_into(name: str, data: bytes) -> tuple[Asset | None, tuple[Unread, ...]]:
    reasons: list[Unread] = []
    taken = look_into([Asset(name, data)], say=reasons.append)
    return (taken[0] if taken else None), tuple(reasons)


def _plain(name: str) -> str:
    """`name` with only what stands in an address without escaping."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in name) or "file"
