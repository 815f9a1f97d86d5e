"""Numbers → chart specification → SVG. A table is the source; what cannot be drawn is refused with the reason."""

from __future__ import annotations

from penholder.charts.drawing import draw
from penholder.charts.journeys import draw_journey
from penholder.charts.multiples import draw_multiples
from penholder.charts.numbers import Number, read_number
from penholder.charts.over_time import Marker, Moment, OverTime, Target, draw_over_time
from penholder.charts.sankey import Journey, Stop, Way
from penholder.charts.specification import ChartSpec, Series, specify
from penholder.charts.tables import csv_of
from penholder.charts.treemap import Tile, draw_treemap

__all__ = [
    "ChartSpec",
    "Journey",
    "Marker",
    "Moment",
    "Number",
    "OverTime",
    "Series",
    "Stop",
    "Target",
    "Tile",
    "Way",
    "csv_of",
    "draw",
    "draw_journey",
    "draw_multiples",
    "draw_over_time",
    "draw_treemap",
    "read_number",
    "specify",
]
