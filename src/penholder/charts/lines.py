"""Lines over time: the axis begins at zero, and a line breaks where a value is not known."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from penholder.charts.canvas import COLOURS, GREY, LEADING, PAPER, TYPE, WIDTH, Canvas, number, wide
from penholder.charts.specification import ChartSpec, Series
from penholder.errors import Refused

Points = list[tuple[float, float] | None]  # one for each label; None where the value is not known

_HEIGHT = 180
_DASHES = ("", "7 4", "2 3", "10 3 2 3", "4 2", "12 4")
# With more points than these their figures would lie on one another; the first, the last and the highest stay.
_MOST_FIGURES = 6


def lines(canvas: Canvas, spec: ChartSpec, words: Mapping[str, str]) -> None:
    """Points in the order of the rows, joined; told apart by dashes and the shape of their points."""
    if len(spec.labels) < 2:
        msg = "A line needs at least two rows; one row is a bar."
        raise Refused(msg)
    if len(spec.series) > 1:
        _legend(canvas, spec)
    top, bottom = canvas.y + TYPE + 4, canvas.y + TYPE + 4 + _HEIGHT
    highest = spec.highest or Decimal(1)
    step = (WIDTH - 2 * _edge(spec)) / (len(spec.labels) - 1)
    canvas.parts.append(f'<path d="M0 {number(bottom)}H{WIDTH}" stroke="{GREY}" fill="none" class="axis"/>')
    drawn: list[tuple[Series, Points]] = []
    for filling, series in enumerate(spec.series):
        points: Points = [
            None if value is None else (_edge(spec) + place * step, bottom - float(value / highest) * (bottom - top))
            for place, value in enumerate(series.values)
        ]
        _line(canvas, points, filling)
        drawn.append((series, points))
    for series, points in drawn:
        _figures(canvas, series, points, [other for _, other in drawn])
    _labels(canvas, spec, step, bottom)
    if spec.unknown:
        names = "; ".join(label if len(spec.series) == 1 else f"{label}, {name}" for label, name in spec.unknown)
        canvas.line_of_text(words["unknown-list"].format(names=names), "unknown")


def _edge(spec: ChartSpec) -> float:
    ends = [text for series in spec.series for text in (series.texts[0], series.texts[-1])]
    return min(70.0, max(24.0, max(wide(text) for text in ends) / 2 + 2))


def _legend(canvas: Canvas, spec: ChartSpec) -> None:
    for filling, series in enumerate(spec.series):
        y = canvas.y + 9
        _line(canvas, [(6, y), (30, y)], filling)
        canvas.line_of_text(series.name, "legend", indent=38)
    canvas.y += 6


def _line(canvas: Canvas, points: Points, filling: int) -> None:
    path, pen_down = [], False
    for point in points:
        if point is not None:
            path.append(f"{'L' if pen_down else 'M'}{number(point[0])} {number(point[1])}")
        pen_down = point is not None
    dash = f' stroke-dasharray="{_DASHES[filling]}"' if _DASHES[filling] else ""
    colour = COLOURS[filling]
    canvas.parts.append(
        f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="2.5"{dash} class="line-{filling + 1}"/>'
    )
    canvas.parts += [_point(point, filling) for point in points if point is not None]


def _point(point: tuple[float, float], filling: int) -> str:
    x, y = point
    paint = f'fill="{COLOURS[filling] if filling < 3 else PAPER}" stroke="{COLOURS[filling]}" stroke-width="2"'
    if filling % 3 == 0:
        return f'<circle cx="{number(x)}" cy="{number(y)}" r="3.5" {paint}/>'
    if filling % 3 == 1:
        return f'<rect x="{number(x - 3.5)}" y="{number(y - 3.5)}" width="7" height="7" {paint}/>'
    return f'<path d="M{number(x)} {number(y - 5)}L{number(x + 5)} {number(y + 4)}H{number(x - 5)}Z" {paint}/>'


def _figures(canvas: Canvas, series: Series, points: Points, everyone: list[Points]) -> None:
    """The figures of a line, above its points, or below where another line runs close above."""
    known = [place for place, point in enumerate(points) if point is not None]
    if len(points) > _MOST_FIGURES and known:
        highest = max(known, key=lambda place: (series.values[place] or Decimal(0), place))
        known = sorted({known[0], known[-1], highest})
    for place in known:
        point = points[place]
        if point is not None:
            crowded = any((other := line[place]) and 0 < point[1] - other[1] < 2 * TYPE for line in everyone)
            canvas.text(
                point[0], point[1] + (TYPE + 5 if crowded else -8), series.texts[place], kind="value", anchor="middle"
            )


def _labels(canvas: Canvas, spec: ChartSpec, step: float, bottom: float) -> None:
    """As many labels below the axis as have room; the first and the last always."""
    widest = max(wide(label) for label in spec.labels) + 8
    last = len(spec.labels) - 1
    if widest > WIDTH / 2:
        canvas.y = bottom + 4
        canvas.line_of_text(f"{spec.labels[0]} \u2192 {spec.labels[-1]}", "label")
        return
    every = max(1, -(-int(widest) // max(1, int(step))))
    shown = [place for place in range(0, last, every) if last - place >= every] + [last]
    for place in shown:
        x = _edge(spec) + place * step
        half = wide(spec.labels[place]) / 2
        canvas.text(
            min(max(x, half), WIDTH - half), bottom + TYPE + 4, spec.labels[place], kind="label", anchor="middle"
        )
    canvas.y = bottom + LEADING + 6
