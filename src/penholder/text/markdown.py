"""House Markdown → the passages it is made of, and its plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from penholder.seal import digest
from penholder.text.attributes import NAME, Attributes
from penholder.text.canonical import canonical
from penholder.text.dialect import Parsed, parse
from penholder.text.directives import Directive
from penholder.text.passages import Block, Kind

_SPACE = re.compile(r"\s+")
_LISTS = ("bullet_list_open", "ordered_list_open")
_KINDS: dict[str, Kind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "blockquote_open": "quote",
    "fence": "code",
    "code_block": "code",
    "table_open": "table",
    "footnote_reference_open": "footnote",
    "hr": "rule",
}
# Options of a directive that a reader sees or hears, beside its own words.
_SPOKEN = ("title", "alt", "source")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a passage stands: its lines, and its tokens `first` to `last` (both within; none when `last` < `first`)."""

    kind: Kind
    start: int
    end: int
    first: int
    last: int
    level: int = 0


def blocks(source: str) -> tuple[Block, ...]:
    """The passages of a text, in order. They cover it: only empty lines lie between them.

    Refuses, naming the line, a text of over 20 million characters, a line of over one million, and nesting past reason.
    """
    parsed = parse(canonical(source))
    return tuple(_block(parsed, span) for span in spans(parsed))


def plain(source: str) -> str:
    """The words of a text without any markup: one passage to a line, empty passages left out."""
    return "\n".join(block.plain for block in blocks(source) if block.plain)


def join(passages: Sequence[str], before: Sequence[Block] = ()) -> str:
    """The canonical text whose passages have these sources; `before` may tell which are items of one tight list."""
    out: list[str] = []
    for index, source in enumerate(passages):
        tight = 0 < index < len(before) and before[index - 1].kind == before[index].kind == "item"
        tight = tight and before[index - 1].end == before[index].start
        out.append(("\n" if tight else "\n\n") if index else "")
        out.append(source)
    return canonical("".join(out))


def spans(parsed: Parsed) -> list[Span]:
    """The passages of a parsed text by their lines and tokens, in order, without overlap, every worded line in one."""
    found = sorted(_walk(parsed, 0, len(parsed.tokens), 1), key=lambda span: (span.start, span.first))
    covered: list[Span] = []
    line = 0
    for span in found:
        covered += _uncovered(parsed.lines, line, span.start)
        start = max(span.start, line)
        end = span.end
        while end > start and not parsed.lines[end - 1]:
            end -= 1
        if end > start:
            covered.append(replace(span, start=start, end=end))
            line = end
    covered += _uncovered(parsed.lines, line, len(parsed.lines))
    return covered


def _uncovered(lines: Sequence[str], start: int, end: int) -> Iterator[Span]:
    """What no token speaks of: link addresses that stand apart. One passage for each run of lines."""
    first = None
    for number in range(start, end + 1):
        worded = number < end and bool(lines[number].strip())
        if worded and first is None:
            first = number
        elif not worded and first is not None:
            yield Span("reference", first, number, 0, -1)
            first = None


def _walk(parsed: Parsed, index: int, stop: int, depth: int) -> Iterator[Span]:
    while index < stop:
        token = parsed.tokens[index]
        close = parsed.close[index]
        if token.type in _LISTS:
            item = index + 1
            while item < close:
                yield from _item(parsed, item, depth)
                item = parsed.close[item] + 1
        elif token.type == "dl_open":
            yield from _terms(parsed, index, close)
        elif token.map:
            kind = token.meta["directive"].kind if token.type == "directive_open" else _KINDS[token.type]
            level = int(token.tag[1]) if kind == "heading" else 0
            yield Span(kind, token.map[0], token.map[1], index, close, level)
        index = close + 1


def _item(parsed: Parsed, index: int, depth: int) -> Iterator[Span]:
    """One list item without its nested items; words that follow a nested list are a passage of their own."""
    close = parsed.close[index]
    start, end = _lines(parsed.tokens[index])
    first = child = index + 1
    while child < close:
        token, after = parsed.tokens[child], parsed.close[child] + 1
        if token.type in _LISTS:
            if _lines(token)[0] > start:
                yield Span("item", start, _lines(token)[0], first, child - 1, depth)
            yield from _walk(parsed, child, after, depth + 1)
            first, start = after, _lines(token)[1]
        child = after
    if first < close or first == index + 1:
        yield Span("item", start, end, first, close - 1, depth)


def _terms(parsed: Parsed, index: int, close: int) -> Iterator[Span]:
    """Each term of a definition list with what defines it."""
    starts = []
    child = index + 1
    while child < close:
        if parsed.tokens[child].type == "dt_open":
            starts.append(child)
        child = parsed.close[child] + 1
    for number, first in enumerate(starts):
        after = starts[number + 1] if number + 1 < len(starts) else close
        end = _lines(parsed.tokens[after])[0] if after < close else _lines(parsed.tokens[index])[1]
        yield Span("term", _lines(parsed.tokens[first])[0], end, first, after - 1)


def _lines(token: Token) -> tuple[int, int]:
    start, end = token.map or (0, 0)
    return start, end


def _block(parsed: Parsed, span: Span) -> Block:
    source = "\n".join(parsed.lines[span.start : span.end])
    said = said_by_author(parsed, span)
    return Block(
        kind=span.kind,
        source=source,
        plain=words(parsed.tokens[span.first : span.last + 1]),
        start=span.start,
        end=span.end,
        digest=digest(source),
        level=span.level,
        name=said.name,
        classes=said.classes,
        attributes=said.pairs,
    )


def said_by_author(parsed: Parsed, span: Span) -> Attributes:
    """The id, classes and pairs that the author gave a passage, whichever way its kind has for it."""
    if span.last < span.first:
        return Attributes()
    token = parsed.tokens[span.first]
    if span.kind == "heading":
        said: Attributes = token.meta["attributes"]
        return said
    if span.kind == "footnote":
        return Attributes(name=token.meta["label"])
    if token.type == "directive_open" and span.kind != "item":
        directive: Directive = token.meta["directive"]
        name = directive.option("name")
        pairs = tuple((key, value) for key, value in directive.options if key != "name")
        argument = (("argument", directive.argument),) if directive.argument else ()
        return Attributes(name=name if NAME.match(name) else "", pairs=argument + pairs)
    return Attributes()


def words(tokens: Sequence[Token]) -> str:
    """What a reader reads in these tokens, white space folded."""
    parts: list[str] = []
    for token in tokens:
        if token.type == "inline":
            parts.append(inline_words(token.children or ()))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content)
        elif token.type == "directive_open":
            directive: Directive = token.meta["directive"]
            parts += [directive.option(key) for key in _SPOKEN]
    return _SPACE.sub(" ", " ".join(parts)).strip()


def inline_words(children: Sequence[Token]) -> str:
    """The words of a run of inline tokens; a picture speaks by its description, a footnote's mark is silent."""
    parts: list[str] = []
    for child in children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak") or child.content[:3].lower() == "<br":
            parts.append(" ")
        elif child.type == "image":
            parts.append(inline_words(child.children or ()))
    return "".join(parts)
