"""Whose the numbers are under which browsers type in a draft: nobody writes under that of somebody else."""

from __future__ import annotations

from collections.abc import Mapping

from penholder.drafting.live_tables import Typist
from penholder.drafting.models import Document


def owner(document_id: int, client: int) -> int | None:
    """The person (primary key) who types under this number; None when nobody has yet. One query."""
    return Typist.objects.filter(document_id=document_id, client=client).values_list("person_id", flat=True).first()


def note(document: Document, typists: Mapping[int, int]) -> set[int]:
    """Note whose these numbers are (client → person). Returns those that are somebody else's already. Two queries.

    To be called under the lock of the document's row.
    """
    rows = Typist.objects.filter(document=document, client__in=typists)
    known = dict(rows.values_list("client", "person_id"))
    fresh = [
        Typist(document=document, client=client, person_id=person)
        for client, person in typists.items()
        if client not in known
    ]
    if fresh:
        Typist.objects.bulk_create(fresh)
    return {client for client, person in known.items() if typists[client] != person}
