"""Pictures, films and captions: files in the media folder, named by their digest, and the rows that know them.

A file is written beside its place, flushed, and renamed; only then does a row speak of it. A process that is killed
leaves at most files that nothing speaks of, and the next one that brings the same bytes finds them there.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from penholder.drafting.manifests import MediaDigest
from penholder.drafting.models import Media


def location(digest: str) -> Path:
    """Where the bytes with this digest lie."""
    return Path(settings.PENHOLDER_MEDIA) / digest[:2] / digest


def describe(path: str, data: bytes, media_type: str) -> MediaDigest:
    """What a manifest says of a file. Writes nothing."""
    return MediaDigest(path, hashlib.sha256(data).hexdigest(), len(data), media_type)


def write(digest: str, data: bytes) -> bool:
    """Put bytes in their place, whole or not at all. False when they lie there already."""
    place = location(digest)
    if place.exists() and place.stat().st_size == len(data):
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{digest}.{uuid4().hex}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
    return True


def unknown(digests: Iterable[str]) -> list[str]:
    """Those digests of which no row speaks, or whose file is gone, in order. One query."""
    wanted = sorted(set(digests))
    known = set(Media.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return [digest for digest in wanted if digest not in known or not location(digest).exists()]


def know(files: Iterable[MediaDigest]) -> None:
    """Make the rows of files that are in their places. One query."""
    rows = {
        file.sha256: Media(digest=file.sha256, name=file.path, media_type=file.media_type, size=file.size)
        for file in files
    }
    Media.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=200)


def referenced(text: str, paths: Collection[str]) -> frozenset[str]:
    """Which of `paths` the text speaks of."""
    if not paths:
        return frozenset()
    return frozenset(_finder(frozenset(paths)).findall(text))


@lru_cache(maxsize=8)
def _finder(paths: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(paths, key=lambda path: (-len(path), path))
    return re.compile(r"(?<![\w/.-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")
