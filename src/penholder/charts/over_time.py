"""A figure over time: what was counted, how far it may lie from the truth, and where nothing is known.

Periods stand at equal distances, whether they gave a number or not. A line joins neighbours only; where a period gave
none, the reason is drawn in its place. The axis begins at zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from penholder.charts.canvas import COLOURS, GREY, INK, LEADING, PAPER, TYPE, WIDTH, Canvas, number, wide
from penholder.charts.ticks import said, ticks
from penholder.errors import Refused

# What a moment without a number says of itself. Each has a mark, so that nobody needs the colour.
ABSENCES = ("not provided", "not applicable", "suppressed")
_MARKS = {"not provided": "?", "not applicable": "\u2013", "suppressed": "*"}
_HEIGHT = 150
_BAND = "#d5dfe9"
_HATCH = '<path d="M0 8 8 0M-2 2 2-2M6 10 10 6" stroke="#8a9299" stroke-width="1"/>'
_DOTS = '<circle cx="4" cy="4" r="1.2" fill="#6b7379"/>'

WORDS: Mapping[str, str] = {
    "over-time": "Line over time",
    "not provided": "Not provided",
    "not applicable": "Not applicable",
    "suppressed": "Suppressed",
    "target": "Target: {value}",
    "band": "The band is the 95% interval.",
    "interval": "between {low} and {high}",
    "marked": "Marked",
}
HEADS: Mapping[str, str] = {
    "period": "Period",
    "value": "Figure",
    "low": "From",
    "high": "To",
    "n": "Of how many",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One period. `value` is None where there is no number; `why` is then one of `ABSENCES`."""

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    why: str = ""
    short: str = ""  # what stands at the axis, where `label` would not fit


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is to reach, over the periods from `first` to `last` (their places)."""

    value: float
    first: int
    last: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened between two periods, such as a release; 2.5 is half-way from the third to the fourth."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class OverTime:
    """What a line over time shows. `unit` is "%" (values are shares of 1), "£", or "" for bare counts."""

    title: str
    moments: tuple[Moment, ...]
    unit: str = ""
    targets: tuple[Target, ...] = ()
    markers: tuple[Marker, ...] = ()

    @property
    def highest(self) -> float:
        """The greatest thing that has to fit."""
        heights = [each for moment in self.moments for each in (moment.value, moment.high) if each is not None] + [
            target.value for target in self.targets
        ]
        return max(heights, default=0.0)


def draw_over_time(spec: OverTime, *, ident: str = "chart", words: Mapping[str, str] | None = None) -> str:
    """An SVG of it. Refuses what has fewer than two periods, or no number at all, with the reason."""
    say = {**WORDS, **(words or {})}
    check(spec)
    canvas = Canvas(ident)
    top = canvas.y + TYPE + 4
    frame = Frame.around(spec, top, top + _HEIGHT, highest=spec.highest)
    _axis(canvas, frame, spec.unit)
    absences(canvas, frame, spec.moments)
    band(canvas, frame, spec.moments)
    line(canvas, frame, spec.moments)
    _targets(canvas, frame, spec)
    _markers(canvas, frame, spec)
    _ends(canvas, frame, spec)
    canvas.y = frame.bottom
    labels(canvas, frame, spec.moments)
    _notes(canvas, spec, say)
    return canvas.svg(
        kind="over-time",
        title=f"{say['over-time']}: {spec.title}" if spec.title else say["over-time"],
        description=describe(spec, say),
    )


def check(spec: OverTime) -> None:
    """Refuse what cannot be drawn as a line."""
    if len(spec.moments) < 2:
        raise Refused("A line over time needs at least two periods; one figure is a sentence.")
    for moment in spec.moments:
        if moment.value is None and moment.why not in ABSENCES:
            raise Refused(f"{moment.label} has no number and does not say why: one of {', '.join(ABSENCES)}.")
        if moment.value is not None and moment.value < 0:
            raise Refused(f"{moment.label} is below zero, which an axis that begins at zero cannot show.")
    if all(moment.value is None for moment in spec.moments):
        raise Refused("None of its values is known.")


def describe(spec: OverTime, words: Mapping[str, str] = WORDS) -> str:
    """Every period as words, and every target and mark, for those who do not see the picture."""
    told = []
    for moment in spec.moments:
        if moment.value is None:
            told.append(f"{moment.label}: {words[moment.why]}")
            continue
        text = f"{moment.label}: {said(moment.value, spec.unit)}"
        if moment.low is not None and moment.high is not None:
            between = words["interval"].format(low=said(moment.low, spec.unit), high=said(moment.high, spec.unit))
            text += f" ({between})"
        told.append(text)
    told += [words["target"].format(value=said(target.value, spec.unit)) for target in spec.targets]
    told += [f"{words['marked']}: {marker.label}" for marker in spec.markers]
    return "; ".join(told) + "."


def rows(spec: OverTime, words: Mapping[str, str] | None = None) -> list[list[str]]:
    """Its table, heading row first: a reason stands where there is no number."""
    say = {**WORDS, **HEADS, **(words or {})}
    table = [[say[key] for key in HEADS]]
    for moment in spec.moments:
        shown = say[moment.why] if moment.value is None else said(moment.value, spec.unit)
        low, high = ("" if each is None else said(each, spec.unit) for each in (moment.low, moment.high))
        table.append([moment.label, shown, low, high, "" if moment.n is None else f"{moment.n:,}"])
    return table


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a line is drawn: its edges, and how places and values become coordinates."""

    left: float
    right: float
    top: float
    bottom: float
    highest: float
    periods: int

    @classmethod
    def around(cls, spec: OverTime, top: float, bottom: float, *, highest: float) -> Frame:
        """The whole width of the sheet, with room for the words of the axis at the left."""
        scale = ticks(highest, share=spec.unit == "%")
        left = max(wide(said(tick, spec.unit, rough=True)) for tick in scale) + 10
        return cls(left, WIDTH - 8, top, bottom, scale[-1], len(spec.moments))

    @property
    def step(self) -> float:
        """From one period to the next."""
        return (self.right - self.left) / max(1, self.periods - 1)

    def x(self, place: float) -> float:
        """Where a period stands."""
        return self.left + place * self.step

    def y(self, value: float) -> float:
        """Where a value stands."""
        return self.bottom - value / self.highest * (self.bottom - self.top) if self.highest else self.bottom


