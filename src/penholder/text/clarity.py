"""Help for writing clearly: what a reader would stumble over, and promises that nobody could check.

Hints, never faults: each names the passage, quotes the words and says what would help. Every rule has a name by which
it can be switched off. Pure; the same hints stand beside a draft, in `penholder check` and before a sealing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from penholder.text.markdown import blocks
from penholder.text.passages import Block
from penholder.text.promised import lacks
from penholder.text.sentences import Reading, reading_of, sentences

# GOV.UK's own guidance, "Writing for GOV.UK": sentences over 25 words are hard for many readers.
LONGEST_SENTENCE = 25
# A strategy speaks of hard things; but what asks for more than the end of schooling is hard for everybody.
HARDEST_AGE = 20
# Fewer words say nothing about how a passage reads.
WORDS_THAT_TELL = 40

RULES: Final[Mapping[str, str]] = {
    "long-sentence": f"A sentence has more than {LONGEST_SENTENCE} words.",
    "reading-age": f"A passage asks for a reading age above {HARDEST_AGE}.",
    "acronym": "An acronym is used and explained nowhere in the text.",
    "number-without-source": "A figure stands without a footnote, a link or a source.",
    "promise": "Something is promised without who will do it, what could be counted, or by when.",
    "link-words": "The words of a link do not say where it leads.",
    "heading-level": "A heading skips a level.",
    "alt-text": "A picture has no description.",
}

# What would help, by the key of a hint; its facts fill the places. The desk has the same in the reader's language.
ADVICE: Final[Mapping[str, str]] = {
    "long-sentence": "This sentence has %(count)s words. Say it in two or three.",
    "reading-age": "Reading this takes the schooling of a %(age)s-year-old. Use shorter words and sentences.",
    "acronym": "Nobody explains “%(acronym)s”. Spell it out here, with the letters in brackets.",
    "number-without-source": "Where does “%(figure)s” come from? Add a footnote or a link.",
    "promise": "A promise that cannot be checked: it does not say %(lacking)s.",
    "link-words": "“%(words)s” does not say where the link leads. Use the name of what is there.",
    "heading-level": "A heading of level %(level)s follows one of level %(before)s. Make it one of level %(wanted)s.",
    "alt-text": "Say between the square brackets what the picture shows.",
    "alt-text-figure": "Say in “:alt:” what the picture shows, for those who cannot see it.",
}

# Rules that `penholder.text.soundness` asks, too, and more strictly: as faults of a text that is to be published.
FAULTS: Final = frozenset({"heading-level", "alt-text"})

# Known to everybody without being spelt out; GOV.UK's style guide has the same kind of list.
KNOWN_ACRONYMS: Final = frozenset(
    {"UK", "EU", "US", "USA", "UN", "HM", "BBC", "NHS", "MP", "MPS", "VAT", "TV", "PDF", "IT", "ID", "OK", "CEO"}
    | {"AD", "BC", "AM", "PM", "GMT", "BST"}
    # Words that stand in capitals in names ("Go ON UK") and for stress.
    | {"ON", "IN", "OFF", "GO", "NOT", "AND", "OR", "ALL", "NO", "NEW", "THE", "DO", "FOR", "TO", "MUST", "ONLY"}
)

_EMPTY_LINK_WORDS: Final = frozenset(
    {"here", "click here", "this", "link", "this link", "more", "read more", "find out more", "this page", "page", "go"}
)
_LINK = re.compile(r"(?<!!)\[([^\]^][^\]]*)\]\(")
# Not GOV in GOV.UK, and not what stands in an address.
_ACRONYM = re.compile(r"(?<![\w./@-])[A-Z][A-Z&]{1,6}s?\b(?!\.\w|[/@-]\w)")
_ABBREVIATION = re.compile(r"<abbr title=\"[^\"]+\">\s*([^<]+?)\s*</abbr>")
_FOOTNOTE = re.compile(r"\[\^[^\]]+\]")
_SOURCE = re.compile(r"\[\^[^\]]+\]|\]\(|\bsource:|\baccording to\b|https?://", re.IGNORECASE)
_FIGURE = re.compile(
    r"(?:£|€|\$)\s?\d[\d,.]*(?:\s?(?:to|and|–|-)\s?[£€$]?\d[\d,.]*)?(?:\s?(?:thousand|million|billion|bn|m|k))?\b"
    r"|\d[\d,.]*\s?(?:%|per cent\b|percent\b|percentage points?\b)"
    r"|\b\d[\d,.]*\s(?:thousand|million|billion)\b",
    re.IGNORECASE,
)
# A figure that somebody sets, and not one that somebody found: it has no source, it is one.
_SET = re.compile(
    r"\b(?:aim|target|goal|aspiration|ambition|commitment|will|shall|must|should|at least|threshold)\b", re.IGNORECASE
)
# Said of whoever found it, which is a source in words.
_FOUND = re.compile(r"\b(?:defined|estimated|reported|published|found|measured|set) by\b", re.IGNORECASE)
_PICTURE = re.compile(r"!\[\s*\]\(")
_CODE = re.compile(r"(`+).*?\1", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that could be clearer. `text` and `passage` say which of the texts and which of its blocks (from 0).

    `key` and `facts` make the advice: a key of ADVICE and what fills its places; of a promise `lacking` is a list.
    """

    rule: str  # a key of RULES
    text: int
    passage: int
    line: int  # from 1, in the canonical text
    words: str  # the words that are meant, as they are read
    key: str
    facts: Mapping[str, Any]

    @property
    def advice(self) -> str:
        """What would help, in English."""
        facts = {name: _or(one) if isinstance(one, list) else one for name, one in self.facts.items()}
        return ADVICE[self.key] % facts


