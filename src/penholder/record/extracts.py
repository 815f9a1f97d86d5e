"""A stretch of the record as others may have it: some entries without names and reasons, the others by digest alone.

One line of JSON an entry, in order (RFC 8785):

    {"digest":"…"}                          an entry of which nothing is shown
    {"entry":{…},"hash":"…"}                what its digest covers, `person` and `reason` as commitments
    {"entry":{…},"hash":"…","shown":{"reason":{"key":"…","text":"…"}}}    with a reason that is public, and its key
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from penholder.record.chain import body, key_of, sha256, spelled
from penholder.record.verification import stored


def lines(*, first: int, last: int, shown: Collection[int], opened: Collection[int] = ()) -> Iterator[str]:
    """The entries from `first` to `last`; `shown` are given in full, `opened` of them with their reason.

    One query, constant memory. Every entry must have a salt: those from before there were salts cannot be cut short.
    """
    for link, hashed in stored(first=first, last=last):
        told = body(link)
        if link.number not in shown:
            yield spelled({"digest": sha256(spelled(told))})
            continue
        line: dict[str, Any] = {"entry": told, "hash": hashed}
        if link.number in opened:
            line["shown"] = {"reason": {"key": key_of(link.salt, "reason"), "text": link.reason}}
        yield spelled(line)
