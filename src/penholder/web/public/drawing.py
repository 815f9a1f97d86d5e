"""Draws one page: a template, in one language, with what every page has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from penholder.publishing.sites import Page, Undrawn
from penholder.web.built import Built
from penholder.web.public.site import Site

NAMES = {"en": "English", "cy": "Cymraeg"}
LOCALES = {"en": "en_GB", "cy": "cy_GB"}
# Search engines show about this much of a description.
DESCRIPTION_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step on the way to a page."""

    words: str | Promise
    path: str
    english: bool = False  # the strategy's own words, whatever the language of the page


# Pages that are drawn as they were published on a day (`earlier`).
_ASKS_DAY = re.compile(r"/services/|/actions/[0-9]")


@dataclass(frozen=True)
class Drawing:
    """Everything that pages of one language share."""

    site: Site
    language: str
    languages: tuple[str, ...]
    built: Built
    as_published: date | None = None  # the day as of which pages are drawn; None: as they stand

    @property
    def root(self) -> str:
        """What stands before every address of this language; the first language has nothing."""
        return root(self.language, self.languages)

    def page(
        self,
        path: str,
        template: str,
        *,
        title: str,
        description: str,
        crumbs: tuple[Crumb, ...] = (),
        **context: Any,
    ) -> Page:
        """One page at its address in this language."""
        full = f"{self.root}{path}"
        rendered = get_template(f"public/{template}").render(
            {
                "site": self.site,
                "site_title": self.site.title,
                "title": title,
                "description": shortened(description),
                "crumbs": (Crumb(_("Front page"), "/"), *crumbs) if path != "/" else (),
                "root": self.root,
                "language": self.language,
                "og_locale": LOCALES.get(self.language, self.language),
                "languages": [self._other(code, path) for code in self.languages],
                "navigation": self._navigation(path),
                "canonical": f"{settings.PENHOLDER_ADDRESS.rstrip('/')}{full}",
                "absolute": bool(settings.PENHOLDER_ADDRESS),
                "built": self.built,
                "as_published": self.as_published,
                "path": path,
                "canonical_path": full,
                "asks_day": _ASKS_DAY.match(path) is not None,
                **context,
            }
        )
        return Page(full, rendered.encode())

    def undrawn(self, path: str, made_of: str, make: Callable[[], Page]) -> Undrawn:
        """A page at its address in this language that `make` draws where it changed."""
        return Undrawn(f"{self.root}{path}", made_of, lambda: make().body)

    def _other(self, code: str, path: str) -> dict[str, Any]:
        full = f"{root(code, self.languages)}{path}"
        return {
            "code": code,
            "name": NAMES.get(code, code),
            "path": full,
            "canonical": f"{settings.PENHOLDER_ADDRESS.rstrip('/')}{full}",
            "current": code == self.language,
        }

    def _navigation(self, path: str) -> list[dict[str, Any]]:
        strategy = self.site.strategy
        items = [
            *([(_("Strategy"), strategy.address)] if strategy else []),
            (_("Actions"), "/actions/"),
            (_("Departments"), "/departments/"),
            (_("Coverage"), "/coverage/"),
            *([(_("Services"), "/services/")] if self.site.services else []),
            (_("What changed"), "/changes/"),
        ]
        return [
            {
                "words": words,
                "path": to,
                "current": "page" if path == to else "true" if path.startswith(to) else "",
            }
            for words, to in items
        ]


def root(language: str, languages: tuple[str, ...]) -> str:
    """The address below which a language's pages stand."""
    return "" if language == languages[0] else f"/{language}"


def shortened(words: str) -> str:
    """At most `DESCRIPTION_LENGTH` characters, cut between words."""
    folded = " ".join(words.split())
    if len(folded) <= DESCRIPTION_LENGTH:
        return folded
    return folded[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0].rstrip(",;:–") + "…"


def speaking(language: str) -> translation.override:
    """Everything inside is said in this language."""
    return translation.override({"en": "en-gb"}.get(language, language))
