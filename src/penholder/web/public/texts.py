"""Sealed texts as HTML. Several texts on one page share their ids and footnotes, so pages are drawn whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape, unescape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from penholder.charts import draw
from penholder.delivery.standing import Answer
from penholder.drafting.media import location
from penholder.drafting.sealed_texts import SealedPart, SealedText
from penholder.publishing import changes, passages
from penholder.publishing.changes import EditionChanges
from penholder.publishing.models import Edition
from penholder.publishing.passages import LastingPassage
from penholder.text.headings import Entry
from penholder.text.html import render_page
from penholder.text.inline import Media
from penholder.text.options import Options
from penholder.web.labels import labels, of_charts
from penholder.web.pictures import size_of
from penholder.web.public.links import Links
from penholder.web.public.site import Publication, Site, media_address

_HEADING = re.compile(r"<h([1-6])((?: [^>]*)?)>(.*?)</h\1>\n?", re.DOTALL)
_HEADED = re.compile(r'<div class="ph-headed">\n(.*?)</div>\n', re.DOTALL)
_PASSAGE = re.compile(r' data-passage="([^"]+)"')
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the lasting ids of its passages.

    Its highest heading stands one level under `below`. With `continued`, levels go on from the text before it.
    """

    text: str
    ids: tuple[str, ...] = ()
    below: int = 1
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """The texts of one page as HTML, in the order in which they were given, and the footnotes below them."""

    parts: tuple[SafeString, ...]
    notes: SafeString
    contents: tuple[Entry, ...] = ()

    @property
    def html(self) -> SafeString:
        """Everything, in order."""
        return mark_safe("".join((*self.parts, self.notes)))  # noqa: S308 - penholder.text wrote and sanitised it


class Texts:
    """Draws the texts of one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.links = Links(site)
        self._editions: dict[tuple[int, str], Drawn] = {}
        self._changes: dict[tuple[int, int], EditionChanges] = {}
        self._places: dict[str, LastingPassage] = {}

    def edition(self, publication: Publication, edition: Edition) -> Drawn:
        """A whole edition. Footnotes are numbered through, headings begin below the page's own."""
        key = (edition.pk, get_language() or "")
        if key not in self._editions:
            text = publication.text(edition)
            sections = enumerate(text.sections)
            sources = [Source(part.text, part.ids, continued=number > 0) for number, part in sections]
            self._editions[key] = self.page(sources, edition, at_home=True)
        return self._editions[key]

    def page(self, sources: Sequence[Source], *editions: Edition, at_home: bool = False) -> Drawn:
        """Texts for one page, with shared ids and footnotes; `notes` belongs to its foot.

        Pictures are those of all `editions`; footnotes that the texts do not define are looked for in the first, and
        links within the text lead to its document's own page, unless this is it (`at_home`).
        """
        elsewhere = _definitions(self.site.texts[editions[0].iteration_id], sources) if editions else []
        wanted = [(source.text, source.ids) for source in sources]
        drawn = render_page([*wanted, *elsewhere], options=self._options(editions, at_home=at_home))
        own = drawn.texts[: len(wanted)]
        parts = []
        above: list[int] = []
        for source, one in zip(sources, own, strict=True):
            above = above if source.continued else []
            parts.append(mark_safe(_headed(one.html, above, source.below)))  # noqa: S308
        return Drawn(tuple(parts), mark_safe(drawn.notes), tuple(entry for one in own for entry in one.contents))  # noqa: S308

    def answers(self, publication: Publication, edition: Edition) -> dict[int, SealedPart]:
        """The sections of a department's document that answer an action, by its number."""
        return {number: part for part in publication.text(edition).sections if (number := _answered(part))}

    def introduction(self, publication: Publication, edition: Edition) -> list[Source]:
        """The sections of a department's document that answer no action."""
        parts = [part for part in publication.text(edition).sections if not _answered(part)]
        # The title of the first is the page's own.
        return [Source(part.text, part.ids, below=0 if number == 0 else 1) for number, part in enumerate(parts)]

    def answer(self, answer: Answer) -> Source:
        """The words of an answer that stands, with their lasting ids when its edition is the newest."""
        said = answer.current
        publication = self.site.departmental(answer.organisation)
        if said is None:
            return Source("")
        part = self.answers(publication, publication.current).get(answer.action) if publication else None
        return Source(part.text, part.ids, below=2) if part else Source(said.text, below=3)

    def passage(self, passage: LastingPassage) -> SafeString:
        """One passage as it last read, without its lasting id: it no longer stands anywhere."""
        edition = self.site.publications[passage.document].editions[passage.edition - 1]
        # A definition without its mention would not be shown.
        is_note = passage.block.kind == "footnote"
        return self.page([Source(passage.block.plain if is_note else passage.block.source)], edition).html

    def places(self) -> Mapping[str, LastingPassage]:
        """Where each passage stands that was ever published."""
        if not self._places:
            self._places = passages.places(dict(self.site.texts))
        return self._places

    def between(self, old: Edition, new: Edition) -> EditionChanges:
        """Two editions of one document compared; once, however many pages ask."""
        key = (old.pk, new.pk)
        if key not in self._changes:
            self._changes[key] = changes.between(old, new, texts=self.site.texts)
        return self._changes[key]

    def _options(self, editions: Sequence[Edition], *, at_home: bool) -> Options:
        files = {row["path"]: row for one in reversed(editions) for row in one.iteration.manifest.get("media", ())}
        publication = self.site.publications[editions[0].document.key] if editions else None
        return Options(
            resolve_link=(lambda to: self.links.resolve(to, publication, files, at_home=at_home))
            if publication
            else None,
            resolve_media=lambda path: _media(files.get(path)),
            resolve_text=lambda path: _transcript(files.get(path)),
            draw=partial(draw, words=of_charts()),
            labels=labels(),
        )


