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
    department kept to itself goes with it when it is merged. `link_for` is the key of the post that is asked when they
    came by a link without an account: they see what was suggested by links in its name, and nothing else.
    """

    document: int
    acting: Acting
    bodies: frozenset[int] = field(default_factory=frozenset)
    decides: bool = False
    link_for: str = ""

    @property
    def words(self) -> str:
        """Who they are, in one line that lasts; by a link it says so."""
        return f"{self.acting.words} (by a link)" if self.link_for else self.acting.words

    @property
    def lodges(self) -> bool:
        """Whether they may let something leave their organisation. Who came by a link never does."""
        return not self.link_for and not permissions.objections("contribution.lodge", self.acting.post)

    def sees(self, row: Suggestion | Thread) -> bool:
        """Whether this may be shown to them: it left its organisation, or they are inside it."""
        inside = row.lodged_at is not None or row.organisation_id in self.bodies
        return row.document_id == self.document and inside

    @property
    def seen(self) -> Q:
        """The same as a filter. Every list of suggestions goes through it; of threads, through `heard`."""
        if self.link_for:
            return Q(document=self.document, link_for=self.link_for)
        return Q(document=self.document) & (Q(lodged_at__isnull=False) | Q(organisation__in=self.bodies))

    @property
    def heard(self) -> Q:
        """Which threads they may read: by a link those on suggestions of that link's post, once they were lodged."""
        if self.link_for:
            return Q(document=self.document, suggestion__link_for=self.link_for, lodged_at__isnull=False)
        return self.seen
