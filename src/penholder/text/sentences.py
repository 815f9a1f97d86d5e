"""Running text cut into sentences, and how hard it is to read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A full stop after one of these ends no sentence.
_SHORT = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "sir",
        "st",
        "no",
        "nos",
        "vs",
        "etc",
        "e.g",
        "i.e",
        "cf",
        "fig",
        "p",
        "pp",
        "para",
        "approx",
        "inc",
        "ltd",
    }
)
_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9£ÂÊÎÔÛŴŶ])")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text reads. `age` is None when there is nothing to judge."""

    words: int
    sentences: int
    age: int | None

    def __post_init__(self) -> None:
        """Nothing to judge is not age 0."""
        if (self.age is None) != (self.words == 0):
            msg = "A reading has an age exactly when it has words."
            raise ValueError(msg)


def sentences(plain: str) -> list[str]:
    """The sentences of a paragraph's plain words, without the space between them."""
    found, start = [], 0
    for end in _END.finditer(plain):
        before = plain[start : end.start()].rsplit(None, 1)
        last = before[-1].lstrip("(“‘\"'").casefold() if before else ""
        if end[0].lstrip().startswith(".") and (last in _SHORT or re.fullmatch(r"[a-z]", last)):
            continue
        found.append(plain[start : end.end()].strip())
        start = end.end()
    rest = plain[start:].strip()
    return [*found, rest] if rest else found


def reading_of(paragraphs: Iterable[str]) -> Reading:
    """The reading age of running text, by the Automated Readability Index.

    Grade = 4.71 × characters / words + 0.5 × words / sentences − 21.43, and age = grade + 5, rounded up, at least 5
    (Senter and Smith, AMRL-TR-66-220, 1967). It counts letters, not syllables, so it is exact and needs no dictionary.
    """
    words = characters = count = 0
    for paragraph in paragraphs:
        for sentence in sentences(paragraph):
            said = [word for word in sentence.split() if _LETTER_OR_DIGIT.search(word)]
            if said:
                count += 1
                words += len(said)
                characters += sum(len(_LETTER_OR_DIGIT.findall(word)) for word in said)
    if not words:
        return Reading(0, 0, None)
    grade = 4.71 * characters / words + 0.5 * words / count - 21.43
    return Reading(words, count, max(5, -int(-grade // 1) + 5))
