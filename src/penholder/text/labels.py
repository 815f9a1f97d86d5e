"""The few words that the renderer itself puts on a page. A site in another language hands in its own."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "action": "Action {number}",
    "principle": "Principle {number}",
    "footnotes": "Footnotes",
    "footnote": "Footnote {number}",
    "back": "Back to where footnote {number} is mentioned",
    "back-again": "Back to mention {mention} of footnote {number}",
    "link-to-figure": "Link to this figure",
    "link-to-chart": "Link to this chart",
    "link-to-table": "Link to this table",
    "link-to-film": "Link to this film",
    "source": "Source:",
    "show-table": "Show the table",
    "table": "Table",
    "code": "Code",
    "watch": "Watch the film: {title}",
    "film": "Film",
    "transcript": "Read the transcript",
    "captions": "Captions",
    "note": "Note",
    "case-study": "Case study",
    "quote": "Quotation",
    "warning": "Warning",
    "example": "Example",
}
