"""Lines of the dialect → a tree of blocks: headings without a space, divs, attribute lists, raw HTML, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from penholder.errors import Refused
from penholder.formats.govspeak.attributes import LIST, Attributes
from penholder.formats.govspeak.attributes import read as read_attributes
from penholder.formats.govspeak.lines import FENCE, Fence, Findings, Line, code_apart
from penholder.formats.govspeak.tables import Table, looks_like_table, read_table

# What the dialect puts on lines of its own, wherever an author really put it.
MARK = re.compile(
    r"(\{div(?:\s[^{}]{0,200})?\}|\{/div\}|\{navigation\}|\{page-break\}|\{(?:big-)?pull\}"
    r"|\{\{[^{}]{0,200}\}\}|\{::[^{}]{0,200}\}|\{:/[^{}]{0,50}\})"
)
HEADING = re.compile(r"^ {0,3}(#{1,6})(.*)$")
HEADING_NAME = re.compile(r"\{#([\w:.-]{1,100})\}[ \t]*$")
UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,100})\]:[ \t]?(.*)$")
ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s")
HTML_START = re.compile(
    r"^ {0,3}</?(address|article|aside|blockquote|body|center|details|dialog|div|dl|embed|fieldset|figcaption|figure"
    r"|footer|form|frameset|h[1-6]|head|header|html|iframe|link|main|meta|nav|noscript|object|ol|p|pre|script|section"
    r"|style|summary|svg|table|template|textarea|title|ul|video|audio)(?=[\s/>]|$)",
    re.IGNORECASE,
)
ONLY_TAG = re.compile(r"^\s*<(/?)(div|section|article|main|aside)((?:\s[^<>]{0,1000})?)>\s*$", re.IGNORECASE)
CLASS = re.compile(r"""\bclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
# A box whose inside is read as one thing by `markup`, not as Markdown.
WHOLE = re.compile(r"(?:^|\s)(?:media-player|tweet|video)", re.IGNORECASE)
# Lines of a page that may be searched in vain for a closing tag, in all; after that every element ends at the next gap.
PATIENCE = 100_000
DEEPEST = 40  # more boxes in boxes than any page; the tree is walked by recursion


@dataclass(slots=True)
class Node:
    """One block of the source. `kind`: text, heading, table, div, html, footnote, code."""

    kind: str
    file: str
    line: int
    text: str = ""
    level: int = 0
    attributes: Attributes = field(default_factory=Attributes)
    children: list[Node] = field(default_factory=list)
    table: Table | None = None
    pull: bool = False
    tag: str = ""  # "" for `{div}`, else the element that opened the box


def parse(lines: Sequence[Line], findings: Findings) -> list[Node]:
    """The blocks of one page, includes already in place. Raises Refused when boxes stand too deep in boxes."""
    return _Parser(findings).run(_marks_apart(lines, findings))


def _marks_apart(lines: Sequence[Line], findings: Findings) -> list[Line]:
    """Every mark of the dialect on a line of its own, comments gone; code is left as it is."""
    out: list[Line] = []
    fence = Fence()
    comment: Line | None = None
    for line in lines:
        if comment is None and fence.holds(line.text):
            out.append(line)
        elif "{" in line.text:
            pieces, comment = _pieces(line, comment, findings)
            out.extend(pieces)
        elif comment is None:
            out.append(line)
    if comment is not None:
        what = f"“{comment.text}” is opened here and never closed; everything after it was left out."
        findings.note(comment.file, comment.number, what, "warning")
    return out


def _pieces(line: Line, comment: Line | None, findings: Findings) -> tuple[list[Line], Line | None]:
    """A line cut at its marks, without what is in comments; and the comment that is still open after it."""
    out: list[Line] = []
    words = ""
    code = [(start, start + len(part)) for start, part, is_code in code_apart(line.text) if is_code]
    offset = 0

    def settle() -> None:
        nonlocal words
        if words.strip():
            out.append(Line(words if words == line.text else words.strip("\t "), line.file, line.number))
        words = ""

    for at, piece in enumerate(MARK.split(line.text)):
        # In a code span a mark is only quoted.
        is_mark = at % 2 == 1 and not any(start <= offset < end for start, end in code)
        offset += len(piece)
        if is_mark and piece.startswith("{:/"):
            comment = None
        elif comment is not None:
            continue
        elif not is_mark:
            words += piece
        elif piece.startswith("{::"):
            findings.counts["extension"] += 1
            if not piece.rstrip("}").rstrip().endswith("/"):
                settle()
                comment = Line(piece, line.file, line.number)
                findings.note(line.file, line.number, "A comment in the source was left out.")
        else:
            settle()
            out.append(Line(piece, line.file, line.number))
    settle()
    return out, comment


