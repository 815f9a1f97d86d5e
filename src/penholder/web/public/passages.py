"""The lasting address of each passage: it leads to where the passage stands now, or says that it was removed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from penholder.publishing.passages import LastingPassage
from penholder.publishing.sites import Page, Redirect
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.pairs import pairs, path_between
from penholder.web.public.site import Publication
from penholder.web.public.texts import Texts


def pages(drawing: Drawing, texts: Texts) -> Iterator[Page | Redirect]:
    """A redirect for each passage that stands, a page for each that was removed."""
    for passage in texts.places().values():
        publication = drawing.site.publications[passage.document]
        address = f"/passages/{passage.id}/"
        if passage.stands:
            yield Redirect(f"{drawing.root}{address}", f"{drawing.root}{publication.address}#{passage.id}")
        else:
            yield _removed(drawing, texts, publication, passage, address)


def _removed(drawing: Drawing, texts: Texts, publication: Publication, passage: LastingPassage, address: str) -> Page:
    change = (passage.edition, passage.edition + 1)
    return drawing.page(
        address,
        "passage.html",
        title=_("A passage of %(title)s that no longer stands") % {"title": publication.title},
        description=passage.block.plain or _("A passage that no longer stands."),
        crumbs=(Crumb(publication.title, publication.address, english=True),),
        passage=passage,
        publication=publication,
        body=texts.passage(passage),
        changed_path=path_between(publication, *change) if change in pairs(publication) else "",
    )
