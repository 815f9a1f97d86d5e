"""The picture of a journey, laid out by `sankey`: bars, ribbons, words; and its table."""

from __future__ import annotations

from collections.abc import Mapping

from penholder.charts.canvas import COLOURS, PAPER, WIDTH, Canvas, number
from penholder.charts.sankey import LEFT, Journey, Layout, Place, Ribbon, Stop, lay_out
from penholder.charts.ticks import said

_GAP = 10
_BAR = 12
_BEND = 46
_RIBBON, _LEAVING = "#b9cbdc", "#e3c9b8"
_HATCH = '<path d="M0 8 8 0M-2 2 2-2M6 10 10 6" stroke="#9a4a1f" stroke-width="1.6"/>'

WORDS: Mapping[str, str] = {
    "sankey": "Journey",
    "came": "{name}: {count} ({share})",
    "left": "{count} left here ({share} of those who came)",
    "ended": "{name}, an end: {count} ({share})",
    "went": "{start} to {end}: {count}",
}
HEADS: Mapping[str, str] = {
    "step": "Step",
    "people": "Came",
    "of-all": "Of all who started",
    "gone": "Left here",
    "of-these": "Of those who came",
    "end": "Ended here",
    "next": "Went on to",
}


def draw_journey(journey: Journey, *, ident: str = "chart", words: Mapping[str, str] | None = None) -> str:
    """An SVG of a journey: each row names its steps, then shows them as wide as people came. Refuses what is amiss."""
    say = {**WORDS, **(words or {})}
    layout = lay_out(journey)
    canvas = Canvas(ident)
    scale = _scale(layout)
    stops = {stop.key: stop for stop in journey.stops}
    started = _started(journey)
    tops: dict[int, float] = {}
    for row in layout.rows:
        # The names come after the ribbons from above have arrived, so they stand on them, on a ground of their own.
        canvas.y += 4
        for place in row:
            stop = stops.get(place.key) if isinstance(place.key, str) else None
            if stop:
                _name(canvas, stop, started, say)
        tops[row[0].row] = canvas.y + 2
        canvas.y += _BAR + _BEND + 4
    bars = Canvas(canvas.ident)
    for ribbon in layout.ribbons:
        _ribbon(bars, ribbon, tops, scale)
    for row in layout.rows:
        for place in row:
            _bar(bars, place, tops[place.row], scale, stops)
    canvas.parts = bars.parts + _grounded(canvas.parts)
    canvas.patterns.update(bars.patterns)
    canvas.y -= _BEND - 6
    title = f"{say['sankey']}: {journey.title}" if journey.title else say["sankey"]
    return canvas.svg(kind="sankey", title=title, description=describe(journey, say))


def describe(journey: Journey, words: Mapping[str, str] = WORDS) -> str:
    """Every step with who came, who left, and where they went."""
    started = _started(journey)
    names = {stop.key: stop.name for stop in journey.stops}
    told = []
    for stop in journey.stops:
        if stop.came:
            told.append(_line(stop, started, words))
        if stop.left:
            told.append(words["left"].format(count=f"{stop.left:,}", share=said(stop.left / stop.came, "%")))
    told += [
        words["went"].format(start=names[way.start], end=names[way.end], count=f"{way.count:,}")
        for way in journey.ways
        if way.count
    ]
    return "; ".join(told) + "."


def rows(journey: Journey, words: Mapping[str, str] | None = None) -> list[list[str]]:
    """Its table, heading row first: one row a step, in order, with everybody who came accounted for."""
    say = {**WORDS, **HEADS, **(words or {})}
    started = _started(journey)
    names = {stop.key: stop.name for stop in journey.stops}
    table = [[say[key] for key in HEADS]]
    for stop in journey.stops:
        onward = [way for way in journey.ways if way.start == stop.key and way.count]
        ended = stop.came - stop.left - sum(way.count for way in onward) if stop.end else 0
        table.append(
            [
                stop.name,
                f"{stop.came:,}",
                said(stop.came / started, "%") if started else "",
                f"{stop.left:,}",
                said(stop.left / stop.came, "%") if stop.came else "",
                f"{ended:,}",
                "; ".join(f"{names[way.end]} {way.count:,}" for way in onward),
            ]
        )
    return table


