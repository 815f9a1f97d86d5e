"""Places in a text that are found again when the text has changed: exactly, or not at all.

An anchor keeps the words that somebody pointed at, what stood around them, and the name of their passage. It is looked
for in that passage and in what descends from it, and nowhere else. What cannot be told for sure is left to a person.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from penholder.errors import Refused
from penholder.seal import digest

# So many characters on either side tell one occurrence of the same words from another.
CONTEXT = 32

State = Literal["found", "unsure", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words in a passage: which, where they began, what stood around them, and what the whole passage was (`digest`).

    `quote` is the passage's Markdown from `start` on. `twins`: the same words stood in the passage more than once, so
    that finding them once later does not tell which ones those are.
    """

    passage: str
    quote: str
    digest: str
    start: int = 0
    before: str = ""
    after: str = ""
    twins: bool = False

    def to_data(self) -> dict[str, Any]:
        """A plain dict, for JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Anchor:
        """What `to_data` gave; Refused when it is not that."""
        try:
            return cls(**data)
        except TypeError as fault:
            msg = f"This is not a place in a text: {dict(data)!r}."
            raise Refused(msg) from fault


@dataclass(frozen=True, slots=True)
class Kin:
    """What became of names: `became` leads from one that no longer stands to the one that holds its text now.

    `parts` leads from a passage that was split off to the one that it was part of. Both come from the lineage.
    """

    became: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    def heir(self, name: str) -> str:
        """The name that holds the text of `name` now; the name itself while nothing took its place."""
        seen = {name}
        while (following := self.became.get(name)) is not None and following not in seen:
            seen.add(following)
            name = following
        return name

    def descendants(self, name: str, standing: Container[str]) -> list[str]:
        """Names that stand now and hold text that was once under `name`, without itself; its heir first."""
        line = {name, heir := self.heir(name)}
        split = [one for one in self.parts if line & self._ancestors(one)]
        return [one for one in dict.fromkeys([heir, *split]) if one != name and one in standing]

    def _ancestors(self, name: str) -> set[str]:
        found: set[str] = set()
        while (parent := self.parts.get(name)) is not None and parent not in found:
            found |= {parent, self.heir(parent)}
            name = parent
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words of an anchor are now.

    `found`: they stand in `passage` from `start` to `end`, letter by letter. `unsure`: they stand in several places,
    and nothing tells which. `changed`: the passage stands, or what became of it (`passage`), and reads differently.
    `removed`: nothing stands that descends from it.
    """

    state: State
    passage: str = ""
    start: int = 0
    end: int = 0


def anchor(passage: str, source: str, start: int = 0, end: int | None = None) -> Anchor:
    """Point at `source[start:end]` of a passage; at the whole of it unless told otherwise. Refused outside it."""
    end = len(source) if end is None else end
    if not 0 <= start <= end <= len(source):
        raise Refused(f"The passage has {len(source)} characters; {start} to {end} do not lie in it.")
    quote = source[start:end]
    return Anchor(
        passage=passage,
        quote=quote,
        digest=digest(source),
        start=start,
        before=source[max(0, start - CONTEXT) : start],
        after=source[end : end + CONTEXT],
        twins=len(list(_hits(quote, source))) > 1,
    )


def find(pointed: Anchor, standing: Mapping[str, str], kin: Kin | None = None) -> Place:
    """Where the words are in the text that stands now: `standing` maps the name of each passage to its Markdown.

    Never at words that differ from the quote, never outside the passage and its descendants, never a likely place.
    """
    kin = kin or Kin()
    own = standing.get(pointed.passage)
    if own is not None and digest(own) == pointed.digest:
        return Place("found", pointed.passage, pointed.start, pointed.start + len(pointed.quote))
    others = kin.descendants(pointed.passage, standing)
    names = ([pointed.passage] if own is not None else []) + others
    if not names:
        return Place("removed")
    hits = [(name, at) for name in names for at in _hits(pointed.quote, standing[name])] if pointed.quote else []
    around = [hit for hit in hits if _both(pointed, standing[hit[0]], hit[1])]
    sure = around or ([] if pointed.twins else _likely(pointed, hits, standing))
    if len(sure) == 1 and not (pointed.twins and _bare(pointed)):
        name, at = sure[0]
        return Place("found", name, at, at + len(pointed.quote))
    heir = kin.heir(pointed.passage)
    stands = pointed.passage if own is not None else heir if heir in standing else names[0]
    return Place("unsure" if hits else "changed", stands)


def _likely(pointed: Anchor, hits: list[tuple[str, int]], standing: Mapping[str, str]) -> list[tuple[str, int]]:
    """The one occurrence in the passage that still bears the name; else one beside which something stayed."""
    if len(hits) == 1 and hits[0][0] == pointed.passage:
        return hits
    return [hit for hit in hits if _either(pointed, standing[hit[0]], hit[1])]


def _hits(quote: str, source: str) -> Iterator[int]:
    at = source.find(quote) if quote else -1
    while at >= 0:
        yield at
        at = source.find(quote, at + 1)


def _both(pointed: Anchor, source: str, at: int) -> bool:
    return source[:at].endswith(pointed.before) and source[at + len(pointed.quote) :].startswith(pointed.after)


def _either(pointed: Anchor, source: str, at: int) -> bool:
    left, right = source[:at], source[at + len(pointed.quote) :]
    return bool(pointed.before and left.endswith(pointed.before)) or bool(
        pointed.after and right.startswith(pointed.after)
    )


def _bare(pointed: Anchor) -> bool:
    return not (pointed.before or pointed.after)
