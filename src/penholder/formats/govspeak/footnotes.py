"""Footnotes defined in a file of their own → each beside the text that refers to it, tied both ways."""

from __future__ import annotations

from dataclasses import dataclass, field

from penholder.formats.govspeak.blocks import Node
from penholder.formats.govspeak.lines import Findings


@dataclass(slots=True)
class Footnotes:
    """The footnotes of one document: each page gets those it refers to, and no label is used twice in the document."""

    findings: Findings
    definitions: dict[tuple[str, str], Node] = field(default_factory=dict)  # (file, label)
    by_label: dict[str, Node] = field(default_factory=dict)  # where a page has none of its own
    page: str = ""  # the page that is being written
    needed: list[tuple[str, Node]] = field(default_factory=list)  # label in the house, for this page
    _labels: dict[str, tuple[str, Node]] = field(default_factory=dict)  # label in the house → page, definition
    _done: set[int] = field(default_factory=set)

    def collect(self, page: str, nodes: list[Node]) -> None:
        """Take the definitions out of a page's tree."""
        for node in nodes:
            if node.kind == "footnote":
                key = (page, node.attributes.name)
                if key in self.definitions:
                    what = f"The footnote “{key[1]}” is defined twice; the first one counts."
                    self.findings.note(node.file, node.line, what, "warning")
                else:
                    self.definitions[key] = node
                    self.by_label.setdefault(key[1], node)
            self.collect(page, node.children)

    def begin(self, page: str) -> None:
        """Start a page: nothing is referred to yet."""
        self.page, self.needed = page, []

    def reference(self, label: str, file: str, line: int) -> str:
        """What stands for `[^label]` in the house Markdown of the current page."""
        self.findings.counts["footnote_references"] += 1
        node = self.definitions.get((self.page, label)) or self.by_label.get(label)
        if node is None:
            what = f"The footnote “{label}” is defined nowhere in this document. Add its text, or take it out."
            self.findings.note(file, line, what, "warning")
            return f"<sup>{label}</sup>" if label.isalnum() else ""
        self._done.add(id(node))
        ours, number = label, 2
        while self._labels.get(ours, (self.page, node)) != (self.page, node):
            ours, number = f"{label}-{number}", number + 1
        if ours not in self._labels:
            self._labels[ours] = (self.page, node)
            self.needed.append((ours, node))
            self.findings.counts["footnotes_tied"] += 1
        return f"[^{ours}]"

    def orphans(self) -> list[Node]:
        """Definitions that nothing refers to."""
        return [node for node in self.definitions.values() if id(node) not in self._done]
