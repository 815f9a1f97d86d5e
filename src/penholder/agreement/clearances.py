"""Clearance: the chair's own act that a text is agreed. Having all the answers is not clearance."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from penholder.agreement import entries, locks, rules, silences
from penholder.agreement.models import Clearance, Round, State
from penholder.drafting.models import Iteration
from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.record import ledger


@transaction.atomic
def clear(*, round_id: int, seal: str, by: Acting, at: datetime, reason: str = "") -> Clearance:
    """Clear the text of a round. `seal` is that of the text the chair was shown. Raises Refused with every reason.

    Silence that is due by now is recorded first, in the same transaction, so that the clearance stands on rows.
    """
    round = locks.round_row(round_id)
    silences.deem_in(round, at=at)
    if objections := rules.objections_to_clearing(round, by=by, at=at, seal=seal):
        raise Refused(objections)
    clearance = Clearance.objects.create(
        round=round,
        seal=round.iteration.seal,
        by_post=by.post.words,
        person=by.person,
        name=by.said_name,
        at=at,
        reason=reason,
    )
    round.state, round.ended_at = State.CLEARED, at
    round.save(update_fields=["state", "ended_at"])
    ledger.append_all([entries.cleared(round, clearance, by=by, at=at)])
    return clearance


def hold(*, iteration: Iteration) -> list[str]:
    """Hold all rounds of this very text still until the transaction ends; then say why it may not be published.

    For the act of publishing: a withdrawal comes wholly before it, and blocks it, or wholly after.
    """
    rounds = Round.objects.select_for_update(of=("self",)).filter(
        iteration__document=iteration.document_id, iteration__seal=iteration.seal
    )
    list(rounds.order_by("pk"))
    return rules.objections_to_publishing(iteration)
