"""What a checkpoint signs, and whether a signature is good. Pure: a bundle is checked without an instance."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def statement(*, number: int, hash: str, at: str) -> bytes:  # noqa: A002 - the word that the record uses
    """The bytes that are signed: three lines that a person can type again."""
    return f"penholder record checkpoint\n{number} {hash}\n{at}\n".encode()


def is_good(*, number: int, hash: str, at: str, key: str, signature: str) -> bool:  # noqa: A002 - as above
    """Whether `signature` (Ed25519, hex) is that of `key` (hex) under this statement."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), statement(number=number, hash=hash, at=at))
    except (InvalidSignature, ValueError):
        return False
    return True
