"""What stands in the way of answering, and of taking an answer back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from penholder.agreement import process
from penholder.agreement.models import Asked, Class, Kind, Look, Remark, RemarkState, Stance, State
from penholder.agreement.rules.authority import objections_to_running
from penholder.agreement.rules.remarking import NewRemark, objections_to_words
from penholder.agreement.voices import Heard, hear
from penholder.people.acting import Acting

# What can be taken back. Who objects answers again instead.
CAN_BE_WITHDRAWN = frozenset({Stance.CONTENT, Stance.CONTENT_IF, Stance.NIL, Stance.ADVICE})
# Where a withdrawal still means something: after publication too, where it is shown and the edition stays.
TAKES_WITHDRAWALS = frozenset({State.OPEN, State.UNSETTLED, State.CLEARED, State.CLOSED, State.RETURNED})


def objections_to_answering(
    asked: Asked,
    *,
    by: Acting | None,
    at: datetime,
    stance: str | None = None,
    seal: str | None = None,
    reason: str = "",
    conditions: Sequence[NewRemark] = (),
    heard: Heard | None = None,
) -> list[str]:
    """Every reason why `by` may not answer for this post now, or not so. Without `stance` and `seal`: at all."""
    heard = heard or hear(asked, by, at=at)
    reasons = [*heard.objections, *objections_to_running(asked.round)]
    if seal is not None:
        reasons += _objections_to_seal(asked, by, seal)
    if stance is not None:
        reasons += _objections_to_stance(asked, stance, reason, conditions)
    return reasons


def _objections_to_seal(asked: Asked, by: Acting | None, seal: str) -> list[str]:
    iteration = asked.round.iteration
    if seal != iteration.seal:
        said = _(
            "The text has changed since you opened it: you were shown seal %(shown)s…, and the round is on seal "
            "%(seal)s…. Read the change, then answer."
        )
        return [said % {"shown": seal[:12] or "–", "seal": iteration.seal[:12]}]
    shown = Look.objects.filter(iteration=iteration, person=by.person if by else None)
    shown = shown.filter(post__in={asked.post_id, by.post.pk}) if by else shown.none()
    if by is not None and by.through == "link":
        shown = shown.filter(through="link")
    if not shown.exists():
        return [_("You have not been shown this text yet. Open it, read it, then answer.")]
    return []


def _objections_to_stance(asked: Asked, stance: str, reason: str, conditions: Sequence[NewRemark]) -> list[str]:
    round = asked.round
    allowed = process.ANSWERS[round.kind]
    reasons = []
    if stance not in allowed:
        listed = ", ".join(one.label.lower() for one in allowed)
        reasons.append(
            _("A round of %(kind)s can be answered with: %(listed)s.")
            % {"kind": Kind(round.kind).label.lower(), "listed": listed}
        )
    for remark in conditions:
        reasons += objections_to_words(asked, remark)
    standing = Remark.objects.filter(
        asked__round__series=round.series,
        asked__post=asked.post_id,
        klass=Class.CONDITION,
        state=RemarkState.LODGED,
    )
    given = [remark for remark in conditions if remark.klass == Class.CONDITION]
    if stance == Stance.CONTENT_IF and not given and not standing.exists():
        reasons.append(_("“Content if” needs at least one condition: say what must be met, as a remark of class (a)."))
    if stance in {Stance.CONTENT, Stance.NIL}:
        if given:
            reasons.append(_("Who states a condition is content *if* it is met: answer “content if”, or mark it (b)."))
        reasons += [
            _("Your condition %(number)s stands. Settle or withdraw it first, or answer “content if”.")
            % {"number": number}
            for number in standing.order_by("number").values_list("number", flat=True)
        ]
    if stance in {Stance.NOT_CONTENT, Stance.ADVICE} and not reason.strip():
        if stance == Stance.NOT_CONTENT:
            reasons.append(_("Say what you object to, so that the pen team can act on it."))
        else:
            reasons.append(_("Say what you advise, so that the pen team can act on it."))
    return reasons


def objections_to_withdrawing(
    asked: Asked, *, by: Acting | None, at: datetime, reason: str | None = None, heard: Heard | None = None
) -> list[str]:
    """Every reason why `by` may not take this post's answer back. A delegate may take back only what they gave."""
    heard = heard or hear(asked, by, at=at)
    reasons = list(heard.objections)
    if asked.round.state not in TAKES_WITHDRAWALS:
        reasons += objections_to_running(asked.round)
    answer = asked.answer
    if answer is None or answer.stance not in CAN_BE_WITHDRAWN:
        reasons.append(_("There is no agreement of this post to withdraw. Answer instead."))
    elif heard.voice and heard.voice.on_behalf_of and heard.voice.post != answer.by_post and not _follows(asked, by):
        reasons.append(_("A delegate may withdraw only what they gave themselves. Ask the holder of the post."))
    if reason is not None and not reason.strip():
        reasons.append(_("Say why you withdraw: the chair and the pen team will read it, and it goes into the record."))
    return reasons


def _follows(asked: Asked, by: Acting | None) -> bool:
    """Whether `by` acts as another post than the one asked: the body that succeeded it, which inherits its answers."""
    return by is not None and by.post.pk != asked.post_id
