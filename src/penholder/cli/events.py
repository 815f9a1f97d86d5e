"""`penholder events …`: take events in, seal them, and keep the keys with which services send them."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click

from penholder.cli import console


def folder() -> Path:
    """Where events lie, in the instance that `--home` or PENHOLDER_HOME names. No database is needed for them."""
    home: Path = import_module("penholder.config.instance").home()
    return home / "events"


@click.group(epilog="Example:  penholder events key add permits && penholder events serve --port 8100")
def events() -> None:
    """Take in what happens in the journeys of services, and seal it into the tables that figures read."""


@events.command(epilog="Example:  penholder events serve --host 0.0.0.0 --port 8100")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
def serve(host: str, port: int) -> None:
    """Take events in at /intake/events until stopped (Ctrl+C). One process takes events; start no second one."""
    from penholder.measure.intake import manifests  # noqa: PLC0415 - `--help` must not wait for it

    # One door does not know the other; like uvicorn its applications, it is named.
    server = import_module("penholder.web.intake.server")

    try:
        listening = socket.create_server((host, port), backlog=1024)
    except OSError as problem:
        raise click.ClickException(
            f"{host}:{port} is taken: {problem.strerror or problem}. Stop what is there, or name another --port."
        ) from problem
    click.echo(f"Events are taken in at http://{host}:{listening.getsockname()[1]}/intake/events  (stop with Ctrl+C)")
    sys.stdout.flush()
    where = folder()
    server.serve(where, listening, sealed=manifests.ids_of(where), upto=manifests.read(where).upto)


@events.command(epilog="Example:  penholder events seal")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON on stdout.")
def seal(*, as_json: bool) -> None:
    """Turn the segments of the log that are finished into the tables that figures read."""
    from penholder.measure.intake import sealing  # noqa: PLC0415

    done = sealing.seal(folder(), at=datetime.now(UTC))
    if as_json:
        console.as_json({"segments": done.segments, "events": done.events, "journeys": done.journeys})
    else:
        console.out().print(f"Sealed {done.events:,} events of {done.segments} segments; {done.journeys:,} journeys.")


@events.group()
def key() -> None:
    """Keys with which services send events."""


@key.command("add", epilog="Example:  penholder events key add permits")
@click.argument("service")
@click.option("--page", is_flag=True, help="For a public page: anybody can read it there.")
def add(service: str, *, page: bool) -> None:
    """Make a key for SERVICE and print it. It is shown this once."""
    from penholder.measure.intake.keys import KeyFile  # noqa: PLC0415

    added = KeyFile(folder() / "keys.json").add(service=service, page=page, at=datetime.now(UTC))
    click.echo(added.secret)


@key.command("list", epilog="Example:  penholder events key list")
@click.option("--json", "as_json", is_flag=True, help="List as JSON on stdout.")
def list_(*, as_json: bool) -> None:
    """List the keys, revoked ones too."""
    from penholder.measure.intake.keys import KeyFile  # noqa: PLC0415

    keys = KeyFile(folder() / "keys.json").all()
    if as_json:
        console.as_json(
            [
                {"name": each.name, "service": each.service, "page": each.page,
                 "added_at": each.added_at.isoformat(),
                 "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None}
                for each in keys
            ]
        )  # fmt: skip
        return
    for each in keys:
        state = f"revoked {each.revoked_at:%Y-%m-%d}" if each.revoked_at else "in use"
        kind = "page" if each.page else "server"
        click.echo(f"{each.name}  {each.service}  {kind}  {each.added_at:%Y-%m-%d}  {state}")


@key.command("revoke", epilog="Example:  penholder events key revoke key_Xn3dLq0a")
@click.argument("name")
def revoke(name: str) -> None:
    """Let nothing in any more with the key NAME, within a second."""
    from penholder.measure.intake.keys import KeyFile  # noqa: PLC0415

    revoked = KeyFile(folder() / "keys.json").revoke(name=name, at=datetime.now(UTC))
    click.echo(f"{revoked.name} of {revoked.service} is revoked.")
