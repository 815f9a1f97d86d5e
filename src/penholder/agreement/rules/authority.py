"""Whether somebody may do a kind of act at all: by the role of the post, and by holding it at that moment."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from penholder.agreement.models import NEXT, Round, State
from penholder.agreement.voices import holds
from penholder.people import permissions
from penholder.people.acting import Acting

# Rounds in these states take answers, remarks and changes of the deadline.
RUNNING = frozenset({State.OPEN, State.UNSETTLED})


def objections_to_acting(act: str, by: Acting | None, *, at: datetime) -> list[str]:
    """Every reason why `by` may not do `act` (a key of the permission table) at that moment. One query."""
    if by is None:
        return permissions.objections(act, None)
    reasons = permissions.objections(act, by.post)
    if by.person is None and by.through != "command":
        reasons.append(_("Nobody is signed in. Sign in, then try again."))
    elif by.person is not None and not holds(by.person, by.post, at=at):
        reasons.append(
            _("You do not hold the post “%(post)s” now. Choose a post that you hold.") % {"post": by.post.words}
        )
    return reasons


def objections_to_running(round: Round) -> list[str]:
    """Why a round takes nothing more, where that is so, and where to go instead."""
    state = State(round.state)
    if state in RUNNING:
        return []
    if state == State.REPLACED:
        return [_("This round went on with a newer text. Go to the newer round, read what changed, and answer there.")]
    if state == State.CLEARED:
        return [_("This text is cleared. Who no longer agrees can withdraw, with a reason, and then answer again.")]
    if state == State.RETURNED:
        return [_("This text was returned to the pen team. You will be asked again about a newer one.")]
    return [_("This round has ended: %(state)s.") % {"state": state.label.lower()}]


def objections_to_moving(round: Round, to: State) -> list[str]:
    """Why a round may not come into a state from the one that it is in; the table is `NEXT`."""
    state = State(round.state)
    if to in NEXT[state]:
        return []
    return [
        _("This round is “%(state)s”; from there it cannot become “%(to)s”.") % {"state": state.label, "to": to.label}
    ]