def _answered(part: SealedPart) -> int:
    """The number of the action that a section answers; 0 when it answers none."""
    blocks = part.blocks
    if not blocks or blocks[0].kind != "heading":
        return 0
    return changes.action_number(blocks[0].name, blocks[0].classes)


def without_heading(html: SafeString, *, anchored: bool = False) -> SafeString:
    """A text without the heading that it begins with, which its page says in its own way.

    With `anchored` the heading's lasting address still leads to the place where it stood.
    """
    begins = _HEADED.match(html) or _HEADING.match(html)
    if not begins:
        return html
    passage = _PASSAGE.search(begins[0]) if anchored else None
    anchor = f'<span class="anchor" id="{passage[1]}"></span>\n' if passage else ""
    return mark_safe(anchor + html[begins.end() :])  # noqa: S308


def _media(row: Mapping[str, Any] | None) -> Media | None:
    if row is None:
        return None
    width, height = size_of(location(row["sha256"]), row["type"])
    return Media(media_address(row["sha256"], row["path"]), width, height, row["type"])


def _transcript(row: Mapping[str, Any] | None) -> str | None:
    return location(row["sha256"]).read_text(encoding="utf-8") if row else None


def _definitions(text: SealedText, sources: Sequence[Source]) -> list[tuple[str, Sequence[str]]]:
    """Sections of the edition that are not on the page and define footnotes which the page mentions."""
    here = {source.text for source in sources}
    if not any("[^" in words for words in here):
        return []
    notes = [
        block.source
        for section in text.sections
        if section.text not in here and "[^" in section.text
        for block in section.blocks
        if block.kind == "footnote"
    ]
    return [("\n\n".join(notes), ())] if notes else []


def _headed(html: str, above: list[int], below: int) -> str:
    """The text with every heading one level under the one that it stands under, and a link to its lasting address.

    Authors skip levels, which leaves those who jump from heading to heading wondering what they missed. `above` holds
    the authors' levels of the headings that the next one may stand under. Each link is one stop for the keyboard,
    named by its heading.
    """

    def write(found: re.Match[str]) -> str:
        written = int(found[1])
        while above and above[-1] >= written:
            above.pop()
        above.append(written)
        level = min(6, max(2, below + len(above)))  # the page has the only h1
        heading = f"<h{level}{found[2]}>{found[3]}</h{level}>\n"
        passage = _PASSAGE.search(found[2])
        if not passage:
            return heading
        title = " ".join(unescape(_TAG.sub("", found[3])).split())
        name = escape(_("Link to “%(title)s”") % {"title": title})
        link = f'<p class="ph-here"><a href="/passages/{passage[1]}/" data-link aria-label="{name}">#</a></p>'
        return f'<div class="ph-headed">\n{heading}{link}</div>\n'

    return _HEADING.sub(write, html)
