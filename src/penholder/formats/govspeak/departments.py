"""A page of departments' answers to one action → one response for each department, silence and doubt included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from penholder.formats.govspeak.blocks import ITEM, Node
from penholder.formats.govspeak.lines import Findings
from penholder.formats.govspeak.organisations import tidy
from penholder.formats.govspeak.writer import ACTION
from penholder.formats.structure import plain_title

# Somebody will say something later: nothing has been said yet. Links and brackets around it do not make it an answer.
PLACEHOLDER = re.compile(
    r"^\W*(?:awaiting\b[^,.;:]{0,80}|pending(?: [^,.;:]{0,60})?"
    r"|coming soon|to follow|to be (?:confirmed|advised|published)|tb[ca]"
    r"|no (?:response|answer|reply)(?: (?:yet|received|provided))?)\W*$",
    re.IGNORECASE,
)
# The action as a whole is said not to apply, in so many words: the sentence is about "this", or opens with the verdict.
# Having no such services is a reason, not a verdict: many who have none say what they do instead.
NOT_APPLICABLE = re.compile(
    r"^\W*(?:(?:this|it|th(?:e|is) (?:action|requirement|commitment|principle)|action \d{1,2})\s(?:\w+\s){0,3}?"
    r"(?:(?:is|are|was)(?:\s+not|n[’']t)\s+(?:\w+ly\s+|currently\s+)?(?:applicable|relevant)"
    r"|(?:does|do)(?:\s+not|n[’']t)\s+(?:\w+ly\s+)?apply)|not\s+(?:\w+ly\s+)?(?:applicable|relevant)\b|n/?a\b)",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"‘'\[])|(?<=[.!?])(?=\[)")
LINK = re.compile(r"\[([^\[\]]{0,1000})\]\([^()]{0,2000}\)")
LISTED = re.compile(r"^\s*[-*+]\s+(?:\[([^\]]{1,300})\]\((\S{1,2000})\)|([^\[\]]{1,300}))\s*(?:\(([^()]*)\))?\s*$")
STRATEGY = re.compile(r"^(.{3,200}?)(?:[’']s)?\s+Digital\s+Strategy\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one department's box on a page says; `nodes` is not yet Markdown."""

    name: str
    nodes: tuple[Node, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page about one action: how it words the title, and the boxes of departments."""

    action: int
    title: str
    file: str
    line: int
    answers: tuple[Answer, ...]


def read_page(nodes: Sequence[Node], findings: Findings) -> Page | None:
    """The page of answers that a tree is; None when it has no boxes of departments under an action's title."""
    boxes = [node for node in walk(nodes) if node.kind == "div" and "department" in node.attributes.classes]
    heading = next((node for node in walk(nodes) if node.kind == "heading" and ACTION.match(node.text)), None)
    found = ACTION.match(heading.text) if heading else None
    if not boxes or heading is None or found is None:
        return None
    answers = [answer for box in boxes if (answer := _answer(box, findings))]
    return Page(int(found[1]), plain_title(found[2]), heading.file, heading.line, tuple(answers))


def _answer(box: Node, findings: Findings) -> Answer | None:
    heading = next((child for child in box.children if child.kind == "heading"), None)
    if heading is None:
        findings.note(
            box.file, box.line, "A department's box without a name was left out. Give it a heading.", "warning"
        )
        return None
    statements = [node for node in walk(box.children) if node.kind == "div" and "statement" in node.attributes.classes]
    if statements:
        nodes = tuple(child for statement in statements for child in statement.children)
        line = statements[0].line
    else:
        nodes = tuple(child for child in box.children if child is not heading)
        line = heading.line
    return Answer(tidy(heading.text), nodes, box.file, nodes[0].line if nodes else line)


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """Every node with all that stand inside it, in reading order."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def is_silent(markdown: str) -> bool:
    """Whether nothing is said: no words, or only words that put the answer off."""
    words = " ".join(LINK.sub(r"\1", markdown).split())
    return not words or bool(PLACEHOLDER.match(words))


def verdict(markdown: str) -> str:
    """The sentence that says the action does not apply, or nothing."""
    words = " ".join(LINK.sub(r"[\1]", markdown).split())
    return next((sentence.strip() for sentence in SENTENCE.split(words) if NOT_APPLICABLE.match(sentence)), "")


def strategies(nodes: Sequence[Node], tell: Callable[[str, str], None]) -> int:
    """Tell of every department's own strategy in a list of them, with its address; how many there were."""
    count = 0
    for node in walk(nodes):
        if node.kind != "text" or not ITEM.match(node.text):
            continue
        for line in node.text.split("\n"):
            found = LISTED.match(line)
            named = STRATEGY.match(found[1] or found[3]) if found else None
            if found and named:
                tell(tidy(named[1]), found[2] or "")
                count += 1
    return count
