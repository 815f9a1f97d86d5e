"""Suggestions by who reads a sealed text and not its draft: placed on the draft by the lasting names of passages."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from penholder.drafting import naming, sealed_texts, suggestions
from penholder.drafting.contributions import Suggestion
from penholder.drafting.models import Iteration
from penholder.drafting.naming import DraftedPart, Named
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused
from penholder.text.anchors import Kin


def named(iteration: Iteration) -> Named:
    """An iteration as sealed, its passages with their lasting names, as a draft is read. One query."""
    parts = sealed_texts.read(iteration).sections
    return Named(tuple(DraftedPart(part.key, part.title, part.text, part.ids) for part in parts), Kin({}, {}))


def make(
    *,
    iteration: Iteration,
    what: str,
    section: str,
    by: Seat,
    at: datetime,
    passage: str = "",
    proposed: str = "",
    target: str = "",
    target_section: str = "",
    weight: str = "c",
    reason: str = "",
) -> Suggestion:
    """Suggest a change to a passage as this iteration has it; `section`, `passage` and both targets are of it.

    The words that were sealed are what is quoted. Where the draft has changed or lost the passage since, the suggestion
    says so to the pen team. Raises Missing for a passage that was never sealed here, and Refused.
    """
    read = named(iteration)
    standing = read.find(passage) if passage else None
    if read.part(section) is None or (passage and standing is None):
        raise Missing(_("That passage does not stand in this text. Choose it again."))
    draft = naming.names(iteration.document)
    now = draft.now(passage) if passage else None
    home = now.section if now else section
    goes = draft.now(target) if target else None
    if draft.part(home) is None or (target_section and draft.part(goes.section if goes else target_section) is None):
        raise Refused(
            _("The pen team has taken this section out of the draft meanwhile. Say it as a remark in your answer.")
        )
    return suggestions.make(
        document_id=iteration.document_id,
        what=what,
        section=home,
        passage=now.name if now else passage,
        proposed=proposed,
        quote=standing.block.source if standing else "",
        target=goes.name if goes else target,
        target_section=goes.section if goes else target_section,
        weight=weight,
        reason=reason,
        by=by,
        at=at,
    )
