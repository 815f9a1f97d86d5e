"""The actions of the strategy in force, as a departmental strategy quotes them when it is begun."""

from __future__ import annotations

from penholder.delivery.models import ActionVersion
from penholder.drafting.kinds import Promised
from penholder.drafting.models import Kind


def in_force() -> list[Promised]:
    """The actions of the instance's first strategy, as its newest edition words them. One query."""
    rows = ActionVersion.objects.filter(superseded_by=None, dropped=False, action__document__kind=Kind.STRATEGY)
    found = list(rows.select_related("action__document", "edition").order_by("action__document_id", "action__number"))
    return [
        Promised(row.action.number, row.title, row.text, f"{row.action.document.title}, edition {row.edition.number}")
        for row in found
        if row.action.document_id == found[0].action.document_id
    ]
