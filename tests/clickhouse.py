"""ClickHouse's HTTP interface before chdb, for tests where no server of ClickHouse's can be installed.

The engine that answers is ClickHouse itself, in a process of its own; only the socket before it is ours. So what a
client asks is run by the real one: its SQL, its reading of files and its Native format. Run as
`python -m tests.clickhouse`; it prints its port.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def server() -> Iterator[str]:
    """A running one; gives its address as CLICKHOUSE_URL is written."""
    command = [sys.executable, "-m", "tests.clickhouse"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            port = int(process.stdout.readline())
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def main() -> None:
    from chdb import session

    engine = session.Session()

    class Asked(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            told = parse_qs(urlsplit(self.path).query)
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            try:
                said, status = engine.query("".join([*told.get("query", []), body]), "TabSeparated").bytes(), 200
            except RuntimeError as fault:
                said, status = str(fault).encode(), 500
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST  # noqa: N815 - the name of the library

        def log_message(self, *words: object) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Asked)
    sys.stdout.write(f"{listening.server_port}\n")
    sys.stdout.flush()
    listening.serve_forever()


if __name__ == "__main__":
    main()
