"""Bytes of a source file → lines that remember where they stood, with every oddity noted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from penholder.errors import Refused
from penholder.formats.reading import Unread

# No sentence is this long; beyond it every rule of the dialect would only burn time. The house text has the same bound.
LONGEST_LINE = 1_000_000
LARGEST_TEXT = 20_000_000
# Tab, newline and carriage return are text; the other control characters mean that the file is something else.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0085\u2028\u2029\ufeff]")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


# Backticks that open a block of code have no further one behind them; with one they are a code span.
FENCE = re.compile(r"^ {0,3}(`{3,}(?=[^`]*$)|~{3,})")


class Fence:
    """Whether the lines of a page, told one after another, belong to fenced code."""

    def __init__(self) -> None:
        self.mark = ""  # what closes the code that is open

    def holds(self, text: str) -> bool:
        """Whether this line is code, its fences included."""
        found = FENCE.match(text)
        if not self.mark:
            self.mark = found[1] if found else ""
            return bool(found)
        if found and found[1].startswith(self.mark) and not text.strip().strip(self.mark[0]):
            self.mark = ""
        return True


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text and where it stood, which stays true through includes and rewriting."""

    text: str
    file: str
    number: int  # from 1


@dataclass(slots=True)
class Findings:
    """What an importer met on its way: what it could not read, and how many of each construct it read."""

    said: dict[Unread, None] = field(default_factory=dict)  # in the order met
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, file: str, line: int, what: str, severity: Literal["note", "warning", "error"] = "note") -> None:
        """Remember something for the report, once."""
        self.said.setdefault(Unread(file, line, what, severity))

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Everything noted, in the order met."""
        return tuple(self.said)


def decode(file: str, data: bytes, findings: Findings) -> tuple[Line, ...]:
    """The lines of a text file. Anything but plain UTF-8 is noted; what is no text at all is an error, with no lines.

    Raises Refused for a line or a file too long to be a text.
    """
    refuse_the_monstrous(file, data)
    text = _text(file, data, findings)
    if text is None:
        return ()
    if "\r" in text:
        findings.counts["crlf"] += 1
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\u00a0" in text:
        findings.counts["no_break_spaces"] += text.count("\u00a0")
        text = text.replace("\u00a0", " ")
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return tuple(Line(line, file, number) for number, line in enumerate(lines, start=1))


def refuse_the_monstrous(file: str, data: bytes) -> None:
    """Raise Refused, quickly, when a line or the whole is longer than any text."""
    if len(data) > LONGEST_LINE:
        start, number = 0, 1
        while start < len(data):
            end = data.find(b"\n", start, start + LONGEST_LINE + 1)
            if end < 0 and len(data) - start > LONGEST_LINE:
                raise Refused(
                    f"{file}:{number}: this line is longer than {LONGEST_LINE:,} bytes, which no text is. "
                    "Break it into paragraphs, or take the file out."
                )
            start, number = (end + 1 if end >= 0 else len(data)), number + 1
    if len(data) > LARGEST_TEXT:
        raise Refused(f"{file}: the file is larger than {LARGEST_TEXT:,} bytes. Split it, or take it out.")


def _text(file: str, data: bytes, findings: Findings) -> str | None:
    text = ""
    try:
        if data.startswith(UTF_16):
            text = data.decode("utf-16")
            findings.note(file, 1, "The file is UTF-16; it was read as such. Save it as UTF-8.")
        else:
            text = data.decode("utf-8-sig")
            if data.startswith(b"\xef\xbb\xbf"):
                findings.counts["bom"] += 1
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        if b"\x00" not in data:
            try:
                text = data.decode("cp1252")
            except UnicodeDecodeError:
                text = ""
        if not text:
            findings.note(file, line, "This is not text. Take the file out, or save it as UTF-8.", "error")
            return None
        what = "The file is not UTF-8; it was read as Windows-1252 from here on. Check the letters, save it as UTF-8."
        findings.note(file, line, what, "warning")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        findings.note(file, line, "This is not text. Take the file out, or save it as UTF-8.", "error")
        return None
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        findings.note(file, line, "Invisible control characters were dropped, the first of them here.")
        text = CONTROL.sub("", text)
    return text


def code_apart(text: str) -> Iterator[tuple[int, str, bool]]:
    """The parts of `text`, each with its offset and whether it is a code span."""
    if "`" not in text:
        yield 0, text, False
        return
    # A backtick after a backslash is only a sign; it neither opens nor, for our purpose, closes anything.
    runs = [(run.start(1), run.end(1)) for run in re.finditer(r"\\.|(`+)", text, re.DOTALL) if run[1]]
    by_length: dict[int, list[int]] = {}
    for start, end in runs:
        by_length.setdefault(end - start, []).append(start)
    at = 0
    for start, end in runs:
        if start < at:
            continue
        same = by_length[end - start]
        after = bisect_right(same, start)
        if after == len(same):
            continue
        if start > at:
            yield at, text[at:start], False
        close = same[after] + end - start
        yield start, text[start:close], True
        at = close
    if at < len(text):
        yield at, text[at:], False


def is_quoted(text: str, at: int) -> bool:
    """Whether what stands at `at` in a line is in a code span, and so is only quoted."""
    return any(start <= at < start + len(part) for start, part, is_code in code_apart(text) if is_code)
