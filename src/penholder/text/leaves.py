"""Leaves: the stretches of words that a text is made of, each with where its words stand in the Markdown.

A paragraph is one leaf, and so are a heading, a cell of a table, a paragraph inside a call-out. A word processor knows
the same stretches as its paragraphs, which is why what somebody wrote there is placed leaf by leaf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from markdown_it.token import Token

from penholder.text.canonical import canonical
from penholder.text.dialect import parse
from penholder.text.markdown import inline_words, spans

# What may stand between two words of a leaf without being said: marks, the beginnings of lines, escapes, bars.
_SILENT = frozenset("*_[]!<>~`\\ \t\n|:#")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,32});")
_NOTE = re.compile(r"\[\^[^\]]+\]")
# What begins a line before its words: of items, quotations, definitions and footnotes.
_OPENING = re.compile(r"(?:[ \t\n>]|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])|\[\^[^\]]+\]:|[:~](?=[ \t])|\#{1,6}(?=[ \t]))*")
_LABEL = re.compile(r"\]\[[^\]]*\]|\]")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One stretch of words. `places[i]` is where character i of `words` begins in the source of block `block`.

    `words` has its white space folded and none at its ends, as in `Block.plain`.
    """

    block: int
    words: str
    places: tuple[int, ...]
    cell: bool = False


class _Lost(Exception):
    """The words could not be followed through the source."""


def leaves(source: str) -> tuple[Leaf, ...]:
    """The leaves of a text, in order. `block` counts the passages that `penholder.text.markdown.blocks` gives."""
    parsed = parse(canonical(source))
    found: list[Leaf] = []
    for number, span in enumerate(spans(parsed)):
        lines = parsed.lines[span.start : span.end]
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        cursor = 0
        cell = False
        for token in parsed.tokens[span.first : span.last + 1]:
            cell = token.type in {"td_open", "th_open"} or (cell and token.type == "inline")
            if token.type != "inline" or not token.map:
                continue
            first = min(max(token.map[0] - span.start, 0), len(lines))
            leaf, cursor = _leaf(number, "\n".join(lines), max(cursor, starts[first]), token, cell=cell)
            if leaf.words:
                found.append(leaf)
    return tuple(found)


def _leaf(block: int, source: str, cursor: int, token: Token, *, cell: bool) -> tuple[Leaf, int]:
    children = token.children or ()
    opening = None if cell else _OPENING.match(source, cursor)
    # What begins a line may also be words: a colon with no term before it begins no definition.
    for begin in (opening.end() if opening else cursor, cursor):
        reader = _Reader(source, begin)
        try:
            reader.read(children)
        except _Lost:
            continue
        words, places = fold("".join(reader.words), reader.places)
        return Leaf(block, words, tuple(places), cell), reader.at
    return Leaf(block, " ".join(inline_words(children).split()), (), cell), cursor


def fold(words: str, places: Sequence[int]) -> tuple[str, list[int]]:
    """`words` with each run of white space as one space and none at the ends, and the place of each character left."""
    if words == " ".join(words.split()):
        return words, list(places)
    kept: list[str] = []
    found: list[int] = []
    gap: int | None = None
    for character, place in zip(words, places, strict=True):
        if character.isspace():
            gap = place if gap is None else gap
            continue
        if gap is not None and kept:
            kept.append(" ")
            found.append(gap)
        gap = None
        kept.append(character)
        found.append(place)
    return "".join(kept), found


