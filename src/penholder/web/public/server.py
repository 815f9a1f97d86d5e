"""The shortest way from a request for a published page to its bytes.

uvicorn parses (httptools, the parser of Node.js) and keeps the connection; a plain GET for a page that is in memory is
answered right where its headers end, without a task, a queue or a copy. Everything else goes uvicorn's ordinary way
through the ASGI application, which gives the same answers. docs/decisions/0011 says what this is worth.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from penholder.web.public.application import FilesFirst

# With any of these a request is more than plain, and takes the ordinary way.
_NOT_PLAIN = frozenset(
    {
        b"if-none-match",
        b"if-modified-since",
        b"range",
        b"content-length",
        b"transfer-encoding",
        b"expect",
        b"upgrade",
    }
)


class _Answered:
    """Stands where uvicorn keeps the request it works on, for one that is answered already."""

    response_complete = True
    disconnected = False
    more_body = False
    keep_alive = True

    class message_event:  # noqa: N801 - named by uvicorn
        """An event nobody waits for."""

        @staticmethod
        def set() -> None:
            """Nobody waits."""


_ANSWERED: Any = _Answered()


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, with published pages answered at once."""

    def on_headers_complete(self) -> None:
        """Called by the parser when a request's headers are read."""
        if not self._at_once():
            super().on_headers_complete()

    def _at_once(self) -> bool:
        if (
            not isinstance(self.app, FilesFirst)
            or self.parser.get_method() != b"GET"
            or self.parser.get_http_version() != "1.1"
            or not (self.cycle is None or self.cycle.response_complete)
            or self.flow.write_paused  # a reader who does not read must not fill our memory
        ):
            return False
        encodings = b""
        for name, value in self.headers:
            if name == b"accept-encoding" and not encodings:
                encodings = value
            elif name == b"connection" and value.lower() == b"keep-alive":
                continue  # says what HTTP/1.1 does anyway
            elif name in _NOT_PLAIN or name in {b"connection", b"accept-encoding"}:
                return False
        path = self.url.partition(b"?")[0].decode("latin-1")
        answer = self.app.published.ready(path, encodings)
        if answer is None or not isinstance(answer.body, bytes):
            return False
        self.cycle = _ANSWERED
        self.transport.writelines((answer.head, self._standing(), answer.body))
        self.on_response_complete()
        return True

    def _standing(self) -> bytes:
        """The headers that uvicorn adds to every answer (the date), and the empty line after them."""
        return b"".join(name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers) + b"\r\n"
