"""Numbers as people write them in tables: "82%", "£1.78bn", "1,234", "around 15%", and a dash for what is not known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_SCALES = {
    "k": 3,
    "thousand": 3,
    "m": 6,
    "mn": 6,
    "million": 6,
    "bn": 9,
    "billion": 9,
    "tn": 12,
    "trillion": 12,
}
# What tables of public bodies write when they do not know, or may not say.
_UNKNOWN = frozenset(
    {
        "",
        "-",
        "--",
        "\u2013",
        "\u2014",
        "\u2212",
        "?",
        "n/a",
        "na",
        "n/k",
        "***",
        "..",
        "…",
        "unknown",
        "not known",
        "#ref!",
    }
)
_NUMBER = re.compile(
    r"""(?:(?:about|around|circa|c\.|~|\u2248)\s*)?
        (?P<minus>[-\u2212\u2013])?(?P<plus>\+)?
        (?P<currency>[£$€])?
        (?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<fraction>\.[0-9]+)?
        \s*(?P<scale>thousand|million|billion|trillion|k|mn|m|bn|tn)?
        \s*(?P<percent>%|per\ cent|percent)?\Z""",
    re.VERBOSE | re.IGNORECASE,
)
# A figure of more digits than the national debt in pence is a slip of the keyboard, not a value.
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Number:
    """One cell: its value, None when it is not known (which is not zero), and how the author wrote it.

    `unit` is "%", a currency sign, or "" for a bare number; the scale ("bn") is already in the value.
    """

    value: Decimal | None
    text: str
    unit: str = ""


def read_number(cell: str) -> Number | None:
    """What a cell says; None when it is neither a number nor a way of saying that there is none."""
    text = " ".join(cell.split())
    if text.lower() in _UNKNOWN:
        return Number(None, text)
    found = _NUMBER.match(text) if len(text) <= _LONGEST * 2 else None
    if found is None or len(found["digits"]) > _LONGEST:
        return None
    value = Decimal(found["digits"].replace(",", "") + (found["fraction"] or ""))
    if found["scale"]:
        value *= Decimal(10) ** _SCALES[found["scale"].lower()]
    if found["minus"]:
        value = -value
    unit = "%" if found["percent"] else (found["currency"] or "")
    return Number(value, text, unit)
