"""Which addresses a text may link to: http, https, mailto, tel, and places on the same site; the rest is words."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# A host and what may follow it. No user names: `https://bank.example@elsewhere.example` is made to deceive.
_WEB = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#]|\Z)", re.IGNORECASE)
# Characters that no address holds unescaped (RFC 3986); a browser may take a backslash for a slash, and skips tabs.
_ILLEGAL = re.compile(r"[\x00-\x20\x7f\\\"<>^`{|}\[\]]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
SCHEMES = ("http", "https", "mailto", "tel")


def safe_address(address: str) -> str | None:
    """`address`, fit for an `href`; None when it may not be linked to, or is none."""
    address = address.strip()
    if not address or _ILLEGAL.search(address) or address.startswith("//") or address.count("#") > 1:
        return None
    address = _BAD_ESCAPE.sub("%25", address)
    found = _SCHEME.match(address)
    if found is None:
        # RFC 3986: a colon in the first part of a relative address would make a scheme of it.
        return None if ":" in re.split("[/?#]", address, maxsplit=1)[0] else address
    scheme = found[1].lower()
    if scheme not in SCHEMES or (scheme in ("http", "https") and not _WEB.match(address)):
        return None
    return address


def leads_away(address: str) -> bool:
    """Whether a safe address leaves the site for another one."""
    return address[:5].lower() in ("http:", "https")
