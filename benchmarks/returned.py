"""A document that was sent round and came back, while its draft moved on: every word known by a number. Seeded.

So it can be told of each change that was placed whether it is at exactly the words that its author meant.
"""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from benchmarks.planted import Prose

_NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats'
    '-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
}


@dataclass(frozen=True)
class Word:
    """One word of the text as sent, with a number of its own; words that came later have -1."""

    number: int
    text: str


@dataclass(frozen=True)
class Meant:
    """A change as its author meant it: which words go, between which two it stands, and what is put in."""

    author: str
    gone: tuple[int, ...]
    before: int  # the number of the word before it, -1 at the beginning of a paragraph
    behind: int  # of the word behind it, -1 at the end
    text: str


@dataclass
class Sent:
    """The text as sent, the draft as it is now, the file, and what its authors meant."""

    sent: str
    draft: str
    sent_words: list[list[Word]]
    draft_words: list[list[Word]]
    data: bytes
    meant: list[Meant]
    made: dict[tuple[str, str], Meant] = field(default_factory=dict)


def docx(body: str) -> bytes:
    """A .docx with this body, and nothing else in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _PARTS.items():
            package.writestr(name, content)
        package.writestr(
            "word/document.xml", f'<?xml version="1.0"?><w:document {_NAMES}><w:body>{body}</w:body></w:document>'
        )
    return out.getvalue()


def run(text: str) -> str:
    """Words in a run."""
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def put_in(text: str, author: str = "Ada") -> str:
    """Words that somebody put in."""
    return f'<w:ins w:id="1" w:author="{author}" w:date="2012-11-06T09:30:00Z">{run(text)}</w:ins>'


def taken_out(text: str, author: str = "Ada") -> str:
    """Words that somebody took out."""
    gone = run(text).replace("w:t>", "w:delText>").replace("<w:t ", "<w:delText ")
    return f'<w:del w:id="1" w:author="{author}" w:date="2012-11-06T09:30:00Z">{gone}</w:del>'


def send(*, words: int = 14_000, changes: int = 200, edits: int = 50, seed: int = 0) -> Sent:
    """A text of so many words, so many tracked changes by four authors, and so many other edits of the draft since."""
    chance = random.Random(seed)
    prose = Prose(seed)
    paragraphs: list[list[Word]] = []
    number = 0
    while number < words:
        said = prose.paragraph().split(" ")
        paragraphs.append([Word(number + i, word) for i, word in enumerate(said)])
        number += len(said)
    meant: list[Meant] = []
    bodies = _changed(paragraphs, changes, chance, prose, meant)
    draft = _edited([list(paragraph) for paragraph in paragraphs], edits, chance, prose)
    made = {(one.author, one.text or f"-{one.gone}"): one for one in meant}
    return Sent(_text(paragraphs), _text(draft), paragraphs, draft, docx("".join(bodies)), meant, made)


def _text(paragraphs: list[list[Word]]) -> str:
    return "\n\n".join(" ".join(word.text for word in paragraph) for paragraph in paragraphs) + "\n"


def _changed(
    paragraphs: list[list[Word]], changes: int, chance: random.Random, prose: Prose, meant: list[Meant]
) -> list[str]:
    """The paragraphs as XML with tracked changes: at most three in one paragraph, never two at the same words."""
    spots: dict[int, list[int]] = {}
    while sum(map(len, spots.values())) < changes:
        place = chance.randrange(len(paragraphs))
        at = chance.randrange(1, max(len(paragraphs[place]) - 4, 2))
        there = spots.setdefault(place, [])
        if len(there) < 3 and all(abs(at - other) > 6 for other in there):
            there.append(at)
    bodies = []
    for place, paragraph in enumerate(paragraphs):
        parts, last = [], 0
        for at in sorted(spots.get(place, ())):
            author = f"Author {chance.randrange(4)}"
            gone = paragraph[at : at + chance.choice([0, 1, 1, 2, 3])]
            new = f"new{len(meant)} {prose.sentence().split(' ')[1]}" if not gone or chance.random() < 0.6 else ""
            parts.append(run("".join(f"{word.text} " for word in paragraph[last:at])))
            behind = at + len(gone)
            if gone:
                parts.append(taken_out("".join(f"{word.text} " for word in gone), author))
            if new:
                parts.append(put_in(f"{new} ", author))
            follows = paragraph[behind].number if behind < len(paragraph) else -1
            meant.append(Meant(author, tuple(word.number for word in gone), paragraph[at - 1].number, follows, new))
            last = behind
        parts.append(run(" ".join(word.text for word in paragraph[last:])))
        bodies.append(f"<w:p>{''.join(parts)}</w:p>")
    return bodies


def _edited(draft: list[list[Word]], edits: int, chance: random.Random, prose: Prose) -> list[list[Word]]:
    """The draft moved on: words changed, sentences added, passages moved, put in, taken out, split."""
    for _ in range(edits):
        at = chance.randrange(len(draft))
        paragraph = draft[at]
        kind = chance.choice(["words", "words", "words", "sentence", "move", "new", "gone", "split"])
        if kind == "words":
            where = chance.randrange(len(paragraph))
            paragraph[where : where + chance.choice([0, 1, 2])] = [Word(-1, "amended")]
        elif kind == "sentence":
            paragraph += [Word(-1, word) for word in prose.sentence().split(" ")]
        elif kind == "move":
            draft.insert(chance.randrange(len(draft) - 1), draft.pop(at))
        elif kind == "new":
            draft.insert(at, [Word(-1, word) for word in prose.paragraph().split(" ")])
        elif kind == "gone" and len(draft) > 2:
            del draft[at]
        elif kind == "split" and len(paragraph) > 20:
            middle = len(paragraph) // 2
            draft[at : at + 1] = [paragraph[:middle], paragraph[middle:]]
    return draft


def elsewhere(sent: Sent, late: list) -> list[str]:
    """The same of changes that were placed in the text as it was sent."""
    return misplaced(sent, [one.placed for one in late], sent.sent_words)


def misplaced(sent: Sent, placed: list, words: list[list[Word]] | None = None) -> list[str]:
    """Of the changes that were placed, those that are not at the words that were meant, each in words."""
    wrong = []
    for one in placed:
        paragraph = (words or sent.draft_words)[one.passage]
        starts, at = [], 0
        for word in paragraph:
            starts.append((at, at + len(word.text), word.number))
            at += len(word.text) + 1
        key = one.change.text.strip()
        inside = tuple(number for first, last, number in starts if first < one.end and last > one.start)
        meant = next((each for each in sent.meant if each.text == key and key), None) or next(
            (each for each in sent.meant if not each.text and set(each.gone) & set(inside)), None
        )
        before = next((number for first, last, number in reversed(starts) if last <= one.start), -1)
        behind = next((number for first, last, number in starts if first >= one.end), -1)
        if meant is None or inside != meant.gone:
            wrong.append(f"{one.change} is at the words {inside}")
        elif not meant.gone and before != meant.before and behind != meant.behind:
            wrong.append(f"{one.change} is between {before} and {behind}, meant between {meant.before}, {meant.behind}")
    return wrong
