"""Where everybody's cursor is in one draft: of those who are in this process, and of those in others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

# Who asks by requests is away between two of them, for as long as a browser waits before it asks again.
SECONDS_AWAY = 45.0


class Whereabouts:
    """The cursors of one room. A client is in one place: where it was seen last."""

    def __init__(self) -> None:
        self._here: dict[int, dict[str, Any]] = {}
        self._seen: dict[int, float] = {}
        self._there: Mapping[str, Sequence[dict[str, Any]]] = {}

    @property
    def here(self) -> list[dict[str, Any]]:
        """The cursors in this process."""
        return list(self._here.values())

    @property
    def others(self) -> bool:
        """Whether the draft is open in another process, too."""
        return bool(self._there)

    def everybody(self) -> list[dict[str, Any]]:
        """All cursors, each client's once: who asks by requests may have been in several processes."""
        found: dict[int, dict[str, Any]] = dict(self._here)
        for one in (one for cursors in self._there.values() for one in cursors):
            if one["client"] not in found or found[one["client"]]["at"] < one["at"]:
                found[one["client"]] = one
        return list(found.values())

    def put(self, client: int, cursor: dict[str, Any] | None, *, now: float) -> bool:
        """This client's cursor is there; None: nowhere. Returns whether that is news. `now` counts seconds."""
        self._seen[client] = now
        before = self._here.pop(client, None)
        if cursor is not None:
            self._here[client] = cursor
        return cursor != before

    def learn(self, there: Mapping[str, Sequence[dict[str, Any]]]) -> bool:
        """The cursors in each other process are these. Returns whether that is news."""
        before, self._there = self._there, there
        return before != there

    def forget(self, members: Collection[int], *, now: float) -> bool:
        """Forget whose client is no member any more, nor was a moment ago. Returns whether a cursor went."""
        for client in members:
            self._seen[client] = now
        away = [client for client, seen in self._seen.items() if now - seen > SECONDS_AWAY]
        for client in away:
            del self._seen[client]
        gone = [client for client in away if self._here.pop(client, None) is not None]
        return bool(gone)
