"""What stands in the way of writing in a draft, and of sealing it. Pure questions; an empty list means yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from penholder.drafting import rights
from penholder.drafting.models import Document, Iteration, Section
from penholder.people.acting import Acting, posts_of


def objections_to_editing(document: Document, by: Acting, at: datetime) -> list[str]:
    """Every reason why this post may not write in the draft now. One query, for who holds the post at that moment."""
    return [*objections_to_writing(document, by, at), *objections_of_freeze(document)]


def objections_to_writing(document: Document, by: Acting, at: datetime) -> list[str]:
    """Why this post may not write in the draft, frozen or not: whose text it is, who holds the post at that moment."""
    reasons = rights.objections_to_writing(document, by.post)
    if by.person is not None and by.post not in posts_of(by.person, at=at):
        reasons.append(_("You no longer hold the post “%(post)s”.") % {"post": by.post.title})
    return reasons


def objections_of_freeze(document: Document) -> list[str]:
    """Why nobody may write in this draft; empty when it is not frozen."""
    if document.frozen_at is None:
        return []
    if not document.frozen_reason:
        return [_("This draft is frozen by %(by)s.") % {"by": document.frozen_by}]
    said = _("This draft is frozen by %(by)s: %(reason)s")
    return [said % {"by": document.frozen_by, "reason": document.frozen_reason}]


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