class _Reader:
    """Follows the words of inline tokens through the source that they came from."""

    def __init__(self, source: str, at: int) -> None:
        self.source = source
        self.at = at
        self.words: list[str] = []
        self.places: list[int] = []

    def read(self, children: Sequence[Token]) -> None:
        for child in children:
            match child.type:
                case "text" | "code_inline":
                    self._said(child.content, code=child.type == "code_inline")
                case "softbreak" | "hardbreak":
                    self._break()
                case "image":
                    self._skip_to("![")
                    self.read(child.children or ())
                    self._close()
                case "link_close":
                    self._close()
                case "footnote_ref":
                    self._note()
                case "html_inline":
                    self._skip_to(child.content)
                    if child.content[:3].lower() == "<br":
                        self._add(" ", self.at - len(child.content))

    def _add(self, character: str, place: int) -> None:
        self.words.append(character)
        self.places.append(place)

    def _said(self, words: str, *, code: bool) -> None:
        if self._whole(words, code=code):
            return
        waiting = iter(words)
        for character in waiting:
            self._character(character, waiting, code=code)

    def _whole(self, words: str, *, code: bool) -> bool:
        """Most words stand in the source as they are read, behind a mark or two: those are read at once."""
        if not code and ("\\" in words or "&" in words):
            return False
        at = self.source.find(words, self.at, self.at + len(words) + 8)
        if at < 0 or not _SILENT.issuperset(self.source[self.at : at]):
            return False
        self.words += words
        self.places += range(at, at + len(words))
        self.at = at + len(words)
        return True

    def _character(self, character: str, waiting: Iterator[str], *, code: bool) -> None:
        source = self.source
        while self.at < len(source):
            here = source[self.at]
            if not code and here == "\\" and source[self.at + 1 : self.at + 2] == character and not character.isalnum():
                self._add(character, self.at)
                self.at += 2
                return
            if not code and here == "&" and self._entity(character, waiting):
                return
            if here == character or (character == " " and here.isspace()):
                self._add(character, self.at)
                self.at += 1
                return
            if here not in _SILENT:
                break
            self.at += 1
        raise _Lost

    def _entity(self, character: str, waiting: Iterator[str]) -> bool:
        """Whether an entity says this character (and perhaps more) here; then it is read."""
        entity = _ENTITY.match(self.source, self.at)
        said = unescape(entity[0]) if entity else ""
        if entity is None or said == entity[0] or not said.startswith(character):
            return False
        self._add(character, self.at)
        for _ in said[1:]:
            self._add(next(waiting), self.at)
        self.at = entity.end()
        return True

    def _break(self) -> None:
        place = self.source.find("\n", self.at)
        if place < 0 or self.source[self.at : place].strip(" \t\\*_`~"):
            raise _Lost
        self._add(" ", self.at)
        self.at = place + 1

    def _skip_to(self, what: str) -> None:
        place = self.source.find(what, self.at)
        if place < 0 or not _SILENT.issuperset(self.source[self.at : place]):
            raise _Lost
        self.at = place + len(what)

    def _note(self) -> None:
        place = self.at
        while place < len(self.source) and not (found := _NOTE.match(self.source, place)):
            if self.source[place] not in _SILENT:
                raise _Lost
            place += 1
        if place == len(self.source) or found is None:
            raise _Lost
        self.at = found.end()

    def _close(self) -> None:
        """Pass the end of a link or picture: its address is not said."""
        source, place = self.source, self.at
        while place < len(source) and source[place] not in "]>":
            if source[place] not in _SILENT:
                raise _Lost
            place += 1
        if place == len(source):
            raise _Lost
        if source[place] == ">":  # an address in angle brackets
            self.at = place + 1
        elif source[place + 1 : place + 2] == "(":
            self.at = _past_address(source, place + 2)
        else:
            found = _LABEL.match(source, place)
            self.at = found.end() if found else place + 1


def _past_address(source: str, place: int) -> int:
    depth, quote = 1, ""
    if source[place : place + 1] == "<":
        place = source.find(">", place) + 1
        if not place:
            raise _Lost
    while place < len(source):
        here = source[place]
        if here == "\\":
            place += 1
        elif quote:
            quote = "" if here == quote else quote
        elif here in "\"'" and source[place - 1].isspace():
            quote = here
        elif here in "()":
            depth += 1 if here == "(" else -1
            if not depth:
                return place + 1
        place += 1
    raise _Lost
