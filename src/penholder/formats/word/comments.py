"""The comments of a .docx: what was said, by whom, on which words, who answered, and whether it is settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from penholder.formats.word.package import W14, W15, Node, Package, W, author_of, moment_of, within
from penholder.formats.word.returned import Left, Paragraph, Reply, TrackedComment
from penholder.formats.word.tracing import Group, place_in

_SAID = frozenset({W + "t", W + "tab", W + "br"})


@dataclass(frozen=True, slots=True)
class _Said:
    name: str
    node: Node
    text: str
    parent: str
    resolved: bool


def comments(
    package: Package, groups: Sequence[Group], paragraphs: Sequence[Paragraph], left: list[Left]
) -> Iterator[TrackedComment]:
    """Every comment with its replies, in the order of the file. One that is on no words is told in `left`."""
    said = _said(package)
    answers: dict[str, list[_Said]] = {}
    for one in said.values():
        if one.parent:
            answers.setdefault(one.parent, []).append(one)
    places = _places(groups, paragraphs)
    for one in said.values():
        if one.parent:
            continue
        author, at = author_of(one.node), moment_of(one.node)
        replies = tuple(
            Reply(each.text, author_of(each.node), moment_of(each.node)) for each in answers.get(one.name, ())
        )
        if one.name in places:
            paragraph, start, end, quote = places[one.name]
            yield TrackedComment(paragraph, start, end, quote, one.text, author, at, one.resolved, replies)
        else:
            text = "\n\n".join([one.text, *(f"{reply.author}: {reply.text}" for reply in replies)])
            left.append(Left("empty", "", author, at, text))


def _said(package: Package) -> dict[str, _Said]:
    root = package.parsed("word/comments.xml")
    more = package.parsed("word/commentsExtended.xml")
    if root is None:
        return {}
    extended = {one.get(W15 + "paraId", ""): one for one in more} if more is not None else {}
    by_paragraph: dict[str, str] = {}
    nodes = [node for node in root if node.tag == W + "comment"]
    for node in nodes:
        by_paragraph |= {p.get(W14 + "paraId", ""): node.get(W + "id", "") for p in node.iter(W + "p")}
    found: dict[str, _Said] = {}
    for node in nodes:
        ends = [p.get(W14 + "paraId", "") for p in node.iter(W + "p")]
        about = next((extended[end] for end in reversed(ends) if end and end in extended), None)
        parent = by_paragraph.get(about.get(W15 + "paraIdParent", ""), "") if about is not None else ""
        name = node.get(W + "id", "")
        done = about is not None and about.get(W15 + "done") in {"1", "true"}
        found[name] = _Said(name, node, _text(node), parent if parent != name else "", done)
    return {name: _rooted(one, found) for name, one in found.items()}


def _rooted(said: _Said, all_of: Mapping[str, _Said]) -> _Said:
    """A reply to a reply is a reply to the comment that began it; a circle begins itself."""
    seen = {said.name}
    parent = said.parent
    while parent and parent in all_of and all_of[parent].parent:
        if parent in seen:
            return _Said(said.name, said.node, said.text, "", said.resolved)
        seen.add(parent)
        parent = all_of[parent].parent
    return _Said(said.name, said.node, said.text, parent if parent in all_of else "", said.resolved)


def _text(comment: Node) -> str:
    lines = []
    for paragraph in comment.iter(W + "p"):
        words = "".join((node.text or "") if node.tag == W + "t" else " " for node in within(paragraph, _SAID))
        lines.append(" ".join(words.split()))
    return "\n\n".join(line for line in lines if line)


def _places(groups: Sequence[Group], paragraphs: Sequence[Paragraph]) -> dict[str, tuple[int, int, int, str]]:
    """For each comment: its (first) paragraph, from where, to where, and all the words that it is on."""
    begun: dict[str, tuple[int, int]] = {}
    ended: dict[str, tuple[int, int]] = {}
    for number, group in enumerate(groups):
        for sign, at in group.signs:
            kind, _, name = sign.partition(":")
            if kind == "from":
                begun.setdefault(name, (number, at))
            elif kind == "to" or name not in ended:
                ended[name] = (number, at)
    found: dict[str, tuple[int, int, int, str]] = {}
    for name, (last, to) in ended.items():
        first, since = begun.get(name, (last, to))
        if place := _stretch(groups, paragraphs, (first, since), (last, to)):
            found[name] = place
    return found


def _stretch(
    groups: Sequence[Group], paragraphs: Sequence[Paragraph], since: tuple[int, int], to: tuple[int, int]
) -> tuple[int, int, int, str] | None:
    parts: list[tuple[int, int, int]] = []
    for number in range(since[0], to[0] + 1):
        group = groups[number]
        if group.paragraph < 0:
            continue
        start = place_in(group, since[1]) if number == since[0] else 0
        end = place_in(group, to[1]) if number == to[0] else len(paragraphs[group.paragraph].words)
        parts.append((group.paragraph, start, max(start, end)))
    worded = [part for part in parts if part[1] < part[2]] or parts[:1]
    if not worded:
        return None
    quote = " ¶ ".join(paragraphs[paragraph].words[start:end].strip() for paragraph, start, end in worded)
    return (*worded[0], quote)
