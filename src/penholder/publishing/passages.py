"""Where each passage that was ever published stands now, or how it last read."""

from __future__ import annotations

from dataclasses import dataclass

from penholder.drafting import sealed_texts
from penholder.drafting.sealed_texts import SealedText
from penholder.publishing import editions
from penholder.publishing.models import Edition
from penholder.text.passages import Block


@dataclass(frozen=True, slots=True)
class LastingPassage:
    """One passage by its lasting id. `edition` is the newest one that has it; `stands` when that is the current one."""

    id: str
    document: str
    edition: int
    first_edition: int
    stands: bool
    section: str
    block: Block


def places(texts: dict[int, SealedText] | None = None) -> dict[str, LastingPassage]:
    """Every passage of every edition, by lasting id. Three queries; one when `texts` (by iteration) is given."""
    published = list(editions.listed())
    read = texts if texts is not None else dict(sealed_texts.read_many(edition.iteration_id for edition in published))
    newest: dict[str, Edition] = {edition.document.key: edition for edition in published}
    found: dict[str, LastingPassage] = {}
    for edition in published:  # oldest first, so the newest edition that has a passage is written last
        stands = newest[edition.document.key].pk == edition.pk
        for section in read[edition.iteration_id].sections:
            for name, block in zip(section.ids, section.blocks, strict=True):
                first = found[name].first_edition if name in found else edition.number
                found[name] = LastingPassage(
                    name, edition.document.key, edition.number, first, stands, section.key, block
                )
    return found
