"""Small multiples: one small line for each channel, all on one scale, so that heights can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from penholder.charts import over_time
from penholder.charts.canvas import GREY, LEADING, TYPE, WIDTH, Canvas, number, wide, wrapped
from penholder.charts.over_time import Frame, OverTime
from penholder.charts.ticks import said, ticks
from penholder.errors import Refused

_COLUMNS = 2
_GAP = 20
_HEIGHT = 60
# More than these are searched, not compared; a table does that better.
MOST_MULTIPLES = 12


def draw_multiples(
    specs: Sequence[OverTime], *, title: str = "", ident: str = "chart", words: Mapping[str, str] | None = None
) -> str:
    """One SVG of several lines over the same periods. Refuses other periods, other units, and too many."""
    say = {**over_time.WORDS, **(words or {})}
    _check(specs)
    canvas = Canvas(ident)
    unit = specs[0].unit
    highest = ticks(max(spec.highest for spec in specs), share=unit == "%")[-1]
    width = (WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
    for start in range(0, len(specs), _COLUMNS):
        row = specs[start : start + _COLUMNS]
        heads = [wrapped(spec.title, width) for spec in row]
        top = canvas.y + max(len(lines) for lines in heads) * LEADING + 4
        for place, (spec, lines) in enumerate(zip(row, heads, strict=True)):
            left = place * (width + _GAP)
            for number_of_line, words_of_line in enumerate(lines):
                y = canvas.y + TYPE + number_of_line * LEADING
                canvas.text(left, y, words_of_line, kind="label", bold=True)
            frame = Frame(left + 4, left + width - 4, top, top + _HEIGHT, highest, len(spec.moments))
            _one(canvas, frame, spec, say)
        canvas.y = top + _HEIGHT + LEADING + 12
    first, last = specs[0].moments[0], specs[0].moments[-1]
    scale = f"{said(0, unit, rough=True)} \u2013 {said(highest, unit, rough=True)}"
    canvas.line_of_text(f"{first.short or first.label} \u2192 {last.short or last.label}; {scale}", "label")
    head = f"{say['over-time']}: {title}" if title else say["over-time"]
    told = " ".join(f"{spec.title}. {over_time.describe(spec, say)}" for spec in specs)
    return canvas.svg(kind="multiples", title=head, description=told)


def _check(specs: Sequence[OverTime]) -> None:
    if not specs:
        raise Refused("There is nothing to compare: no line was given.")
    if len(specs) > MOST_MULTIPLES:
        raise Refused(f"{len(specs)} small lines are too many to compare; show at most {MOST_MULTIPLES}.")
    if len({spec.unit for spec in specs}) > 1:
        raise Refused("Small lines beside each other need one unit.")
    if len({tuple(moment.label for moment in spec.moments) for spec in specs}) > 1:
        raise Refused("Small lines beside each other need the same periods.")
    for spec in specs:
        if len(spec.moments) < 2:
            raise Refused("A line over time needs at least two periods; one figure is a sentence.")


def _one(canvas: Canvas, frame: Frame, spec: OverTime, words: Mapping[str, str]) -> None:
    canvas.path(f"M{number(frame.left)} {number(frame.bottom)}H{number(frame.right)}", kind="axis", stroke=GREY)
    over_time.absences(canvas, frame, spec.moments)
    over_time.band(canvas, frame, spec.moments)
    over_time.line(canvas, frame, spec.moments, dots=2)
    newest = spec.moments[-1]
    text = words[newest.why] if newest.value is None else said(newest.value, spec.unit)
    if wide(text) > frame.right - frame.left:
        text = wrapped(text, frame.right - frame.left)[0]
    canvas.text(frame.right, frame.bottom + TYPE + 3, text, kind="value", anchor="end")
