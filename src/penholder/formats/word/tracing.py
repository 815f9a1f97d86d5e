"""Pieces → the paragraphs as they were sent, and the changes and comments on them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from penholder.formats.word.pieces import Mark, Piece, Raw, Row
from penholder.formats.word.returned import Left, Paragraph, TrackedChange
from penholder.text.leaves import fold

# What would read as markup in the house dialect, within a line and at its beginning.
_MARKUP = re.compile(r"([\\`*_\[\]<>{]|&(?=#?\w))")
_BEGINS = re.compile(r"^(#{1,6}(?=\s|$)|[-+](?=\s|$)|[:~]|\d{1,9}(?=[.)](\s|$)))")
_APART = "\n\n"


@dataclass(slots=True)
class Group:
    """Paragraphs of the file that were one when it was sent: all ends between them were put in later."""

    raws: list[Raw]
    base: str = ""  # its words as sent, white space as it is
    edits: list[Edit] = field(default_factory=list)
    signs: list[tuple[str, int]] = field(default_factory=list)  # of comments: sign, place in `base`
    paragraph: int = -1  # which paragraph of the text it is; -1 when it had no words

    @property
    def kept(self) -> bool:
        """Whether anything of the words as sent is still there."""
        return any(piece.op == "same" and piece.words.strip() for raw in self.raws for piece in raw.pieces)


@dataclass(slots=True)
class Edit:
    """A change in the making, in places of `Group.base`."""

    start: int
    end: int
    text: str
    mark: Mark
    notes: int = 0
    closed: bool = False  # what follows it is another change, though nothing but a footnote's mark stands between


@dataclass(slots=True)
class Traced:
    """What the pieces came to."""

    groups: list[Group]
    paragraphs: list[Paragraph]
    changes: list[TrackedChange]
    left: list[Left]


def trace(raws: Sequence[Raw], rows: Sequence[Row] = ()) -> Traced:
    """Undo every change, and say what each was. `rows` are those of tables that were put in or taken out."""
    groups = list(_grouped(raws))
    traced = Traced(groups, [], [], [])
    early: list[Edit] = []  # put in before the first paragraph that has words
    for group in groups:
        _lay_out(group, traced.left)
        words, places = fold(group.base, range(len(group.base)))
        if not words:
            _new_paragraphs(group, traced, early)
            continue
        group.paragraph = len(traced.paragraphs)
        style = next((raw.style for raw in reversed(group.raws) if _has_base(raw)), "")
        traced.paragraphs.append(Paragraph(words, group.raws[0].where, style))
        for edit in early:
            text = edit.text.strip("\n") + _APART
            traced.changes.append(_change(group.paragraph, 0, 0, replace_text(edit, text), words))
        early.clear()
        for edit in group.edits:
            start, end = bisect_left(places, edit.start), bisect_left(places, edit.end)
            if start == end and not edit.text.strip(" "):
                quote = words[max(start - 20, 0) : start + 20]
                if not edit.notes:
                    traced.left.append(Left("formatting", quote, edit.mark.author, edit.mark.at))
                continue
            at_an_end = (start, end) in {(0, 0), (len(words), len(words))}
            if at_an_end and _is_break(edit.text):
                traced.left.append(Left("formatting", words[:40], edit.mark.author, edit.mark.at))
                continue
            edit.text = _spaced(edit, group.base)
            start, end = _closed_up(words, start, end, edit.text)
            change = _change(group.paragraph, start, end, edit, words)
            whole = (start, end) == (0, len(words)) and not edit.text.strip()
            traced.changes.append(replace(change, whole=whole))
    for edit in early:
        traced.left.append(Left("empty", "", edit.mark.author, edit.mark.at, edit.text.strip()))
    _join(groups, traced)
    for row in rows:
        _row(row, traced)
    return traced


def _spaced(edit: Edit, base: str) -> str:
    """What was put in, with the spaces beside it that folding the words as sent took away, and none twice."""
    text, before, after = edit.text, base[: edit.start], base[edit.end :]
    if not text.strip():
        return text
    parted = before[-1:].isspace() and bool(before.strip())
    if parted and not after.strip() and not text[0].isspace():
        text = " " + text  # the space at the end of the paragraph was folded away
    elif parted and after.strip() and text[0] == " ":
        text = text.lstrip(" ")
    if after[:1].isspace() and (parted or not before.strip()) and edit.start == edit.end and not text[-1].isspace():
        text += " "  # of the spaces on both sides one is left
    elif after[:1].isspace() and edit.start < edit.end and text[-1] == " ":
        text = text.rstrip(" ")
    return text


def _closed_up(words: str, start: int, end: int, text: str) -> tuple[int, int]:
    """Words that go take one of the two spaces beside them along."""
    if text.strip() or start == end:
        return start, end
    before, after = words[:start], words[end:]
    if after.startswith(" ") and (not before or before.endswith(" ")) and not words[start].isspace():
        return start, end + 1
    if not after and before.endswith(" "):
        return start - 1, end
    return start, end


def replace_text(edit: Edit, text: str) -> Edit:
    """The same edit with other words."""
    return Edit(edit.start, edit.end, text, edit.mark, edit.notes)


def place_in(group: Group, at: int) -> int:
    """A place in `Group.base` as a place in the words of its paragraph."""
    _, places = fold(group.base, range(len(group.base)))
    return bisect_left(places, at)


def _change(paragraph: int, start: int, end: int, edit: Edit, words: str) -> TrackedChange:
    mark = edit.mark
    return TrackedChange(
        paragraph, start, end, words[start:end], edit.text, mark.author, mark.at, notes=edit.notes, move=mark.move
    )


def _grouped(raws: Sequence[Raw]) -> Iterator[Group]:
    waiting: list[Raw] = []
    for raw in raws:
        if waiting and raw.home != waiting[-1].home:
            yield Group(waiting)
            waiting = []
        waiting.append(raw)
        if raw.end != "inserted":
            yield Group(waiting)
            waiting = []
    if waiting:
        yield Group(waiting)


def _has_base(raw: Raw) -> bool:
    return any(piece.op in {"same", "removed"} and piece.words.strip() for piece in raw.pieces)


def _lay_out(group: Group, left: list[Left]) -> None:
    """Fill in the words as sent, and the edits."""
    edits, base = group.edits, ""
    for number, raw in enumerate(group.raws):
        own = _prefix(raw) if not _has_base(raw) else ""
        if number:
            before = group.raws[number - 1]
            mark = before.mark or Mark("", None)
            _put_in(edits, len(base), _between(before, raw) + own, mark)
            own = ""
        for piece in _joined(raw.pieces):
            if piece.sign:
                base = _sign(group, piece, base)
                continue
            if piece.op == "same":
                base += piece.words
            elif piece.op == "removed":
                _take_out(edits, len(base), piece)
                base += piece.words
            else:
                text = markdown(piece, first=bool(own) or not base.strip(), cell=raw.where == "table")
                _put_in(edits, len(base), own + text, piece.mark or Mark("", None))
                own = ""
                if piece.op == "over" and piece.over:
                    left.append(Left("over", piece.words.strip(), piece.over.author, piece.over.at))
    group.base = base


def _sign(group: Group, piece: Piece, base: str) -> str:
    if piece.sign != "note":
        group.signs.append((piece.sign, len(base)))
    elif piece.op == "removed":
        _take_out(group.edits, len(base), piece)
        group.edits[-1].notes += 1
    elif piece.op == "same" and group.edits and group.edits[-1].end == len(base):
        # A footnote that stays parts what was taken out before it from what was taken out behind it.
        group.edits[-1].closed = True
    return base


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours that differ in nothing as one piece, so that bold words are bold once."""
    for _, same in groupby(
        pieces, key=lambda piece: (piece.op, piece.mark, piece.over, piece.face, piece.link, piece.sign)
    ):
        found = list(same)
        if found[0].sign:
            yield from found
        else:
            yield replace(found[0], words="".join(piece.words for piece in found))


