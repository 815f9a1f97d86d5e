"""The words that `penholder.text` puts on a page, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _


def labels() -> Mapping[str, str]:
    """As `penholder.text.labels.LABELS`, in the language that is being spoken."""
    return {
        "action": _("Action {number}"),
        "principle": _("Principle {number}"),
        "footnotes": _("Footnotes"),
        "footnote": _("Footnote {number}"),
        "back": _("Back to where footnote {number} is mentioned"),
        "back-again": _("Back to mention {mention} of footnote {number}"),
        "link-to-figure": _("Link to this figure"),
        "link-to-chart": _("Link to this chart"),
        "link-to-table": _("Link to this table"),
        "link-to-film": _("Link to this film"),
        "source": _("Source:"),
        "show-table": _("Show the table"),
        "table": _("Table"),
        "code": _("Code"),
        "watch": _("Watch the film: {title}"),
        "film": _("Film"),
        "transcript": _("Read the transcript"),
        "captions": _("Captions"),
        "note": _("Note"),
        "case-study": _("Case study"),
        "quote": _("Quotation"),
        "warning": _("Warning"),
        "example": _("Example"),
    }


def of_charts() -> Mapping[str, str]:
    """The `WORDS` of the modules of `penholder.charts`, in the language that is being spoken."""
    return _of_charts(get_language())


@lru_cache(maxsize=16)  # looked up for every chart of a site with thousands
def _of_charts(_language: str | None) -> Mapping[str, str]:
    return {
        "bar": _("Bar chart"),
        "stacked": _("Stacked bar chart"),
        "share": _("Shares of a whole"),
        "line": _("Line chart"),
        "unknown": _("not known"),
        "unknown-list": _("Not known: {names}"),
        "total": _("total {value}"),
        "rest": _("the rest is not stated"),
        "unit": _("In {unit}"),
        "over-time": _("Line over time"),
        "not provided": _("Not provided"),
        "not applicable": _("Not applicable"),
        "suppressed": _("Suppressed"),
        "target": _("Target: {value}"),
        "band": _("The band is the 95% interval."),
        "interval": _("between {low} and {high}"),
        "marked": _("Marked"),
        "treemap": _("Treemap"),
        "others": _("{count} smaller ones"),
        "level": _("{low} to {high}"),
        "not known": _("not known"),
        "area": _("The area of a rectangle is its size."),
        "sankey": _("Journey"),
        "came": _("{name}: {count} ({share})"),
        "left": _("{count} left here ({share} of those who came)"),
        "ended": _("{name}, an end: {count} ({share})"),
        "went": _("{start} to {end}: {count}"),
    }


# What `penholder.render` says of a change; it hands the words over to be translated one by one.
OF_CHANGES = (
    gettext_noop("Unchanged"),
    gettext_noop("Edited"),
    gettext_noop("Rewritten"),
    gettext_noop("Split"),
    gettext_noop("Merged"),
    gettext_noop("Moved"),
    gettext_noop("Removed"),
    gettext_noop("Inserted"),
    gettext_noop("Moved and edited"),
    gettext_noop("Moved and rewritten"),
    gettext_noop("Moved and split"),
    gettext_noop("Moved and merged"),
    gettext_noop("Moved away"),
    gettext_noop("removed"),
    gettext_noop("inserted"),
    gettext_noop("end of removed"),
    gettext_noop("end of inserted"),
)
