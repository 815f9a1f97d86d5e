"""Chart specification → SVG: no script, no style, told apart by pattern and label as by colour, the same bytes always.

The picture is 340 units wide with type of 13, so that it reads on a phone of 320 pixels and can be scaled to any width.
Its `<desc>` says every value in words, and the page that shows it keeps the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from penholder.charts import bars, lines
from penholder.charts.canvas import Canvas
from penholder.charts.specification import ChartSpec, specify

WORDS: Mapping[str, str] = {
    "bar": "Bar chart",
    "stacked": "Stacked bar chart",
    "share": "Shares of a whole",
    "line": "Line chart",
    "unknown": "not known",
    "unknown-list": "Not known: {names}",
    "total": "total {value}",
    "rest": "the rest is not stated",
    "unit": "In {unit}",
}
_NOT_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def draw(
    kind: str,
    rows: Sequence[Sequence[str]],
    *,
    unit: str = "",
    ident: str = "chart",
    title: str = "",
    words: Mapping[str, str] | None = None,
) -> str:
    """An SVG of a table's cells, heading row first. `ident` begins every id; `words` are in the page's language.

    Raises `errors.Refused` with the reason when the table cannot be drawn; show the table alone then.
    """
    return draw_spec(specify(kind, rows, unit=unit, title=title), ident=ident, words=words)


def draw_spec(spec: ChartSpec, *, ident: str = "chart", words: Mapping[str, str] | None = None) -> str:
    """An SVG of a specification that is already made."""
    said = {**WORDS, **(words or {})}
    canvas = Canvas(_NOT_NAME.sub("-", ident).strip("-") or "chart")
    if spec.unit and not any(spec.unit in text for series in spec.series for text in series.texts):
        canvas.line_of_text(said["unit"].format(unit=spec.unit), "chart-unit")
    {"bar": bars.bars, "stacked": bars.stacks, "share": bars.shares, "line": lines.lines}[spec.kind](canvas, spec, said)
    return canvas.svg(
        kind=spec.kind,
        title=f"{said[spec.kind]}: {spec.title}" if spec.title else said[spec.kind],
        description=describe(spec, said),
    )


def describe(spec: ChartSpec, words: Mapping[str, str] = WORDS) -> str:
    """Every value of a chart as a sentence for those who do not see it."""
    rows = []
    for place, label in enumerate(spec.labels):
        values = [
            (series.name, series.texts[place] if series.values[place] is not None else words["unknown"])
            for series in spec.series
        ]
        single = len(values) == 1
        rows.append(f"{label}: " + ", ".join(text if single else f"{name} {text}" for name, text in values))
    return "; ".join(rows) + "."
