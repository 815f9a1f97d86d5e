"""What stands in the way of publishing. Pure questions; an empty list means yes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from penholder.agreement import deadlines
from penholder.agreement.rules import objections_to_acting
from penholder.drafting.models import Iteration
from penholder.people.acting import Acting
from penholder.publishing.models import Edition, Planned, Schedule, Withdrawal

# Nobody remembers a schedule for longer.
FURTHEST_AHEAD = timedelta(days=400)

# As much as readers can be expected to read before the text itself.
LONGEST_NOTICE = 2000


def newest(iteration: Iteration) -> Edition | None:
    """The newest edition of an iteration's document."""
    rows = Edition.objects.filter(document=iteration.document_id).select_related("iteration")
    return rows.order_by("-number").first()


def objections_to_publishing(iteration: Iteration, *, at: datetime, by: Acting | None = None) -> list[str]:
    """Every reason why this iteration may not become the newest edition of its document, whether it is agreed or not.

    `by` None is whoever runs this instance, by a command. Whether it is agreed says
    `agreement.rules.objections_to_publishing`.
    """
    reasons = objections_to_acting("edition.publish", by, at=at) if by else []
    last = newest(iteration)
    if last and last.iteration.number > iteration.number:
        reasons.append(
            _(
                "Iteration %(newest)s is published already, and %(number)s is older. "
                "Seal the older text again as a new iteration to go back to it."
            )
            % {"newest": last.iteration.number, "number": iteration.number}
        )
    if last and last.published_at > at:
        reasons.append(
            _("The edition before was published later, at %(at)s.") % {"at": f"{last.published_at:%Y-%m-%d %H:%M}"}
        )
    return reasons


def objections_to_wording(iteration: Iteration, *, reason: str, corrects: bool) -> list[str]:
    """Every reason why readers would not know what a new edition is for."""
    last = newest(iteration)
    if last is None:
        return [_("There is no edition yet that this one could correct.")] if corrects else []
    if reason.strip():
        return []
    return [_("Say in public why there is a new edition: what changed, or what it puts right.")]


def objections_to_scheduling(
    iteration: Iteration, *, publish_at: datetime, by: Acting | None, at: datetime
) -> list[str]:
    """Every reason why this publication may not be scheduled, whether the text is agreed or not."""
    reasons = objections_to_acting("edition.publish", by, at=at)
    reasons += objections_to_publishing(iteration, at=max(at, publish_at))
    if Edition.objects.filter(iteration=iteration).exists():
        reasons.append(_("This very text is published already."))
    if publish_at <= at:
        reasons.append(_("That moment has passed. Choose one that is to come, or publish now."))
    if publish_at > at + FURTHEST_AHEAD:
        days = {"days": FURTHEST_AHEAD.days}
        reasons.append(_("That is more than %(days)s days ahead. Choose an earlier moment.") % days)
    waiting = Schedule.objects.filter(document=iteration.document_id, state=Planned.WAITING).first()
    if waiting:
        moment = deadlines.words(waiting.publish_at)
        reasons.append(_("A publication is scheduled already: %(moment)s. Cancel that first.") % {"moment": moment})
    return reasons


def objections_to_withdrawing(edition: Edition, *, notice: str, by: Acting | None, at: datetime) -> list[str]:
    """Every reason why this edition may not be withdrawn with this notice. `by` None is whoever runs this instance."""
    reasons = objections_to_acting("edition.publish", by, at=at) if by else []
    if Withdrawal.objects.filter(edition=edition).exists():
        reasons.append(_("This edition is withdrawn already."))
    if not notice.strip():
        reasons.append(_("Write the notice that readers are shown: why the edition no longer holds, and what does."))
    if len(notice) > LONGEST_NOTICE:
        reasons.append(_("The notice is longer than %(most)s characters. Shorten it.") % {"most": LONGEST_NOTICE})
    return reasons
