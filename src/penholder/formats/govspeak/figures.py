"""What a paragraph or a table is to a reader: a picture, something with a caption, something to draw."""

from __future__ import annotations

import re
from dataclasses import dataclass

from penholder.formats.govspeak.blocks import Node
from penholder.formats.govspeak.inline import IMAGE
from penholder.formats.govspeak.tables import Table

PICTURE = re.compile(r"^\s*" + IMAGE.pattern + r"\s*$")
LINKED_PICTURE = re.compile(
    r"^\s*\[" + IMAGE.pattern + r'\]\([ \t]*<?([^\s)<>]{1,2000})>?(?:[ \t\n]{1,9}"([^"]{0,1000})")?[ \t]*\)\s*$'
)
STACKED = {"mc-stacked", "stacked"}
SHARE = {"proportional"}
NUMERIC = re.compile(r"^[£$€<>~+-]?\s*\d[\d,.]*\s*(?:%|[a-zA-Z£$€]{0,8})$|^(?:n/?a|[-–—.*]{1,3}|)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is a paragraph of its own, with the link around it."""

    address: str
    alt: str
    title: str = ""
    link: str = ""


def read_picture(node: Node) -> Picture | None:
    """The picture that a paragraph is, when it is nothing else."""
    if node.kind != "text":
        return None
    if found := PICTURE.match(node.text):
        return Picture(found[2], found[1], found[3] or "")
    if found := LINKED_PICTURE.match(node.text):
        return Picture(found[2], found[1], found[3] or "", found[4])
    return None


def can_be_captioned(node: Node) -> bool:
    """Whether a caption may stand over this block."""
    return node.kind == "table" or read_picture(node) is not None


def labels_last(table: Table) -> bool:
    """Whether a table of two columns has its figures before its labels, as `%  | Internet use`."""
    if table.width != 2 or any(len(row) != 2 for row in (table.header, *table.rows)):
        return False
    return all(NUMERIC.match(row[0]) for row in table.rows) and not any(NUMERIC.match(row[1]) for row in table.rows)


def chart_kind(table: Table, classes: set[str]) -> str:
    """What to draw from a table: "" when its cells are words, for then the table is all there is to see."""
    numeric = [
        all(NUMERIC.match(row[column].strip()) for row in table.rows if column < len(row))
        for column in range(table.width)
    ]
    if not table.rows or not any(numeric):
        return ""
    if classes & SHARE:
        return "share"
    # A single column of values over a column of words is a scale with descriptions, not a measurement.
    if table.width == 2 and numeric[0] and not numeric[1]:
        return ""
    return "stacked" if classes & STACKED else "bar"
