"""A narrow sheet that grows downwards, and the patterns and colours that a chart is filled with."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from html import escape

WIDTH = 340
TYPE = 13
LEADING = 17
# A letter is about this much of the type size wide in a usual sans-serif; a little more than the mean, so that it fits.
_LETTER = 0.56
# Told apart by people with any of the usual kinds of colour blindness, and 3:1 or more against white.
COLOURS = ("#12436d", "#1d857d", "#801650", "#c8500f", "#3d3d3d", "#7a58ab")
INK, GREY, PAPER = "#0b0c0c", "#505a5f", "#ffffff"
# White marks over the colour. The first filling is plain.
_PATTERNS = (
    "",
    '<path d="M0 8 8 0M-2 2 2-2M6 10 10 6" stroke="#ffffff" stroke-width="1.6"/>',
    '<circle cx="4" cy="4" r="1.6" fill="#ffffff"/>',
    '<path d="M0 4H8" stroke="#ffffff" stroke-width="1.8"/>',
    '<path d="M4 0V8" stroke="#ffffff" stroke-width="1.8"/>',
    '<path d="M0 4H8M4 0V8" stroke="#ffffff" stroke-width="1.2"/>',
)


def wide(text: str, size: float = TYPE) -> float:
    """About how wide a line of text is."""
    return len(text) * size * _LETTER


def wrapped(text: str, width: float = WIDTH, size: float = TYPE) -> list[str]:
    """`text` in lines that fit; a word that is wider than a line is broken."""
    return textwrap.wrap(text, max(4, int(width / (size * _LETTER)))) or [""]


def number(value: float | Decimal) -> str:
    """A coordinate with at most one decimal, so that the same chart is the same bytes everywhere."""
    rounded = Decimal(value).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{rounded:f}".removesuffix(".0")


@dataclass(slots=True)
class Canvas:
    """The sheet. `y` is where the next thing goes; `ident` begins every id."""

    ident: str
    y: float = 2
    parts: list[str] = field(default_factory=list)
    fillings: set[int] = field(default_factory=set)
    patterns: dict[str, str] = field(default_factory=dict)  # of its own, beside the fillings: name → markup

    def text(self, x: float, y: float, words: str, *, kind: str = "", anchor: str = "", bold: bool = False) -> None:
        """One line of words whose baseline is at `y`."""
        extra = f' class="{kind}"' if kind else ""
        extra += f' text-anchor="{anchor}"' if anchor else ""
        extra += ' font-weight="bold"' if bold else ""
        self.parts.append(f'<text x="{number(x)}" y="{number(y)}"{extra}>{escape(words)}</text>')

    def line_of_text(self, words: str, kind: str = "", *, bold: bool = False, indent: float = 0) -> None:
        """Words over as many lines as they need, from the left; the sheet grows."""
        for line in wrapped(words, WIDTH - indent):
            self.text(indent, self.y + TYPE, line, kind=kind, bold=bold)
            self.y += LEADING

    def box(self, x: float, y: float, width: float, height: float, filling: int) -> None:
        """A filled bar or part of one."""
        size = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        self.parts.append(f'<rect {size} fill="{self.fill(filling)}" stroke="{PAPER}" class="fill-{filling + 1}"/>')

    def empty_box(self, x: float, y: float, width: float, height: float) -> None:
        """Where there is nothing to show because it is not known."""
        size = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        self.parts.append(f'<rect {size} fill="none" stroke="{GREY}" stroke-dasharray="3 3" class="unknown"/>')

    def plate(self, x: float, y: float, words: str) -> None:
        """Words on a white plate, centred on `x`, to be read over a pattern."""
        width = wide(words) + 4
        size = f'x="{number(x - width / 2)}" y="{number(y - TYPE + 1)}" width="{number(width)}" height="{TYPE + 3}"'
        self.parts.append(f'<rect {size} rx="2" fill="{PAPER}"/>')
        self.text(x, y, words, anchor="middle")

    def path(self, way: str, *, kind: str, stroke: str = "", fill: str = "none", extra: str = "") -> None:
        """A line or a shape along `way`, an SVG path; `extra` are further attributes."""
        painted = f' stroke="{stroke}"' if stroke else ""
        self.parts.append(f'<path d="{way}" fill="{fill}"{painted}{extra} class="{kind}"/>')

    def fill(self, filling: int) -> str:
        """What a `fill` attribute says for the n-th series."""
        if not filling:
            return COLOURS[0]
        self.fillings.add(filling)
        return f"url(#{self.ident}-fill-{filling + 1})"

    def pattern(self, name: str, markup: str) -> str:
        """What a `fill` attribute says for a pattern of one's own, 8 units square."""
        self.patterns[name] = markup
        return f"url(#{self.ident}-{name})"

    def legend(self, names: list[str]) -> None:
        """The name of each series beside a sample of its filling, one to a line."""
        for filling, name in enumerate(names):
            self.box(0, self.y + 3, 16, 12, filling)
            self.line_of_text(name, "legend", indent=22)
        self.y += 6

    def svg(self, *, kind: str, title: str, description: str) -> str:
        """The finished picture."""
        patterns = "".join(
            f'<pattern id="{self.ident}-fill-{n + 1}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{COLOURS[n]}"/>{_PATTERNS[n]}</pattern>'
            for n in sorted(self.fillings)
        )
        patterns += "".join(
            f'<pattern id="{self.ident}-{name}" width="8" height="8" patternUnits="userSpaceOnUse">{markup}</pattern>'
            for name, markup in sorted(self.patterns.items())
        )
        defs = f"<defs>{patterns}</defs>" if patterns else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg chart-{kind}" role="img" '
            f'aria-labelledby="{self.ident}-title" aria-describedby="{self.ident}-desc" '
            f'viewBox="0 0 {WIDTH} {number(self.y + 2)}" font-family="sans-serif" font-size="{TYPE}" fill="{INK}">'
            f'<title id="{self.ident}-title">{escape(title)}</title>'
            f'<desc id="{self.ident}-desc">{escape(description)}</desc>'
            f"{defs}{''.join(self.parts)}</svg>"
        )
