"""`penholder withdraw`: say in public that an edition no longer holds."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from penholder.cli import console
from penholder.errors import Missing


@click.command(epilog='Example:  penholder withdraw strategy 2 --notice "Action 7 gives a wrong date. Read edition 3."')
@click.argument("document")
@click.argument("edition", type=click.IntRange(min=1))
@click.option("--notice", required=True, help="What readers are shown above the text: why, and what holds now.")
def withdraw(document: str, edition: int, notice: str) -> None:
    """Withdraw an EDITION of a DOCUMENT and show the site anew. Its text stays readable below the notice."""
    console.start()
    from penholder.cli import publish  # noqa: PLC0415 - after the start
    from penholder.publishing import editions  # noqa: PLC0415

    found = editions.listed(document).filter(number=edition).first()
    if found is None:
        raise Missing(f"There is no edition {edition} of “{document}”. `penholder iterations` lists what there is.")
    editions.withdraw(edition_id=found.pk, notice=notice, by=None, at=datetime.now(UTC))
    site = publish.build()
    console.out().print(f"Edition {edition} of {document} is withdrawn, and {site.release} says so.")
