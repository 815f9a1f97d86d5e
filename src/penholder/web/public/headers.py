"""Headers of requests for published files: which coding a reader wants, which part of a film."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from penholder.publishing.compression import CODINGS

NEGOTIATED: Final = {suffix: name.encode() for suffix, name in CODINGS.items()}


@lru_cache(maxsize=1024)  # browsers send a handful of values; a hostile client can only make this look up again
def preferences(header: bytes) -> tuple[str, ...]:
    """Suffixes of variants from the most to the least wanted; "" is the file as it is, which is never refused.

    RFC 9110, section 12.5.3. Of two codings wanted alike, the smaller one comes first.
    """
    weights: dict[str, float] = {}
    for part in header.decode("latin-1").lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = _weight(parameters)
    anything = weights.get("*", 0.0)
    wanted = [(weights.get(name, weights.get("x-" + name, anything)), suffix) for suffix, name in CODINGS.items()]
    # Unless it is named, the file as it is comes last: it is acceptable, and always the largest.
    itself = weights.get("identity", 0.0)
    ordered = sorted((item for item in wanted if item[0] > 0), key=lambda item: -item[0])
    better = [suffix for weight, suffix in ordered if weight >= itself]
    return (*better, "")


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def allowed(header: bytes, size: int) -> tuple[int, int] | tuple[()] | None:
    """Start and end (after the last byte) of the one range asked for; () when it lies outside; None to send it all.

    Several ranges at once are answered with the whole file, as RFC 9110, section 14.2, lets a server do.
    """
    unit, _, spec = header.decode("latin-1").partition("=")
    first, dash, last = (part.strip() for part in spec.partition("-"))
    if unit.strip().lower() != "bytes" or not dash or "," in spec:
        return None
    if not all(part == "" or (part.isascii() and part.isdigit() and len(part) < 19) for part in (first, last)):
        return None
    if first == "":
        if last == "":
            return None
        return (max(0, size - int(last)), size) if int(last) and size else ()
    if last and int(last) < int(first):
        return None
    return (int(first), min(size, int(last) + 1) if last else size) if int(first) < size else ()
