"""Tokens of links that are told once: signed with the instance's secret, and never kept; only their digest is."""

from __future__ import annotations

import secrets

from django.core import signing
from django.utils.translation import gettext as _

from penholder.errors import Missing
from penholder.seal import digest


def _signer(salt: str) -> signing.Signer:
    return signing.Signer(salt=salt, sep=".")


def make(salt: str) -> tuple[str, str]:
    """A new token and the digest by which it is found again. `salt` keeps tokens of one purpose out of another."""
    token = _signer(salt).sign(secrets.token_urlsafe(32))
    return token, digest(token)


def digest_of(token: str, salt: str) -> str:
    """The digest of a token that was made here. Raises Missing for one that was cut or made up."""
    try:
        _signer(salt).unsign(token)
    except signing.BadSignature:
        raise Missing(_("This link is not whole. Copy it again from the e-mail, to its very end.")) from None
    return digest(token)
