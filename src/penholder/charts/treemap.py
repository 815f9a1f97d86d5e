"""A treemap: each service or department as a rectangle whose area is its size, filled by how much of it is reached.

Laid out by the squarified algorithm (M. Bruls, K. Huizing, J. van Wijk, "Squarified Treemaps", 2000). It is read by
eye; the table beside it says the same to everyone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penholder.charts.canvas import INK, LEADING, PAPER, TYPE, WIDTH, Canvas, number, wide, wrapped
from penholder.charts.ticks import said
from penholder.errors import Refused

_HEIGHT = 400.0
# A sheet of 340 units has room for about so many rectangles that can still be told apart.
MOST_TILES = 60
# Rectangles of less than this share of the whole are gathered into one: they would be specks.
LEAST_SHARE = 0.002

# From pale to deep, all of them far enough from ink to be read on, and each with a pattern of its own.
_LEVELS = (
    ("#f3efe4", ""),
    ("#d3e4ee", '<circle cx="4" cy="4" r="0.9" fill="#5b87a3"/>'),
    ("#a9cbe0", '<path d="M0 8 8 0M-2 2 2-2M6 10 10 6" stroke="#4a7c9c" stroke-width="0.9"/>'),
    ("#79aecd", '<path d="M0 4H8M4 0V8" stroke="#3f7aa0" stroke-width="0.7"/>'),
)
_NOT_KNOWN = (PAPER, '<path d="M0 0 8 8M-2 6 2 10M6-2 10 2" stroke="#a9adb1" stroke-width="0.9"/>')

WORDS: Mapping[str, str] = {
    "treemap": "Treemap",
    "others": "{count} smaller ones",
    "level": "{low} to {high}",
    "not known": "not known",
    "area": "The area of a rectangle is its size.",
}
HEADS: Mapping[str, str] = {
    "name": "Name",
    "size": "Size",
    "share": "Share of the whole",
    "reached": "Reached",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing with its size; `reached` is a share of 1, or None when it is not known (which is not 0)."""

    name: str
    size: float
    reached: float | None = None


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Where a tile lies."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Its area, which is proportional to the size of its tile."""
        return self.width * self.height


def squarified(sizes: Sequence[float], width: float, height: float) -> list[Rectangle]:
    """A rectangle for each size, in their order: areas proportional, no overlap, the whole filled, near to squares.

    `sizes` are positive and descend.
    """
    total = sum(sizes)
    if not sizes or min(sizes) <= 0:
        raise ValueError("a treemap needs sizes greater than 0")
    areas = [size * width * height / total for size in sizes]
    rest = Rectangle(0.0, 0.0, width, height)
    placed: list[Rectangle] = []
    while len(placed) < len(areas):
        start = len(placed)
        side = min(rest.width, rest.height)
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(areas[start:end], side):
            end += 1
        row, rest = _row(areas[start:end], rest, last=end == len(areas))
        placed += row
    return placed


def _worst(row: Sequence[float], side: float) -> float:
    """How far from a square the longest rectangle of a row along `side` is."""
    total = sum(row)
    return max(side * side * max(row) / (total * total), total * total / (side * side * min(row)))


def _row(row: Sequence[float], rest: Rectangle, *, last: bool) -> tuple[list[Rectangle], Rectangle]:
    """Rectangles side by side along the shorter side of what is left, and what is left then."""
    total = sum(row)
    placed = []
    if rest.width >= rest.height:
        depth = rest.width if last else total / rest.height
        at = rest.y
        for area in row:
            length = area / total * rest.height
            placed.append(Rectangle(rest.x, at, depth, length))
            at += length
        return placed, Rectangle(rest.x + depth, rest.y, max(0.0, rest.width - depth), rest.height)
    depth = rest.height if last else total / rest.width
    at = rest.x
    for area in row:
        length = area / total * rest.width
        placed.append(Rectangle(at, rest.y, length, depth))
        at += length
    return placed, Rectangle(rest.x, rest.y + depth, rest.width, max(0.0, rest.height - depth))


def gathered(tiles: Sequence[Tile], words: Mapping[str, str] = WORDS) -> list[Tile]:
    """The tiles that can be drawn, largest first; those that would be specks as one tile of which nothing is known."""
    sized = sorted((tile for tile in tiles if tile.size > 0), key=lambda tile: (-tile.size, tile.name))
    total = sum(tile.size for tile in sized)
    kept = [tile for tile in sized[:MOST_TILES] if tile.size >= total * LEAST_SHARE]
    small = sized[len(kept) :]
    if len(small) == 1:
        return sized
    if small:
        kept.append(Tile(words["others"].format(count=len(small)), sum(tile.size for tile in small)))
        kept.sort(key=lambda tile: -tile.size)
    return kept