class _Parser:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.root = Node("div", "", 0)
        self.stack = [self.root]
        self.group: list[Line] = []
        self.pending: Attributes | None = None
        self.blank = True  # whether the line before was empty
        self.patience = PATIENCE

    def run(self, lines: list[Line]) -> list[Node]:
        at = 0
        while at < len(lines):
            at = self._take(lines, at)
        self._flush()
        for node in self.stack[1:]:
            self.findings.note(node.file, node.line, f"{_opening(node)} is opened here and never closed.", "warning")
        return self.root.children

    def _take(self, lines: list[Line], at: int) -> int:
        line = lines[at]
        text = line.text
        if not text.strip():
            self._flush()
            self.blank = True
            return at + 1
        if FENCE.match(text):
            return self._code(lines, at)
        if "{" in text and self._mark(line):
            self.blank = False
            return at + 1
        if "<" in text and not self.group and (after := self._html(lines, at)):
            self.blank = False
            return after
        if found := HEADING.match(text):
            self._flush()
            self._heading(line, len(found[1]), found[2])
        else:
            if FOOTNOTE.match(text):
                self._flush()
            self.group.append(line)
        self.blank = False
        return at + 1

    # -- blocks --------------------------------------------------------------------------------------------------

    def _add(self, node: Node) -> None:
        if self.pending:
            node.attributes = node.attributes + self.pending
            self.pending = None
        self.stack[-1].children.append(node)

    def _heading(self, line: Line, level: int, rest: str) -> None:
        title = rest.lstrip("#").strip()
        attributes = Attributes()
        if found := HEADING_NAME.search(title):
            attributes, title = Attributes(name=found[1]), title[: found.start()].rstrip()
        bare = title.rstrip("#")
        if bare != title and (not bare or bare[-1] == " "):
            title = bare.rstrip()
        self.findings.counts["headings"] += 1
        if not rest.startswith((" ", "\t")):
            self.findings.counts["headings_without_space"] += 1
        if not title:
            self.findings.note(line.file, line.number, "A heading without words was left out.", "warning")
            return
        self._add(Node("heading", line.file, line.number, title, level, attributes))

    def _code(self, lines: list[Line], at: int) -> int:
        self._flush()
        fence = FENCE.match(lines[at].text)
        mark = fence[1] if fence else "```"
        end = at + 1
        while end < len(lines) and not (
            lines[end].text.strip().startswith(mark) and not lines[end].text.strip().strip(mark[0])
        ):
            end += 1
        if end == len(lines):
            self.findings.note(lines[at].file, lines[at].number, "This code is never closed.", "warning")
        body = [line.text for line in lines[at:end]]
        self._add(Node("code", lines[at].file, lines[at].number, "\n".join([*body, mark])))
        self.blank = False
        return end + 1

    def _flush(self) -> None:
        group, self.group = self.group, []
        if not group:
            return
        if found := FOOTNOTE.match(group[0].text):
            body = "\n".join([found[2], *(line.text.strip() for line in group[1:])]).strip()
            self.findings.counts["footnote_definitions"] += 1
            node = Node("footnote", group[0].file, group[0].number, body, attributes=Attributes(name=found[1]))
            self.stack[-1].children.append(node)
            return
        last = self.stack[-1].children[-1] if self.stack[-1].children else None
        if last and last.kind == "footnote" and group[0].text.startswith(("    ", "\t")):
            last.text += "\n\n" + "\n".join(line.text.strip() for line in group)
            return
        if len(group) > 1 and UNDERLINE.match(group[-1].text) and "|" not in group[0].text and not self._is_list(group):
            level = 1 if "=" in group[-1].text else 2
            self._heading(group[0], level, " " + " ".join(line.text.strip() for line in group[:-1]))
            return
        start = looks_like_table([line.text for line in group])
        if start is None:
            self._text(group)
            return
        if start:
            self._text(group[:start])
        self.findings.counts["tables"] += 1
        table = read_table(group[start:], self.findings)
        self._add(Node("table", group[start].file, group[start].number, table=table))

    def _is_list(self, group: list[Line]) -> bool:
        return bool(ITEM.match(group[0].text))

    def _text(self, group: list[Line]) -> None:
        text = "\n".join(line.text for line in group)
        indented = all(line.text.startswith(("    ", "\t")) for line in group)
        siblings = self.stack[-1].children
        kind = "code" if indented and not (siblings and _may_continue(siblings[-1])) else "text"
        self._add(Node(kind, group[0].file, group[0].number, text))

    # -- marks of the dialect ------------------------------------------------------------------------------------

    def _mark(self, line: Line) -> bool:
        text = line.text.strip()
        if found := LIST.match(line.text):
            self._attributes(read_attributes(found[1]))
            return True
        if not MARK.fullmatch(text):
            return False
        self._flush()
        if text.startswith("{{"):
            self.findings.counts["placeholder"] += 1
        elif text == "{/div}":
            self._close(line, "")
        elif text.startswith("{div"):
            self.findings.counts["div"] += 1
            self._open(Node("div", line.file, line.number, attributes=read_attributes(text[4:-1])))
        elif text in {"{pull}", "{big-pull}"}:
            self.findings.counts["pull"] += 1
            siblings = self.stack[-1].children
            if siblings and siblings[-1].kind == "text":
                siblings[-1].pull = True
            else:
                self.findings.note(line.file, line.number, f"“{text}” follows no paragraph; it was left out.")
        else:
            self.findings.counts[text.strip("{}").replace("-", "_")] += 1
        return True

    def _attributes(self, attributes: Attributes) -> None:
        """Give an attribute list to the block it stands under; after a gap, to the block that comes next."""
        self.findings.counts["attribute_lists"] += 1
        self._flush()
        siblings = self.stack[-1].children
        if siblings and (not self.blank or "toc" in attributes.references):
            siblings[-1].attributes = siblings[-1].attributes + attributes
        else:
            self.pending = (self.pending or Attributes()) + attributes

    def _open(self, node: Node) -> None:
        if len(self.stack) > DEEPEST:
            raise Refused(f"{node.file}:{node.line}: more than {DEEPEST} boxes stand inside each other here.")
        self._add(node)
        self.stack.append(node)

    def _close(self, line: Line, tag: str) -> None:
        for depth in range(len(self.stack) - 1, 0, -1):
            if self.stack[depth].tag == tag:
                for node in self.stack[depth + 1 :]:
                    what = f"{_opening(node)} is opened here and never closed."
                    self.findings.note(node.file, node.line, what, "warning")
                del self.stack[depth:]
                return
        what = f"This closes {'{div}' if not tag else f'<{tag}>'}, which was never opened."
        self.findings.note(line.file, line.number, what, "warning")

    # -- raw HTML ------------------------------------------------------------------------------------------------

    def _html(self, lines: list[Line], at: int) -> int:
        """Take the HTML that starts on this line; the line after it, or 0 when none starts here."""
        line = lines[at]
        text = line.text
        if text.lstrip().startswith("<!--"):
            end = at
            while end < len(lines) and "-->" not in lines[end].text:
                end += 1
            self.findings.note(line.file, line.number, "A comment in the source was left out.")
            rest = lines[end].text.partition("-->")[2] if end < len(lines) else ""
            if rest.strip():
                lines[end] = Line(rest, lines[end].file, lines[end].number)
                return end
            return end + 1
        if not (found := HTML_START.match(text)):
            return 0
        self._flush()
        if only := ONLY_TAG.match(text):
            tag = only[2].lower()
            if only[1]:
                self._close(line, tag)
                return at + 1
            named = CLASS.search(only[3])
            classes = next((g for g in named.groups() if g), "") if named else ""
            if not WHOLE.search(classes):
                self.findings.counts["html"] += 1
                self._open(Node("div", line.file, line.number, attributes=Attributes("", _words(classes)), tag=tag))
                return at + 1
        self.findings.counts["html"] += 1
        end = self._balanced(lines, at, found[1].lower())
        source = "\n".join(part.text for part in lines[at:end])
        self._add(Node("html", line.file, line.number, source))
        return end

    def _balanced(self, lines: list[Line], at: int, tag: str) -> int:
        """The line after the one that closes `tag`; when none does, the line after the next gap."""
        edges = re.compile(rf"<(/?){re.escape(tag)}(?=[\s/>])[^<>]{{0,5000}}>", re.IGNORECASE)
        depth = 0
        for end in range(at, min(len(lines), at + self.patience)):
            for edge in edges.finditer(lines[end].text):
                depth += -1 if edge[1] else (0 if edge[0].endswith("/>") else 1)
            if depth <= 0:
                return end + 1
        self.patience -= min(self.patience - 1, len(lines) - at)
        end = at + 1
        while end < len(lines) and lines[end].text.strip():
            end += 1
        return end


def _may_continue(node: Node) -> bool:
    """Whether an indented block after `node` may belong to its list, and so is no code."""
    return node.kind == "text" and bool(ITEM.match(node.text) or node.text.startswith((" ", "\t", ":")))


def _words(classes: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(classes.split()))


def _opening(node: Node) -> str:
    name = " ".join(f".{c}" for c in node.attributes.classes)
    return f"<{node.tag}>" if node.tag else f"{{div {name}}}"
