"""The headings and directives of a house-Markdown text with their line numbers, without parsing all of it.

Readers need to know where `## Action 03 {#action-03}` stands and which files a text refers to, before there are blocks.
Headings inside code and call-outs are not headings of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from penholder.text.attributes import Attributes, split_attributes

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_CODE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_COLONS = re.compile(r" {0,3}(:{3,})[ \t]*(?:\{([A-Za-z][A-Za-z0-9_-]*)\}[ \t]*(.*?))?[ \t]*$")
_OPTION = re.compile(r"[ \t]*:([a-z][a-z-]*):(?:[ \t]+(.*?))?[ \t]*$")
_PICTURE = re.compile(r"!\[[^\]\n]*\]\(\s*<?([^\s)>]+)")


@dataclass(frozen=True, slots=True)
class Heading:
    """One ATX heading: its level, its text without attributes, what its braces said, and its line (from 1)."""

    level: int
    title: str
    attributes: Attributes
    line: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A file or address that the text refers to: by which directive ("figure", "film"…) or "picture", and where."""

    kind: str
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a text holds, in order."""

    headings: tuple[Heading, ...]
    references: tuple[Reference, ...]
    directives: tuple[str, ...]


def scan(text: str) -> Scan:
    """Headings, references to files, and names of directives in `text`."""
    scanner = _Scanner()
    for number, line in enumerate(text.split("\n"), start=1):
        if not scanner.in_code(line):
            scanner.take(line, number)
    return Scan(tuple(scanner.headings), tuple(scanner.references), tuple(scanner.directives))


class _Scanner:
    """Where in a text we are: in which fences, in whose option lines."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self.references: list[Reference] = []
        self.directives: list[str] = []
        self.code = ""  # the fence that opened the code we are in
        self.fences: list[int] = []  # lengths of the colon fences that are open
        self.options = ""  # the directive whose option lines we are in

    def in_code(self, line: str) -> bool:
        """Whether `line` belongs to code, its fences included."""
        found = _CODE.match(line)
        if not found:
            return bool(self.code)
        if not self.code:
            self.code = found[1]
        elif found[1].startswith(self.code) and not found[2].strip():
            self.code = ""
        return True

    def take(self, line: str, number: int) -> None:
        """What one line outside code says."""
        if found := _COLONS.match(line):
            self._open_or_close(found, number)
        elif self.options and (found := _OPTION.match(line)):
            if found[1] in {"captions", "transcript", "poster"} and found[2]:
                self.references.append(Reference(found[1], found[2], number))
        else:
            self.options = ""
            self.references += [Reference("picture", target, number) for target in _PICTURE.findall(line)]
            if not self.fences and (found := _HEADING.match(line)):
                title, attributes = split_attributes((found[2] or "").strip())
                self.headings.append(Heading(len(found[1]), title, attributes, number))

    def _open_or_close(self, found: re.Match[str], number: int) -> None:
        length, name, argument = len(found[1]), found[2], (found[3] or "").strip()
        self.options = name or ""
        if name:
            self.fences.append(length)
            self.directives.append(name)
            if name in {"figure", "film"} and argument:
                self.references.append(Reference(name, argument, number))
            return
        while self.fences and self.fences.pop() < length:
            pass
