"""Digests and seals, on one page that an auditor can read.

A passage or a section is named by the SHA-256 of its canonical text (`penholder.text.canonical`), so `sha256sum` of the
published Markdown file gives the same figure. A manifest lists those digests; written as RFC 8785 JSON, which has one
spelling only, and hashed again, it becomes the one seal of an iteration. Nothing here reads a clock or a setting.
"""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def digest(text: str) -> str:
    """SHA-256 of `text` in UTF-8, as 64 hexadecimal digits. The caller brings canonical text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def manifest_bytes(manifest: Any) -> bytes:
    """`manifest` (dicts, lists, text, whole and real numbers, true, false, null) in its one RFC 8785 spelling.

    Raises ValueError for what JSON cannot carry without doubt: dates, bytes, keys that are not text, NaN, integers
    past 2^53. Penholder makes its manifests itself, so that is a fault of the program, not something to tell a person.
    """
    try:
        return bytes(rfc8785.dumps(manifest))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as fault:
        msg = f"This manifest cannot be sealed, because JSON has no one spelling for it: {fault}."
        raise ValueError(msg) from fault


def seal(manifest: Any) -> str:
    """The seal of an iteration: SHA-256 of its manifest's RFC 8785 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(manifest_bytes(manifest)).hexdigest()
