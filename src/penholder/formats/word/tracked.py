"""Suggestions in the words of a passage as tracked changes, and comments around the words that they are on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from markdown_it.token import Token

from penholder.formats.word.letters import Stretch, sliced, stretches
from penholder.formats.word.outgoing import Discussion, Outgoing, Proposal, Said
from penholder.formats.word.remarks import Comments
from penholder.text.canonical import canonical
from penholder.text.dialect import parse
from penholder.text.leaves import fold, leaves
from penholder.text.markdown import blocks, spans
from penholder.text.words import runs as compared

# Passages behind which a new one can be shown as put in.
_FLOWING = {"heading", "paragraph", "item", "quote"}


@dataclass(slots=True)
class Place:
    """Where a paragraph stands: what its properties say beside its style."""

    style: str = ""
    number: tuple[int, int] | None = None  # list, level
    after: bool = False  # a later paragraph of an item: indented, without a mark of its own


class Writer(Protocol):
    """What is asked of whoever writes the document."""

    comments: Comments

    def heading(self, style: str) -> Place:
        """A place with a style."""

    def laid(self, inside: str, place: Place, mark: str = "") -> str:
        """A paragraph of runs; `mark` says what was done to its end."""

    def words(
        self, found: Sequence[Stretch], *, gone: bool = False, new: bool = False, wrap: tuple[str, str] = ("", "")
    ) -> str:
        """Stretches as runs, with what they refer to."""

    def mark(self, tag: str, author: str, at: datetime) -> tuple[str, str]:
        """The beginning and end of a tracked change."""


@dataclass(frozen=True, slots=True)
class Edit:
    """In the words of one leaf: `start` to `end` would become these stretches."""

    start: int
    end: int
    new: tuple[Stretch, ...]
    by: Proposal


@dataclass(slots=True)
class Tracked:
    """What is suggested and said about one passage, leaf by leaf."""

    passage: int
    edits: dict[int, list[Edit]] = field(default_factory=dict)
    gone: Proposal | None = None
    behind: list[tuple[str, list[Stretch], Proposal]] = field(default_factory=list)  # style, words, whose
    comments: list[Discussion] = field(default_factory=list)
    ranges: dict[int, list[tuple[int, int, Discussion]]] = field(default_factory=dict)  # by leaf
    last: int = 0  # the number of its last leaf

    def paragraph(self, leaf: int, children: Sequence[Token], place: Place, writer: Writer) -> str:
        """One leaf as a paragraph, and behind the last one the passages that would follow."""
        found = stretches(children)
        words = "".join(one.words for one in found)
        edits = self.edits.get(leaf, [])
        if self.gone:
            edits = [Edit(0, len(words), (), self.gone)] if words else []
        inside = _marked(found, words, edits, self._on(leaf, words), writer)
        mark = ""
        if self.gone and place.style != "FootnoteText":
            mark = "".join(writer.mark("del", self.gone.author, self.gone.at)).replace("></w:del>", "/>")
        made = writer.laid(inside, place, mark)
        if leaf == self.last:
            for style, new, by in self.behind:
                begin, end = writer.mark("ins", by.author, by.at)
                own = writer.heading(style) if style else place
                mark = "".join(writer.mark("ins", by.author, by.at)).replace("></w:ins>", "/>")
                made += writer.laid(writer.words(new, wrap=(begin, end), new=True), own, mark)
        return made

    def _on(self, leaf: int, words: str) -> list[tuple[int, int, Discussion]]:
        whole = [(0, len(words), one) for one in self.comments] if leaf == 0 else []
        _, places = fold(words, range(len(words)))
        worded = [
            (places[start] if start < len(places) else len(words), places[end - 1] + 1 if end else 0, one)
            for start, end, one in self.ranges.get(leaf, [])
        ]
        return [*whole, *worded]


def tracked(source: str, passage: int, outgoing: Outgoing) -> Tracked:
    """Gather what is suggested and said about the passage with this number and source."""
    made = Tracked(passage)
    own = [one for one in outgoing.proposals if one.passage == passage]
    talks = [one for one in outgoing.discussions if one.passage == passage]
    if not own and not talks:
        made.last = -1
        return made
    source = source[len(source) - len(source.lstrip(" ")) :]  # an inner item stands further in
    found = leaves(source)
    made.last = max(len(_inlines(source)) - 1, 0)
    kind = blocks(source)[0].kind if blocks(source) else "paragraph"
    for proposal in own:
        if not _shown(made, source, kind, proposal):
            made.comments.append(_told(proposal, passage))
    for talk in talks:
        spot = _spot(found, talk) if len(found) == made.last + 1 else None
        if spot is None:
            made.comments.append(talk)
        else:
            made.ranges.setdefault(spot[0], []).append((spot[1], spot[2], talk))
    return made


def _told(proposal: Proposal, passage: int) -> Discussion:
    """A suggestion that cannot stand in the text, as a comment that says it whole."""
    said = {"replace": "It would read:", "insert": "After it would stand:", "delete": "It would be taken out."}
    text = "\n".join(part for part in (proposal.about, said[proposal.what], proposal.text) if part)
    return Discussion(passage, (Said(proposal.author, proposal.at, text),))


def _shown(made: Tracked, source: str, kind: str, proposal: Proposal) -> bool:
    """Whether this suggestion can stand in the text, beside those that stand there; then it does."""
    if made.gone or (proposal.what == "delete" and (made.edits or kind not in _FLOWING)):
        return False
    if proposal.what == "delete":
        made.gone = proposal
        return True
    if proposal.what == "insert":
        return kind in _FLOWING and _follows(made, proposal)
    old, new = _inlines(source), _inlines(proposal.text)
    if len(blocks(proposal.text)) != 1 or len(old) != len(new) or blocks(proposal.text)[0].kind != kind:
        return False
    edits = {leaf: _edits(before, after, proposal) for leaf, (before, after) in enumerate(zip(old, new, strict=True))}
    if not any(edits.values()) or any(_clash(one, made.edits.get(leaf, [])) for leaf, one in edits.items()):
        return False
    for leaf, found in edits.items():
        made.edits[leaf] = sorted([*made.edits.get(leaf, []), *found], key=lambda edit: (edit.start, edit.end))
    return True


def _follows(made: Tracked, proposal: Proposal) -> bool:
    new = blocks(proposal.text)
    if not new or any(one.kind not in _FLOWING for one in new):
        return False
    for one, found in zip(new, _inlines(proposal.text), strict=False):
        style = f"Heading{one.level}" if one.kind == "heading" else "Normal" if one.kind == "paragraph" else ""
        made.behind.append((style, found, proposal))
    return True


def _inlines(source: str) -> list[list[Stretch]]:
    """The stretches of each leaf of a text that stands alone."""
    parsed = parse(canonical(source))
    return [
        stretches(token.children or ())
        for span in spans(parsed)
        for token in parsed.tokens[span.first : span.last + 1]
        if token.type == "inline"
    ]


def _edits(before: list[Stretch], after: list[Stretch], by: Proposal) -> list[Edit]:
    old, new = "".join(one.words for one in before), "".join(one.words for one in after)
    found: list[Edit] = []
    i = j = 0
    for op, text in compared(old, new):
        if op == "same":
            i, j = i + len(text), j + len(text)
        elif op == "removed":
            found.append(Edit(i, i + len(text), (), by))
            i += len(text)
        else:
            words = tuple(sliced(after, j, j + len(text)))
            if found and found[-1].end == i and not found[-1].new:
                found[-1] = Edit(found[-1].start, i, words, by)
            else:
                found.append(Edit(i, i, words, by))
            j += len(text)
    return found


def _clash(edits: Sequence[Edit], others: Sequence[Edit]) -> bool:
    return any(one.start <= other.end and other.start <= one.end for one in edits for other in others)


def _spot(found: Sequence[object], talk: Discussion) -> tuple[int, int, int] | None:
    """The words of a leaf that a thread is on: leaf, from, to."""
    for number, leaf in enumerate(found):
        places = getattr(leaf, "places", ())
        if places and talk.end is not None and places[0] <= talk.start and talk.end <= places[-1] + 2:
            start, end = bisect_left(places, talk.start), bisect_left(places, talk.end)
            if start < end:
                return number, start, end
    return None


def _marked(
    found: list[Stretch],
    words: str,
    edits: Sequence[Edit],
    talks: Sequence[tuple[int, int, Discussion]],
    writer: Writer,
) -> str:
    """The words with every mark at its place."""
    starts: dict[int, str] = {}
    ends: dict[int, str] = {}
    for start, end, talk in talks:
        for number in writer.comments.add(talk.said, resolved=talk.resolved):
            starts[start] = starts.get(start, "") + f'<w:commentRangeStart w:id="{number}"/>'
            closing = f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>'
            ends[end] = ends.get(end, "") + closing
    cuts = sorted({0, len(words), *starts, *ends, *(at for edit in edits for at in (edit.start, edit.end))})
    made = [starts.get(0, "")]
    if not words:
        made.append(writer.words(found))
    gone = [edit for edit in edits if edit.start < edit.end]
    put = {at: [edit for edit in edits if edit.new and edit.end == at] for at in cuts}
    made += [_put_in(edit, writer) for edit in put.get(0, ())]
    for first, last in pairwise(cuts):
        piece = sliced(found, first, last)
        out = next((edit for edit in gone if edit.start <= first and last <= edit.end), None)
        wrap = writer.mark("del", out.by.author, out.by.at) if out else ("", "")
        made.append(writer.words(piece, gone=out is not None, wrap=wrap))
        made += [_put_in(edit, writer) for edit in put[last]]
        made.append(ends.get(last, "") + (starts.get(last, "") if last else ""))
    return "".join(made) + (ends.get(0, "") if not words else "")


def _put_in(edit: Edit, writer: Writer) -> str:
    return writer.words(edit.new, wrap=writer.mark("ins", edit.by.author, edit.by.at), new=True)
