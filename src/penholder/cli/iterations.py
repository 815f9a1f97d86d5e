"""`penholder iterations`: what was sealed, when, and from where."""

from __future__ import annotations

import click
from rich.table import Table

from penholder.cli import console


@click.command(epilog="Example:  penholder iterations strategy")
@click.argument("document", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="List as JSON on stdout.")
def iterations(document: str, as_json: bool) -> None:
    """List the sealed iterations of DOCUMENT (its key), or of all documents, oldest first."""
    console.start()
    from penholder.drafting import iterations as sealed  # noqa: PLC0415 - after the start
    from penholder.drafting.models import Document  # noqa: PLC0415
    from penholder.errors import Missing  # noqa: PLC0415
    from penholder.publishing.models import Edition  # noqa: PLC0415

    if document and not Document.objects.filter(key=document).exists():
        known = ", ".join(Document.objects.values_list("key", flat=True)) or "none yet"
        raise Missing(f"There is no document “{document}”. There are: {known}.")
    editions = dict(Edition.objects.values_list("iteration", "number"))
    rows = [
        {
            "name": f"{row.document.key}:{row.number}",
            "document": row.document.key,
            "number": row.number,
            "label": row.label,
            "stage": row.stage,
            "taken_at": row.taken_at.isoformat(),
            "seal": row.seal,
            "edition": editions.get(row.pk),
            "source": row.source,
            "author": row.author,
            "reason": row.reason,
        }
        for row in sealed.listed(document)
    ]
    if as_json:
        console.as_json(rows)
        return
    table = Table("Name", "Label", "Taken", "Edition", "Seal", box=None, pad_edge=False)
    for row in rows:
        edition = "" if row["edition"] is None else str(row["edition"])
        table.add_row(str(row["name"]), str(row["label"]), str(row["taken_at"])[:16], edition, str(row["seal"])[:12])
    console.out().print(table if rows else "Nothing is sealed yet. Run `penholder import PATH`, or `penholder demo`.")
