"""A round's timeline, told from the record: what was done, by whom, when and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from penholder.agreement.models import Class, How, Kind, Outcome, Round, Stance
from penholder.errors import Missing
from penholder.record.models import Entry

# Acts that concern the text of a round, whatever round they were done in.
OF_THE_TEXT = ("iteration.", "edition.", "change.")


@dataclass(frozen=True, slots=True)
class Event:
    """One act. `words` is English; `facts` is what the record holds, for who says it in another language."""

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
                    entry.actor,
                    entry.person,
                    entry.on_behalf_of,
                    entry.reason,
                    facts,
                )
            )
    return tuple(events)


def _words(act: str, facts: dict[str, Any]) -> str:
    if act == "answer.given":
        said = str(Stance(facts["stance"]).label)
        how = How(facts["how"])
        said = said if how == How.GIVEN else f"{said}: {str(how.label)[0].lower()}{str(how.label)[1:]}"
        return f"{said}, late" if facts["late"] else said
    if act == "remark.lodged":
        return f"Lodged remark {facts['remark']}, {Class(facts['class']).label}"
    if act == "remark.disposed":
        return f"Remark {facts['remark']}: {str(Outcome(facts['outcome']).label).lower()}"
    if act == "round.opened":
        return f"Opened: {str(Kind(facts['kind']).label).lower()}, {len(facts['asked'])} asked"
    if act in _ABOUT_A_REMARK:
        return _ABOUT_A_REMARK[act].format(facts["remark"])
    return _PLAIN.get(act, act)


_ABOUT_A_REMARK = {
    "remark.settled": "Settled condition {}",
    "remark.withdrawn": "Withdrew remark {}",
    "remark.claimed-met": "Claimed that condition {} is met",
}
_PLAIN = {
    "iteration.sealed": "Sealed the text",
    "round.asked": "Asked one more",
    "round.extended": "Put off the deadline",
    "round.reminded": "Reminded those who had not answered",
    "round.closed": "Closed the round",
    "round.sent-back": "Returned the text to the pen team",
    "round.called-off": "Called the round off",
    "round.replaced": "Went on with a newer text",
    "round.cleared": "Cleared the text",
    "round.unsettled": "The clearance ended",
    "answer.withdrawn": "Withdrew",
    "change.judged": "Judged a change editorial",
    "text.shown": "Opened the text",
    "link.made": "Made a link to answer by",
    "link.ended": "Ended a link",
    "edition.published": "Published the text",
    "edition.scheduled": "Scheduled the publication",
    "edition.withdrawn": "Withdrew the edition",
    "edition.unscheduled": "Cancelled the publication",
    "edition.held-back": "Held the publication back",
}
