"""`penholder demo`: a whole instance to look at, in one command."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

import click

from penholder.cli import console

if TYPE_CHECKING:
    from penholder.cli.staging import SignIn


@click.command(epilog="Example:  penholder demo --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Another, if it is taken.")
@click.option("--no-serve", is_flag=True, help="Load and publish, then stop.")
@click.pass_context
def demo(ctx: click.Context, host: str, port: int, no_serve: bool) -> None:
    """Load the demonstration strategy where there is nothing yet, publish it, and serve it with a desk in mid-work.

    A second start keeps whatever was changed in between: it loads nothing over it.
    """
    # The demonstration's roles are tried with a password alone; config is named, not imported.
    import_module("penholder.config.instance").demonstrate()
    home = console.start()
    from penholder import demo as demonstration  # noqa: PLC0415 - after the start
    from penholder.cli import exhibits, imports, publish, serve, staging  # noqa: PLC0415
    from penholder.drafting.models import Document  # noqa: PLC0415
    from penholder.formats.select import Select  # noqa: PLC0415

    if not Document.objects.exists():
        report = imports.take_in(demonstration.folder(), select=Select())
        if report.stopped:
            imports.show(report)
            ctx.exit(1)
        console.out().print(
            f"Loaded the demonstration strategy into {home}: {report.actions} actions, "
            f"{report.responses} responses asked for, {report.iterations} iterations."
        )
    if staging.wanted():
        staging.keep(home, staging.play(at=datetime.now(UTC)))
    if staging.kept(home) and exhibits.wanted():
        exhibits.play(at=datetime.now(UTC), events=home / "events")
    site = publish.build()
    console.out().print(f"Published {site.files} files.")
    if no_serve:
        _show(staging.kept(home), "")
        return
    port = port if _free(host, port) else 0
    serve.run(host, port, workers=1, no_work=False, say=lambda address: _show(staging.kept(home), address))


def _show(sign_in: SignIn | None, address: str) -> None:
    """Where the desk is and how to sign in as each role."""
    if sign_in is None:
        return
    out = console.out()
    out.print(f"\nThe desk is at {address}desk/ . Sign in with the password  [bold]{sign_in.password}[/]  as one of:")
    for name, email, what in sign_in.people:
        out.print(f"  {email:32}  {name}. {what}")
    if sign_in.token:
        out.print(f"Without an account, for the minister’s office: {address}answer/{sign_in.token}/\n")


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host.strip("[]"), port))
        except OSError:
            return False
    return True
