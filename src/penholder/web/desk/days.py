"""Days as people write them in forms: 1 October 2026 or 1 Hydref 2026, 1/10/2026, 2026-10-01."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as say
from django.utils.translation import override

_WRITTEN = re.compile(r"(\d{1,2})\s+(\w{3,})\s+(\d{4})")
# The day stands before the month, as it does here; what begins with the year is what machines write.
_IN_FIGURES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")


class DayField(forms.DateField):
    """A day. Months have their names in any language of the instance, whole or shortened to three letters or more."""

    def __init__(self, *, label: Any, hint: Any = "", required: bool = True) -> None:
        super().__init__(
            label=label,
            help_text=hint or say("For example 1 October 2026."),
            required=required,
            widget=forms.DateInput(format="%Y-%m-%d"),
            input_formats=_IN_FIGURES,
            error_messages={"invalid": say("This is no day that we can read. Write it as 1 October 2026.")},
        )

    def to_python(self, value: Any) -> Any:
        """The day. Raises ValidationError."""
        if isinstance(value, str) and (found := _WRITTEN.fullmatch(value.strip())):
            day, word, year = found.groups()
            if month := _month(word.casefold()):
                value = f"{year}-{month:02}-{int(day):02}"
        return super().to_python(value)


def _month(word: str) -> int | None:
    for code in settings.PENHOLDER_LANGUAGES:
        for number, name in _months(code).items():
            if name.startswith(word):
                return number
    return None


@cache
def _months(code: str) -> dict[int, str]:
    with override(code):
        return {number: str(name).casefold() for number, name in MONTHS.items()}
