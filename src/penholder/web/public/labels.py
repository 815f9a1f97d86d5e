"""The words that `penholder.text` puts on a page, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

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
