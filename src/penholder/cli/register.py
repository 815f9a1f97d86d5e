"""`penholder services …`: the register of services from a shell."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from penholder.cli import console, figures, live_figures

if TYPE_CHECKING:
    from penholder.services.imports import Report, Weekly
    from penholder.services.totals import Compared

# More odd cells than this would push the figures off the screen; --json has them all.
ODD_SHOWN = 20

_DAY_IN_A_NAME = re.compile(r"(20\d\d)-?(\d\d)-?(\d\d)")


@click.group(epilog="Example:  penholder services import services_2018-09-19.csv && penholder services list")
def services() -> None:
    """The register of services and what they submitted."""


@services.command(
    "import", epilog="Example:  penholder services import services_2017-06-06.csv services_2018-09-19.csv"
)
@click.argument(
    "paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--said-on", type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the table was published. Else the day in its name, else today.",
)  # fmt: skip
@click.option("--reason", default="", help="Why figures changed, for readers of every revision.")
@click.option("--service", help="Of weekly counts (.json): the key of the service.")
@click.option("--start", help="Of weekly counts: the step that starts an attempt.")
@click.option("--end", help="Of weekly counts: the step that completes it.")
@click.option("--dry-run", is_flag=True, help="Read, check and report everything; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
def import_(  # noqa: PLR0917 - click hands options over by name
    paths: tuple[Path, ...], said_on: datetime | None, reason: str, service: str | None, start: str | None,
    end: str | None, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Take in tables in the layout of the Transactions Explorer, oldest first, or weekly counts of a journey.

    Each table comes in whole or not at all, and the same one again changes nothing. Every odd cell is explained with
    its row and column. Where a newer version of a table changes what an older one said, that is listed as a revision.
    """
    console.start()
    at = datetime.now(UTC)
    reports = []
    for path in paths:
        day = said_on.date() if said_on else _day_of(path.name, at.date())
        if path.suffix == ".json":
            if not (service and start and end):
                raise click.UsageError(f"{path} holds weekly counts: name --service, --start and --end.")
            named = {"service": service, "start": start, "end": end}
            report: Report | Weekly = _weekly(path, day, at, dry_run=dry_run, **named)
        else:
            report = _table(path, day, at, reason=reason, dry_run=dry_run)
        reports.append(report)
        if not as_json:
            _show(report, dry_run=dry_run)
    if as_json:
        console.as_json([report.to_data() for report in reports])


def _day_of(name: str, otherwise: date) -> date:
    """The day that stands in a file's name; an impossible one is no day."""
    found = _DAY_IN_A_NAME.search(name)
    try:
        return date(*map(int, found.groups())) if found else otherwise
    except ValueError:
        return otherwise


def _table(path: Path, day: date, at: datetime, *, reason: str, dry_run: bool) -> Report:
    from penholder.services import imports  # noqa: PLC0415 - after the start

    data = path.read_bytes()
    return imports.take_in(path.name, data, said_on=day, at=at, on=at.date(), reason=reason, dry_run=dry_run)


def _weekly(path: Path, day: date, at: datetime, *, dry_run: bool, **named: str) -> Weekly:
    from penholder.services import imports  # noqa: PLC0415 - after the start

    data = path.read_bytes()
    return imports.take_in_weekly(path.name, data, said_on=day, at=at, on=at.date(), dry_run=dry_run, **named)


def _show(report: Report | Weekly, *, dry_run: bool) -> None:
    from penholder.services.imports import Weekly  # noqa: PLC0415 - after the start

    out = console.out()
    out.print(f"\n[bold]{escape(report.source)}[/], said on {report.said_on}")
    if isinstance(report, Weekly):
        out.print(
            f"{report.weeks} weeks of “{escape(report.service)}”: {report.new} values, {report.same} here already."
        )
    elif report.nothing_new:
        out.print("Nothing new: all of it is here already.")
    else:
        _show_table(report)
    if dry_run:
        out.print("A dry run: nothing was written.")


