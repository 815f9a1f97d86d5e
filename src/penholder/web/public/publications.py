"""A document's newest edition as one long page, every edition frozen, and the files by which to check a seal."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from penholder.publishing.models import Edition
from penholder.publishing.sites import Page
from penholder.seal import manifest_bytes
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.pairs import path_between
from penholder.web.public.site import Publication, Site
from penholder.web.public.texts import Texts


def pages(drawing: Drawing, texts: Texts) -> Iterator[Page]:
    """Every publication that is not a department's answers, whole and edition by edition; lists of editions of all."""
    for publication in drawing.site.publications.values():
        yield _editions(drawing, publication)
        if publication.departmental:
            continue
        yield _publication(drawing, texts, publication, publication.current, frozen=False)
        for edition in publication.editions:
            yield _publication(drawing, texts, publication, edition, frozen=True)


def files(site: Site) -> Iterator[Page]:
    """The exact text and the manifest of each edition; they are the same in every language."""
    for publication in site.publications.values():
        for edition in publication.editions:
            address = publication.edition_address(edition.number)
            text = publication.text(edition).text
            yield Page(f"{address}text.md", text.encode(), "text/markdown; charset=utf-8")
            yield Page(f"{address}manifest.json", manifest_bytes(edition.iteration.manifest), "application/json")


def _publication(drawing: Drawing, texts: Texts, publication: Publication, edition: Edition, *, frozen: bool) -> Page:
    rendered = texts.edition(publication, edition)
    address = publication.edition_address(edition.number) if frozen else publication.address
    crumbs = [Crumb(publication.title, publication.address, english=True)] if frozen else []
    if frozen:
        crumbs.append(Crumb(_("Editions"), f"{publication.address}editions/"))
    newest = edition.number == publication.current.number
    title = publication.title
    if frozen:
        title = _("%(title)s, edition %(number)d") % {"title": publication.title, "number": edition.number}
    return drawing.page(
        address,
        "publication.html",
        title=title,
        description=publication.document.subtitle
        or _("%(title)s, edition %(number)d") % {"title": publication.title, "number": edition.number},
        crumbs=tuple(crumbs),
        publication=publication,
        edition=edition,
        correction=publication.correction(edition),
        frozen=frozen,
        newest=newest,
        changed_path="" if newest else path_between(publication, edition.number, publication.current.number),
        body=rendered.html,
        contents=rendered.contents,
    )


def _editions(drawing: Drawing, publication: Publication) -> Page:
    rows = []
    for before, edition in zip((None, *publication.editions), publication.editions, strict=False):
        path = path_between(publication, before.number, edition.number) if before else ""
        rows.append({"edition": edition, "before": before.number if before else 0, "changed_path": path})
    return drawing.page(
        f"{publication.address}editions/",
        "editions.html",
        title=_("Editions of %(title)s") % {"title": publication.title},
        description=_("Every edition of %(title)s, kept as it was published.") % {"title": publication.title},
        crumbs=(Crumb(publication.title, publication.address, english=True),),
        publication=publication,
        rows=rows[::-1],
    )