def _goes_on(edits: Sequence[Edit], at: int, mark: Mark) -> bool:
    if not edits or edits[-1].end != at or edits[-1].closed:
        return False
    last = edits[-1].mark
    return (last.author, last.move) == (mark.author, mark.move)


def _is_break(text: str) -> bool:
    """Whether these are only ends of paragraphs, with what begins the next one."""
    return "\n" in text and not text.strip("\n -#")


def _put_in(edits: list[Edit], at: int, text: str, mark: Mark) -> None:
    if _goes_on(edits, at, mark):
        edits[-1].text += text
    elif edits and edits[-1].start == edits[-1].end == at and (_is_break(edits[-1].text) or _is_break(text)):
        # The end of a new paragraph may be another person's; it says nothing without the words.
        edits[-1].mark = mark if _is_break(edits[-1].text) else edits[-1].mark
        edits[-1].text += text
    else:
        edits.append(Edit(at, at, text, mark))


def _take_out(edits: list[Edit], at: int, piece: Piece) -> None:
    mark = piece.mark or Mark("", None)
    if _goes_on(edits, at, mark):
        edits[-1].end += len(piece.words)
    else:
        edits.append(Edit(at, at + len(piece.words), "", mark))


def _prefix(raw: Raw) -> str:
    if raw.style.startswith("heading"):
        return "#" * int(raw.style[-1]) + " "
    return "- " if raw.style == "item" else ""