def _axis(canvas: Canvas, frame: Frame, unit: str) -> None:
    for tick in ticks(frame.highest, share=unit == "%"):
        y = frame.y(tick)
        canvas.path(
            f"M{number(frame.left)} {number(y)}H{number(frame.right)}",
            kind="grid" if tick else "axis",
            stroke="#c5c9cc" if tick else GREY,
        )
        canvas.text(frame.left - 4, y + TYPE / 3, said(tick, unit, rough=True), kind="tick", anchor="end")


def runs(moments: Sequence[Moment]) -> list[tuple[str, int, int]]:
    """Neighbouring periods that say the same: ("" for numbers, or the reason; the first place; the last place)."""
    found = []
    for why, group in groupby(enumerate(moments), key=lambda each: "" if each[1].value is not None else each[1].why):
        places = [place for place, _ in group]
        found.append((why, places[0], places[-1]))
    return found


def absences(canvas: Canvas, frame: Frame, moments: Sequence[Moment]) -> None:
    """A hatched field for each stretch without numbers, with the mark of its reason."""
    for why, first, last in runs(moments):
        if not why:
            continue
        left = max(frame.left, frame.x(first) - frame.step / 2)
        right = min(frame.right, frame.x(last) + frame.step / 2)
        fill = canvas.pattern("suppressed", _DOTS) if why == "suppressed" else canvas.pattern("nothing", _HATCH)
        size = f'x="{number(left)}" y="{number(frame.top)}" width="{number(right - left)}"'
        kind = why.replace(" ", "-")
        canvas.parts.append(
            f'<rect {size} height="{number(frame.bottom - frame.top)}" fill="{fill}" class="absence {kind}"/>'
        )
        canvas.plate((left + right) / 2, (frame.top + frame.bottom) / 2, _MARKS[why])


def band(canvas: Canvas, frame: Frame, moments: Sequence[Moment]) -> None:
    """The intervals: a band along neighbours, an upright stroke where a period stands alone."""
    for why, first, last in runs(moments):
        known = [
            (place, moment.low, moment.high)
            for place, moment in enumerate(moments[first : last + 1], start=first)
            if moment.low is not None and moment.high is not None
        ]
        if why or len(known) != last - first + 1:
            continue
        if len(known) == 1:
            place, low, high = known[0]
            way = f"M{number(frame.x(place))} {number(frame.y(low))}V{number(frame.y(high))}"
            canvas.path(way, kind="interval", stroke=GREY, extra=' stroke-width="2"')
            continue
        over = [f"{number(frame.x(place))} {number(frame.y(high))}" for place, _, high in known]
        under = [f"{number(frame.x(place))} {number(frame.y(low))}" for place, low, _ in reversed(known)]
        canvas.path(f"M{'L'.join([*over, *under])}Z", kind="interval", fill=_BAND)


