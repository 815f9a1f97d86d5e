"""How the desk says values, periods and changes of services in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.measure.values import Absence
from penholder.services import quantities
from penholder.services.cells import Given
from penholder.services.periods import Span

# Words of the four things that a cell may say; the fourth is a number.
GAPS = {
    Absence.NOT_PROVIDED: say("not provided"),
    Absence.NOT_APPLICABLE: say("not applicable"),
    Absence.SUPPRESSED: say("suppressed"),
}
CHANGES = {
    "": say("new"),
    "revised": say("changed"),
    "supplied": say("a number where there was none"),
    "withdrawn": say("a number taken back"),
    "reworded": say("another reason why there is none"),
}


def value(given: Given | None) -> str:
    """A value: "1,200", "£12.50" without the sign, or why there is none; "" for nothing."""
    if given is None:
        return ""
    if isinstance(given, Absence):
        return str(GAPS[given])
    return number(given)


def number(amount: Decimal | float) -> str:
    """A number with commas between thousands, and without a fraction that says nothing."""
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    return f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact.normalize():,f}"


def quantity(key: str) -> str:
    """What a quantity is called."""
    known = quantities.BY_KEY.get(key)
    return known.words if known else key


def channel(key: str, names: dict[str, str]) -> str:
    """What a channel is called; "" is all of them together."""
    return names.get(key, key) if key else _("all channels")


def period(span: Span) -> str:
    """A period in the reader's language: "October 2026", "October 2016 to September 2017"."""
    last = span.ends_on - (span.ends_on - date.fromordinal(span.ends_on.toordinal() - 1))
    first = date_format(span.starts_on, "F Y")
    if span.starts_on.day != 1 or span.ends_on.day != 1:
        days = date_format(span.starts_on, "j F Y"), date_format(last, "j F Y")
    elif span.months == 1:
        return first
    else:
        days = first, date_format(last, "F Y")
    return _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}


def change(told: Any) -> str:
    """What became of a value."""
    return str(CHANGES.get(str(told or ""), told))
