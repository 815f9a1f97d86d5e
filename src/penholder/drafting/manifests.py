"""What a seal is made of: everything that a reader of an iteration would see, by digest, and nothing else.

The manifest names no moment, no author and no lasting id, so a text that is changed and changed back has one seal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penholder.seal import digest

# A reader that meets a higher number does not know how to check it.
VERSION = 1


@dataclass(frozen=True, slots=True)
class SectionDigest:
    """One section in a manifest: its own digest and that of each of its passages, in order."""

    key: str
    title: str
    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MediaDigest:
    """A file that the text refers to by `path`."""

    path: str
    sha256: str
    size: int
    media_type: str


def manifest(
    *,
    document: Mapping[str, str],
    sections: Sequence[SectionDigest],
    media: Iterable[MediaDigest] = (),
) -> dict[str, Any]:
    """The manifest of an iteration. `document` has key, kind, title, subtitle and organisation (a key, or "")."""
    return {
        "penholder": VERSION,
        "document": dict(document),
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "sha256": digest(section.text),
                "passages": list(section.passages),
            }
            for section in sections
        ],
        "media": [
            {"path": file.path, "sha256": file.sha256, "size": file.size, "type": file.media_type}
            for file in sorted(media, key=lambda file: file.path)
        ],
    }
