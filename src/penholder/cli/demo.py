"""`penholder demo`: a whole instance to look at, in one command."""

from __future__ import annotations

import socket

import click

from penholder.cli import console


@click.command(epilog="Example:  penholder demo --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Another, if it is taken.")
@click.option("--no-serve", is_flag=True, help="Load and publish, then stop.")
@click.pass_context
def demo(ctx: click.Context, host: str, port: int, no_serve: bool) -> None:
    """Load the demonstration strategy where there is nothing yet, publish it, and serve it.

    A second start keeps whatever was changed in between: it loads nothing over it.
    """
    home = console.start()
    from penholder import demo as demonstration  # noqa: PLC0415 - after the start
    from penholder.cli import imports, publish, serve  # noqa: PLC0415
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
    site = publish.build()
    console.out().print(f"Published {site.files} files.")
    if not no_serve:
        ctx.invoke(serve.serve, host=host, port=port if _free(host, port) else 0, workers=1, no_work=False)


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host.strip("[]"), port))
        except OSError:
            return False
    return True
