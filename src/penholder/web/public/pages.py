"""Every page of the public site, in every language, one after the other. `publishing.sites` writes them to disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from penholder.drafting.media import location
from penholder.publishing.sites import File, Page, Redirect, Undrawn
from penholder.web import built
from penholder.web.public import (
    agreed,
    changes,
    coverage,
    fronts,
    guidance,
    made_of,
    passages,
    promises,
    publications,
    quarter,
    register,
    service,
    services_data,
    site,
)
from penholder.web.public.drawing import Drawing, speaking
from penholder.web.public.made_of import Ingredients
from penholder.web.public.site import Site
from penholder.web.public.texts import Texts


def all_pages(*, at: datetime | None = None) -> Iterator[Page | Undrawn | File | Redirect]:
    """The whole site as it stands at `at` (now, unless given). A fixed number of queries, and one a new edition.

    Nothing is written but the evidence of editions that have none yet, into the cache.
    """
    whole = site.read(at=at or timezone.now())
    languages: tuple[str, ...] = tuple(settings.PENHOLDER_LANGUAGES)
    assets = built.read(Path(settings.PENHOLDER_ASSETS))
    texts = Texts(whole)
    asked = tuple(one.key for one in whole.coverage.organisations)
    ingredients = Ingredients(whole.services, asked) if whole.services else None
    for language in languages:
        drawing = Drawing(whole, language, languages, assets)
        with speaking(language):
            yield from _drawn(drawing, texts, ingredients)
    yield from publications.files(whole)
    yield from agreed.files(whole)
    yield from coverage.files(whole)
    if ingredients:
        yield from services_data.files(ingredients)
    yield from _media(whole)
    for old, new in whole.old_addresses.items():
        yield Redirect(old, new)


def _drawn(drawing: Drawing, texts: Texts, ingredients: Ingredients | None) -> Iterator[Page | Undrawn | Redirect]:
    yield from fronts.pages(drawing)
    yield from publications.pages(drawing, texts)
    yield from agreed.pages(drawing)
    yield from promises.pages(drawing, texts)
    yield from coverage.pages(drawing)
    yield from changes.pages(drawing, texts)
    yield from passages.pages(drawing, texts)
    yield from guidance.pages(drawing)
    if ingredients:
        frame = made_of.frame(drawing)
        whole = f"{frame}.{ingredients.whole}"
        yield from register.pages(drawing, whole)
        yield from service.pages(drawing, ingredients.by_service, frame)
        yield from quarter.pages(drawing, whole)


def _media(whole: Site) -> Iterator[File]:
    given: set[str] = set()
    for publication in whole.publications.values():
        for edition in publication.editions:
            for row in edition.iteration.manifest.get("media", ()):
                address = site.media_address(row["sha256"], row["path"])
                if address not in given:
                    given.add(address)
                    yield File(address, location(row["sha256"]), row["type"])
