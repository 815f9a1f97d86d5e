"""What stands in the way of publishing. Pure questions; an empty list means yes."""

from __future__ import annotations

from datetime import datetime

from penholder.agreement.rules.authority import objections_to_acting
from penholder.drafting.models import Iteration
from penholder.people.acting import Acting
from penholder.publishing.models import Edition


def objections_to_publishing(iteration: Iteration, *, at: datetime, by: Acting | None = None) -> list[str]:
    """Every reason why this iteration may not become the newest edition of its document, whether it is agreed or not.

    `by` None is whoever runs this instance, by a command. Whether it is agreed says
    `agreement.rules.objections_to_publishing`.
    """
    reasons = objections_to_acting("edition.publish", by, at=at) if by else []
    newest = (
        Edition.objects.filter(document=iteration.document_id).order_by("-number").select_related("iteration").first()
    )
    if newest and newest.iteration.number > iteration.number:
        reasons.append(
            f"Iteration {newest.iteration.number} is published already, and {iteration.number} is older. "
            "Seal the older text again as a new iteration to go back to it."
        )
    if newest and newest.published_at > at:
        reasons.append(f"The edition before was published later, at {newest.published_at:%Y-%m-%d %H:%M}.")
    return reasons
