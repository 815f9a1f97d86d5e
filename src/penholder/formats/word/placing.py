"""Changes and comments of a returned document → places in the draft as it stands now, or why there is none.

The words are followed from the document into the draft letter by letter. Then each change is carried out on its
passage, by itself, and what comes out must read exactly as the person wanted: what does not is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from penholder.formats.word import shapes
from penholder.formats.word.returned import Left, Returned, TrackedChange, TrackedComment
from penholder.text.canonical import canonical
from penholder.text.carrying import Carried, Carrying
from penholder.text.leaves import Leaf, leaves
from penholder.text.markdown import blocks
from penholder.text.passages import Block

# Why something has no place, beside `returned.Reason`. The words for each stand in `penholder.drafting.arrivals`.
REASONS = (
    "removed", "rewritten", "changed", "unsure", "markup", "table", "formatting", "note", "picture", "join", "split",
    "over", "box", "empty",
)  # fmt: skip

# Why words are not in the draft any more, though they were in the text as it was sent.
OVERTAKEN = frozenset({"removed", "rewritten", "changed", "markup"})

_OPENING = re.compile(r"^(?P<indent>[ ]*)(?P<mark>[-+*]|\d{1,9}[.)])(?P<gap>[ ]+)")
_NOTE = re.compile(r"\[\^[^\]]+\]")
# Marks that belong to the words between them, and go with them.
_MARKS = "*_"
# Three marks on either side are bold italics; more are no emphasis.
MOST_CHOICES = 16


@dataclass(frozen=True, slots=True)
class Placed:
    """A change that has its place: `source[start:end]` of passage `passage` becomes `text`.

    `after` and `before`: the passage stays as it is, and `text` is a new one behind or in front of it. `becomes` is
    what the passage (or the passages) would read; "" when it goes altogether. `here`: the draft reads so already.
    `joins`: the next passage goes, because its words stand at the end of this one; `along` are the same person's other
    changes to either, which it has in it.
    """

    change: TrackedChange
    passage: int
    start: int
    end: int
    text: str
    becomes: str
    after: bool = False
    before: bool = False
    here: bool = False
    joins: bool = False
    along: tuple[TrackedChange, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedComment:
    """A comment that has its place: on `source[start:end]` of passage `passage`."""

    comment: TrackedComment
    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What has no place in the draft, why (one of REASONS), and the words around it as they were sent."""

    what: TrackedChange | TrackedComment | Left
    reason: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Late:
    """What has its place in the text as it was sent, and the draft has edited or removed those words since: `reason`.

    `placed` counts the passages of the text as sent. A person decides about it, with both wordings before them.
    """

    placed: Placed | PlacedComment
    reason: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything in a document goes. Each change and comment of it is in exactly one of these."""

    changes: tuple[Placed, ...]
    comments: tuple[PlacedComment, ...]
    unplaced: tuple[Unplaced, ...]
    late: tuple[Late, ...] = ()


def nearness(returned: Returned, source: str) -> float:
    """How much of the words of a document, as sent, stand in a text, 0 to 1: from which text it was made."""
    there = {leaf.words for leaf in leaves(source)}
    total = sum(len(paragraph.words) for paragraph in returned.paragraphs)
    return sum(len(one.words) for one in returned.paragraphs if one.words in there) / total if total else 0.0


def place(returned: Returned, sent: str, draft: str) -> Placement:
    """Place everything that `returned` holds in `draft`. `sent` is the text that the document was made from.

    Passages are counted as `blocks(draft)` counts them. Nothing is placed by likeness: the words must be the same.
    """
    placer = _Placer(returned, sent, draft)
    changes: list[Placed] = []
    comments: list[PlacedComment] = []
    lost: list[tuple[TrackedChange | TrackedComment, str]] = []
    for change in returned.changes:
        found = placer.change(change)
        if isinstance(found, Placed):
            changes.append(found)
        else:
            lost.append((change, found))
    for comment in returned.comments:
        spot = placer.comment(comment)
        if isinstance(spot, PlacedComment):
            comments.append(spot)
        else:
            lost.append((comment, spot))
    late, unplaced = _late(returned, sent, lost) if sent != draft else ([], lost)
    told = [Unplaced(one, one.reason) for one in returned.left]
    told += [Unplaced(what, reason, placer.context(what.paragraph, what.start)) for what, reason in unplaced]
    return Placement(tuple(_gathered(changes, placer.blocks)), tuple(comments), tuple(told), tuple(late))


def _gathered(changes: list[Placed], passages: Sequence[Block]) -> list[Placed]:
    """Joins with what the same person changed in the two passages, which would be gone from where it stands."""
    made: dict[int, Placed] = {}
    for join in (one for one in changes if one.joins):
        own = [
            one
            for one in changes
            if one.change.author == join.change.author and one.change.row == "" and one.change.joined < 0
            if one.passage in {join.passage, join.passage + 1} and one.becomes and not (one.after or one.before)
        ]
        texts = [passages[join.passage].source, passages[join.passage + 1].source]
        for one in sorted(own, key=lambda each: each.start, reverse=True):
            side = one.passage - join.passage
            texts[side] = texts[side][: one.start] + one.text + texts[side][one.end :]
        first, second = (blocks(_alone(canonical(text))) for text in texts)
        both = shapes.joined(first[0], second[0]) if len(first) == len(second) == 1 else None
        if both is not None:
            made[id(join)] = replace(join, becomes=both, along=tuple(one.change for one in own))
    along = {id(change) for one in made.values() for change in one.along}
    return [made.get(id(one), one) for one in changes if id(one.change) not in along]


Lost = Sequence[tuple[TrackedChange | TrackedComment, str]]


def _late(returned: Returned, sent: str, lost: Lost) -> tuple[list[Late], Lost]:
    """Of what has no place in the draft, what has one in the text as sent, and what has none there either.

    What is in doubt in the draft stays so: of equal passages nobody knows which one became which.
    """
    late: list[Late] = []
    unplaced: list[tuple[TrackedChange | TrackedComment, str]] = []
    placer = _Placer(returned, sent, sent) if any(reason in OVERTAKEN for _, reason in lost) else None
    for what, reason in lost:
        found: Placed | PlacedComment | str = reason
        if placer is not None and reason in OVERTAKEN:
            found = placer.change(what) if isinstance(what, TrackedChange) else placer.comment(what)
        if isinstance(found, str):
            unplaced.append((what, reason))
        else:
            late.append(Late(found, reason))
    return late, unplaced


class _Placer:
    def __init__(self, returned: Returned, sent: str, draft: str) -> None:
        self.paragraphs = returned.paragraphs
        self.blocks = blocks(draft)
        self.leaves = leaves(draft)
        files = [Leaf(number, one.words, ()) for number, one in enumerate(self.paragraphs)]
        middle = leaves(sent)
        self.into_sent = Carrying(files, middle)
        self.into_draft = Carrying(middle, self.leaves) if sent != draft else None

    def context(self, paragraph: int, at: int) -> str:
        """The words around a place, as they were sent."""
        words = self.paragraphs[paragraph].words
        start, end = max(at - 60, 0), min(at + 60, len(words))
        return f"{'…' if start else ''}{words[start:end]}{'…' if end < len(words) else ''}"

    def change(self, change: TrackedChange) -> Placed | str:
        """The place of a change, or the key of the reason why it has none."""
        words = self.paragraphs[change.paragraph].words
        if change.row or change.joined >= 0:
            return self._row(change) if change.row else self._join(change)
        if change.start == change.end == len(words) and change.text.startswith("\n\n"):
            return self._after(change)
        spot = self._carry(change.paragraph, change.start, change.end)
        if isinstance(spot, str):
            return self._here(change) or spot
        if change.end == 0 and change.text.endswith("\n"):
            return self._before(change, spot)
        leaf = self.leaves[spot.leaf]
        if change.whole and self._alone(leaf):
            source = self.blocks[leaf.block].source
            noted = self.blocks[leaf.block].kind != "footnote" and change.notes != len(_NOTE.findall(source))
            return "note" if noted else Placed(change, leaf.block, 0, len(source), "", "")
        return self._within(change, spot, leaf, self.blocks[leaf.block])

    def comment(self, comment: TrackedComment) -> PlacedComment | str:
        """The place of a comment, or the key of the reason why it has none."""
        spot = self._carry(comment.paragraph, comment.start, comment.end)
        if isinstance(spot, str):
            return spot
        leaf = self.leaves[spot.leaf]
        if not leaf.places:
            return "markup"
        return PlacedComment(comment, leaf.block, *_source(leaf, spot, self.blocks[leaf.block].source))

    def _carry(self, paragraph: int, start: int, end: int) -> Carried | str:
        found = self.into_sent.carry(paragraph, start, end)
        if isinstance(found, str) or self.into_draft is None:
            return found
        return self.into_draft.carry(*found)

    def _alone(self, leaf: Leaf) -> bool:
        """Whether this leaf is all that its passage says."""
        return sum(one.block == leaf.block for one in self.leaves) == 1

    def _heir(self, paragraph: int) -> int | None:
        """The leaf of the draft that a paragraph became, however it was edited."""
        found = self.into_sent.heir(paragraph)
        return self.into_draft.heir(found) if found is not None and self.into_draft is not None else found

    def _join(self, change: TrackedChange) -> Placed | str:
        """Two passages that stand side by side as one."""
        found = [self._heir(paragraph) for paragraph in (change.paragraph, change.joined)]
        first, second = (self.leaves[one] if one is not None else None for one in found)
        if first is None or second is None or second.block != first.block + 1:
            return "join"
        both = shapes.joined(self.blocks[first.block], self.blocks[second.block])
        if both is None or not (self._alone(first) and self._alone(second)):
            return "join"
        end = len(self.blocks[first.block].source)
        return Placed(change, first.block, end, end, both[end:], both, joins=True)

    def _row(self, change: TrackedChange) -> Placed | str:
        """Rows of a table: put in behind the row that its cells became, or that row, or the whole table, gone."""
        cells = [self.leaves[one] for paragraph in change.cells if (one := self._heir(paragraph)) is not None]
        spots = {
            (leaf.block, self.blocks[leaf.block].source.count("\n", 0, leaf.places[0])) for leaf in cells if leaf.places
        }
        tables = {block for block, _ in spots}
        if len(tables) != 1 or not all(leaf.cell for leaf in cells) or (change.row != "all" and len(spots) != 1):
            return "table"
        number, line = spots.pop()
        source = self.blocks[number].source
        if change.row == "all":
            there = sum(leaf.block == number for leaf in self.leaves)
            return Placed(change, number, 0, len(source), "", "") if there == len(cells) else "table"
        made = shapes.with_rows(source, line, change.text) if change.row == "in" else shapes.without_row(source, line)
        return Placed(change, number, 0, len(source), made, made) if made else "table"

    def _after(self, change: TrackedChange) -> Placed | str:
        """A new passage behind the one that the paragraph became, however that was edited."""
        found = self._heir(change.paragraph)
        if found is None:
            return "removed"
        number = self.leaves[found].block
        text = change.text.strip("\n")
        source = self.blocks[number].source
        following = self.blocks[number + 1 : number + 1 + len(blocks(text))]
        here = [one.plain for one in following] == [one.plain for one in blocks(text)]
        return Placed(change, number, len(source), len(source), text, f"{source}\n\n{text}", after=True, here=here)

    def _before(self, change: TrackedChange, spot: Carried) -> Placed | str:
        """A new passage in front of the one that the paragraph begins."""
        leaf = self.leaves[spot.leaf]
        if spot.start or any(one.block == leaf.block for one in self.leaves[: spot.leaf]):
            return "table" if leaf.cell else "split"
        source = self.blocks[leaf.block].source
        text = change.text.strip("\n")
        many = blocks(text)
        here = [one.plain for one in self.blocks[max(leaf.block - len(many), 0) : leaf.block]] == [
            one.plain for one in many
        ]
        return Placed(change, leaf.block, 0, 0, text, f"{text}\n\n{source}", before=True, here=here)

    def _within(self, change: TrackedChange, spot: Carried, leaf: Leaf, block: Block) -> Placed | str:
        if not leaf.places or (leaf.cell and "\n" in change.text):
            return "markup" if not leaf.places else "table"
        text = change.text
        if "\n" in text and (opening := _OPENING.match(block.source)):
            text = re.sub(r"\n- ", lambda _: "\n" + opening[0], text)
        start, end = _source(leaf, spot, block.source)
        if len(_NOTE.findall(block.source[start:end])) != change.notes:
            return "note"
        for first, last in _choices(block.source, start, end)[:MOST_CHOICES]:
            becomes = block.source[:first] + text + block.source[last:]
            if self._reads(block, becomes, change, (first, last), text):
                return Placed(change, leaf.block, first, last, text, canonical(becomes).strip("\n"))
        return "markup"

    def _reads(self, block: Block, becomes: str, change: TrackedChange, cut: tuple[int, int], text: str) -> bool:
        """Whether the passage, with the change made, says what the person wanted, and is still of its kind."""
        before, after = _alone(block.source), _alone(becomes)
        made = blocks(after)
        if not made or made[0].kind != blocks(before)[0].kind or made[0].level != blocks(before)[0].level:
            return False
        if len(made) > 1 and "\n" not in change.text:
            return False
        shift = len(block.source) - len(before)
        said: list[str] = []
        waiting = _spoken(text)
        for one in leaves(before):
            if not one.places:
                return False
            said.append(" ")
            for letter, at in zip(one.words, one.places, strict=True):
                if at + shift >= cut[0] and waiting:
                    said.append(waiting)
                    waiting = ""
                if not cut[0] <= at + shift < cut[1]:
                    said.append(letter)
        got = " ".join(one.words for one in leaves(after))
        return "".join([*said, waiting]).split() == got.split()

    def _here(self, change: TrackedChange) -> Placed | None:
        """A change that the draft has already: its passage reads as it would with the change made."""
        words = self.paragraphs[change.paragraph].words
        wanted = words[: change.start] + " ".join(one.plain for one in blocks(change.text)) + words[change.end :]
        letters = "".join(wanted.split())
        for leaf in self.leaves:
            if "".join(leaf.words.split()) == letters and letters:
                source = self.blocks[leaf.block].source
                return Placed(change, leaf.block, 0, len(source), source, source, here=True)
        return None


def _spoken(text: str) -> str:
    """What is read of Markdown that is put in between words, with the space at its ends."""
    first, gap, rest = text.partition("\n")
    said = blocks(f"x{first}")[0].plain.removeprefix("x") + (" " if first[-1:] == " " else "")
    lead = " " if first[:1] == " " and not said.startswith(" ") else ""
    return lead + said + (f" {' '.join(one.plain for one in blocks(rest))}" if gap else "")


def _alone(source: str) -> str:
    """A passage's source as a text of its own: an inner item loses what indents it."""
    indent = len(source) - len(source.lstrip(" "))
    return source[indent:] if indent else source


