"""The files of a house folder as their readers meet them: decoded, canonical, scanned, and complained about by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from penholder.formats.reading import Unread
from penholder.formats.scanning import Scan, scan
from penholder.formats.tables import Table, read_toml
from penholder.text.canonical import canonical

Severity = Literal["note", "warning", "error"]

# A line longer than this is data that lost its line ends, and would hold a parser up for minutes.
LONGEST_LINE = 1_000_000


@dataclass(slots=True)
class Pages:
    """The files of one folder, what has been found in them so far, and what could not be read."""

    files: Mapping[str, bytes]
    unread: list[Unread] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    scans: dict[str, Scan] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)  # blank lines at the start that the canonical text has not

    def complain(self, file: str, line: int, what: str, severity: Severity = "warning") -> None:
        """Note what is wrong with a file; an error stops the import, later, when everything has been said."""
        self.unread.append(Unread(file, self.line(file, line), what, severity))

    def line(self, file: str, line: int) -> int:
        """The line in the file, given the line in its canonical text; 0 stays 0."""
        return line + self.skipped.get(file, 0) if line else 0

    def toml(self, path: str) -> Table:
        """A TOML file, whose complaints come to this list. Refuses one that is not TOML."""
        table = read_toml(path, self.files[path])
        table.complaints = self.unread
        return table

    def text(self, path: str) -> str:
        """The canonical text of a Markdown file, scanned; "" when it cannot be read, which is said with its line."""
        data = self.files[path]
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            line = data.count(b"\n", 0, fault.start) + 1
            return self._unreadable(path, line, "This is not UTF-8. Save the file as UTF-8 and import again.")
        for number, line_text in enumerate(text.split("\n"), start=1):
            if len(line_text) > LONGEST_LINE:
                what = "This line is longer than a million characters. Break it into paragraphs."
                return self._unreadable(path, number, what)
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            return self._unreadable(path, line, "There is a NUL character here. Take it out.")
        self.skipped[path] = text.count("\n", 0, len(text) - len(text.lstrip()))
        text = canonical(text)
        found = self.scans[path] = scan(text)
        self.counts["headings"] += len(found.headings)
        self.counts.update(found.directives)
        return text

    def markdown(self, folder: str) -> list[str]:
        """Markdown files that stand directly in `folder`, in the order of their bytes."""
        depth = folder.count("/") + 1
        inside = [p for p in self.files if p.startswith(f"{folder}/") and p.endswith(".md") and p.count("/") == depth]
        return sorted(inside, key=str.encode)

    def _unreadable(self, path: str, line: int, what: str) -> str:
        self.complain(path, line, what, "error")
        self.scans[path] = Scan((), (), ())
        return ""