def _between(before: Raw, after: Raw) -> str:
    if after.where == "table":
        return "<br>"
    return "\n" if before.style == after.style == "item" else _APART


def markdown(piece: Piece, *, first: bool, cell: bool) -> str:
    """Words that somebody put in, as Markdown that says exactly these words."""
    words = _MARKUP.sub(r"\\\1", piece.words.replace("\n", " "))
    if cell:
        words = words.replace("|", "\\|")
    if first:
        words = _BEGINS.sub(lambda found: found[0] + "\\" if found[0].isdigit() else "\\" + found[0], words)
    inside = words.strip()
    if not inside:
        return words
    lead, trail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    if piece.link and not re.search(r"[\s()<>]", piece.link):
        inside = f"[{inside}]({piece.link})"
    marks = {"b": "**", "i": "*", "bi": "***"}.get(piece.face, "")
    return f"{lead}{marks}{inside}{marks}{trail}"


def _new_paragraphs(group: Group, traced: Traced, early: list[Edit]) -> None:
    """Paragraphs that somebody put where there was none: they follow the paragraph before."""
    edits = [edit for edit in group.edits if edit.text.strip()]
    if not edits:
        return
    if not traced.paragraphs:
        early += edits
        return
    last = len(traced.paragraphs) - 1
    words = traced.paragraphs[last].words
    for edit in edits:
        made = replace_text(edit, _APART + edit.text.strip("\n"))
        traced.changes.append(_change(last, len(words), len(words), made, words))


def _join(groups: Sequence[Group], traced: Traced) -> None:
    """Paragraphs that became one with the next, where words of both are still there. Of three, only the first two."""
    joined = False
    for number, group in enumerate(groups):
        raw = group.raws[-1]
        before, joined = joined, False
        if raw.end != "removed" or not group.kept:
            continue
        for after in groups[number + 1 :]:
            if after.raws[0].home != raw.home:
                break
            if after.kept:
                quote = f"{' '.join(group.base.split())[-60:]} ¶ {' '.join(after.base.split())[:60]}"
                mark = raw.mark or Mark("", None)
                joined = after is groups[number + 1] and raw.where == "body" and not before
                if joined:
                    end = len(traced.paragraphs[group.paragraph].words)
                    made = TrackedChange(group.paragraph, end, end, quote, "", mark.author, mark.at)
                    traced.changes.append(replace(made, joined=after.paragraph))
                else:
                    traced.left.append(Left("join", quote, mark.author, mark.at))
                break
            if after.raws[-1].end != "removed":
                break


def _row(row: Row, traced: Traced) -> None:
    """A row as a change beside the cells of its neighbour; one that has no neighbour with words is left."""
    paragraph_of = {id(raw): group.paragraph for group in traced.groups for raw in group.raws}
    beside = tuple(number for raw in row.beside if (number := paragraph_of.get(id(raw), -1)) >= 0)
    mark = row.mark
    if not beside:
        traced.left.append(Left("table", row.quote[:500], mark.author, mark.at))
        return
    last = traced.changes[-1] if traced.changes else None
    text = ""
    if row.op == "in":
        said = ["<br>".join(filter(None, map(_said, cell))) for cell in row.cells]
        text = f"| {' | '.join(said)} |"
        if last and last.row == "in" and (last.cells, last.author) == (beside, mark.author):
            traced.changes[-1] = replace(last, text=f"{last.text}\n{text}")
            return
    quote = "" if row.op == "in" else row.quote
    made = TrackedChange(beside[0], 0, 0, quote, text, mark.author, mark.at)
    traced.changes.append(replace(made, row=row.op, cells=beside))


def _said(raw: Raw) -> str:
    words = (
        markdown(piece, first=False, cell=True) for piece in _joined(raw.pieces) if piece.op in {"same", "inserted"}
    )
    return "".join(words).strip()
