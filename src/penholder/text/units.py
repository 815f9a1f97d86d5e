"""One place in a text, counted three ways: by code points (Python), UTF-8 bytes (Yrs) and UTF-16 units (browsers).

They agree in plain English and part at the first £, —, ’ or ŵ. Nothing else in the house converts between them.
"""

from __future__ import annotations


def to_bytes(text: str, index: int) -> int:
    """How many UTF-8 bytes stand before code point `index`. Raises IndexError outside the text."""
    return len(_before(text, index).encode())


def from_bytes(text: str, offset: int) -> int:
    """How many code points stand before UTF-8 byte `offset`. Raises IndexError outside it or inside a code point."""
    encoded = text.encode()
    if not 0 <= offset <= len(encoded):
        raise IndexError(f"A text of {len(encoded)} bytes has no byte {offset}.")
    try:
        return len(encoded[:offset].decode())
    except UnicodeDecodeError as problem:
        raise IndexError(f"Byte {offset} stands inside a character.") from problem


def to_utf16(text: str, index: int) -> int:
    """How many UTF-16 units stand before code point `index`. Raises IndexError outside the text."""
    return len(_before(text, index).encode("utf-16-le")) // 2


def from_utf16(text: str, offset: int) -> int:
    """How many code points stand before UTF-16 unit `offset`. Raises IndexError outside it or inside a code point."""
    encoded = text.encode("utf-16-le")
    if not 0 <= offset * 2 <= len(encoded):
        raise IndexError(f"A text of {len(encoded) // 2} UTF-16 units has no unit {offset}.")
    try:
        return len(encoded[: offset * 2].decode("utf-16-le"))
    except UnicodeDecodeError as problem:
        raise IndexError(f"UTF-16 unit {offset} stands inside a character.") from problem


def _before(text: str, index: int) -> str:
    if not 0 <= index <= len(text):
        raise IndexError(f"A text of {len(text)} characters has no place {index}.")
    return text[:index]
