"""`penholder services figures`: the figures of one service as they stand now, up to the newest event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from penholder.cli import console

if TYPE_CHECKING:
    from penholder.measure.figures import Figure
    from penholder.services.figures import FigureOf


@click.command("figures", epilog="Example:  penholder services figures permits --period 2026-10")
@click.argument("service")
@click.option(
    "--period", "named", multiple=True, help="2026-10, 2026-Q3 … Several may be named; else this month and the last."
)
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON on stdout.")
def figures_(service: str, named: tuple[str, ...], *, as_json: bool) -> None:
    """Show the figures of SERVICE as they stand now: worked out of its journeys and of what was submitted.

    For those who run the service: nothing is withheld, so this is not for publication.
    """
    console.start()
    from penholder.services import figures, periods, registrations  # noqa: PLC0415 - after the start

    registrations.find(service)
    now = datetime.now(UTC)
    this = periods.months(now.date().replace(day=1))
    wanted = named or (periods.months((this.starts_on - timedelta(days=1)).replace(day=1)).key, this.key)
    told = figures.live(services=[service], periods=[periods.parse(key).key for key in wanted], at=now)
    if as_json:
        console.as_json([_data(each) for each in told.figures])
        return
    if not told.figures:
        click.echo(f"No figure of {service} for {', '.join(wanted)}: no events of it, and nothing submitted.")
    for period in told.periods:
        console.out().print(f"\n[bold]{told.labels.get(period, period)}[/]")
        table = Table(box=None, pad_edge=False, padding=(0, 1))
        for place, name in enumerate(("Figure", "Channel", "Value", "95% interval", "of", "From")):
            table.add_column(name, justify="right" if place in {2, 3, 4} else "left", no_wrap=place in {1, 2, 3, 4})
        for each in told.about(service, period):
            figure = each.figure
            table.add_row(
                figure.definition.title, each.channel or "all", _value(figure, figure.value), _interval(figure),
                f"{figure.n:,}", " ".join((each.origin, *each.why)),
            )  # fmt: skip
        console.out().print(table)


def _value(figure: Figure, value: float | str) -> str:
    if isinstance(value, str):
        return value
    if figure.definition.unit == "share":
        return f"{value:.1%}"
    unit = {"count": "", "score": "", "seconds": " s", "years of age": " years"}.get(figure.definition.unit, " £")
    return f"{value:,.2f}".rstrip("0").rstrip(".") + unit


def _interval(figure: Figure) -> str:
    if figure.interval is None:
        return ""
    return f"{_value(figure, figure.interval.low)} to {_value(figure, figure.interval.high)}"


def _data(each: FigureOf) -> Mapping[str, Any]:
    figure = each.figure
    return {
        "period": each.period,
        "channel": each.channel,
        "figure": figure.definition.key,
        "version": figure.definition.version,
        "value": figure.value,
        "unit": figure.definition.unit,
        "n": figure.n,
        "coverage": [figure.coverage.had, figure.coverage.asked],
        "interval": [figure.interval.low, figure.interval.high] if figure.interval else None,
        "origin": each.origin,
        "why": list(each.why),
    }
