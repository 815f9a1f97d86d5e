"""Services as people name them in a form: one on each line, by what it is called, or by its key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.services import standing


class ServicesField(forms.CharField):
    """Several services. What is given is their keys, each once, in their order."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label,
            help_text=say("One on each line, as the register calls it."),
            widget=forms.Textarea(attrs={"rows": 3}),
            max_length=20_000,
        )

    def clean(self, value: Any) -> tuple[str, ...]:
        """The keys. Raises ValidationError, which names each line that is no service, or is several."""
        lines = [line for each in super().clean(value).splitlines() if (line := each.strip())]
        called = standing.names()
        by_name: dict[str, list[str]] = {}
        for key, name in called.items():
            by_name.setdefault(name.casefold(), []).append(key)
        found: list[str] = []
        wrong: list[str] = []
        for line in lines:
            keys = [line] if line in called else by_name.get(line.casefold(), [])
            if len(keys) == 1:
                found += keys
            elif keys:
                told = {"name": line, "keys": ", ".join(sorted(keys))}
                wrong.append(_("Several services are called “%(name)s”. Write the key of the one: %(keys)s.") % told)
            else:
                wrong.append(_("The register has no service called “%(name)s”.") % {"name": line})
        if wrong:
            raise ValidationError(wrong)
        return tuple(dict.fromkeys(found))


def lines(keys: Iterable[str]) -> str:
    """What such a field holds for these services: the name of each where only one has it, else its key."""
    called = standing.names()
    borne = [name.casefold() for name in called.values()]
    return "\n".join(
        name if (name := called.get(key, "")) and borne.count(name.casefold()) == 1 else key for key in keys
    )
