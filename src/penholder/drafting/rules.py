"""What stands in the way of sealing. Pure questions; an empty list means yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from penholder.drafting.models import Document, Iteration, Section


def objections_to_sealing(
    document: Document, sections: Sequence[Section], latest: Iteration | None, *, label: str, taken_at: datetime
) -> list[str]:
    """Every reason why the draft of this document may not be sealed now."""
    reasons = []
    if not any(section.text for section in sections):
        reasons.append(f"“{document.title}” has no text yet. Write a section before you seal it.")
    if not label.strip():
        reasons.append("An iteration needs a label by which people can speak of it.")
    if latest and taken_at < latest.taken_at:
        reasons.append(
            f"Iteration {latest.number} of “{document.title}” is of {latest.taken_at:%Y-%m-%d %H:%M}; "
            f"one of {taken_at:%Y-%m-%d %H:%M} cannot follow it."
        )
    return reasons
