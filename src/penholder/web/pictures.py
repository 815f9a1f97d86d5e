"""How large a picture is, so that a page does not jump when it arrives."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, UnidentifiedImageError


@lru_cache(maxsize=4096)
def size_of(file: Path, media_type: str) -> tuple[int, int]:
    """Width and height in pixels; (0, 0) for what is no pixel picture or cannot be read."""
    if not media_type.startswith("image/") or media_type == "image/svg+xml":
        return 0, 0
    try:
        with Image.open(file) as picture:
            return picture.size
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return 0, 0
