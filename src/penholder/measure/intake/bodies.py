"""Bodies of deliveries, unpacked without ever holding more than a delivery may be."""

from __future__ import annotations

from isal import isal_zlib

from penholder.errors import Refused

# 10,000 events with everything said take 3 MB; this leaves room and keeps the longest decoding under 40 ms.
MOST_BYTES = 8_000_000
# As packed. JSON of events shrinks to a seventh; who sends more than this sends something else.
MOST_BYTES_PACKED = 4_000_000


class TooLarge(Refused):
    """The delivery is larger than one may be."""


def too_large() -> TooLarge:
    """The refusal of a body that is too large."""
    return TooLarge(
        f"The delivery is larger than {MOST_BYTES // 1_000_000} MB unpacked or {MOST_BYTES_PACKED // 1_000_000} MB "
        "packed. Send fewer events at a time; 500 is a good number."
    )


def unpack(body: bytes, coding: str) -> bytes:
    """The body without its content coding ("" or "gzip"). Raises TooLarge, and Refused for what is not gzip.

    A gzip bomb is stopped at the limit: never more is unpacked than a delivery may hold.
    """
    if len(body) > (MOST_BYTES_PACKED if coding else MOST_BYTES):
        raise too_large()
    if not coding:
        return body
    if coding not in {"gzip", "x-gzip"}:
        raise Refused(f"The content coding “{coding[:40]}” is not understood. Send gzip, or the JSON as it is.")
    unpacked: list[bytes] = []
    room = MOST_BYTES + 1
    try:
        while body:  # a gzip file may have several members
            stream = isal_zlib.decompressobj(31)
            unpacked.append(stream.decompress(body, room))
            room -= len(unpacked[-1])
            if room <= 0:
                raise too_large()
            if not stream.eof:
                raise Refused("The gzip body is cut off. Send it again, whole.")
            body = stream.unused_data
    except isal_zlib.error as problem:  # type: ignore[misc]  # an exception at run time; its stub does not say so
        raise Refused(f"The body says that it is gzip and is not: {problem}.") from problem
    return unpacked[0] if len(unpacked) == 1 else b"".join(unpacked)
