"""Who sits at the table of a draft. The rooms above know who is asked and hand a seat in; docs/decisions says why.

A seat is given by `penholder.agreement.seating`, for one document and one moment, to the pen team and to those who are
asked about it. Verbs of this room take it as `by` and ask no further whether its holder may be there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from penholder.drafting.contributions import Suggestion, Thread
from penholder.people import permissions
from penholder.people.acting import Acting


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who works with one draft. `decides` when they write it and say what becomes of suggestions.

    `bodies` are the organisations inside which they speak: their own, and those whose place it took, for what a
    department kept to itself goes with it when it is merged.
    """

    document: int
    acting: Acting
    bodies: frozenset[int] = field(default_factory=frozenset)
    decides: bool = False

    @property
    def lodges(self) -> bool:
        """Whether they may let something leave their organisation."""
        return not permissions.objections("contribution.lodge", self.acting.post)

    def sees(self, row: Suggestion | Thread) -> bool:
        """Whether this may be shown to them: it left its organisation, or they are inside it."""
        inside = row.lodged_at is not None or row.organisation_id in self.bodies
        return row.document_id == self.document and inside

    @property
    def seen(self) -> Q:
        """The same as a filter. Every list of suggestions and threads goes through it."""
        return Q(document=self.document) & (Q(lodged_at__isnull=False) | Q(organisation__in=self.bodies))
