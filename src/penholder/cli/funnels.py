"""`penholder events funnel`: how far attempts at a service come, where they stop, and what changed with a release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from penholder.cli import console

if TYPE_CHECKING:
    from penholder.measure.intervals import Interval
    from penholder.measure.journey_definitions import JourneyDefinition
    from penholder.measure.questions import Dimension
    from penholder.measure.sights import Sight, Swap

SPLITS = ("channel", "release", "week", "month")


@click.command(epilog="Example:  penholder events funnel permits --by channel")
@click.argument("service")
@click.option("--by", type=click.Choice(SPLITS), help="One funnel for each of these.")
@click.option("--releases", nargs=2, metavar="OLD NEW", help="What changed from one release to another.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON on stdout.")
def funnel(service: str, by: Dimension | None, releases: tuple[str, str] | None, *, as_json: bool) -> None:
    """Show how far attempts at SERVICE came, in the newest version of its journey, up to the newest event.

    For those who run the service: small counts are shown as they are, so this is not for publication.
    """
    from penholder.errors import Missing  # noqa: PLC0415 - `--help` must not wait for it
    from penholder.measure import engines, sights  # noqa: PLC0415
    from penholder.measure.intake import drawings  # noqa: PLC0415

    instance = import_module("penholder.config.instance")
    folder = instance.home() / "events"
    versions = drawings.read(folder).get(service)
    if not versions:
        raise Missing(f"No journey of “{service}” is drawn. Draw it with: penholder services draw FILE")
    drawn = max(versions, key=lambda one: one.version)
    with engines.over(folder, services=[service], engine=instance.engine(), storage=instance.storage()) as engine:
        if engine is None:
            raise Missing(f"No event of “{service}” is here yet.")
        now = datetime.now(UTC)
        swap = sights.swap(engine, drawn, *releases, at=now) if releases else None
        seen = () if releases else sights.see(engine, drawn, by=by, at=now)
    if as_json:
        console.as_json(_swap_data(swap) if swap else [_data(each) for each in seen])
    elif swap:
        _show_swap(swap)
    else:
        _show(drawn, seen)


def _show(drawn: JourneyDefinition, seen: Sequence[Sight]) -> None:
    if not seen:
        until = f" to {drawn.effective_to}" if drawn.effective_to else ""
        console.out().print(
            f"No attempt at {drawn.service} began while version {drawn.version} of its journey is in force: from "
            f"{drawn.effective_from}{until}."
        )
    for each in seen:
        out = console.out()
        out.print()
        out.print(f"[bold]{each.title or drawn.service}[/]: {each.sentence}")
        if not each.steps:
            continue
        table = _table("Step", "Reached", "of all", "Stopped", "of these", "95% interval")
        for row in each.steps:
            table.add_row(
                row.step, f"{row.reached:,}", _percent(row.reached, each.outcomes.cohort), f"{row.left:,}",
                _percent(row.left, row.reached), _interval(row.interval),
            )  # fmt: skip
        out.print(table)


def _show_swap(swap: Swap) -> None:
    out = console.out()
    out.print(swap.comparison.sentence())
    for broken in swap.breaks:
        out.print(broken.sentence())
    table = _table("Stopped at", swap.old, swap.new, "Change", "95% interval", "p, of all steps", "")
    for row in swap.changes:
        if row.step in swap.silent:
            table.add_row(row.step, _share(row.before), _share(row.after), "", "", "", "missing")
            continue
        change = "" if row.change is None else f"{100 * row.change:+.1f}"
        table.add_row(
            row.step, _share(row.before), _share(row.after), change, _interval(row.interval, signed=True),
            f"{row.adjusted_p:.3f}", "clear" if row.clear else "",
        )  # fmt: skip
    out.print(table)
    out.print("“Clear” is what chance alone would do at any of the steps less than once in twenty times.")


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place else "left", no_wrap=not place)
    return table


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def _share(row: Any) -> str:
    return f"{row.left:,} of {row.reached:,} {_percent(row.left, row.reached)}".rstrip()


def _interval(interval: Interval | None, *, signed: bool = False) -> str:
    if interval is None:
        return ""
    sign = "+" if signed else ""
    return f"{100 * interval.low:{sign}.1f} to {100 * interval.high:{sign}.1f}"


def _data(each: Sight) -> Mapping[str, Any]:
    outcomes = each.outcomes
    return {
        "by": each.title,
        "cohort": outcomes.cohort,
        "completed": outcomes.completed,
        "outcomes": outcomes.mature,
        "young": outcomes.young,
        "bots": outcomes.bots,
        "fragments": outcomes.fragments,
        "steps": [_row(row) for row in each.steps],
    }


def _row(row: Any) -> Mapping[str, Any]:
    return {"step": row.step, "reached": row.reached, "left": row.left, "interval": _ends(row.interval)}


def _swap_data(swap: Swap) -> Mapping[str, Any]:
    return {
        "sentence": swap.comparison.sentence(),
        "breaks": [broken.sentence() for broken in swap.breaks],
        "steps": [
            {
                "step": row.step, "before": _row(row.before), "after": _row(row.after), "change": row.change,
                "interval": _ends(row.interval), "p": row.adjusted_p,
                "clear": row.clear and row.step not in swap.silent,
            }
            for row in swap.changes
        ],
    }  # fmt: skip


def _ends(interval: Interval | None) -> Iterable[float] | None:
    return None if interval is None else (interval.low, interval.high)
