"""`penholder export`: the published site for somebody else's server."""

from __future__ import annotations

from pathlib import Path

import click

from penholder.cli import console


@click.command(epilog="Example:  penholder export /srv/www/strategy")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
def export(target: Path, as_json: bool) -> None:
    """Copy the published site to TARGET: a folder, or an archive when it ends in .zip, .tar or .tar.gz.

    It comes with compressed variants of every page and a configuration for nginx, and appears in one step.
    """
    console.start()
    from penholder.publishing import export as handing_over  # noqa: PLC0415 - after the start

    with console.progress("Exporting") as tell:
        done = handing_over.to(target, progress=tell)
    if as_json:
        console.as_json({"target": str(done.target), "files": done.files, "bytes": done.size})
    else:
        console.out().print(f"{done.files} files ({done.size / 1_000_000:.1f} MB) in {done.target}")
