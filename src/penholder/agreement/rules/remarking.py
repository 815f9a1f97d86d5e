"""What stands in the way of remarking, of lodging a remark, and of saying what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from penholder.agreement import process, scopes
from penholder.agreement.models import REMARK_NEXT, Asked, Class, Kind, Outcome, Remark, RemarkState, Round, State
from penholder.agreement.rules.authority import objections_to_acting, objections_to_running
from penholder.agreement.voices import Heard, hear
from penholder.drafting.models import SealedSection
from penholder.people.acting import Acting


@dataclass(frozen=True, slots=True)
class NewRemark:
    """A remark as somebody writes it: its class ("a", "b", "c"), its words, and the section or passage it is about."""

    klass: str
    body: str
    section: str = ""
    passage: str = ""


def objections_to_words(asked: Asked, remark: NewRemark) -> list[str]:
    """What is wrong with a remark in itself. One query when it is about a passage."""
    reasons = []
    if not remark.body.strip():
        reasons.append(_("A remark needs words."))
    if remark.klass not in Class.values:
        reasons.append(_("Say how much hangs on it: (a) a condition, (b) should be addressed, (c) merely made."))
    if remark.klass == Class.CONDITION and asked.round.kind not in process.CLEARED_KINDS:
        kind = Kind(asked.round.kind).label.lower()
        reasons.append(
            _("A round of %(kind)s clears nothing, so nothing can be made a condition in it. Mark it (b).")
            % {"kind": kind}
        )
    known = scopes.sections_of(asked.round.iteration)
    if remark.section and remark.section not in known:
        reasons.append(
            _("The text has no section “%(section)s”. Choose one that it has, or the whole text.")
            % {"section": remark.section}
        )
    elif remark.section and asked.sections and remark.section not in asked.sections:
        reasons.append(_("Your post is asked about other sections than “%(section)s”.") % {"section": remark.section})
    elif remark.passage and not passage_text(asked.round, remark.section, remark.passage):
        reasons.append(_("That passage does not stand in this section. Choose it again in the text."))
    return reasons


def passage_text(round: Round, section: str, passage: str) -> str:
    """A passage of the round's text as it reads; "" when it does not stand in that section. One query."""
    row = SealedSection.objects.filter(iteration=round.iteration_id, key=section).select_related("text").first()
    for name, first, last, *_rest in row.passages if row else ():
        if name == passage and row:
            return "\n".join(row.text.body.split("\n")[first:last])
    return ""


def _may_remark(asked: Asked, by: Acting | None, *, at: datetime) -> list[str]:
    """Remarks are made inside the organisation that is asked, or by whoever speaks for it."""
    if by is not None and by.person is not None and by.post.organisation_id == asked.post.organisation_id:
        reasons = objections_to_acting("remark.make", by, at=at)
        if not reasons:
            return []
    return list(hear(asked, by, at=at).objections)


def objections_to_remarking(
    asked: Asked, *, by: Acting | None, at: datetime, remark: NewRemark | None = None
) -> list[str]:
    """Every reason why `by` may not make this remark inside the organisation that is asked."""
    reasons = _may_remark(asked, by, at=at) + objections_to_running(asked.round)
    return reasons + (objections_to_words(asked, remark) if remark else [])


def objections_to_lodging(
    remark: Remark, round: Round, *, by: Acting | None, at: datetime, heard: Heard | None = None
) -> list[str]:
    """Every reason why `by` may not lodge a remark: only who speaks for the asked post does."""
    heard = heard or hear(remark.asked, by, at=at)
    reasons = [*heard.objections, *objections_to_running(round), *_next(remark, RemarkState.LODGED)]
    if remark.asked.round_id != round.pk and State(round.state) in {State.OPEN, State.UNSETTLED}:
        reasons.append(_("This remark was made on an older text. Make it again on the newer one, if it still holds."))
    return reasons


def objections_to_dropping(remark: Remark, *, by: Acting | None, at: datetime) -> list[str]:
    """Every reason why `by` may not leave an internal remark unlodged."""
    return _may_remark(remark.asked, by, at=at) + _next(remark, RemarkState.DROPPED)


def _objections_to_signer(remark: Remark, round: Round, to: RemarkState, heard: Heard) -> list[str]:
    reasons = [*heard.objections, *_next(remark, to)]
    if State(round.state) == State.CALLED_OFF:
        reasons.append(_("This round was called off; there is nothing left to settle."))
    return reasons


def objections_to_settling(
    remark: Remark, round: Round, *, by: Acting | None, at: datetime, heard: Heard | None = None
) -> list[str]:
    """Every reason why `by` may not settle a condition: only its signer does, whoever claims that it is met."""
    reasons = _objections_to_signer(remark, round, RemarkState.SETTLED, heard or hear(remark.asked, by, at=at))
    if remark.klass != Class.CONDITION:
        reasons.append(_("Only a condition (class a) is settled. The pen team says what becomes of other remarks."))
    return reasons


def objections_to_retracting(
    remark: Remark, round: Round, *, by: Acting | None, at: datetime, heard: Heard | None = None
) -> list[str]:
    """Every reason why `by` may not withdraw a remark that was lodged."""
    return _objections_to_signer(remark, round, RemarkState.WITHDRAWN, heard or hear(remark.asked, by, at=at))


def objections_to_claiming(remark: Remark, *, by: Acting | None, at: datetime) -> list[str]:
    """Every reason why `by` may not claim that a condition is met."""
    reasons = objections_to_acting("remark.dispose", by, at=at)
    if remark.klass != Class.CONDITION or remark.state != RemarkState.LODGED:
        reasons.append(_("Only a condition that stands can be claimed to be met."))
    elif remark.claimed_met_at:
        reasons.append(_("It is claimed already; its signer has been told."))
    return reasons


def objections_to_disposing(
    remark: Remark,
    round: Round,
    *,
    by: Acting | None,
    at: datetime,
    outcome: str | None = None,
    reason: str = "",
    changed: Sequence[str] = (),
) -> list[str]:
    """Every reason why `by` may not decide so about a remark."""
    reasons = objections_to_acting("remark.dispose", by, at=at)
    if remark.state not in {RemarkState.LODGED, RemarkState.SETTLED}:
        reasons.append(_("Only a lodged remark is decided about."))
    if outcome is None:
        return reasons
    if outcome not in Outcome.values:
        reasons.append(_("Choose: accepted, accepted in part, or rejected."))
    if not reason.strip():
        reasons.append(_("Say why: every remark is owed a reason, and its signer will read it."))
    if changed:
        rows = SealedSection.objects.filter(iteration__document=round.iteration.document_id)
        newest = rows.order_by("-iteration__number").values("iteration")[:1]
        names = {
            p[0]
            for row in rows.filter(iteration__in=[*newest.values_list("iteration", flat=True)])
            for p in row.passages
        }
        names |= {p[0] for row in rows.filter(iteration=round.iteration_id) for p in row.passages}
        reasons += [
            _("No passage of the text has the name “%(name)s”.") % {"name": name}
            for name in changed
            if name not in names
        ]
    return reasons


def _next(remark: Remark, to: RemarkState) -> list[str]:
    state = RemarkState(remark.state)
    if to in REMARK_NEXT[state]:
        return []
    number = f"Remark {remark.number}" if remark.number else "This remark"
    return [
        _("%(number)s is “%(state)s”; it cannot become “%(to)s”.")
        % {"number": number, "state": state.label.lower(), "to": to.label.lower()}
    ]
