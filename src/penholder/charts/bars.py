"""Bars that lie down, their labels above them, so that long names read on a narrow screen."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from penholder.charts.canvas import LEADING, TYPE, WIDTH, Canvas, wide
from penholder.charts.specification import ChartSpec

_BAR = 20
_THIN = 16
_GAP = 8


def bars(canvas: Canvas, spec: ChartSpec, words: Mapping[str, str]) -> None:
    """One bar for each figure; with several series, the bars of a label stand together, each with its name."""
    several = len(spec.series) > 1
    if several:
        canvas.legend([series.name for series in spec.series])
    room = WIDTH - _widest(spec, words) - 6
    for place, label in enumerate(spec.labels):
        canvas.line_of_text(label, "label", bold=several)
        for filling, series in enumerate(spec.series):
            _bar(canvas, series.values[place], series.texts[place], words, filling, room=room, highest=spec.highest)
        canvas.y += _GAP


def _widest(spec: ChartSpec, words: Mapping[str, str]) -> float:
    texts = [
        series.texts[i] if series.values[i] is not None else words["unknown"]
        for series in spec.series
        for i in range(len(spec.labels))
    ]
    return min(WIDTH / 2, max(wide(text) for text in texts))


def _bar(
    canvas: Canvas,
    value: Decimal | None,
    text: str,
    words: Mapping[str, str],
    filling: int,
    *,
    room: float,
    highest: Decimal,
) -> None:
    if value is None:
        canvas.text(0, canvas.y + TYPE, words["unknown"], kind="unknown")
    else:
        width = float(value / highest) * room if highest else 0
        canvas.box(0, canvas.y, width, _THIN, filling)
        canvas.text(width + 5, canvas.y + TYPE, text, kind="value")
    canvas.y += _THIN + 3


def stacks(canvas: Canvas, spec: ChartSpec, words: Mapping[str, str]) -> None:
    """One bar for each label, made of the series one after the other; as long as their sum."""
    canvas.legend([series.name for series in spec.series])
    for place, label in enumerate(spec.labels):
        canvas.line_of_text(label, "label", bold=True)
        parts = [(series.name, series.values[place], series.texts[place]) for series in spec.series]
        _parts(canvas, parts, words, scale=_scale(spec.highest))


def shares(canvas: Canvas, spec: ChartSpec, words: Mapping[str, str]) -> None:
    """One bar for each label, all of the same length: the whole, and what each series has of it."""
    canvas.legend([series.name for series in spec.series])
    for place, label in enumerate(spec.labels):
        canvas.line_of_text(label, "label", bold=True)
        known = [series.values[place] or Decimal(0) for series in spec.series]
        total = sum(known, Decimal(0))
        whole = max(total, Decimal(100)) if spec.unit == "%" else total
        parts = [
            (series.name, series.values[place], _share_text(spec, series.texts[place], value, whole))
            for series, value in zip(spec.series, known, strict=True)
        ]
        # What rounding leaves over is not worth a word.
        rest = whole - total if whole - total > Decimal("0.5") * len(parts) else Decimal(0)
        _parts(canvas, parts, words, scale=_scale(whole), rest=rest)


def _share_text(spec: ChartSpec, text: str, value: Decimal, whole: Decimal) -> str:
    return text if spec.unit == "%" else f"{text} ({value / whole:.0%})"


def _scale(whole: Decimal) -> float:
    return WIDTH / float(whole) if whole else 0


def _parts(
    canvas: Canvas,
    parts: list[tuple[str, Decimal | None, str]],
    words: Mapping[str, str],
    *,
    scale: float,
    rest: Decimal = Decimal(0),
) -> None:
    """One bar of parts: a figure stands in its part where it fits, else in words below the bar."""
    x = 0.0
    below = []
    for filling, (name, value, text) in enumerate(parts):
        if value is None:
            below.append(f"{name} {words['unknown']}")
            continue
        width = float(value) * scale
        if width > 0:
            canvas.box(x, canvas.y, width, _BAR, filling)
        if wide(text) + 8 <= width:
            canvas.plate(x + width / 2, canvas.y + TYPE + 2, text)
        else:
            below.append(f"{name} {text}")
        x += width
    if rest:
        canvas.empty_box(x, canvas.y + 0.5, max(0.0, float(rest) * scale - 0.5), _BAR - 1)
        below.append(words["rest"])
    canvas.y += _BAR + 2
    if below:
        canvas.line_of_text("; ".join(below), "below")
    canvas.y += _GAP if below else _GAP + LEADING / 4
