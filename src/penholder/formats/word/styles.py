"""What a paragraph's style makes of it: a heading of some level, an item of a list, or plain words."""

from __future__ import annotations

import re

from penholder.formats.word.package import Node, Package, W

_HEADING = re.compile(r"heading (\d)")
# A style may stand on another one; a chain longer than this goes in a circle.
_LONGEST_CHAIN = 12


class Styles:
    """The paragraph styles of one document, by their ids."""

    def __init__(self, package: Package) -> None:
        root = package.parsed("word/styles.xml")
        self._styles = {one.get(W + "styleId", ""): one for one in root.iter(W + "style")} if root is not None else {}

    def of(self, properties: Node | None) -> str:
        """“heading 2”, “item”, or “”."""
        if properties is None:
            return ""
        said = properties.find(W + "pStyle")
        name = said.get(W + "val", "") if said is not None else ""
        numbered = _numbered(properties)
        for _ in range(_LONGEST_CHAIN):
            style = self._styles.get(name)
            if style is None:
                break
            if heading := _heading(style):
                return heading
            inside = style.find(W + "pPr")
            numbered = numbered if numbered is not None or inside is None else _numbered(inside)
            based = style.find(W + "basedOn")
            name = based.get(W + "val", "") if based is not None else ""
        return "item" if numbered else ""


def _numbered(properties: Node) -> bool | None:
    """Whether a paragraph is an item of a list; None when nothing is said."""
    number = properties.find(f"{W}numPr/{W}numId")
    return None if number is None else number.get(W + "val") != "0"


def _heading(style: Node) -> str:
    name = style.find(W + "name")
    said = _HEADING.fullmatch((name.get(W + "val", "") if name is not None else "").lower())
    return f"heading {min(int(said[1]), 6)}" if said and said[1] != "0" else ""