# A rule, the words that are meant, and the facts of the advice; its key, where that is not the rule's.
_Found = tuple[str, str, Mapping[str, Any]] | tuple[str, str, Mapping[str, Any], str]


def hints(
    texts: Sequence[str], *, off: Collection[str] = (), read: Callable[[str], Sequence[Block]] = blocks
) -> list[Hint]:
    """What could be clearer in texts that are read as one document, in reading order. `off`: rules that are not asked.

    `read` gives the passages of a text, for who has read it before. Raises KeyError for a rule that there is not: a
    rule that is misspelt must not seem to be switched off.
    """
    for rule in off:
        RULES[rule]
    parts = [read(text) for text in texts]
    explained = _explained([block for part in parts for block in part])
    found: list[Hint] = []
    level = 1  # the page's own title; a text may well begin with 2
    for number, part in enumerate(parts):
        for place, block in enumerate(part):
            before, after = _alone(block)
            acronyms = _of_acronyms(block, explained) if block.kind in _PROSE else ()
            answers = [*before, *acronyms, *after]
            if block.kind == "heading":
                answers += _of_heading(block, level)
                level = block.level
            found += [
                Hint(one[0], number, place, block.start + 1, one[1], one[3] if len(one) > 3 else one[0], one[2])
                for one in answers
                if one[0] not in off
            ]
    return found


# What is read as running text.
_PROSE = {"paragraph", "item", "callout", "quote", "term", "footnote"}


@lru_cache(maxsize=16_384)  # the passages of four long drafts, a few hundred bytes each
def _alone(block: Block) -> tuple[tuple[_Found, ...], tuple[_Found, ...]]:
    """What can be said of a passage without the others: what comes before its acronyms, and what after them."""
    if block.kind not in _PROSE:
        return (), tuple(_of_pictures(block))
    before = (*_of_sentences(block), *_of_reading(block))
    return before, (*_of_figures(block), *_of_promises(block), *_of_links(block), *_of_pictures(block))