def _source(leaf: Leaf, spot: Carried, source: str) -> tuple[int, int]:
    """A stretch of a leaf's words as a stretch of its passage's Markdown."""
    places = leaf.places
    if spot.start < spot.end:
        return places[spot.start], _past(leaf, spot.end - 1, source)
    if spot.start == 0:
        return places[0], places[0]
    end = _past(leaf, spot.start - 1, source)
    return end, end


def _past(leaf: Leaf, at: int, source: str) -> int:
    """The place behind one letter: an escape or an entity is more than one character long."""
    place = leaf.places[at]
    if source[place] == "\\":
        return place + 2
    if source[place] == "&" and leaf.words[at] != "&" and (entity := re.match(r"&[#\w]+;", source[place:])):
        return place + len(entity[0])
    return place + 1


def _choices(source: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretch, and the same with marks of emphasis beside it, which are no words; narrow ones first."""
    left, right = start, end
    while left > 0 and source[left - 1] in _MARKS:
        left -= 1
    while right < len(source) and source[right] in _MARKS:
        right += 1
    if start == end:
        return sorted({(at, at) for at in range(left, right + 1)}, key=lambda one: abs(one[0] - start))
    wider = [(first, last) for first in range(left, start + 1) for last in range(end, right + 1)]
    return sorted(wider, key=lambda one: (start - one[0]) + (one[1] - end))
