"""Whether a text is public already. The room above publishes; here only its record is read."""

from __future__ import annotations

from penholder.drafting.models import Iteration
from penholder.record.models import Entry


def is_published(iteration: Iteration) -> bool:
    """Whether an edition of this very text was ever published. One query."""
    return Entry.objects.filter(subject=iteration.seal, act="edition.published").exists()