def draw_treemap(
    tiles: Sequence[Tile], *, title: str = "", ident: str = "chart", words: Mapping[str, str] | None = None
) -> str:
    """An SVG of tiles. What has no size (none, or not known) cannot be drawn and stands in the table alone."""
    say = {**WORDS, **(words or {})}
    shown = gathered(tiles, say)
    if not shown:
        raise Refused("None of the sizes is known or greater than 0, so there is no area to draw.")
    canvas = Canvas(ident)
    top = canvas.y
    for tile, place in zip(shown, squarified([tile.size for tile in shown], WIDTH, _HEIGHT), strict=True):
        _tile(canvas, tile, Rectangle(place.x, place.y + top, place.width, place.height))
    canvas.y = top + _HEIGHT + 8
    _legend(canvas, shown, say)
    return canvas.svg(
        kind="treemap",
        title=f"{say['treemap']}: {title}" if title else say["treemap"],
        description=describe(shown, say),
    )


def describe(tiles: Sequence[Tile], words: Mapping[str, str] = WORDS) -> str:
    """Every rectangle in words, the largest first."""
    total = sum(tile.size for tile in tiles)
    told = []
    for tile in tiles:
        reached = words["not known"] if tile.reached is None else said(tile.reached, "%")
        told.append(f"{tile.name}: {said(tile.size)} ({said(tile.size / total, '%')}), {reached}")
    return "; ".join(told) + "."


def rows(tiles: Sequence[Tile], words: Mapping[str, str] | None = None) -> list[list[str]]:
    """Its table, heading row first, of every tile, the largest first; those without a size last."""
    say = {**WORDS, **HEADS, **(words or {})}
    total = sum(tile.size for tile in tiles)
    table = [[say[key] for key in HEADS]]
    for tile in sorted(tiles, key=lambda tile: (-tile.size, tile.name)):
        share = said(tile.size / total, "%") if total else ""
        reached = say["not known"] if tile.reached is None else said(tile.reached, "%")
        table.append([tile.name, f"{tile.size:,.0f}", share, reached])
    return table


def _level(reached: float | None) -> int | None:
    """The quarter in which a share lies, from 0; None where it is not known."""
    return None if reached is None else min(len(_LEVELS) - 1, max(0, int(reached * len(_LEVELS))))


def _fill(canvas: Canvas, level: int | None) -> str:
    colour, marks = _NOT_KNOWN if level is None else _LEVELS[level]
    if not marks:
        return colour
    ground = f'<rect width="8" height="8" fill="{colour}"/>'
    return canvas.pattern("unknown" if level is None else f"level-{level + 1}", f"{ground}{marks}")


def _tile(canvas: Canvas, tile: Tile, place: Rectangle) -> None:
    level = _level(tile.reached)
    size = f'x="{number(place.x)}" y="{number(place.y)}" width="{number(place.width)}" height="{number(place.height)}"'
    kind = "unknown" if level is None else f"level-{level + 1}"
    canvas.parts.append(
        f'<rect {size} fill="{_fill(canvas, level)}" stroke="{PAPER}" stroke-width="1.5" class="tile {kind}"/>'
    )
    lines = wrapped(tile.name, place.width - 10)
    broken = any(wide(word) > place.width - 8 for word in tile.name.split())
    if broken or place.height < LEADING * len(lines) + 8:
        return
    if tile.reached is not None and place.height >= LEADING * (len(lines) + 1) + 8:
        lines.append(said(tile.reached, "%"))
    # A quiet ground under the words, so that the pattern does not run through them.
    colour = (_NOT_KNOWN if level is None else _LEVELS[level])[0]
    widest = max(wide(line) for line in lines)
    ground = f'x="{number(place.x + 3)}" y="{number(place.y + 3)}" width="{number(min(widest + 6, place.width - 6))}"'
    canvas.parts.append(f'<rect {ground} height="{number(LEADING * len(lines) + 3)}" fill="{colour}"/>')
    for at, line in enumerate(lines):
        canvas.text(place.x + 6, place.y + 3 + TYPE + at * LEADING, line, kind="tile-label")


def _legend(canvas: Canvas, tiles: Sequence[Tile], words: Mapping[str, str]) -> None:
    canvas.line_of_text(words["area"], "legend")
    quarter = 1 / len(_LEVELS)
    for level in (*range(len(_LEVELS)), None):
        if all(_level(tile.reached) != level for tile in tiles):
            continue
        canvas.parts.append(
            f'<rect x="0" y="{number(canvas.y + 2)}" width="18" height="13" fill="{_fill(canvas, level)}" '
            f'stroke="{INK}" stroke-width="0.5"/>'
        )
        text = words["not known"]
        if level is not None:
            text = words["level"].format(
                low=said(level * quarter, "%", rough=True), high=said((level + 1) * quarter, "%", rough=True)
            )
        canvas.line_of_text(text, "legend", indent=24)
