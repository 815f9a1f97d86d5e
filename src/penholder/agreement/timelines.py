"""A round's timeline, told from the record: what was done, by whom, when and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.utils.translation import ngettext

from penholder.agreement.entries import CLOCK
from penholder.agreement.models import Class, How, Kind, Outcome, Round, Stance
from penholder.errors import Missing
from penholder.record.ledger import OPERATOR
from penholder.record.models import Entry

# Acts that concern the text of a round, whatever round they were done in.
OF_THE_TEXT = ("iteration.", "edition.", "change.")


@dataclass(frozen=True, slots=True)
class Event:
    """One act. `words` is in the reader's language; `facts` is what the record holds, `reason` as it was written."""

    number: int
    at: datetime
    act: str
    words: str
    actor: str
    person: str
    on_behalf_of: str
    reason: str
    facts: dict[str, Any]


def timeline(round_id: int) -> tuple[Event, ...]:
    """Everything that the record tells of a round and its text, oldest first. Two queries. Raises Missing."""
    round = Round.objects.select_related("iteration").filter(pk=round_id).first()
    if round is None:
        raise Missing(_("There is no such round. Go back to the list of rounds."))
    return told_of(round)


def told_of(round: Round) -> tuple[Event, ...]:
    """The same of a round that comes with its iteration. One query."""
    events = []
    for entry in Entry.objects.filter(subject=round.iteration.seal).order_by("number"):
        facts = json.loads(entry.facts)
        if facts.get("round") == round.key or entry.act.startswith(OF_THE_TEXT):
            events.append(
                Event(
                    entry.number,
                    entry.at,
                    entry.act,
                    _words(entry.act, facts),
                    str(_NOBODY.get(entry.actor, entry.actor)),
                    entry.person,
                    entry.on_behalf_of,
                    entry.reason,
                    facts,
                )
            )
    return tuple(events)


# Who acts when no post does. The record names them in its own language.
_NOBODY: Final = {
    CLOCK: say("The clock of this instance"),
    OPERATOR: say("Operator of this instance"),
}


def _words(act: str, facts: dict[str, Any]) -> str:
    tell = _TOLD.get(act)
    return tell(facts) if tell else str(_PLAIN.get(act, act))


def _answer(facts: dict[str, Any]) -> str:
    said, how = str(Stance(facts["stance"]).label), How(facts["how"])
    if how != How.GIVEN:
        words = str(how.label)
        said = f"{said}: {words[:1].lower()}{words[1:]}"
    return _("%(answer)s, late") % {"answer": said} if facts["late"] else said


def _lodging(facts: dict[str, Any]) -> str:
    return _("Lodged remark %(number)s, %(class)s") % {"number": facts["remark"], "class": Class(facts["class"]).label}


def _decision(facts: dict[str, Any]) -> str:
    outcome = Outcome(facts["outcome"]).label.lower()
    return _("Remark %(number)s: %(outcome)s") % {"number": facts["remark"], "outcome": outcome}


def _opening(facts: dict[str, Any]) -> str:
    count = len(facts["asked"])
    said = ngettext("Opened: %(kind)s, %(count)s asked", "Opened: %(kind)s, %(count)s asked", count)
    return said % {"kind": Kind(facts["kind"]).label.lower(), "count": count}


_TOLD: Final[Mapping[str, Callable[[dict[str, Any]], str]]] = {
    "answer.given": _answer,
    "remark.lodged": _lodging,
    "remark.disposed": _decision,
    "round.opened": _opening,
    "remark.settled": lambda facts: _("Settled condition %(number)s") % {"number": facts["remark"]},
    "remark.withdrawn": lambda facts: _("Withdrew remark %(number)s") % {"number": facts["remark"]},
    "remark.claimed-met": lambda facts: _("Claimed that condition %(number)s is met") % {"number": facts["remark"]},
}
_PLAIN: Final = {
    "iteration.sealed": say("Sealed the text"),
    "round.asked": say("Asked one more"),
    "round.extended": say("Put off the deadline"),
    "round.reminded": say("Reminded those who had not answered"),
    "round.closed": say("Closed the round"),
    "round.sent-back": say("Returned the text to the pen team"),
    "round.called-off": say("Called the round off"),
    "round.replaced": say("Went on with a newer text"),
    "round.cleared": say("Cleared the text"),
    "round.unsettled": say("The clearance ended"),
    "answer.withdrawn": say("Withdrew"),
    "change.judged": say("Judged a change editorial"),
    "text.shown": say("Opened the text"),
    "link.made": say("Made a link to answer by"),
    "link.ended": say("Ended a link"),
    "edition.published": say("Published the text"),
    "edition.scheduled": say("Scheduled the publication"),
    "edition.withdrawn": say("Withdrew the edition"),
    "edition.unscheduled": say("Cancelled the publication"),
    "edition.held-back": say("Held the publication back"),
}