def readability(texts: Sequence[str]) -> Reading:
    """How a whole document reads: words, sentences and reading age, over its running text."""
    return reading_of([block.plain for text in texts for block in blocks(text) if block.kind in {"paragraph", "item"}])


def _of_sentences(block: Block) -> Iterator[_Found]:
    if block.kind == "footnote":
        return
    for sentence in sentences(block.plain):
        if (count := len(sentence.split())) > LONGEST_SENTENCE:
            yield "long-sentence", sentence, {"count": count}


def _of_reading(block: Block) -> Iterator[_Found]:
    found = reading_of([block.plain])
    if found.words >= WORDS_THAT_TELL and (found.age or 0) > HARDEST_AGE:
        yield "reading-age", _beginning(block.plain), {"age": found.age}


def _explained(passages: Sequence[Block]) -> set[str]:
    """Acronyms that the document explains somewhere: "Civil Service Learning (CSL)", "CSL (Civil …)", abbr, a term."""
    return set().union(*map(_explains, passages))


@lru_cache(maxsize=16_384)  # as many as `_alone`
def _explains(block: Block) -> frozenset[str]:
    found: set[str] = set()
    for acronym in _ACRONYM.findall(block.plain):
        bare = re.escape(acronym)
        said = rf"[a-z][^()]*\(\W*(?:or\s+|the\s+)?{bare}\W*\)|\b{bare}\s+\([^)]*[a-z][^)]*\)"
        said += rf"|\b{bare}\s+(?:is|stands for|means)\b"
        if re.search(said, block.plain):
            found.add(acronym.removesuffix("s"))
    found.update(name.removesuffix("s") for name in _ABBREVIATION.findall(block.source))
    if block.kind == "term":
        found.update(name.removesuffix("s") for name in _ACRONYM.findall(block.source.partition("\n")[0]))
    return frozenset(found)


def _of_acronyms(block: Block, explained: set[str]) -> Iterator[_Found]:
    for acronym in dict.fromkeys(_ACRONYM.findall(block.plain)):
        bare = acronym.removesuffix("s")
        if bare in explained or acronym in KNOWN_ACRONYMS or bare in KNOWN_ACRONYMS or block.plain.isupper():
            continue
        explained.add(bare)  # say it once, where it first stands
        yield "acronym", acronym, {"acronym": acronym}


def _of_figures(block: Block) -> Iterator[_Found]:
    if block.kind == "footnote" or _SOURCE.search(block.source):
        return
    sentence = next((one for one in sentences(block.plain) if _FIGURE.search(one)), "")
    if _SET.search(sentence) or _FOUND.search(sentence):
        return
    if figure := _FIGURE.search(sentence):
        yield "number-without-source", figure[0], {"figure": figure[0]}


def _of_promises(block: Block) -> Iterator[_Found]:
    if block.kind == "footnote":
        return
    for sentence in sentences(_FOOTNOTE.sub("", block.plain)):
        if lacking := lacks(sentence):
            yield "promise", sentence, {"lacking": lacking}


def _of_links(block: Block) -> Iterator[_Found]:
    for words in _LINK.findall(block.source):
        if words.strip(" .*_").casefold() in _EMPTY_LINK_WORDS:
            yield "link-words", words, {"words": words}


def _of_heading(block: Block, level: int) -> Iterator[_Found]:
    if block.level > level + 1:
        yield "heading-level", block.plain, {"level": block.level, "before": level, "wanted": level + 1}


def _of_pictures(block: Block) -> Iterator[_Found]:
    if block.kind == "figure":
        options = dict(block.attributes)
        if not options.get("alt", "").strip():
            shown = options.get("argument", "") or block.plain
            yield "alt-text", shown, {}, "alt-text-figure"
    elif block.kind != "code" and _PICTURE.search(_CODE.sub("", block.source)):
        yield "alt-text", _beginning(block.plain), {}


def _or(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


def _beginning(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:80].rsplit(' ', 1)[0]}…"
