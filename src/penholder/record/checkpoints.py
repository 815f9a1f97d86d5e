"""Signing the head of the record with a key that the database does not hold."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.db import transaction

from penholder.errors import Refused
from penholder.record.chain import moment
from penholder.record.models import Checkpoint, Head
from penholder.record.signatures import is_good, statement


def key_at(path: Path) -> Ed25519PrivateKey:
    """The signing key in `path` (32 raw bytes, mode 600), made there on first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    raw = path.read_bytes()
    if len(raw) != 32:
        raise Refused(
            f"{path} is not a signing key: it has {len(raw)} bytes in place of 32. "
            "Put the right file back; a new key would not match the old checkpoints."
        )
    return Ed25519PrivateKey.from_private_bytes(raw)


@transaction.atomic
def sign(*, key: Ed25519PrivateKey, at: datetime) -> Checkpoint | None:
    """Sign the head as it is now; None when the record is empty or this head is signed already."""
    head = Head.objects.select_for_update().filter(id=1).first()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    if head is None or head.number == 0 or Checkpoint.objects.filter(number=head.number, key=public).exists():
        return None
    signature = key.sign(statement(number=head.number, hash=head.hash, at=moment(at))).hex()
    return Checkpoint.objects.create(
        number=head.number, hash=head.hash, at=at.astimezone(UTC), key=public, signature=signature
    )


def holds(checkpoint: Checkpoint) -> bool:
    """Whether the signature is good for what the checkpoint says."""
    return is_good(
        number=checkpoint.number,
        hash=checkpoint.hash,
        at=moment(checkpoint.at),
        key=checkpoint.key,
        signature=checkpoint.signature,
    )
