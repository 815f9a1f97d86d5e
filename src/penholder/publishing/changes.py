"""What changed between two editions, by passage and by action, from the sealed texts themselves.

changed = between(old, new)      # 2 queries; or pass texts that were read already, then none
changed.comparison               # penholder.text.compare.Comparison over changed.old.blocks and changed.new.blocks
changed.places[i]                # where the i-th change stands: section, heading, action
changed.by_action()              # {7: [changes…], 0: [changes outside any action]}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from penholder.drafting import sealed_texts
from penholder.drafting.sealed_texts import SealedText
from penholder.errors import Refused
from penholder.publishing.models import Edition
from penholder.text.compare import Change, Comparison, compare


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: its section, the heading above it (its own, when it is one), and the action it is under.

    `heading_id` is the heading's lasting id; `action` is 0 outside actions.
    """

    section: str
    section_title: str
    heading: str
    heading_id: str
    action: int


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """Two editions of one document compared. `old_ids[i]` and `new_ids[j]` name the blocks that changes point to."""

    old_edition: Edition
    new_edition: Edition
    old: SealedText = field(repr=False)
    new: SealedText = field(repr=False)
    comparison: Comparison = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)  # one for each of comparison.changes

    @property
    def old_ids(self) -> tuple[str, ...]:
        """Lasting ids of the old blocks."""
        return self.old.ids

    @property
    def new_ids(self) -> tuple[str, ...]:
        """Lasting ids of the new blocks."""
        return self.new.ids

    def by_action(self) -> dict[int, list[tuple[Change, Place]]]:
        """Every change that is not "kept", under the number of its action; 0 for those outside any. Reading order."""
        found: defaultdict[int, list[tuple[Change, Place]]] = defaultdict(list)
        for change, place in zip(self.comparison.changes, self.places, strict=True):
            if change.kind != "kept":
                found[place.action].append((change, place))
        return dict(sorted(found.items()))


def between(old: Edition, new: Edition, *, texts: Mapping[int, SealedText] | None = None) -> EditionChanges:
    """Compare two editions of one document. `texts` (by iteration) saves reading them again. Raises Refused."""
    if old.document_id != new.document_id:
        raise Refused("These are editions of two different documents. Choose two editions of one.")
    found = texts if texts is not None else sealed_texts.read_many([old.iteration_id, new.iteration_id])
    before, after = found[old.iteration_id], found[new.iteration_id]
    comparison = compare(before.blocks, after.blocks)
    old_places, new_places = places_of(before), places_of(after)
    places = tuple(
        new_places[change.new[0]] if change.new else old_places[change.old[0]] for change in comparison.changes
    )
    return EditionChanges(old, new, before, after, comparison, places)


def places_of(text: SealedText) -> tuple[Place, ...]:
    """The place of each block of a sealed text."""
    places = []
    for section in text.sections:
        heading, heading_id, action, depth = section.title, section.ids[0] if section.ids else "", 0, 0
        for block, name in zip(section.blocks, section.ids, strict=True):
            if block.kind == "heading":
                heading, heading_id = block.plain, name
                if number := action_number(block.name, block.classes):
                    action, depth = number, block.level
                elif action and block.level <= depth:
                    action = 0
            places.append(Place(section.key, section.title, heading, heading_id, action))
    return tuple(places)


def action_number(name: str, classes: tuple[str, ...]) -> int:
    """The number in a heading's own name `action-07` when it is an action or a response to one; else 0."""
    if not name.startswith("action-") or not {"action", "response"} & set(classes):
        return 0
    digits = name.removeprefix("action-")
    return int(digits) if digits.isdecimal() else 0
