"""What stands in the way of clearing a text, and of publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from penholder.agreement import deadlines, process
from penholder.agreement.models import Asked, Carry, Clearance, How, Kind, Look, Remark, Round, Stance, State
from penholder.agreement.rules.authority import objections_to_acting, objections_to_moving
from penholder.agreement.tallies import Tally, count
from penholder.drafting.models import Iteration
from penholder.people.acting import Acting
from penholder.people.models import Holding


def objections_to_clearing(
    round: Round, *, by: Acting | None, at: datetime, seal: str | None = None, tally: Tally | None = None
) -> list[str]:
    """Every reason why `by` may not clear this text now. About ten queries, however many are asked."""
    reasons = objections_to_acting("round.clear", by, at=at)
    if by is not None:
        reasons += _objections_to_hand(round, by, at=at)
    if seal is not None and seal != round.iteration.seal:
        reasons.append(
            _("You were shown seal %(what)s…, and the round is on %(seal)s…. Read the newer text, then clear that.")
            % {"what": seal[:12] or "(none)", "seal": round.iteration.seal[:12]}
        )
    return reasons + matters_before_clearing(round, at=at, tally=tally)


def _objections_to_hand(round: Round, by: Acting, *, at: datetime) -> list[str]:
    """Nobody clears a text that they wrote, through whatever post."""
    writers = {post.pk: post for post in round.writers.select_related("organisation")}
    if by.post.pk in writers:
        return [_("“%(post)s” wrote this text, so someone else must clear it.") % {"post": by.post.words}]
    if by.person is None:
        return [_("A text is cleared by a person who holds a post. Sign in to do it.")]
    # Who held a writing post when the text was sealed wrote it, even if they hold it no longer.
    held = Holding.objects.filter(
        Q(until=None) | Q(until__gt=round.iteration.sealed_at), post__in=writers, person=by.person, since__lte=at
    ).first()
    if held is None:
        return []
    post = writers[held.post_id]
    return [
        _("You write this text as “%(post)s”, so someone else must clear it, whatever post you act as.")
        % {"post": post.words}
    ]


def matters_before_clearing(round: Round, *, at: datetime, tally: Tally | None = None) -> list[str]:
    """Every matter in the round itself that keeps the chair from clearing it, whoever the chair is."""
    if round.kind not in process.CLEARED_KINDS:
        return [
            _("A round of %(kind)s is closed when it was heard; there is nothing to clear.")
            % {"kind": Kind(round.kind).label.lower()}
        ]
    if reasons := objections_to_moving(round, State.CLEARED):
        return reasons
    tally = tally or count(round, at=at)
    reasons = []
    reasons += [_objecting(row) for row in tally.objecting] + [_unmet(remark) for remark in tally.conditions]
    reasons += [
        _("Remark %(number)s of %(post)s has no disposition: say what became of it, and why.")
        % {"number": remark.number, "post": remark.asked.post.words}
        for remark in tally.undisposed
    ]
    if (short := tally.needed - len(tally.agreed) - len(tally.due)) > 0:
        reasons.append(
            ngettext(
                "%(agreed)s of %(asked)s agree, and %(needed)s must: %(short)s is missing.",
                "%(agreed)s of %(asked)s agree, and %(needed)s must: %(short)s are missing.",
                short,
            )
            % {
                "agreed": len(tally.agreed),
                "asked": len(tally.asked),
                "needed": tally.needed,
                "short": short,
            }
        )
    if round.silence_is_consent and tally.pending:
        last = deadlines.words(max(row.deadline_at for row in tally.pending))
        reasons.append(
            _(
                "The deadline has not passed for %(pending)s of those asked, whose silence may still become an "
                "objection: %(last)s."
            )
            % {"pending": len(tally.pending), "last": last}
        )
    return reasons + _unseen_judgements(round, tally, at=at)


def _objecting(row: Asked) -> str:
    if row.answer and row.answer.stance == Stance.WITHDRAWN:
        said = _(
            "%(post)s has withdrawn its agreement. It must be heard, and answer again, before the text is cleared."
        )
    else:
        said = _("%(post)s is not content. It must be heard, and answer again, before the text is cleared.")
    return said % {"post": row.post.words}


def _unmet(remark: Remark) -> str:
    said = _("Condition %(number)s of %(post)s is not settled.")
    if remark.claimed_met_at:
        said += " " + _("The pen team says that it is met; only its signer can settle it.")
    return said % {"number": remark.number, "post": remark.asked.post.words}


def _unseen_judgements(round: Round, tally: Tally, *, at: datetime) -> list[str]:
    """Signatures that stand over a change somebody called editorial, whose signers could not look at it yet."""
    if round.carry != Carry.EDITORIAL:
        return []
    rows = [
        row
        for row in tally.asked
        if row.editorial and row.answer and row.answer.how in {How.CARRIED, How.RESTORED} and at < row.deadline_at
    ]
    looked = set(Look.objects.filter(iteration=round.iteration_id).values_list("post", flat=True)) if rows else set()
    return [
        _(
            "The signature of %(post)s stands over changes judged editorial (%(listed)s), which it has not "
            "been shown yet. It has until %(deadline)s to look."
        )
        % {"post": row.post.words, "listed": ", ".join(row.editorial), "deadline": deadlines.words(row.deadline_at)}
        for row in rows
        if row.post_id not in looked
    ]


def cleared_steps(iteration: Iteration, kinds: Sequence[Kind]) -> list[str]:
    """Which of these kinds of round are not cleared on this very seal, each in words. Two queries at most."""
    if not kinds:
        return []
    rounds = Round.objects.filter(iteration__document=iteration.document_id, kind__in=kinds)
    rounds = rounds.select_related("iteration").defer("iteration__manifest", "iteration__events")
    here = list(rounds.filter(iteration__seal=iteration.seal).order_by("pk"))
    standing = set(
        Clearance.objects.filter(round__in=here, seal=iteration.seal, ended_at=None, round__state=State.CLEARED)
        .values_list("round__kind", flat=True)
    )  # fmt: skip
    reasons = []
    for kind in kinds:
        if kind in standing:
            continue
        label = Kind(kind).label
        row = next((row for row in reversed(here) if row.kind == kind), None)
        if row is None:
            reasons.append(
                _("%(label)s: no round was held on this very text (seal %(seal)s…).")
                % {"label": label, "seal": iteration.seal[:12]}
            )
        else:
            reasons.append(
                _("%(label)s: %(row)s is not cleared; it is “%(state)s”.")
                % {"label": label, "row": row.key, "state": State(row.state).label.lower()}
            )
    return reasons


def objections_to_publishing(iteration: Iteration) -> list[str]:
    """Every reason why what was agreed does not allow this iteration to be published. Three queries.

    Each round that its kind of document needs must be cleared on this very seal, and nobody may have withdrawn since.
    To publish, hold the rounds still meanwhile: `clearances.hold`.
    """
    kinds = process.REQUIRED[iteration.document.kind]
    reasons = cleared_steps(iteration, kinds)
    rounds = Round.objects.filter(
        iteration__document=iteration.document_id, iteration__seal=iteration.seal, kind__in=kinds, state=State.CLEARED
    )
    withdrawn = rounds.filter(asked__answer__stance=Stance.WITHDRAWN).values_list(
        "asked__post__title", "asked__post__organisation__name", "key"
    )
    return reasons + [
        _("%(title)s, %(organisation)s has withdrawn its agreement in %(key)s.")
        % {"title": title, "organisation": organisation, "key": key}
        for title, organisation, key in withdrawn
    ]