def line(canvas: Canvas, frame: Frame, moments: Sequence[Moment], *, dots: float = 3.0) -> None:
    """The figures, joined between neighbours only."""
    for why, first, last in runs(moments):
        if why:
            continue
        points = [
            f"{number(frame.x(place))} {number(frame.y(moment.value))}"
            for place, moment in enumerate(moments[first : last + 1], start=first)
            if moment.value is not None
        ]
        if len(points) > 1:
            canvas.path(f"M{'L'.join(points)}", kind="line-1", stroke=COLOURS[0], extra=' stroke-width="2.5"')
        for point in points:
            x, y = point.split(" ")
            canvas.parts.append(f'<circle cx="{x}" cy="{y}" r="{number(dots)}" fill="{COLOURS[0]}" class="point"/>')


def _targets(canvas: Canvas, frame: Frame, spec: OverTime) -> None:
    for target in spec.targets:
        y = frame.y(target.value)
        left = max(frame.left, frame.x(target.first) - frame.step / 2)
        right = min(frame.right, frame.x(target.last) + frame.step / 2)
        canvas.path(
            f"M{number(left)} {number(y)}H{number(right)}",
            kind="target",
            stroke=INK,
            extra=' stroke-width="1.5" stroke-dasharray="6 4"',
        )


def _markers(canvas: Canvas, frame: Frame, spec: OverTime) -> None:
    for name, marker in enumerate(spec.markers, start=1):
        x = frame.x(marker.place)
        canvas.path(
            f"M{number(x)} {number(frame.top)}V{number(frame.bottom)}",
            kind="marker",
            stroke=INK,
            extra=' stroke-dasharray="2 3"',
        )
        canvas.parts.append(
            f'<circle cx="{number(x)}" cy="{number(frame.top)}" r="8" fill="{PAPER}" stroke="{INK}" class="marker"/>'
        )
        canvas.text(x, frame.top + TYPE / 3, str(name), anchor="middle")


def _ends(canvas: Canvas, frame: Frame, spec: OverTime) -> None:
    """The newest figure in words beside its point, and the first where it has room."""
    known = [(place, moment.value) for place, moment in enumerate(spec.moments) if moment.value is not None]
    (place, value), (first, start) = known[-1], known[0]
    text = said(value, spec.unit)
    _figure(canvas, frame, place, value, text, bold=True)
    if frame.x(place) - frame.x(first) > wide(text) * 2 + 12:
        _figure(canvas, frame, first, start, said(start, spec.unit))


def _figure(canvas: Canvas, frame: Frame, place: int, value: float, text: str, *, bold: bool = False) -> None:
    half = wide(text) * (0.62 if bold else 0.55)  # bold letters are wider
    x = min(max(frame.x(place), frame.left + half), WIDTH - half)
    y = frame.y(value)
    canvas.text(x, y - 8 if y > frame.top + TYPE else y + TYPE + 8, text, kind="value", anchor="middle", bold=bold)


def labels(canvas: Canvas, frame: Frame, moments: Sequence[Moment]) -> None:
    """As many periods below the axis as have room; the first and the last always."""
    texts = [moment.short or moment.label for moment in moments]
    widest = max(wide(text) for text in texts) + 10
    last = len(texts) - 1
    if widest > (frame.right - frame.left) * 0.5:
        canvas.y += 4
        canvas.line_of_text(f"{texts[0]} \u2192 {texts[-1]}", "label")
        return
    every = max(1, -(-int(widest) // max(1, int(frame.step))))
    shown = [place for place in range(0, last, every) if last - place >= every] + [last]
    for place in shown:
        half = wide(texts[place]) / 2
        x = min(max(frame.x(place), half), WIDTH - half)
        canvas.text(x, canvas.y + TYPE + 4, texts[place], kind="label", anchor="middle")
    canvas.y += LEADING + 6


def _notes(canvas: Canvas, spec: OverTime, words: Mapping[str, str]) -> None:
    """What the marks mean, in words below the picture."""
    for target in spec.targets:
        text = target.label or words["target"].format(value=said(target.value, spec.unit))
        y = canvas.y + TYPE * 0.7
        canvas.path(f"M0 {number(y)}H20", kind="target", stroke=INK, extra=' stroke-width="1.5" stroke-dasharray="6 4"')
        canvas.line_of_text(text, "target-label", indent=26)
    for name, marker in enumerate(spec.markers, start=1):
        canvas.line_of_text(f"{name} \u2002{marker.label}", "marker-label")
    for why in ABSENCES:
        stretches = [(first, last) for reason, first, last in runs(spec.moments) if reason == why]
        if not stretches:
            continue
        names = [
            (spec.moments[first].short or spec.moments[first].label)
            + (f" \u2013 {spec.moments[last].short or spec.moments[last].label}" if last > first else "")
            for first, last in stretches
        ]
        canvas.line_of_text(f"{_MARKS[why]} \u2002{words[why]}: {', '.join(names)}", "absence-label")
    if any(moment.low is not None for moment in spec.moments):
        canvas.line_of_text(words["band"], "band-label")
