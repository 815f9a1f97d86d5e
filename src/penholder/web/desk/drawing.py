"""Passages of a draft as HTML, one by one, and suggestions as words that go and words that come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import dedent
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from penholder.drafting.contributions import Suggestion, Weight, What
from penholder.drafting.naming import Named, Standing
from penholder.render.comparison_html import runs_html
from penholder.text.html import render_page
from penholder.text.markdown import plain
from penholder.text.options import Options
from penholder.text.words import Run, runs
from penholder.web.labels import labels

_HEADING = re.compile(r"<(/?)h([1-6])\b")
# So much of a passage is quoted where a line must do.
QUOTED = 90


@dataclass(frozen=True, slots=True)
class Drawn:
    """The passages of one section, each as HTML, and the footnotes below them."""

    bodies: tuple[SafeString, ...]
    notes: SafeString


def drawn(passages: Sequence[Standing]) -> Drawn:
    """Draw passages one by one; the highest heading comes right below the page's own."""
    found = _drawn(tuple(dedent(one.block.source) for one in passages), get_language() or "")
    return Drawn(tuple(mark_safe(body) for body in found[0]), mark_safe(found[1]))  # noqa: S308 - sanitised by text


@lru_cache(maxsize=256)
def _drawn(sources: tuple[str, ...], language: str) -> tuple[tuple[str, ...], str]:
    del language  # the labels are of it, so it is part of the question
    page = render_page([(source, ()) for source in sources], options=Options(labels=labels()))
    levels = [int(found[2]) for one in page.texts for found in _HEADING.finditer(one.html)]
    by = 2 - min(levels, default=2)

    def write(found: re.Match[str]) -> str:
        return f"<{found[1]}h{min(6, int(found[2]) + by)}"

    return tuple(_HEADING.sub(write, one.html) for one in page.texts), page.notes


def redline(old: str, new: str) -> SafeString:
    """How words became others, as a reader reads them; with their Markdown where only that differs."""
    before, after = plain(old), plain(new)
    if before == after and old != new:
        before, after = old, new
    return marked(runs(before, after))


def marked(found: Sequence[Run]) -> SafeString:
    """Runs of words with what went and what came marked, for eyes and ears."""
    return mark_safe(runs_html(found, say=_))  # noqa: S308 - escaped there


def short(source: str) -> str:
    """The beginning of a passage, in plain words, for a line."""
    words = " ".join(plain(source).split()) or " ".join(source.split())
    return words if len(words) <= QUOTED else words[: QUOTED - 1].rsplit(" ", 1)[0] + "…"


def proposal(row: Suggestion, named: Named) -> dict[str, Any]:
    """A suggestion as it is shown: one sentence of what it does, and its words marked."""
    marks = {
        What.REPLACE: lambda: redline(row.quote, row.proposed),
        What.INSERT: lambda: redline("", row.proposed),
        What.DELETE: lambda: redline(row.quote, ""),
        What.MOVE: lambda: marked([Run("same", plain(row.quote))]),
    }
    return {
        "row": row,
        "words": _sentence(row, named),
        "redline": marks[What(row.what)](),
        "weight": Weight(row.weight).label,
    }


def _sentence(row: Suggestion, named: Named) -> str:
    if row.what == What.MOVE:
        target = named.now(row.target) if row.target else None
        part = named.part(target.section if target else row.target_section)
        title = part.title if part else row.target_section
        if target is None:
            return _("Move it to the beginning of “%(section)s”.") % {"section": title}
        said = _("Move it after “%(words)s” in “%(section)s”.")
        return said % {"words": short(target.block.source), "section": title}
    if row.what == What.INSERT:
        if row.quote:
            return _("Add a passage after “%(words)s”.") % {"words": short(row.quote)}
        return _("Add a passage at the beginning of the section.")
    return _("Take this passage out.") if row.what == What.DELETE else _("Change the words.")
