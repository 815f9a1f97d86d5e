"""The shortest way from a room to its members' connections: a frame is made and written where the room speaks.

uvicorn's way takes each message through a coroutine, a queue and a state machine, which is most of what a room with
fifty members costs. Only plain binary messages go the short way, and only while the connection takes them at once.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# Where the scope of a connection says how to write at once.
AT_ONCE = "penholder.at_once"


def framed(message: bytes) -> bytes:
    """One unmasked binary frame, as servers send them (RFC 6455, 5.2)."""
    size = len(message)
    if size < 126:
        return bytes((0x82, size)) + message
    if size < 65536:
        return b"\x82\x7e" + size.to_bytes(2, "big") + message
    return b"\x82\x7f" + size.to_bytes(8, "big") + message


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, that can also be written to at once."""

    async def run_asgi(self) -> None:
        """Hand the connection to the application, with the short way in its scope."""
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[AT_ONCE] = self.write_at_once
        await super().run_asgi()

    def write_at_once(self, message: bytes) -> bool:
        """Write a binary message now. False when it has to wait: the other side is slow, or the connection ends."""
        if not self.writable.is_set() or self.disconnected or self.close_sent or not self.handshake_complete:
            return False
        self.transport.write(framed(message))
        return True
