"""Names of departments, as differently as pages spell them → organisations with one key and their aliases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from penholder.formats.reading import ReadOrganisation

SMALL = {"of", "for", "and", "the", "in", "on", "to", "with", "&"}
# Words that open the names of many bodies; an acronym may do without them (BIS: Department for *B*usiness …).
OPENINGS = {"department", "ministry", "office"}
LONG_FORMS = ((re.compile(r"\bher majesty s\b|\bhis majesty s\b"), "hm"),)
ACRONYM = re.compile(r"(?<![\w-])([A-Z][A-Za-z]{1,5})(?:[’']s)?(?![\w-])")

# A name of two to twelve words and its acronym: "Department for Transport (DfT)". Bounded, so that no line is slow.
NAME_WORD = r"(?:[A-Z][\w’']{0,40},?|of|for|and|&)"
GIVEN = re.compile(rf"(?<!\w)({NAME_WORD}(?: {NAME_WORD}){{1,11}}) \(([A-Z][A-Za-z]{{1,5}})\)")


@dataclass(slots=True)
class Roll:
    """The organisations met so far. `name` gives a spelling's key, the same for every spelling of one name."""

    spellings: dict[str, list[str]] = field(default_factory=dict)  # folded name → spellings in the order met
    urls: dict[str, str] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)  # folded name → what it says

    def meet(self, name: str) -> str:
        """Remember a spelling; what all spellings of this name have in common."""
        folded = fold(name)
        known = self.spellings.setdefault(folded, [])
        if name not in known:
            known.append(name)
        return folded

    def organisations(self, texts: Iterable[str]) -> dict[str, ReadOrganisation]:
        """Each organisation by its folded name. `texts` is the whole source, whose own acronyms are taken."""
        given = _given_acronyms(texts)
        found: dict[str, ReadOrganisation] = {}
        taken: set[str] = set()
        for folded, spellings in self.spellings.items():
            name = _best(spellings)
            acronym = _acronym(name, self.words.get(folded, ()), given.get(folded, ""))
            key = re.sub(r"[^a-z0-9]+", "-", acronym.lower()).strip("-")
            if not key or key in taken:
                key = re.sub(r"[^a-z0-9]+", "-", folded).strip("-") or f"organisation-{len(taken) + 1}"
            taken.add(key)
            aliases = tuple(s for s in spellings if s != name)
            found[folded] = ReadOrganisation(key, name, acronym, aliases, strategy_url=self.urls.get(folded, ""))
        return found


def fold(name: str) -> str:
    """What is left of a name when spelling does not matter: "HM Treasury" and "Her Majesty's  Treasury" are one."""
    plain = name.lower().replace("&", " and ")
    plain = " ".join(re.sub(r"[^\w]+", " ", plain).split())
    for pattern, short in LONG_FORMS:
        plain = pattern.sub(short, plain)
    return " ".join(word for word in plain.split() if word not in {"the", "and"})


def tidy(name: str) -> str:
    """A name in one line with round apostrophes."""
    return " ".join(re.sub(r"<br\s*/?>", " ", name).replace("'", "’").split())


def _best(spellings: Sequence[str]) -> str:
    """The spelling that keeps most of the name: its commas, and "and" rather than "&"."""
    return max(spellings, key=lambda s: (s.count(","), " and " in s, -spellings.index(s)))


def _initials(name: str) -> set[str]:
    """Every way to shorten a name to its initials, in lower case."""
    words = [word for word in re.split(r"[^\w’]+", name.replace("&", " & ")) if word]
    ways = {""}
    for at, word in enumerate(words):
        optional = word.lower() in SMALL or (at == 0 and word.lower() in OPENINGS)
        ways = {way + word[0].lower() for way in ways} | (ways if optional else set())
        if len(ways) > 512:  # a name of ten small words is not a name
            break
    return {way for way in ways if len(way) > 1}


def _acronym(name: str, own: Sequence[str], given: str) -> str:
    """The acronym given in brackets; else the one its own text uses most; else the capitals of its name."""
    if given:
        return given
    ways = _initials(name)
    used: Counter[str] = Counter(w for text in own for w in ACRONYM.findall(text) if w.lower() in ways)
    if used:
        return max(used, key=lambda word: (used[word], word))
    return "".join(word[0] for word in re.split(r"[^\w’]+", name) if word[:1].isupper())[:8]


def _given_acronyms(texts: Iterable[str]) -> dict[str, str]:
    """Acronyms that the source itself gives: "HM Revenue & Customs (HMRC)" → folded name to acronym."""
    found: dict[str, Counter[str]] = {}
    for text in texts:
        if "(" not in text:
            continue
        for name, acronym in _given_in(text):
            found.setdefault(name, Counter())[acronym] += 1
    return {name: max(counts, key=lambda word: (counts[word], word)) for name, counts in found.items()}


# The lines of a history come again with every state of it.
@lru_cache(maxsize=16_384)
def _given_in(text: str) -> tuple[tuple[str, str], ...]:
    """Folded names and the acronyms that stand behind them in brackets."""
    found = []
    for name, acronym in GIVEN.findall(" ".join(text.split())):
        words = name.split()
        # The name may follow other words that begin with a capital: the longest tail that the initials fit.
        tails = (" ".join(words[start:]) for start in range(len(words) - 1))
        if fitting := next((tail for tail in tails if acronym.lower() in _initials(tail)), ""):
            found.append((fold(fitting), acronym))
    return tuple(found)