def _show_table(report: Report) -> None:
    out = console.out()
    figures = Table.grid(padding=(0, 2))
    figures.add_column(justify="right", style="bold")
    figures.add_column()
    revised, supplied, withdrawn, reworded = (
        report.changes.get(kind, 0) for kind in ("revised", "supplied", "withdrawn", "reworded")
    )
    for count, words in (
        (report.services, f"services of {report.departments} departments in {len(report.periods)} periods"),
        (len(report.new_services), "of them new to the register"),
        (len(report.unlisted), "services of an older version that this one no longer lists"),
        (report.new, "values where there were none"),
        (report.same, "values as they stood"),
        (revised, "figures revised"),
        (withdrawn, "figures taken back"),
        (supplied, "figures supplied later"),
        (reworded, "reasons for having no figure that changed"),
        (len(report.odd), "odd cells"),
    ):
        figures.add_row(f"{count:,}", words)
    out.print(figures)
    for one in report.renamed:
        out.print(f"Known to have been renamed: {escape(one)}.")
    for cell in report.odd[:ODD_SHOWN]:
        out.print(f"  [dim]row {cell.row}, column {cell.column}[/]  “{escape(cell.holds)}”: {escape(cell.explanation)}")
    if len(report.odd) > ODD_SHOWN:
        out.print(f"  … and {len(report.odd) - ODD_SHOWN} more; --json lists them all.")
    for each in report.headlines[-3:]:
        out.print(_headline(each))


def _headline(compared: Compared) -> str:
    told = compared.told
    if told.before.share is None or told.after.share is None:
        return f"{compared.definition.title}, {compared.before_label} to {compared.after_label}: not enough figures."
    matched = ""
    if told.matched_before.share is not None and told.matched_after.share is not None:
        matched = (
            f"; over the {told.matched_after.services} services in both "
            f"{told.matched_before.share:.1%} to {told.matched_after.share:.1%}"
        )
    return (
        f"{compared.definition.title}, {compared.before_label} to {compared.after_label}: "
        f"{told.before.share:.1%} to {told.after.share:.1%} "
        f"({told.before.services} and {told.after.services} of {told.asked} services){matched}."
    )


@services.command("list", epilog="Example:  penholder services list --organisation hmrc")
@click.option("--organisation", default="", help="Only those of the organisation with this key.")
@click.option("--json", "as_json", is_flag=True, help="List as JSON on stdout.")
def list_(organisation: str, *, as_json: bool) -> None:
    """List the services of the register by name."""
    console.start()
    from penholder.services import standing  # noqa: PLC0415 - after the start

    found = standing.listed(organisation=organisation)
    if as_json:
        rows: list[dict[str, Any]] = [
            {"key": each.key, "name": each.name, "organisation": each.organisation, "agency": each.now.agency,
             "closed_on": each.now.closed_on}
            for each in found
        ]  # fmt: skip
        console.as_json(rows)
        return
    for each in found:
        closed = f"  closed {each.now.closed_on}" if each.now.closed_on else ""
        click.echo(f"{each.key}  {each.name}  ({each.now.organisation_name}){closed}")


@services.command(epilog="Example:  penholder services export ../figures")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write the register and all that is public about it to FOLDER: each table as CSV and as JSON."""
    console.start()
    from penholder.services import exports  # noqa: PLC0415 - after the start

    folder.mkdir(parents=True, exist_ok=True)
    for table in exports.TABLES.values():
        # newline="" keeps the line ends of RFC 4180 as they are.
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(table.csv())
        (folder / f"{table.name}.json").write_text(table.json() + "\n", encoding="utf-8")
        click.echo(f"{table.name}.csv, {table.name}.json")


@services.command(epilog="Example:  penholder services draw carers-journey.json")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reason", default="", help="Why the journey is drawn anew, for readers.")
def draw(file: Path, reason: str) -> None:
    """Add a version of a service's journey from FILE (JSON), and hand all versions over to the sealing of events."""
    home = console.start()
    from penholder.errors import Refused  # noqa: PLC0415 - after the start
    from penholder.services import journeys  # noqa: PLC0415

    try:
        graph = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise Refused(f"{file} is not JSON: {problem}.") from problem
    row = journeys.draw(drawn=journeys.read(graph), reason=reason, by=None, at=datetime.now(UTC))
    count = journeys.hand_over(home / "events")
    click.echo(f"Version {row.number} of “{graph['service']}” is drawn; sealing knows {count} versions.")


services.add_command(live_figures.figures_)
services.add_command(figures.template)
services.add_command(figures.upload)
