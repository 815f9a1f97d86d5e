"""Names of a draft's passages between two seals, so that suggestions and threads have something to stand on.

The draft is named step by step by the same comparison and lineage that name an iteration: what is kept, edited, split,
merged or moved keeps its name. Only sections that changed since they were last named are compared. When the draft is
sealed, its new passages keep the names that they had here; where the iteration names one differently, because it was
compared with the iteration before and not step by step, `became` leads from the one name to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import transaction

from penholder.drafting import drafts, sealed_texts
from penholder.drafting.contributions import NamedSection, Naming, Thread
from penholder.drafting.models import Document, DraftUpdate, Iteration, Section
from penholder.drafting.parsed import parsed
from penholder.seal import digest
from penholder.text.anchors import Kin
from penholder.text.compare import compare
from penholder.text.lineage import Lineage, buried, minter, trace
from penholder.text.passages import Block

# A name's seed beside those of iterations, which are numbered from 1.
OF_DRAFTS = 0


class Standing(NamedTuple):
    """A passage of the draft: its name, the section and the block in it."""

    name: str
    section: str
    block: Block


@dataclass(frozen=True, slots=True)
class DraftedPart:
    """One section of a draft with the names of its passages."""

    key: str
    title: str
    text: str
    names: tuple[str, ...]

    @property
    def passages(self) -> Iterator[Standing]:
        """Its passages, in order."""
        for name, block in zip(self.names, parsed(self.text), strict=True):
            yield Standing(name, self.key, block)


@dataclass(frozen=True)
class Named:
    """A draft with the names of its passages, and what became of names that do not stand in it."""

    parts: tuple[DraftedPart, ...]
    kin: Kin

    @cached_property
    def _homes(self) -> dict[str, DraftedPart]:
        return {name: part for part in self.parts for name in part.names}

    def part(self, key: str) -> DraftedPart | None:
        """The section with this key; None when the draft has none."""
        return next((part for part in self.parts if part.key == key), None)

    def find(self, name: str) -> Standing | None:
        """The passage with this name, if it stands."""
        part = self._homes.get(name)
        return next(one for one in part.passages if one.name == name) if part else None

    def now(self, name: str) -> Standing | None:
        """The passage that bears this name or holds its text now; None when nothing does."""
        if (found := self.find(name) or self.find(self.kin.heir(name))) is not None:
            return found
        return next(filter(None, map(self.find, self.kin.descendants(name, self._homes))), None)

    def sources(self, names: Sequence[str]) -> dict[str, str]:
        """The Markdown of passages that stand, by their names."""
        wanted = set(names)
        return {
            one.name: one.block.source
            for part in self.parts
            if wanted.intersection(part.names)
            for one in part.passages
            if one.name in wanted
        }

    def kindred(self, name: str) -> dict[str, str]:
        """The Markdown of the passage with this name and of its descendants: where words are looked for."""
        return self.sources([name, *self.kin.descendants(name, self._homes)])


def names(document: Document) -> Named:
    """The draft as it stands, every passage with its name. Six queries at most when nothing changed."""
    _make_readable(document)
    sections = list(Section.objects.filter(document=document))
    naming = Naming.objects.filter(document=document).first()
    known = {row.key: row for row in NamedSection.objects.filter(document=document).defer("text")}
    latest = _latest(document)
    if naming is None or naming.iteration != latest or not _same(sections, known):
        return _brought_up(document)
    return _named(sections, {key: row.names for key, row in known.items()}, naming)


def seal_minter(document: Document, number: int, sections: Sequence[Section]) -> Callable[[int], str]:
    """Names for the new passages of an iteration: those that they had in the draft, if it was named. For `seal`."""
    usual = minter(document.key, number)
    if not Naming.objects.filter(document=document).exists():
        return usual
    drafted = {part.key: part.names for part in _brought_up(document).parts}
    flat = [name for section in sections for name in drafted[section.key]]
    return lambda at: flat[at] if at < len(flat) else usual(at)


def _make_readable(document: Document) -> None:
    """Let the rows of sections say what was typed last. Two queries, unless they lag."""
    shown = Document.objects.filter(pk=document.pk).values_list("readable_upto", flat=True).first() or 0
    typed = DraftUpdate.objects.filter(document=document).order_by("-sequence").values_list("sequence", flat=True)
    if shown and shown < (typed.first() or 0):
        drafts.read(document.pk)


def _latest(document: Document) -> int:
    numbers = Iteration.objects.filter(document=document).order_by("-number")
    return numbers.values_list("number", flat=True).first() or 0


def _same(sections: Sequence[Section], known: Mapping[str, NamedSection]) -> bool:
    if len(sections) != len(known):
        return False
    return all(
        (row := known.get(section.key)) is not None and row.position == at and row.digest == digest(section.text)
        for at, section in enumerate(sections)
    )


def _named(sections: Sequence[Section], by_key: Mapping[str, Sequence[str]], naming: Naming) -> Named:
    parts = tuple(DraftedPart(one.key, one.title, one.text, tuple(by_key[one.key])) for one in sections)
    return Named(parts, Kin(naming.became, naming.parts))


class _Part(NamedTuple):
    """A section while it is named: `names` is None until it has some."""

    key: str
    text: str
    names: tuple[str, ...] | None = None


@transaction.atomic
def _brought_up(document: Document) -> Named:
    """Name what changed, and keep it. Whoever comes at the same time waits, and finds it done."""
    Naming.objects.get_or_create(document=document)
    naming = Naming.objects.select_for_update().get(document=document)
    rows = {row.key: row for row in NamedSection.objects.filter(document=document)}
    before = [_Part(row.key, row.text, tuple(row.names)) for row in rows.values()]
    latest = Iteration.objects.filter(document=document).order_by("-number").first()
    if latest is not None and latest.number != naming.iteration:
        before = _taken_over(document, naming, before, latest)
    sections = list(Section.objects.filter(document=document))
    after = _step(document, naming, before, [_Part(one.key, one.text) for one in sections])
    naming.save()
    _keep(document, rows, after)
    return _named(sections, {part.key: part.names or () for part in after}, naming)


def _taken_over(document: Document, naming: Naming, before: list[_Part], latest: Iteration) -> list[_Part]:
    """The newest iteration with its own names; what they were called here leads to them."""
    sealed = sealed_texts.read(latest).sections
    if before:
        ours = _step(document, naming, before, [_Part(one.key, one.text) for one in sealed])
        for mine, theirs in zip(ours, sealed, strict=True):
            pairs = zip(mine.names or (), theirs.ids, strict=True)
            naming.became.update({one: other for one, other in pairs if one != other})
        for name in {name for one in sealed for name in one.ids}:
            naming.became.pop(name, None)
    naming.iteration = latest.number
    return [_Part(one.key, one.text, one.ids) for one in sealed]


def _step(document: Document, naming: Naming, before: Sequence[_Part], after: Sequence[_Part]) -> list[_Part]:
    """Name `after` by what became of `before`; sections that read the same keep their names without being compared."""
    standing = {part.key: part for part in before}
    same = {part.key for part in after if part.key in standing and standing[part.key].text == part.text}
    old = [part for part in before if part.key not in same]
    new = [part for part in after if part.key not in same]
    if not old and not new:
        return [standing[part.key] for part in after]
    old_names = [name for part in old for name in part.names or ()]
    old_blocks = [block for part in old for block in parsed(part.text)]
    new_blocks = [block for part in new for block in parsed(part.text)]
    kept = [name for key in same for name in standing[key].names or ()]
    # A passage that was sealed once, is taken out, and comes back word for word has its name back, too.
    graveyard = {key: name for key, name in {**document.graveyard, **naming.graveyard}.items() if name not in set(kept)}
    mint = minter(f"{document.key}\n{naming.minted}", OF_DRAFTS)
    lineage = trace(
        compare(old_blocks, new_blocks),
        old_names,
        new_blocks,
        mint=mint,
        graveyard=graveyard,
        taken=[*kept, *naming.became, *naming.parts],
    )
    naming.minted += 1
    _remember(naming, lineage, graveyard, old_blocks, old_names)
    _tell_threads(document, lineage, dict(zip(old_names, old_blocks, strict=True)))
    given = iter(lineage.ids)
    fresh = {part.key: _Part(part.key, part.text, tuple(next(given) for _ in parsed(part.text))) for part in new}
    return [fresh.get(part.key) or standing[part.key] for part in after]


def _remember(
    naming: Naming, lineage: Lineage, graveyard: Mapping[str, str], old: Sequence[Block], names: Sequence[str]
) -> None:
    for event in lineage.events:
        if event.kind == "merged-into":
            naming.became[event.passage] = event.other
        elif event.kind == "split-from":
            naming.parts[event.passage] = event.other
    for name in lineage.ids:
        naming.became.pop(name, None)
    naming.graveyard = buried(graveyard, lineage, old, names)


def _tell_threads(document: Document, lineage: Lineage, old: Mapping[str, Block]) -> None:
    """Threads on what was taken out keep its last wording, so that they can still say what they were about."""
    gone = [event.passage for event in lineage.events if event.kind in {"removed", "merged-into"}]
    rows = list(Thread.objects.filter(document=document, passage__in=gone)) if gone else []
    for row in rows:
        row.wording = old[row.passage].source
    Thread.objects.bulk_update(rows, ["wording"])


def _keep(document: Document, rows: dict[str, NamedSection], after: Sequence[_Part]) -> None:
    made, changed = [], []
    for position, part in enumerate(after):
        row = rows.pop(part.key, None)
        facts = {"position": position, "digest": digest(part.text), "text": part.text, "names": list(part.names or ())}
        if row is None:
            made.append(NamedSection(document=document, key=part.key, **facts))
        elif any(getattr(row, field) != value for field, value in facts.items()):
            for field, value in facts.items():
                setattr(row, field, value)
            changed.append(row)
    NamedSection.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    NamedSection.objects.bulk_create(made)
    NamedSection.objects.bulk_update(changed, ["position", "digest", "text", "names"], batch_size=50)
