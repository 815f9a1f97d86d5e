"""A table's cells → what a chart shows, or the reason why it cannot be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from penholder.charts.numbers import Number, read_number
from penholder.errors import Refused

KINDS = ("bar", "stacked", "share", "line")
# As many fillings as can be told apart without colour.
MOST_SERIES = 6
# Beyond this a reader searches instead of comparing; the table does that better.
MOST_ROWS = 60
# Rounded percentages of a whole may miss 100 by half a point for each part; more is a mistake.
_ROUNDING = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Series:
    """One column of figures, one for each label; a figure is None when it is not known."""

    name: str
    values: tuple[Decimal | None, ...]
    texts: tuple[str, ...]  # as they are shown


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """What a chart shows: `labels` are the rows (or the points of time of a line), each with one value per series."""

    kind: str
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str

    @property
    def highest(self) -> Decimal:
        """The greatest known value; of stacked bars the greatest sum of the known ones."""
        if self.kind in ("stacked", "share"):
            return max(
                sum((s.values[i] or Decimal(0) for s in self.series), Decimal(0)) for i in range(len(self.labels))
            )
        return max((value for s in self.series for value in s.values if value is not None), default=Decimal(0))

    @property
    def unknown(self) -> tuple[tuple[str, str], ...]:
        """Every (label, series) whose value is not known."""
        return tuple(
            (label, series.name)
            for place, label in enumerate(self.labels)
            for series in self.series
            if series.values[place] is None
        )


def specify(kind: str, rows: Sequence[Sequence[str]], *, unit: str = "", title: str = "") -> ChartSpec:
    """The chart that a table (its heading row first, its first column labels) stands for.

    Refuses, with the reason in words for the author, a table without figures, figures that cannot be read or are not
    alike, figures below zero, parts that make more than a whole, and more than can be told apart.
    """
    if kind not in KINDS:
        msg = f"There is no chart “{kind}”. There are: {', '.join(KINDS)}."
        raise Refused(msg)
    _check_shape(rows)
    heads, body = rows[0], rows[1:]
    columns = [[_read(row, place, heads) for row in body] for place in range(1, len(heads))]
    unit = _one_unit(columns, unit)
    spec = ChartSpec(
        kind=kind,
        title=title,
        labels=tuple(row[0] for row in body),
        series=tuple(
            Series(head, tuple(n.value for n in column), tuple(_shown(n, unit) for n in column))
            for head, column in zip(heads[1:], columns, strict=True)
        ),
        unit=unit,
    )
    if kind in ("stacked", "share"):
        spec = _without_total(spec)
    if kind == "share" and len(spec.series) == 1:
        spec = _turned(spec)
    _check_values(spec)
    return spec


def _without_total(spec: ChartSpec) -> ChartSpec:
    """A last column that is the sum of the others is their total: stacked on them it would count everything twice."""
    *parts, last = spec.series
    if len(parts) < 2 or not any(last.values):
        return spec
    for place, value in enumerate(last.values):
        figures = [part.values[place] for part in parts]
        if value is None or sum((f for f in figures if f is not None), Decimal(0)) != value:
            return spec
    return replace(spec, series=tuple(parts))


def _check_shape(rows: Sequence[Sequence[str]]) -> None:
    if len(rows) < 2 or len(rows[0]) < 2:
        msg = "Its table needs a heading row, at least one row below it, a column of labels and a column of figures."
        raise Refused(msg)
    if len(rows) - 1 > MOST_ROWS:
        msg = f"Its table has {len(rows) - 1} rows; more than {MOST_ROWS} cannot be compared in a chart."
        raise Refused(msg)
    if any(len(row) != len(rows[0]) for row in rows):
        msg = "The rows of its table are not all as long as its heading."
        raise Refused(msg)


def _read(row: Sequence[str], place: int, heads: Sequence[str]) -> Number:
    number = read_number(row[place])
    if number is None:
        where = f"{row[0]}, {heads[place]}"
        msg = f"“{row[place]}” ({where}) is not a number. Leave a cell empty when its value is not known."
        raise Refused(msg)
    return number


def _one_unit(columns: Sequence[Sequence[Number]], unit: str) -> str:
    units = sorted({number.unit for column in columns for number in column if number.value is not None and number.unit})
    if len(units) > 1:
        msg = f"Its figures are not alike: some are in {units[0]}, some in {units[1]}."
        raise Refused(msg)
    found = units[0] if units else ""
    if found and unit and unit != found:
        msg = f"The chart says that its unit is {unit}, but its figures are in {found}."
        raise Refused(msg)
    return found or unit


def _shown(number: Number, unit: str) -> str:
    if number.value is None or number.unit or not unit:
        return number.text
    if unit == "%":
        return f"{number.text}%"
    return f"{unit}{number.text}" if unit in ("£", "$", "€") else number.text


def _turned(spec: ChartSpec) -> ChartSpec:
    """One column of parts is one bar whose parts are the rows."""
    whole = spec.series[0]
    parts = tuple(
        Series(label, (value,), (text,))
        for label, value, text in zip(spec.labels, whole.values, whole.texts, strict=True)
    )
    return ChartSpec(spec.kind, spec.title, (whole.name,), parts, spec.unit)


def _check_values(spec: ChartSpec) -> None:
    if len(spec.series) > MOST_SERIES:
        msg = f"It has {len(spec.series)} parts; more than {MOST_SERIES} cannot be told apart without colour."
        raise Refused(msg)
    known = [value for series in spec.series for value in series.values if value is not None]
    if not known:
        msg = "None of its values is known."
        raise Refused(msg)
    if min(known) < 0:
        msg = "It has a value below zero, which a chart that begins at zero cannot show."
        raise Refused(msg)
    if spec.kind == "share":
        for place, label in enumerate(spec.labels):
            _check_whole(spec, place, label)


def _check_whole(spec: ChartSpec, place: int, label: str) -> None:
    parts = [series.values[place] for series in spec.series]
    whole = sum((part for part in parts if part is not None), Decimal(0))
    if spec.unit == "%" and whole > 100 + _ROUNDING * len(parts):
        msg = f"The parts of “{label}” make {whole.normalize():f}%, which is more than a whole."
        raise Refused(msg)
    if spec.unit != "%" and (None in parts or not whole):
        msg = f"The parts of “{label}” are not all known, so nobody can say what share each one has."
        raise Refused(msg)
