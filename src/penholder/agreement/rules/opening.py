"""What stands in the way of opening a round, asking one more, putting off a deadline, ending it, and going on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from penholder.agreement import deadlines, process, scopes
from penholder.agreement.askings import Terms
from penholder.agreement.models import Asked, Kind, Round, Rule, State
from penholder.agreement.rules.authority import objections_to_acting, objections_to_moving, objections_to_running
from penholder.agreement.rules.clearing import cleared_steps
from penholder.drafting.models import Iteration
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.people.models import Post


@dataclass(frozen=True, slots=True)
class AskFor:
    """A post to be asked; `sections` are the keys it answers for, and empty means the whole text."""

    post: Post
    sections: Sequence[str] = ()


def objections_to_opening(
    *,
    iteration: Iteration,
    terms: Terms,
    asked: Sequence[AskFor],
    by: Acting | None,
    at: datetime,
) -> list[str]:
    """Every reason why this round may not be opened now. Five queries at most, however many are asked."""
    reasons = objections_to_acting("round.open", by, at=at)
    if not asked:
        reasons.append(_("Nobody is asked. Choose at least one post."))
    for post, count in Counter(one.post for one in asked).items():
        if count > 1:
            reasons.append(
                _("“%(post)s” is asked %(count)s times. Ask each post once.") % {"post": post.words, "count": count}
            )
    for one in asked:
        reasons += _objections_to_scope(iteration, one)
    reasons += _objections_to_rule(terms.kind, terms.rule, terms.rule_number, len(asked))
    reasons += _objections_to_period(terms.kind, terms.clear_days, silence_is_consent=terms.silence_is_consent)
    if terms.kind in process.CLEARED_KINDS:
        reasons += _objections_to_another(iteration, terms.kind)
        reasons += cleared_steps(iteration, process.steps_before(iteration.document.kind, terms.kind))
    else:
        reasons += _objections_to_the_same(iteration, terms.kind, asked)
    return reasons


def _objections_to_the_same(iteration: Iteration, kind: str, asked: Sequence[AskFor]) -> list[str]:
    """Posts that are being asked the same of this very text already: a form that was sent twice, mostly."""
    rows = Asked.objects.filter(round__iteration=iteration, round__kind=kind, round__state=State.OPEN)
    rows = rows.filter(post__in=[one.post for one in asked]).select_related("post__organisation", "round")
    return [
        _("“%(post)s” is asked the same in %(round)s already, which still runs.")
        % {"post": row.post.words, "round": row.round.key}
        for row in rows
    ]


def _objections_to_scope(iteration: Iteration, one: AskFor) -> list[str]:
    known = scopes.sections_of(iteration)
    reasons = []
    if permissions.objections("round.answer", one.post):
        reasons.append(
            _("“%(post)s” answers in no round: it is a post of another kind. Ask somebody else.")
            % {"post": one.post.words}
        )
    unknown = [key for key in one.sections if key not in known]
    if unknown:
        listed = ", ".join(f"“{key}”" for key in unknown)
        reasons.append(
            _("“%(post)s” is asked about %(listed)s, which this text does not have.")
            % {"post": one.post.words, "listed": listed}
        )
    return reasons


def _objections_to_rule(kind: str, rule: str, number: int, asked: int) -> list[str]:
    if kind not in process.CLEARED_KINDS:
        said = _("Nobody must answer in a round of %(kind)s: its rule is “%(rule)s”.") % {
            "kind": Kind(kind).label.lower(),
            "rule": Rule.NONE.label,
        }
        return [] if rule == Rule.NONE else [said]
    reasons = []
    if rule == Rule.NONE:
        reasons.append(_("Somebody must agree in this round: choose how many."))
    if kind == Kind.APPROVAL and asked > 1:
        reasons.append(_("One post approves. Ask that post alone; the others belong in a sign-off or in feedback."))
    if rule == Rule.ALL_BUT and not 1 <= number < asked:
        reasons.append(
            _("“Everybody but a number” needs a number from 1 to %(what)s; it is %(number)s.")
            % {"what": max(asked - 1, 1), "number": number}
        )
    if rule == Rule.QUORUM and not 1 <= number <= asked:
        reasons.append(
            _("“At least a number” needs a number from 1 to %(asked)s; it is %(number)s.")
            % {"asked": asked, "number": number}
        )
    return reasons


def _objections_to_period(kind: str, clear_days: int, *, silence_is_consent: bool) -> list[str]:
    reasons = []
    if clear_days < 1:
        reasons.append(_("Give at least one clear working day."))
    if silence_is_consent and kind != Kind.SIGN_OFF:
        reasons.append(_("Silence can mean consent only in a sign-off: advice, feedback and approval must be said."))
    elif silence_is_consent and clear_days < process.DAYS_BEFORE_SILENCE_SPEAKS:
        reasons.append(
            _(
                "Silence may mean consent only after %(least)s clear working days; here there are "
                "%(clear_days)s. Give more days, or wait for every answer."
            )
            % {"least": process.DAYS_BEFORE_SILENCE_SPEAKS, "clear_days": clear_days}
        )
    return reasons


def _objections_to_another(iteration: Iteration, kind: str) -> list[str]:
    label = Kind(kind).label.lower()
    rows = Round.objects.filter(iteration__document=iteration.document_id, kind=kind).select_related("iteration")
    reasons = [
        _(
            "The %(label)s on iteration %(number)s (%(row)s) stands: %(state)s. Go on with this text there, or "
            "call that round off."
        )
        % {"label": label, "number": row.iteration.number, "row": row.key, "state": State(row.state).label.lower()}
        for row in rows.filter(state__in=[State.OPEN, State.UNSETTLED, State.RETURNED])
    ]
    if rows.filter(state=State.CLEARED, iteration__seal=iteration.seal).exists():
        reasons.append(_("This very text has its %(label)s cleared already.") % {"label": label})
    return reasons


def objections_to_asking(
    round: Round, post: Post, sections: Sequence[str], *, by: Acting | None, at: datetime
) -> list[str]:
    """Every reason why this post may not be asked in this round too."""
    reasons = objections_to_acting("round.run", by, at=at) + objections_to_running(round)
    reasons += _objections_to_scope(round.iteration, AskFor(post, sections))
    if round.kind == Kind.APPROVAL:
        reasons.append(_("One post approves, and it is asked already."))
    if Asked.objects.filter(round=round, post=post).exists():
        reasons.append(_("“%(post)s” is asked in this round already.") % {"post": post.words})
    return reasons


def objections_to_extending(
    round: Round,
    *,
    by: Acting | None,
    at: datetime,
    deadline_at: datetime | None = None,
    row: Asked | None = None,
    reason: str | None = None,
) -> list[str]:
    """Every reason why the deadline, of `row` or of everybody, may not be put off to `deadline_at`."""
    reasons = objections_to_acting("round.run", by, at=at) + objections_to_running(round)
    if deadline_at is not None:
        before = row.deadline_at if row else round.deadline_at
        if deadline_at <= max(before, at):
            reasons.append(
                _("The deadline is %(deadline)s. It is never brought forward: choose a later one.")
                % {"deadline": deadlines.words(before)}
            )
    if reason is not None and not reason.strip():
        reasons.append(_("Say why the deadline is put off: everybody who is asked will read it."))
    return reasons


def objections_to_reminding(round: Round, *, by: Acting | None, at: datetime) -> list[str]:
    """Every reason why nobody may be reminded by hand now."""
    reasons = objections_to_acting("round.run", by, at=at) + objections_to_running(round)
    waiting = Asked.objects.filter(round=round, answer=None)
    if not waiting.exists():
        reasons.append(_("Nobody is waited for."))
    elif waiting.filter(reminded_at__date=timezone.localdate(at)).exists():
        reasons.append(_("They were reminded today. A second letter on one day is not read."))
    return reasons


def objections_to_ending(
    round: Round, to: State, *, by: Acting | None, at: datetime, reason: str | None = None
) -> list[str]:
    """Every reason why a round may not be closed, sent back (RETURNED) or called off now."""
    reasons = objections_to_acting("round.run", by, at=at) + objections_to_moving(round, to)
    if to == State.CLOSED:
        if round.kind in process.CLEARED_KINDS:
            reasons.append(_("A round of this kind ends by the chair's clearance, or is sent back or called off."))
        rows = Asked.objects.filter(round=round, answer=None, deadline_at__gt=at)
        if waiting := rows.count():
            reasons.append(
                _(
                    "%(waiting)s of those asked may still answer, the last until %(deadline)s. Close the round "
                    "after that."
                )
                % {"waiting": waiting, "deadline": deadlines.words(max(rows.values_list("deadline_at", flat=True)))}
            )
    elif reason is not None and not reason.strip():
        reasons.append(_("Say why: everybody who is asked will read it."))
    return reasons


def objections_to_renewing(
    round: Round, iteration: Iteration, *, by: Acting | None, at: datetime, clear_days: int | None = None
) -> list[str]:
    """Every reason why a round may not go on with this newer iteration."""
    reasons = objections_to_acting("round.open", by, at=at) + objections_to_moving(round, State.REPLACED)
    if iteration.document_id != round.iteration.document_id:
        reasons.append(_("That is an iteration of another document. Open a round of its own for it."))
    elif iteration.number < round.iteration.number:
        reasons.append(
            _(
                "The round is on iteration %(number)s, and %(number_2)s is older. Seal the older text again as "
                "a new iteration to go back to it."
            )
            % {"number": round.iteration.number, "number_2": iteration.number}
        )
    if clear_days is not None:
        reasons += _objections_to_period(round.kind, clear_days, silence_is_consent=round.silence_is_consent)
    if round.kind in process.CLEARED_KINDS:
        reasons += cleared_steps(iteration, process.steps_before(round.iteration.document.kind, round.kind))
    return reasons
