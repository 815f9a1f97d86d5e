"""The files of one state of a source: decoded, includes in place, parsed; remembered from state to state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from posixpath import basename

from penholder.formats.govspeak.blocks import Node, parse
from penholder.formats.govspeak.includes import Partials
from penholder.formats.govspeak.lines import Findings, Line, decode

TEXTS = (".md", ".markdown", ".mkd")


@dataclass(slots=True)
class Source:
    """The files of one state of the source, decoded once."""

    files: Mapping[str, bytes]
    findings: Findings
    root: str = ""
    base: str = ""
    lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    trees: dict[str, list[Node]] = field(default_factory=dict)
    partials: Partials | None = None

    @property
    def partials_folder(self) -> str:
        """Where `{include}` looks."""
        return f"{self.root}partials/"

    def is_partial(self, path: str) -> bool:
        """Whether the file is meant to be included, and is no page of its own."""
        return path.startswith(self.partials_folder) or basename(path).startswith("_")


def open_source(files: Mapping[str, bytes]) -> Source:
    """Decode and parse every text among the files, in the order of their paths' bytes."""
    source = Source(files, Findings())
    source.root, source.base = _root(files)
    for path in sorted(files, key=str.encode):
        name = basename(path)
        wanted = path.lower().endswith(TEXTS) or (name.startswith("_") and name.lower().endswith(".html"))
        if wanted and path.startswith(source.root):
            lines, findings = _decoded(path, files[path])
            source.lines[path] = lines
            _add(source.findings, findings)
    source.partials = Partials(source.lines, source.partials_folder, source.findings)
    for path, lines in source.lines.items():
        if path.lower().endswith(TEXTS):
            expanded = tuple(source.partials.expand(lines))
            nodes, findings = _parsed(expanded)
            source.trees[path] = nodes
            _add(source.findings, findings, counts=False)
            own = findings if expanded == lines else _parsed(lines)[1]
            source.findings.counts.update(own.counts)
    return source


def _root(files: Mapping[str, bytes]) -> tuple[str, str]:
    """The folder of the texts ("source/") and the one that holds it, where pictures may stand beside."""
    for path in sorted(files, key=lambda p: (p.count("/"), p.encode())):
        parts = path.split("/")
        if "source" in parts[:-1] and path.lower().endswith(TEXTS):
            at = parts.index("source")
            base = "/".join(parts[:at]) + "/" if at else ""
            return f"{base}source/", base
    return "", ""


def _add(findings: Findings, more: Findings, *, counts: bool = True) -> None:
    for found in more.unread:
        findings.note(found.file, found.line, found.what, found.severity)
    if counts:
        findings.counts.update(more.counts)


# A history is read state by state, and most files of a state are those of the one before.
@lru_cache(maxsize=2048)
def _decoded(path: str, data: bytes) -> tuple[tuple[Line, ...], Findings]:
    findings = Findings()
    return decode(path, data, findings), findings


@lru_cache(maxsize=1024)
def _parsed(lines: tuple[Line, ...]) -> tuple[list[Node], Findings]:
    findings = Findings()
    return parse(lines, findings), findings
