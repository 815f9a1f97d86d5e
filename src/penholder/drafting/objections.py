"""What stands in the way of suggesting, deciding and discussing. Pure questions; an empty list means yes."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from penholder.drafting.contributions import FATE_NEXT, TALK_NEXT, Fate, Suggestion, Talk, Thread, Weight, What
from penholder.drafting.naming import Named
from penholder.drafting.seats import Seat
from penholder.people import permissions

# Ten pages: what is longer is another text, and goes to the pen team as a file.
LONGEST_WORDS = 20_000
# A reason, or something said in a thread: two pages.
LONGEST_REMARK = 5_000


def to_contributing(by: Seat, document_id: int) -> list[str]:
    """Every reason why somebody may not suggest or discuss here."""
    reasons = permissions.objections("draft.contribute", by.acting.post)
    if by.document != document_id:
        reasons.append(_("You are at work on another text. Open this one, then try again."))
    return reasons


def to_suggesting(row: Suggestion, named: Named) -> list[str]:
    """What is wrong with a suggestion in itself, held against the draft as it stands."""
    reasons = []
    if row.weight not in Weight.values:
        reasons.append(_("Say how much hangs on it: (a) a condition, (b) should be addressed, (c) merely made."))
    if named.part(row.section) is None:
        reasons.append(
            _("The draft has no section “%(section)s” now. Choose the passage again.") % {"section": row.section}
        )
    elif not row.passage and row.what != What.INSERT:
        reasons.append(_("Choose the passage that is to change."))
    elif row.passage and not row.quote:
        reasons.append(_("That passage does not stand in the draft now. Choose it again in the text."))
    reasons += _to_words(row)
    if row.what == What.MOVE:
        reasons += _to_target(row, named)
    return reasons


def _to_words(row: Suggestion) -> list[str]:
    reasons = []
    if row.what in {What.REPLACE, What.INSERT} and not row.proposed:
        reasons.append(_("Write the words that you suggest. To take the passage out, choose “Take a passage out”."))
    if row.what == What.REPLACE and row.proposed and row.proposed == row.quote:
        reasons.append(_("Nothing is changed yet: edit the words of the passage."))
    if len(row.proposed) > LONGEST_WORDS:
        reasons.append(
            _("A suggestion holds up to %(most)s characters; this one has %(count)s. Make several of it.")
            % {"most": LONGEST_WORDS, "count": len(row.proposed)}
        )
    if not row.reason.strip() and not row.source:
        reasons.append(_("Say why: who decides about it will read your reason."))
    if len(row.reason) > LONGEST_REMARK:
        reasons.append(_("A reason holds up to %(most)s characters. Shorten it.") % {"most": LONGEST_REMARK})
    return reasons


def _to_target(row: Suggestion, named: Named) -> list[str]:
    part = named.part(row.target_section)
    if part is None or (row.target and row.target not in part.names):
        return [_("Say after which passage it is to stand.")]
    own = named.part(row.section)
    if row.target == row.passage:
        return [_("A passage cannot stand after itself. Say after which other passage it is to stand.")]
    if own and row.passage in own.names and row.section == row.target_section:
        at = own.names.index(row.passage)
        if (own.names[at - 1] if at else "") == row.target:
            return [_("It stands there already.")]
    return []


def to_lodging(row: Suggestion | Thread, by: Seat) -> list[str]:
    """Every reason why somebody may not let something leave its organisation."""
    reasons = permissions.objections("contribution.lodge", by.acting.post)
    if row.lodged_at is not None:
        reasons.append(_("It has left the department already; everybody who works on the text sees it."))
    if row.organisation_id not in by.bodies:
        reasons.append(_("It belongs to another organisation."))
    return reasons


def to_deciding(row: Suggestion, by: Seat, fate: Fate, *, reason: str) -> list[str]:
    """Every reason why somebody may not decide so about a suggestion."""
    reasons = [] if by.decides else permissions.objections("suggestion.decide", by.acting.post)
    reasons += to_becoming(row, fate)
    if fate in {Fate.IN_PART, Fate.REJECTED} and not reason.strip():
        reasons.append(_("Say why: every suggestion is owed a reason, and its author will read it."))
    if len(reason) > LONGEST_REMARK:
        reasons.append(_("A reason holds up to %(most)s characters. Shorten it.") % {"most": LONGEST_REMARK})
    return reasons


def to_becoming(row: Suggestion, fate: Fate) -> list[str]:
    """Whether a suggestion may come to that from where it stands."""
    if fate in FATE_NEXT[Fate(row.fate)]:
        return []
    said = _("Suggestion %(number)s is “%(fate)s” already; somebody was there first.")
    return [said % {"number": row.number or "", "fate": Fate(row.fate).label}]


def to_overlooking(others: Collection[Suggestion], seen: Collection[int]) -> list[str]:
    """Suggestions on the same words that whoever decides has not looked at."""
    unseen = sorted(other.number for other in others if other.pk not in set(seen) and other.number)
    if not unseen:
        return []
    numbers = ", ".join(map(str, unseen))
    return [
        _("These touch the same words: suggestion %(numbers)s. Look at them together first.") % {"numbers": numbers}
    ]


def to_withdrawing(row: Suggestion, by: Seat) -> list[str]:
    """Every reason why somebody may not take a suggestion back: only who made it does, or their Leader."""
    reasons = to_becoming(row, Fate.WITHDRAWN)
    own = row.author_id is not None and by.acting.person is not None and row.author_id == by.acting.person.pk
    own = own or bool(by.link_for and row.link_for == by.link_for)
    if not own and not (by.lodges and row.organisation_id in by.bodies):
        reasons.append(_("Only who made a suggestion can withdraw it, or who speaks for their organisation."))
    return reasons


def to_saying(body: str) -> list[str]:
    """What is wrong with what somebody wants to say in a thread."""
    if not body.strip():
        return [_("Write what you want to say.")]
    if len(body) > LONGEST_REMARK:
        return [_("What you say may have up to %(most)s characters. Shorten it.") % {"most": LONGEST_REMARK}]
    return []


def to_turning(row: Thread, state: Talk) -> list[str]:
    """Whether a thread may be resolved, or opened again."""
    if state in TALK_NEXT[Talk(row.state)]:
        return []
    return [
        _("This discussion is resolved already.") if state == Talk.RESOLVED else _("This discussion is open already.")
    ]
