"""Two long texts that differ by known changes: moves, edits, splits, merges and more. Seeded: always the same two."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from penholder.seal import digest
from penholder.text.passages import Block, Kind

# Frequent little words between long-tailed others, in about the shares of English prose, so that strangers look
# as alike as strangers do: some 15% of their different words in common.
LITTLE = re.findall(
    r"\w+", "the of and to in a will for that is be with by on as their this it from are which can or more"
)
SYLLABLES = re.findall(r"\w+", "ba de li mo ru sa ten vor pin gal dus fer kel nom tri shan pol wex hur cam")


@dataclass
class Planted:
    """What was done to the old text, by the old position of each passage."""

    old: list[Block]
    new: list[Block]
    moved: set[int] = field(default_factory=set)
    moved_and_edited: set[int] = field(default_factory=set)
    edited: set[int] = field(default_factory=set)
    split: set[int] = field(default_factory=set)
    merged: set[int] = field(default_factory=set)  # the first of the two
    removed: set[int] = field(default_factory=set)
    inserted: int = 0


def block(source: str, kind: Kind = "paragraph") -> Block:
    plain = source.lstrip("# ") if kind == "heading" else source
    level = len(source) - len(source.lstrip("#")) if kind == "heading" else 0
    return Block(kind, source, plain, 0, 1, digest(source), level)


class Prose:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = ["".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 4))) for _ in range(6000)]
        self.weights = [1 / (rank + 20) for rank in range(len(self.words))]

    def sentence(self) -> str:
        length = self.random.randint(8, 24)
        rare = self.random.choices(self.words, self.weights, k=length)
        words = [self.random.choice(LITTLE) if self.random.random() < 0.45 else word for word in rare]
        if length > 14:
            words[length // 2] += ","
        return " ".join(words).capitalize() + "."

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.random.randint(2, 6)))

    def edited(self, text: str, share: float = 0.06) -> str:
        words = text.split(" ")
        for _ in range(max(1, round(len(words) * share))):
            at = self.random.randrange(len(words))
            act = self.random.random()
            if act < 0.6:
                words[at] = self.random.choice(self.words)
            elif act < 0.8 and len(words) > 4:
                del words[at]
            else:
                words.insert(at, self.random.choice(self.words))
        changed = " ".join(words)
        return changed if changed != text else text + " Now."


def plant(
    size: int = 70_000,
    seed: int = 2012,
    *,
    moved: int = 25,
    moved_and_edited: int = 12,
    edited: int = 120,
    split: int = 12,
    merged: int = 12,
    removed: int = 15,
    inserted: int = 15,
) -> Planted:
    """A text of about `size` words and what became of it; the counts say how often each thing happens.

    No two planted changes are neighbours, so that each has one true name, and headings stay, as in a real revision.
    """
    prose = Prose(seed)
    old: list[Block] = []
    words = 0
    while words < size:
        if len(old) % 9 == 0:
            title = " ".join(prose.random.choices(prose.words, k=4)).capitalize()
            old.append(block("## " + title, "heading"))
        else:
            old.append(block(prose.paragraph()))
        words += len(old[-1].plain.split())

    places = [i for i in range(2, len(old) - 2, 2) if old[i].kind == "paragraph" and old[i + 1].kind == "paragraph"]
    prose.random.shuffle(places)

    def take(count: int) -> set[int]:
        if count > len(places):
            raise ValueError(f"{size} words are too few for so many changes")
        return {places.pop() for _ in range(count)}

    planted = Planted(old, [])
    planted.moved, planted.moved_and_edited, planted.edited = take(moved), take(moved_and_edited), take(edited)
    planted.split, planted.merged, planted.removed = take(split), take(merged), take(removed)
    planted.inserted = inserted
    after = take(inserted)
    planted.new = _made(planted, prose, after, landing=sorted(take(moved + moved_and_edited)))
    return planted


def _made(planted: Planted, prose: Prose, after: set[int], landing: list[int]) -> list[Block]:
    """The new text. Each moved passage lands behind one of `landing`, far from where it left."""
    travellers = sorted(planted.moved | planted.moved_and_edited)
    half = len(travellers) // 2
    arriving = dict(zip(landing, travellers[half:] + travellers[:half], strict=True))
    new: list[Block] = []
    skip = False
    for i, before in enumerate(planted.old):
        if skip:
            skip = False
        elif i in planted.edited:
            new.append(block(prose.edited(before.source)))
        elif i in planted.split:
            sentences = before.source.split(". ")
            cut = max(1, len(sentences) // 2)
            new.append(block(". ".join(sentences[:cut]) + "."))
            new.append(block(". ".join(sentences[cut:])))
        elif i in planted.merged:
            new.append(block(before.source + " " + planted.old[i + 1].source))
            skip = True
        elif i not in planted.removed and i not in planted.moved and i not in planted.moved_and_edited:
            new.append(before)
        if i in after:
            new.append(block(prose.paragraph()))
        if (traveller := arriving.get(i)) is not None:
            moving = planted.old[traveller]
            new.append(block(prose.edited(moving.source)) if traveller in planted.moved_and_edited else moving)
    return new


def text(blocks: list[Block]) -> str:
    return "\n\n".join(item.source for item in blocks) + "\n"
