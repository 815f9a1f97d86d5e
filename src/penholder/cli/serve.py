"""`penholder serve`: the published site, and Django behind it, on one address."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import NoReturn

import click
import uvicorn
from uvicorn.supervisors import Multiprocess

from penholder.cli import beside

# Long enough to finish sending a page, short enough that a restart does not wait for a reader on a slow line.
SECONDS_TO_FINISH = 10

# How long a connection stays open for a reader's next page; nginx's own default.
SECONDS_BETWEEN_PAGES = 75

# What one person sends at once while co-editing: a pasted chapter, or what was typed on a long journey.
LONGEST_MESSAGE = 2_000_000
# A lid that was closed, or a network that is gone, is found out after twice as long.
SECONDS_BETWEEN_PINGS = 20


@click.command(epilog="Example:  penholder serve --port 8080 --workers 2")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
@click.option("--no-work", is_flag=True, help="Send no letters; `penholder work` runs elsewhere.")
def serve(host: str, port: int, workers: int, no_work: bool) -> None:
    """Serve the published site until it is stopped (Ctrl+C).

    Pages come out of memory and go on being served when the database is gone. A new publish shows within a second.
    A worker (`penholder work`) runs beside it, and is started again if it dies.
    """
    run(host, port, workers=workers, no_work=no_work)


def run(host: str, port: int, *, workers: int, no_work: bool, say: Callable[[str], None] | None = None) -> None:
    """Serve until stopped. `say` is told the address, when it is known, before anything is answered there."""
    try:
        listening = _listen(host, port)
    except OSError as problem:
        raise click.ClickException(
            f"{host}:{port} is taken: {problem.strerror or problem}. Stop what is there, or name another --port."
        ) from problem
    config = uvicorn.Config(
        "penholder.config.asgi:app",
        http="penholder.web.public.server:Protocol",
        interface="asgi3",
        ws="penholder.web.live.protocol:LiveProtocol",
        ws_max_size=LONGEST_MESSAGE,
        ws_ping_interval=SECONDS_BETWEEN_PINGS,
        ws_ping_timeout=SECONDS_BETWEEN_PINGS,
        ws_per_message_deflate=False,  # fifty editors' keystrokes are too small to be worth it
        lifespan="on",  # told of the start, the application begins to load what stands behind the files
        workers=workers,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # Django is told of the proxy by its own setting
        backlog=1024,
        timeout_keep_alive=SECONDS_BETWEEN_PAGES,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    if say is not None:
        say(_address(listening))
    click.echo(f"Penholder is at {_address(listening)}  (stop it with Ctrl+C)")
    sys.stdout.flush()
    try:
        # uvicorn ends politely and then lets the signal that it got end the process: so it must end ours too.
        signal.signal(signal.SIGTERM, _end)
        with nullcontext() if no_work else beside.worker(_address(listening)):
            if workers > 1:
                Multiprocess(config, sockets=[listening]).run()
            else:
                uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo("Stopped.")


def _end(*_signal: object) -> NoReturn:
    sys.exit(0)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host.strip("[]"), port), family=family, backlog=1024)
    listening.set_inheritable(True)
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
