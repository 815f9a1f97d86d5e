"""What browsers may do with published files, whoever serves them: Penholder, nginx or a CDN. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

# Nothing from anywhere else, and nothing written inside the page: no inline script, no inline style, no frames.
PAGE_POLICY: Final = (
    b"default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; font-src 'self'; "
    b"media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)
# A picture opened by itself may carry its own style (SVG from a drawing program does), and nothing else.
OTHER_POLICY: Final = b"default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

_OPEN_DATA = {"text/csv", "application/json", "text/markdown", "application/atom+xml", "text/calendar"}


@lru_cache(maxsize=32)
def security(*, tls: bool, media_type: str = "text/html") -> tuple[tuple[bytes, bytes], ...]:
    """What every answer carries. `tls` says that readers come over TLS, so that browsers may be told to keep to it."""
    kind = media_type.partition(";")[0].strip().lower()
    headers = [
        (b"content-security-policy", PAGE_POLICY if kind == "text/html" else OTHER_POLICY),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]
    if kind in _OPEN_DATA:
        headers.append((b"access-control-allow-origin", b"*"))  # open data is for other people's pages too
    if tls:
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return tuple(headers)
