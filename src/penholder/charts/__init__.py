"""Numbers → chart specification → SVG. A table is the source; what cannot be drawn is refused with the reason."""

from __future__ import annotations

from penholder.charts.drawing import draw
from penholder.charts.numbers import Number, read_number
from penholder.charts.specification import ChartSpec, Series, specify

__all__ = ["ChartSpec", "Number", "Series", "draw", "read_number", "specify"]
