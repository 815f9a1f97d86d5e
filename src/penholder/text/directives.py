"""House directives: what Markdown lacks, between colon fences.

    :::{figure} figures/map.png
    :alt: What the picture shows
    The caption, in Markdown.
    :::

A fence has three colons or more and is closed by a line of at least as many; a directive that holds another one has
more colons than the one inside. `DIRECTIVES` says what there is; docs/house-markdown.md shows each one (a test checks).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it.rules_block import StateBlock

from penholder.errors import Refused
from penholder.text.passages import Kind


@dataclass(frozen=True, slots=True)
class Shape:
    """What one kind of directive may say: its argument, its options, and the kind of passage that it becomes."""

    kind: Kind
    argument: str  # what stands behind the name, in words for a message
    options: tuple[str, ...]
    arguments: tuple[str, ...] = ()  # the only words that the argument may be; empty when it is an address
    needs: tuple[str, ...] = ()  # options without which a reader would miss something


# A text with more directives that are not closed than this has lost its structure.
MOST_OPEN = 8
CHART_KINDS = ("bar", "stacked", "share", "line")
CALLOUT_KINDS = ("note", "case-study", "quote", "warning", "example")

DIRECTIVES: dict[str, Shape] = {
    "figure": Shape("figure", "the address of a picture", ("name", "alt", "source"), needs=("alt",)),
    "chart": Shape("chart", "the kind of chart", ("name", "source", "unit"), CHART_KINDS),
    "table": Shape("table", "nothing", ("name", "source"), ("",)),
    "film": Shape(
        "film",
        "the address of a film",
        ("name", "captions", "transcript", "poster", "length", "source"),
    ),
    "callout": Shape("callout", "the kind of call-out", ("name", "title", "source"), CALLOUT_KINDS),
}


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive as its author wrote it; nothing is checked yet (`objections` does that)."""

    name: str
    argument: str
    options: tuple[tuple[str, str], ...] = field(default=())
    closed: bool = True

    def option(self, key: str) -> str:
        """What the author gave for `key`; the last one counts, and "" stands for none."""
        return dict(self.options).get(key, "")

    @property
    def kind(self) -> Kind:
        """The kind of passage; what nobody knows is shown as a call-out, so that its words are not lost."""
        return DIRECTIVES[self.name].kind if self.name in DIRECTIVES else "callout"


def objections(directive: Directive) -> list[str]:
    """Everything that is wrong with how a directive is written; empty when all is well."""
    shape = DIRECTIVES.get(directive.name)
    if shape is None:
        known = ", ".join(DIRECTIVES)
        return [f"There is no directive “{directive.name}”. There are: {known}. Its words are shown without it."]
    said = []
    if not directive.closed:
        said.append(f"The {directive.name} is not closed. End it with a line of colons, as many as it began with.")
    if shape.arguments and directive.argument not in shape.arguments:
        known = ", ".join(word for word in shape.arguments if word) or shape.argument
        said.append(
            f"After {{{directive.name}}} stands “{directive.argument}”, where {shape.argument} belongs: {known}."
        )
    if not shape.arguments and not directive.argument:
        said.append(f"The {directive.name} does not say {shape.argument}. Write it behind {{{directive.name}}}.")
    for key, _ in directive.options:
        if key not in shape.options:
            known = ", ".join(shape.options)
            said.append(f"A {directive.name} has no option “{key}”. It has: {known}.")
    said += [
        f"The {directive.name} has no :{key}:. Say in words what it shows, for those who cannot see it."
        for key in shape.needs
        if not directive.option(key)
    ]
    return said


_OPENING = re.compile(r"(?P<fence>:{3,})[ \t]*\{(?P<name>[A-Za-z][A-Za-z0-9-]*)\}[ \t]*(?P<argument>.*)\Z")
_OPTION = re.compile(r":(?P<key>[A-Za-z][A-Za-z0-9-]*):(?:[ \t]+(?P<value>.*))?\Z")


def directive_rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A markdown-it block rule; what stands inside is parsed in place, so every token keeps its own lines."""
    if state.is_code_block(start_line):
        return False
    found = _OPENING.match(_line(state, start_line)) if state.src.startswith(":::", _begin(state, start_line)) else None
    if found is None:
        return False
    if silent:
        return True
    close, closed = _closing_line(state, start_line, end_line, len(found["fence"]))
    if not closed:
        _count_open(state, start_line)
    first, options = _options(state, start_line + 1, close)

    token = state.push("directive_open", "div", 1)
    token.block = True
    token.meta = {"directive": Directive(found["name"].lower(), found["argument"].strip(), options, closed)}
    token.map = [start_line, close + closed]
    old_parent, old_line_max = state.parentType, state.lineMax
    state.parentType = "directive"
    state.lineMax = close  # keeps a lazy paragraph from running over the closing fence
    state.md.block.tokenize(state, first, close)
    state.parentType, state.lineMax = old_parent, old_line_max
    state.push("directive_close", "div", -1).block = True
    state.line = close + closed
    return True


def _count_open(state: StateBlock, line: int) -> None:
    """Each directive that is not closed is looked through to the end of the text, again and again."""
    state.env["open"] = state.env.get("open", 0) + 1
    if state.env["open"] > MOST_OPEN:
        msg = f"Line {line + 1}: more than {MOST_OPEN} directives above it are not closed. End each with its colons."
        raise Refused(msg)


def _begin(state: StateBlock, line: int) -> int:
    return state.bMarks[line] + state.tShift[line]


def _line(state: StateBlock, line: int) -> str:
    return state.src[_begin(state, line) : state.eMarks[line]].rstrip()


def _closing_line(state: StateBlock, start_line: int, end_line: int, colons: int) -> tuple[int, bool]:
    """The line of the closing fence and True; or the line after the last one that belongs here and False."""
    fence = ":" * colons
    for line in range(start_line + 1, end_line):
        begin, end = _begin(state, line), state.eMarks[line]
        if begin < end and state.sCount[line] < state.blkIndent:
            return line, False
        if state.src.startswith(fence, begin) and not state.src[begin:end].strip(" \t").strip(":"):
            return line, True
    return end_line, False


def _options(state: StateBlock, line: int, close: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    options: list[tuple[str, str]] = []
    while line < close and (found := _OPTION.match(_line(state, line))):
        options.append((found["key"].lower(), (found["value"] or "").strip()))
        line += 1
    return line, tuple(options)
