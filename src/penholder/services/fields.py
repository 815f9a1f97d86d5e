"""What the fields of a figure, a period and a target are called wherever they are given as data: named here, once.

The files of the public site and the whole register as it is exported say the same thing by the same name.
"""

from __future__ import annotations

from typing import Any, Final

from penholder.measure.figures import Figure
from penholder.measure.values import Absence
from penholder.services.periods import Span
from penholder.services.standing import TargetOf

Fields = tuple[tuple[str, str], ...]

OF_PERIOD: Final[Fields] = (
    ("period", "key of the period: 2026-10, 2026-Q4, 2016-10_2017-09"),
    ("period_starts_on", "its first day"),
    ("period_ends_on", "the first day after it"),
)
OF_FIGURE: Final[Fields] = (
    ("figure", "key of the figure"),
    ("definition", "version of its definition"),
    ("value", "the figure; empty unless the status is “value”"),
    ("status", "value, not-provided, not-applicable or suppressed; 0 is a value"),
    ("n", "what the value is a share or a mean of; empty: not known"),
    ("covered", "how many it knows"),
    ("asked", "of how many that were asked"),
    ("low", "lower end of the 95% interval"),
    ("high", "upper end of the 95% interval"),
)
OF_TARGET: Final[Fields] = (
    ("figure", "key of the figure"),
    ("value", "what the figure is to be; empty: given up"),
    ("due_on", "by which day"),
    ("said_on", "when it was said"),
    ("stands", "whether no newer version took its place"),
    ("reason", "why it changed"),
)


def names(fields: Fields) -> tuple[str, ...]:
    """The names of fields, in order."""
    return tuple(name for name, _meaning in fields)


def status(value: object) -> str:
    """How a value is told apart from the three reasons for having none: 0 is a value."""
    return str(value).replace(" ", "-") if isinstance(value, Absence) else "value"


def rounded(value: float | None) -> float | None:
    """A number with as many digits as counts of millions can bear."""
    return None if value is None else round(value, 6)


def of_period(key: str, span: Span) -> dict[str, Any]:
    """A period and its days."""
    return {"period": key, "period_starts_on": span.starts_on, "period_ends_on": span.ends_on}


def of_figure(figure: Figure) -> dict[str, Any]:
    """A figure with all that one must know to trust it."""
    interval = figure.interval
    return {
        "figure": figure.definition.key,
        "definition": figure.definition.version,
        "value": None if isinstance(figure.value, Absence) else round(float(figure.value), 6),
        "status": status(figure.value),
        "n": figure.n or None,
        "covered": figure.coverage.had,
        "asked": figure.coverage.asked,
        "low": rounded(interval.low) if interval else None,
        "high": rounded(interval.high) if interval else None,
    }


def of_target(target: TargetOf) -> dict[str, Any]:
    """What a figure is to be, as one version said it."""
    return {
        "figure": target.definition,
        "value": target.value,
        "due_on": target.due_on,
        "said_on": target.said_on,
        "stands": target.stands,
        "reason": target.reason,
    }
