"""`penholder services template` and `penholder services upload`: figures by hand, from a shell."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from penholder.cli import console

if TYPE_CHECKING:
    from penholder.services.submissions import Receipt
    from penholder.services.uploads import Preview

# More than this would push the figures off the screen; --json has them all.
SHOWN = 20
# The exit code of a dry run that found errors, as `penholder check` has it.
FOUND = 3


@click.command(epilog="Example:  penholder services template hmrc 2026-10 --to figures.xlsx")
@click.argument("organisation")
@click.argument("period")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1, 24), help="How many periods from there.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="The file; .csv or .xlsx says which kind.")
def template(organisation: str, period: str, count: int, to: Path | None) -> None:
    """Write the template for the services of an organisation, to be filled in and sent back."""
    console.start()
    from penholder.people import organisations  # noqa: PLC0415 - after the start
    from penholder.services import periods, sheets  # noqa: PLC0415 - after the start

    body = organisations.find(organisation)
    first = periods.parse(period)
    spans = [first]
    while len(spans) < count:
        spans.append(periods.months(spans[-1].ends_on, first.months))
    file = to or Path(f"figures-{body.key}-{first.key}.xlsx")
    data = sheets.template(
        title=f"Figures of services: {body.name}", services=sheets.catalogue(organisation=body.key).services,
        spans=spans, kind="csv" if file.suffix == ".csv" else "xlsx",
    )  # fmt: skip
    file.write_bytes(data)
    console.out().print(f"{file}: ready to be filled in.")


@click.command(epilog="Example:  penholder services upload october.xlsx --dry-run")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--quarters", type=click.Choice(["calendar", "financial"]), help="What “Q1 2025” means in this file.")
@click.option("--good-rows", is_flag=True, help="Take in the good rows, and leave out those with errors.")
@click.option("--reason", default="", help="Why public figures change, for readers of every revision.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing. Exit code 3: errors.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
def upload(  # noqa: PLR0917 - click hands options over by name
    path: Path, quarters: str | None, good_rows: bool, reason: str, dry_run: bool, as_json: bool
) -> None:
    """Take in a table of figures (.csv or .xlsx): whole, or with --good-rows without the rows that have errors."""
    console.start()
    from penholder.services import uploads  # noqa: PLC0415 - after the start

    told, receipt = uploads.take_file(
        name=path.name, data=path.read_bytes(), quarters=quarters or "", good_only=good_rows, reason=reason,
        dry_run=dry_run, at=datetime.now(UTC),
    )  # fmt: skip
    if as_json:
        console.as_json(_data(told, receipt))
    else:
        _show(told, receipt)
    if dry_run and told.errors:
        raise SystemExit(FOUND)


def _data(told: Preview, receipt: Receipt | None) -> dict[str, object]:
    return {
        "source": told.upload.name,
        "digest": told.upload.digest,
        "rows": told.rows,
        "left_out": told.left_out,
        "new": told.new,
        "same": told.same,
        "revisions": len(told.revisions),
        "submission": receipt.submission.key if receipt and receipt.submission else None,
        "errors": [
            {"sheet": one.sheet, "cell": one.address, "holds": one.holds, "what": one.what} for one in told.errors
        ],
        "notes": [*told.notes, *(f"{one.address}: {one.what}" for one in told.remarks)],
        "unusual": [
            {"cell": one.cell.place, "value": float(str(one.cell.value)), "usual": one.usual} for one in told.unusual
        ],
    }


def _show(told: Preview, receipt: Receipt | None) -> None:
    out = console.out()
    out.print(f"[bold]{escape(told.upload.name)}[/]: {told.rows} rows can be taken in, {told.left_out} have errors.")
    for one in told.errors[:SHOWN]:
        out.print(f"  [dim]{escape(one.sheet)} {one.address}[/]  “{escape(one.holds)}”: {escape(one.what)}")
    if len(told.errors) > SHOWN:
        out.print(f"  … and {len(told.errors) - SHOWN} more; --json lists them all.")
    for note in told.notes:
        out.print(escape(note))
    for each in told.unusual[:SHOWN]:
        out.print(
            f"  [dim]{escape(each.cell.place)}[/]  {each.cell.value} is unusual; before it was about {each.usual:,.0f}."
        )
    out.print(f"{told.new} new values, {told.same} here already, {len(told.revisions)} changes of what is public.")
    if receipt is None:
        out.print("A dry run: nothing was written.")
    elif receipt.submission is None:
        out.print("Nothing new: all of it is here already.")
    else:
        out.print(f"Taken in as {receipt.submission.key}.")
