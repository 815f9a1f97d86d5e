"""Help, the accessibility statement, and the page for addresses that are nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from penholder.publishing.sites import Page
from penholder.web.public.drawing import Drawing
from penholder.web.public.states import STATES


def pages(drawing: Drawing) -> Iterator[Page]:
    """The pages that are about the site itself."""
    yield drawing.page(
        "/help/",
        "help.html",
        title=_("How to read this site"),
        description=_("Editions, links to passages, what the states mean, and how to check a seal."),
        states=STATES,
    )
    yield drawing.page(
        "/accessibility/",
        "accessibility.html",
        title=_("Accessibility"),
        description=_("What you can rely on, what is tested, and what is not."),
    )
    yield drawing.page(
        "/404.html",
        "missing.html",
        title=_("There is no page at this address"),
        description=_("There is no page at this address."),
    )
