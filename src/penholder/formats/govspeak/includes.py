"""`{include x}`: a partial's lines stand in for the line that asks for them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from penholder.errors import Refused
from penholder.formats.govspeak.lines import Fence, Findings, Line, is_quoted

INCLUDE = re.compile(r"\{\s{0,8}include\s{1,8}([^{}\s]{1,300})\s{0,8}\}")
# Sixteen partials inside each other are no text; more includes or lines than these out of a few files are an attack.
DEEPEST = 16
MOST_INCLUDES = 20_000
MOST_LINES = 200_000


class Partials:
    """The partials of a source, by the name that `{include}` uses for them."""

    def __init__(self, files: Mapping[str, tuple[Line, ...]], folder: str, findings: Findings) -> None:
        self.files = files
        self.folder = folder
        self.findings = findings
        self.used: set[str] = set()
        self.includers: dict[str, str] = {}  # a partial → the page that includes it first
        self._asked = 0

    def path(self, name: str) -> str | None:
        """Where the partial `assisted/panel.md` stands: `<folder>assisted/_panel.md`; None when it is nowhere."""
        parts = [part for part in name.split("/") if part not in {"", "."}]
        if not parts or ".." in parts:
            return None
        stem = parts[-1].removeprefix("_")
        for ending in ("", ".md", ".html"):
            path = self.folder + "/".join([*parts[:-1], f"_{stem}{ending}"])
            if path in self.files:
                return path
        return None

    def expand(self, lines: tuple[Line, ...], chain: tuple[str, ...] = ()) -> list[Line]:
        """`lines` with every include replaced by what it names, to the end of the chain.

        A missing partial is reported where it is asked for. A partial that includes itself is an error with its chain.
        """
        out: list[Line] = []
        fence = Fence()
        for line in lines:
            found = None if fence.holds(line.text) or "{" not in line.text else INCLUDE.search(line.text)
            if not found or is_quoted(line.text, found.start()):
                out.append(line)
                continue
            before, after = line.text[: found.start()].rstrip(), line.text[found.end() :].strip()
            if before.strip():
                out.append(Line(before, line.file, line.number))
            out.extend(self._included(found[1], line, chain or (line.file,)))
            if after:
                out.extend(self.expand((Line(after, line.file, line.number),), chain))
            if len(out) > MOST_LINES:
                raise Refused(f"{line.file}:{line.number}: the includes here make more than {MOST_LINES:,} lines.")
        return out

    def _included(self, name: str, line: Line, chain: tuple[str, ...]) -> list[Line]:
        self.findings.counts["include"] += 1
        self._asked += 1
        if self._asked > MOST_INCLUDES:
            raise Refused(f"{line.file}:{line.number}: the includes of this source are more than {MOST_INCLUDES:,}.")
        path = self.path(name)
        if path is None:
            climbs = ".." in name.split("/")
            what = f"It includes “{name}”, which climbs out of the partials." if climbs else ""
            what = what or f"It includes “{name}”, which is not in the source. Add the partial, or take the line out."
            self.findings.note(line.file, line.number, what, "warning")
            return []
        if path in chain or len(chain) > DEEPEST:
            loop = " → ".join([*chain[chain.index(path) if path in chain else 0 :], path])
            what = f"The includes go round in a circle: {loop}. Take one of them out."
            self.findings.note(line.file, line.number, what, "error")
            return []
        self.used.add(path)
        self.includers.setdefault(path, chain[0])
        return self.expand(self.files[path], (*chain, path))
