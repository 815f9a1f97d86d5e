"""What was typed too late becomes suggestions: the pen team takes them in when the draft is written in again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.drafting import asides, naming, suggestions
from penholder.drafting.contributions import Suggestion, What
from penholder.drafting.models import SetAside
from penholder.drafting.naming import DraftedPart
from penholder.drafting.parsed import parsed
from penholder.drafting.seats import Seat
from penholder.errors import Refused
from penholder.text.canonical import canonical
from penholder.text.compare import compare


@transaction.atomic
def offer(*, aside_id: int, by: Seat, at: datetime) -> list[Suggestion]:
    """Suggest, passage by passage, what was put aside; it is settled when all of it is suggested.

    What does not fit onto the draft as it stands now is left where it is, with the whole text before and after.
    """
    aside = SetAside.objects.select_for_update(of=("self",)).select_related("document").get(pk=aside_id)
    if aside.settled_at is not None:
        return []
    named = naming.names(aside.document)
    reason = _("Typed when the draft could not be written in any more. %(why)s") % {"why": " ".join(aside.reasons)}
    made = []
    whole = True
    for change in aside.changes:
        part = named.part(change["section"])
        if part is None or canonical(change["was"]) != part.text:
            whole = False
            continue
        for facts in _edits(part, canonical(change["now"])):
            try:
                with transaction.atomic():
                    made.append(
                        suggestions.make(
                            document_id=aside.document_id, section=part.key, by=by, at=at, reason=reason, **facts
                        )
                    )
            except Refused:
                whole = False
    if whole and made:
        asides.settle(aside_id=aside.pk, at=at)
    return made


def _edits(part: DraftedPart, wanted: str) -> Iterator[dict[str, Any]]:
    """What is to be suggested so that a section reads as wanted: changes, additions and removals of its passages."""
    old = tuple(one.block for one in part.passages)
    new = parsed(wanted)
    last = ""  # the passage after which something new stands
    for change in compare(old, new).changes:
        words = "\n\n".join(new[place].source for place in change.new)
        if not change.old:
            yield {"what": What.INSERT, "passage": last, "proposed": words}
            continue
        if not change.new:
            yield {"what": What.DELETE, "passage": part.names[change.old[0]]}
            continue
        last = part.names[change.old[-1]]
        if change.kind not in {"kept", "moved"}:
            yield {"what": What.REPLACE, "passage": part.names[change.old[0]], "proposed": words}
            for place in change.old[1:]:
                yield {"what": What.DELETE, "passage": part.names[place]}
