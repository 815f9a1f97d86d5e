"""The canonical form: one spelling for every text that a reader would call the same, so that it has one digest.

Unicode NFC; lines end in LF; no byte-order marks; no control characters (U+FFFD stands where one was); a no-break
space is a space, except inside code; no line ends in white space, and a hard line break that was spelt with two spaces
is spelt with a backslash; no empty lines at the start; one newline at the end. A text without a word is "".
The result can be split with `splitlines()` or at newlines alike.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from penholder.text.dialect import check_size, tokens_with

# Everything that Unicode or Word calls the end of a line.
_LINE_END = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# What neither HTML nor XML may carry: controls, halves of surrogate pairs, noncharacters.
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
# A line end that could be a hard break, or become one when its white space goes.
_DOUBTFUL = re.compile(r"(?: {2}|\\[ \t]+)\n")
_LEADING_EMPTY = re.compile(r"\A(?:[ \t]*\n)+")
# Stars or underlines at the end, and what stands before them when it is no letter or digit.
_MARKS = re.compile(r"(?P<before>^|[^\w*])(?P<marks>[*_]+)$")
_NO_BREAK = "\u00a0"
# Turning a no-break space into a space can make code of text and the reverse; a text for which three rounds are not
# enough is made to be difficult, and gets spaces everywhere.
_ROUNDS = 3
# A paragraph with more pieces of code that hold no-break spaces gets spaces, too.
_MOST_PIECES = 100


def canonical(source: str) -> str:
    """Give `source` in its one canonical spelling. What is canonical stays as it is, and reads as it did."""
    check_size(source)
    text = _LINE_END.sub("\n", source.replace("\ufeff", ""))
    text = unicodedata.normalize("NFC", _UNWRITABLE.sub("\ufffd", text))
    if _NO_BREAK in text:
        text = _plain_spaces(text)
    if _DOUBTFUL.search(text):
        text = _spell_breaks(text)
    text = _LEADING_EMPTY.sub("", _TRAILING.sub("", text)).rstrip("\n")
    return text + "\n" if text else ""


def _plain_spaces(text: str) -> str:
    for _ in range(_ROUNDS):
        before = text
        text = _plain_spaces_once(text)
        if text == before:
            return text
    return text.replace(_NO_BREAK, " ")


def _plain_spaces_once(text: str) -> str:
    if "`" not in text and "~~~" not in text and "    " not in text and "\t" not in text:
        return text.replace(_NO_BREAK, " ")  # there is no code
    lines = text.split("\n")
    code = _code(text, lines)
    for number, line in enumerate(lines):
        if _NO_BREAK in line:
            lines[number] = _spaces_outside(line, code.get(number, []))
    return "\n".join(lines)


def _code(text: str, lines: list[str]) -> dict[int, list[str]]:
    """The pieces of code with a no-break space that each line holds."""
    held: dict[int, list[str]] = {}
    for token in tokens_with(text, {}):
        start, end = token.map or (0, 0)
        if token.type in ("fence", "code_block"):
            held |= {number: [lines[number]] for number in range(start, min(end, len(lines)))}
        elif token.type == "inline":
            inside = {child.content for child in token.children or () if child.type == "code_inline"}
            pieces = [piece for piece in inside if _NO_BREAK in piece]
            for number in range(start, max(end, start + 1) if 0 < len(pieces) <= _MOST_PIECES else start):
                held.setdefault(number, []).extend(pieces)
    return held


def _spaces_outside(line: str, code: list[str]) -> str:
    """`line` with spaces for no-break spaces, but not within the pieces of `code` that it holds."""
    held = {piece for piece in code if piece in line}
    if not held:
        return line.replace(_NO_BREAK, " ")
    pattern = re.compile("(" + "|".join(re.escape(piece) for piece in sorted(held, key=len, reverse=True)) + ")")
    parts = pattern.split(line)
    parts[::2] = [part.replace(_NO_BREAK, " ") for part in parts[::2]]
    return "".join(parts)


def _spell_breaks(text: str) -> str:
    breaks: list[tuple[Any, int, bool]] = []
    tokens_with(text, {"breaks": breaks})
    lines = text.split("\n")
    passed: dict[int, tuple[int, int]] = {}  # per paragraph: where the last break stood, and in which line
    for token, position, hard in breaks:
        before, number = passed.get(id(token), (0, token.map[0]))
        number += token.content.count("\n", before, position)
        passed[id(token)] = (position, number)
        words = lines[number].rstrip(" \t")
        if words == lines[number]:
            continue
        slashes = len(words) - len(words.rstrip("\\"))
        # A backslash that stood before white space was a backslash; at the end of the line it would break it.
        escaped = "\\" if slashes % 2 else ""
        lines[number] = _broken(words + escaped) if hard else words + escaped
    return "\n".join(lines)


def _broken(words: str) -> str:
    """A line with a backslash for its break; marks of emphasis that opened nothing before white space still do not."""
    found = _MARKS.search(words)
    if found is None:
        return words + "\\"
    if found["before"].strip():  # after a full stop they may close: their space stays
        return words + " \\"
    return words[: found.start("marks")] + "".join(f"\\{mark}" for mark in found["marks"]) + "\\"
