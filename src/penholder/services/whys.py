"""What a reader must be told beside a figure, kept so that it can be said in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _


class Why(str):
    """A sentence in English, as files and digests hold it, that `said` says in the reader's language.

    `template` is a message, and `values` are messages too, or numbers; several are listed with commas between them.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, template: str, **values: Iterable[str]) -> Why:
        """The sentence that a template makes of these."""
        listed = {name: tuple(each) for name, each in values.items()}
        made = cls(template % {name: ", ".join(each) for name, each in listed.items()})
        made.template, made.values = template, listed
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.template, self.values)

    def said(self) -> str:
        """The sentence in the language of now."""
        return _(self.template) % {name: ", ".join(_(one) for one in each) for name, each in self.values.items()}


def _again(template: str, values: dict[str, tuple[str, ...]]) -> Why:
    return Why.of(template, **values)


def said(why: Iterable[str]) -> tuple[str, ...]:
    """Sentences in the language of now, as far as they can be said in it."""
    return tuple(each.said() if isinstance(each, Why) else each for each in why)
