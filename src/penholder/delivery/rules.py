"""What stands in the way of an act in delivery. Pure questions; an empty list means yes."""

from __future__ import annotations

from penholder.delivery.models import Decision, Response
from penholder.people.models import Post


def objections_to_deciding(response: Response, post: Post, *, decision: str) -> list[str]:
    """Every reason why this post may not decide on what was proposed for this response."""
    reasons = []
    if decision not in Decision.values:
        reasons.append(f"“{decision}” is not a decision. Say “accepted” or “refused”.")
    if not response.proposed_stance:
        reasons.append("Nothing was proposed for this response, so there is nothing to decide.")
    if response.decision:
        reasons.append("This was decided already. A new version of the response asks again.")
    if hasattr(response, "superseded_by"):
        reasons.append("A newer version of this response stands. Read that one, then decide on it.")
    if post.organisation_id == response.organisation_id:
        reasons.append("The organisation that answered may not accept its own answer; someone else must.")
    return reasons
