"""What was sealed, read back: sections, blocks and the lasting id of each, for one iteration or for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from penholder.drafting.models import Iteration, SealedSection, Text
from penholder.drafting.parsed import parsed
from penholder.errors import Conflict
from penholder.text.passages import Block


@dataclass(frozen=True, slots=True)
class SealedPart:
    """One section as sealed. `ids` has one lasting id for each of its blocks."""

    key: str
    title: str
    text: str
    digest: str
    ids: tuple[str, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its blocks, in order. Raises Conflict when the text no longer has as many as were sealed."""
        found = parsed(self.text)
        if len(found) != len(self.ids):
            raise Conflict(
                f"Section “{self.key}” was sealed with {len(self.ids)} passages and now reads as {len(found)}. "
                "Run `penholder check --home`: the stored text, or the reading of it, has changed."
            )
        return found


@dataclass(frozen=True, slots=True)
class SealedText:
    """A whole iteration as sealed, its sections in order."""

    sections: tuple[SealedPart, ...]

    @property
    def text(self) -> str:
        """The canonical text of the whole, a blank line between sections."""
        return "\n".join(section.text for section in self.sections)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks in one flat list, so that moves across sections can be seen."""
        return tuple(block for section in self.sections for block in section.blocks)

    @property
    def ids(self) -> tuple[str, ...]:
        """The lasting id of each of `blocks`."""
        return tuple(name for section in self.sections for name in section.ids)

    def section_of(self) -> tuple[SealedPart, ...]:
        """The section in which each of `blocks` stands."""
        return tuple(section for section in self.sections for _ in section.ids)


def read(iteration: Iteration) -> SealedText:
    """What one iteration holds. One query."""
    rows = SealedSection.objects.filter(iteration=iteration.pk).select_related("text").order_by("position")
    return SealedText(tuple(_part(row, row.text.body) for row in rows))


def read_many(iterations: Iterable[int]) -> Mapping[int, SealedText]:
    """What several iterations, named by their primary keys, hold. Two queries; equal texts share their memory."""
    keys = set(iterations)
    rows = list(SealedSection.objects.filter(iteration__in=keys).order_by("iteration", "position"))
    # All texts of the iterations asked for are wanted, so a subquery saves sending thousands of digests back.
    wanted = SealedSection.objects.filter(iteration__in=keys).values("text")
    bodies = dict(Text.objects.filter(pk__in=wanted).values_list("digest", "body"))
    parts: defaultdict[int, list[SealedPart]] = defaultdict(list)
    for row in rows:
        parts[row.iteration_id].append(_part(row, bodies[row.text_id]))
    return {key: SealedText(tuple(parts[key])) for key in keys}


def _part(row: SealedSection, body: str) -> SealedPart:
    return SealedPart(row.key, row.title, body, row.text_id, tuple(passage[0] for passage in row.passages))