def _started(journey: Journey) -> int:
    """Everybody who came in from outside."""
    into: dict[str, int] = {}
    for way in journey.ways:
        into[way.end] = into.get(way.end, 0) + way.count
    return sum(stop.came - into.get(stop.key, 0) for stop in journey.stops)


def _scale(layout: Layout) -> float:
    """Units for each person, so that the widest row fits with its gaps."""
    return min((WIDTH - _GAP * (len(row) - 1)) / sum(place.width for place in row) for row in layout.rows)


def _left(place: Place, scale: float) -> float:
    return place.offset * scale + place.before * _GAP


def _line(stop: Stop, started: int, words: Mapping[str, str]) -> str:
    share = said(stop.came / started, "%") if started else ""
    return words["ended" if stop.end else "came"].format(name=stop.name, count=f"{stop.came:,}", share=share)


def _name(canvas: Canvas, stop: Stop, started: int, words: Mapping[str, str]) -> None:
    canvas.line_of_text(_line(stop, started, words), "step", bold=True)
    if stop.left:
        text = words["left"].format(count=f"{stop.left:,}", share=said(stop.left / stop.came, "%"))
        canvas.line_of_text(text, "leaving")


def _grounded(parts: list[str]) -> list[str]:
    """Words with a white outline behind them, so that they are read where a ribbon runs under them."""
    outline = f' stroke="{PAPER}" stroke-width="4" stroke-linejoin="round" paint-order="stroke">'
    return [part.replace(">", outline, 1) if part.startswith("<text") else part for part in parts]


def _ribbon(canvas: Canvas, ribbon: Ribbon, tops: Mapping[int, float], scale: float) -> None:
    top, bottom = tops[ribbon.start.row] + _BAR, tops[ribbon.end.row]
    one = _left(ribbon.start, scale) + ribbon.start_inset * scale
    two = _left(ribbon.end, scale) + ribbon.end_inset * scale
    width = ribbon.count * scale
    middle = (top + bottom) / 2
    numbers = [number(each) for each in (one, top, middle, two, bottom, two + width, one + width)]
    x1, y1, mid, x2, y2, x3, x4 = numbers
    way = f"M{x1} {y1}C{x1} {mid} {x2} {mid} {x2} {y2}H{x3}C{x3} {mid} {x4} {mid} {x4} {y1}Z"
    kind = "way leaving" if ribbon.leaving else "way"
    canvas.path(way, kind=kind, fill=_LEAVING if ribbon.leaving else _RIBBON, extra=' fill-opacity="0.75"')


def _bar(canvas: Canvas, place: Place, top: float, scale: float, stops: Mapping[str, Stop]) -> None:
    x, width = _left(place, scale), place.width * scale
    size = f'x="{number(x)}" y="{number(top)}" width="{number(width)}" height="{_BAR}"'
    if isinstance(place.key, str):
        stop = stops[place.key]
        colour = COLOURS[0] if not stop.end else COLOURS[1] if stop.good else COLOURS[3]
        kind = "stop" if not stop.end else "stop end" if stop.good else "stop failed"
        canvas.parts.append(f'<rect {size} fill="{colour}" class="{kind}"/>')
    elif isinstance(place.key, tuple) and place.key[0] == LEFT:
        ground = f'<rect width="8" height="8" fill="{PAPER}"/>{_HATCH}'
        fill = canvas.pattern("left", ground)
        canvas.parts.append(f'<rect {size} fill="{fill}" stroke="#9a4a1f" stroke-width="0.7" class="stop left"/>')
    else:
        canvas.parts.append(f'<rect {size} fill="{_RIBBON}" fill-opacity="0.75" class="passing"/>')
