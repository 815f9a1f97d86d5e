"""Numbers at an axis, and as people read them beside a point."""

from __future__ import annotations

from math import ceil, floor, log10

# An axis is read best with about this many steps.
_STEPS = 4
# From here on a third digit is the last before the point.
_WHOLE = 100
_THOUSAND, _MILLION, _BILLION = 1e3, 1e6, 1e9


def ticks(highest: float, *, share: bool = False) -> list[float]:
    """Round numbers from 0 to at least `highest`; a share always ends at 1, so that charts of shares look alike."""
    if share and highest <= 1:
        return [0, 0.25, 0.5, 0.75, 1]
    if highest <= 0:
        return [0, 1]
    rough = highest / _STEPS
    power = 10 ** floor(log10(rough))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough * (1 - 1e-9))
    count = ceil(highest / step - 1e-9)
    return [round(step * place, 12) for place in range(count + 1)]


def said(value: float, unit: str = "", *, rough: bool = False) -> str:
    """A value as it is read: "79.6%", "£3.27", "1.2m". `rough` is for an axis: no more digits than it needs."""
    if unit == "%":
        text = f"{value * 100:.0f}" if rough else f"{value * 100:.1f}"
        return f"{text}%"
    size = abs(value)
    for over, mark in ((_BILLION, "bn"), (_MILLION, "m"), (_THOUSAND, "k")):
        if size >= over and (rough or over > _THOUSAND):
            shown = value / over
            return f"{unit}{shown:,.0f}{mark}" if shown >= _WHOLE else f"{unit}{shown:.3g}{mark}"
    if unit and not rough:
        return f"{unit}{value:,.2f}"
    return f"{unit}{value:,.0f}" if value == round(value) else f"{unit}{value:,.3g}"
