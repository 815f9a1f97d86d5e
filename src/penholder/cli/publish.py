"""`penholder publish`: editions, and the site that shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from penholder.cli import console

if TYPE_CHECKING:
    from penholder.publishing.sites import Site


@click.command(
    epilog='Example:  penholder publish strategy:8 --agreed-elsewhere --reason "Dates of action 7 corrected"'
)
@click.argument("iterations", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every imported edition. The same as naming no iteration.")
@click.option("--agreed-elsewhere", is_flag=True, help="Say that these were agreed outside Penholder.")
@click.option("--reason", default="", help="Why, in public. Needed from the second edition on.")
@click.option("--corrects", is_flag=True, help="Say that these put a mistake of the edition before right.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
def publish(  # noqa: PLR0917 - click gives options by name
    iterations: tuple[str, ...],
    everything: bool,
    agreed_elsewhere: bool,
    reason: str,
    corrects: bool,
    as_json: bool,
) -> None:
    """Write the whole public site anew and show it in one step; until then, and if anything fails, the old one stands.

    Named ITERATIONS become editions first. Each must be cleared: every round that its kind of document needs, on this
    very text. What was agreed outside Penholder needs --agreed-elsewhere, and is shown as such. Editions that were
    imported are published already and appear with every publish.
    """
    if everything and iterations:
        raise click.UsageError("Name iterations, or say --all, not both.")
    if agreed_elsewhere and not iterations:
        raise click.UsageError("Name the iterations that were agreed elsewhere.")
    console.start()
    site = build(iterations, reason=reason, agreed_elsewhere=agreed_elsewhere, corrects=corrects)
    if as_json:
        figures = {
            "files": site.files, "redirects": site.redirects, "drawn": site.drawn, "written": site.written,
            "bytes": site.size,
        }  # fmt: skip
        console.as_json({"release": str(site.release), **figures})
        return
    console.out().print(
        f"Published {site.files} files and {site.redirects} redirects ({site.size / 1_000_000:.1f} MB), "
        f"{site.drawn} of them drawn and {site.written} written anew, in {site.release}"
    )


def build(
    names: tuple[str, ...] = (), *, reason: str = "", agreed_elsewhere: bool = False, corrects: bool = False
) -> Site:
    """Publish named iterations, then write the site, with a bar on stderr."""
    from django.db import transaction  # noqa: PLC0415 - after the start

    from penholder.drafting import iterations  # noqa: PLC0415
    from penholder.publishing import editions, showing  # noqa: PLC0415

    at = datetime.now(UTC)
    with transaction.atomic():
        for name in names:
            editions.publish(
                iteration=iterations.find(name),
                at=at,
                reason=reason,
                agreed_elsewhere=agreed_elsewhere,
                corrects=corrects,
            )
    with console.progress("Publishing") as tell:
        return showing.show(at=at, progress=tell)
