"""`penholder import`: somebody else's strategy, read, checked, reported, and taken in whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from penholder.cli import console

if TYPE_CHECKING:
    from penholder.delivery.reports import Report
    from penholder.formats.select import Select

# More than this would push the figures off the screen; --json has them all.
GAPS_SHOWN = 20


@click.command(
    "import",
    epilog="Example:  penholder import ../strategy.bundle --daily --dry-run",
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--daily", "mode", flag_value="daily", default=True, help="Of a history, the last state of each day. [default]"
)
@click.option("--all", "mode", flag_value="all", help="Of a history, every commit that changed the text.")
@click.option("--tags", "mode", flag_value="tags", help="Of a history, the tagged commits.")
@click.option("--commits", metavar="A,B,…", help="Of a history, these commits, tags or branches.")
@click.option("--dry-run", is_flag=True, help="Read, check and report everything; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
@click.pass_context
def import_(ctx: click.Context, *, path: Path, mode: Any, commits: str | None, dry_run: bool, as_json: bool) -> None:
    """Take in a strategy: a folder, a git repository or bundle, a zip of one, a .docx or an .odt.

    Each state of a history that changed the text is sealed as an iteration and published as an edition that was agreed
    elsewhere. All of it comes in or none of it, and the same import again changes nothing. What could not be read is
    listed with file and line; an error there stops the import (exit code 1).
    """
    console.start()
    from penholder.formats.select import Select  # noqa: PLC0415 - after the start, so that --help is quick

    names = tuple(name.strip() for name in (commits or "").split(",") if name.strip())
    select = Select("commits", names) if names else Select(mode)
    report = take_in(path, select=select, dry_run=dry_run)
    if as_json:
        console.as_json(report.to_data())
    else:
        show(report)
    ctx.exit(1 if report.stopped else 0)


def take_in(path: Path, *, select: Select, dry_run: bool = False) -> Report:
    """Read a path and take it in, with a bar on stderr."""
    from penholder.delivery import imports  # noqa: PLC0415
    from penholder.formats import open as opening  # noqa: PLC0415

    source = opening.describe(path, select=select)
    with console.progress(f"Reading {source.words}") as tell:
        return imports.take_in(
            opening.read(path, select=select),
            source=path.name,
            at=datetime.now(UTC),
            dry_run=dry_run,
            total=source.total,
            progress=tell,
        )


def show(report: Report) -> None:
    """The report, for people."""
    out = console.out()
    figures = Table.grid(padding=(0, 2))
    figures.add_column(justify="right", style="bold")
    figures.add_column()
    for count, words in _figures(report):
        figures.add_row(str(count), words)
    if not report.stopped:
        out.print(figures)
    _show_gaps(report)
    out.print(_verdict(report))


# What is added is counted in rows: one action whose words changed twice has three versions.
ADDED = {
    "organisations": "names and posts of organisations",
    "principles": "versions of principles",
    "actions": "versions of actions",
    "asks": "questions to organisations",
    "responses": "versions of responses",
    "wordings": "titles of actions on other pages",
    "addresses": "old addresses",
    "media": "files",
}


def _figures(report: Report) -> list[tuple[int, str]]:
    drift = ", ".join(f"{number:02}" for number in report.drift)
    return [
        (report.snapshots, "states read"),
        (report.iterations, "of them stand as iterations"),
        (report.documents, f"documents of {report.sections} sections with {report.headings} headings"),
        (report.footnotes, "footnotes"),
        (report.principles, "principles"),
        (report.actions, "actions"),
        (report.organisations, "organisations"),
        (report.responses, "responses asked for"),
        (report.silent, "of them silent"),
        (report.not_applicable_proposed, "proposed as not applicable, for a person to decide"),
        (len(report.drift), "actions that other pages word differently" + (f": {drift}" if drift else "")),
    ]


def _show_gaps(report: Report) -> None:
    out = console.out()
    order = {"error": 0, "warning": 1, "note": 2}
    gaps = sorted(report.unread, key=lambda gap: order[gap.severity])
    if gaps:
        out.print(f"\n{len(gaps)} things could not be read as they stand, or are worth a look:")
    for gap in gaps[:GAPS_SHOWN]:
        where = f"{gap.file}:{gap.line}" if gap.line else gap.file
        style = {"error": "bold red", "warning": "yellow", "note": "dim"}[gap.severity]
        out.print(f"  [{style}]{gap.severity}[/] {escape(where)}  {escape(gap.what)}")
    if len(gaps) > GAPS_SHOWN:
        out.print(f"  … and {len(gaps) - GAPS_SHOWN} more; --json lists them all.")


def _verdict(report: Report) -> str:
    if report.stopped:
        return "\n[bold red]Nothing was taken in.[/] Mend what is marked as an error, then import again."
    if report.nothing_new:
        return "\nNothing new: all of it is here already."
    new = ", ".join(f"{count} {ADDED.get(name, name)}" for name, count in report.new.items() if count)
    if report.dry_run:
        return f"\nA dry run: nothing was written. An import would add {new}."
    return f"\nTaken in: {new}. Run `penholder publish` to show it."
