"""What becomes of organisations: merged, split, renamed, or their work moved. What was done before stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Succession
from penholder.record import ledger


@transaction.atomic
def succeed(
    *,
    predecessor: Organisation,
    successors: Sequence[Organisation],
    kind: str,
    on: date,
    reason: str,
    by: Acting | None,
    at: datetime,
) -> list[Succession]:
    """Say who answers from `on` where `predecessor` did. Several successors: a split. Raises Refused."""
    Organisation.objects.select_for_update().get(pk=predecessor.pk)
    if reasons := objections(predecessor=predecessor, successors=successors, kind=kind, on=on, reason=reason, by=by):
        raise Refused(reasons)
    rows = [
        Succession.objects.create(predecessor=predecessor, successor=successor, kind=kind, on=on, reason=reason)
        for successor in successors
    ]
    actor, name = (by.post.words, by.said_name) if by else (ledger.OPERATOR, "")
    facts = {
        "organisation": predecessor.key,
        "successors": [successor.key for successor in successors],
        "kind": kind,
        "on": on.isoformat(),
    }
    ledger.append(
        "organisation.succeeded", actor=actor, person=name, subject=predecessor.key, at=at, reason=reason, facts=facts
    )
    return rows


def objections(
    *,
    predecessor: Organisation,
    successors: Sequence[Organisation],
    kind: str,
    on: date,
    reason: str,
    by: Acting | None,
) -> list[str]:
    """Every reason why this cannot be said; empty means that it can."""
    reasons = permissions.objections("people.invite", by.post) if by else []
    if kind not in Succession.Kind.values:
        reasons.append(
            _("“%(kind)s” is no kind of succession. There are: %(listed)s.")
            % {"kind": kind, "listed": ", ".join(Succession.Kind.values)}
        )
    if not successors:
        reasons.append(_("Say which organisation follows."))
    if len({successor.pk for successor in successors}) != len(successors):
        reasons.append(_("An organisation is named twice among those that follow."))
    if len(successors) > 1 and kind != Succession.Kind.SPLIT:
        reasons.append(_("Only a split has several that follow. Name one organisation, or say that it was split."))
    if not reason.strip():
        reasons.append(_("Say why: the reason stands in the record."))
    for successor in successors:
        if successor.pk == predecessor.pk:
            reasons.append(_("An organisation cannot follow itself."))
        elif predecessor in answers_for(successor, on=on):
            reasons.append(
                _("%(successor)s was itself followed by %(predecessor)s by then. Check the two days.")
                % {"successor": successor, "predecessor": predecessor}
            )
        elif Succession.objects.filter(predecessor=predecessor, successor=successor, on=on).exists():
            reasons.append(
                _("It is known already that %(successor)s follows %(predecessor)s from that day.")
                % {"successor": successor, "predecessor": predecessor}
            )
    return reasons


def answers_for(organisation: Organisation, *, on: date) -> list[Organisation]:
    """Who answers on a day for what was asked of an organisation: itself until it was followed, then who followed it.

    Followed through as many successions as there were by that day; a split gives several, in the order of their names.
    One query for all successions and one for those that answer.
    """
    followed: dict[int, list[int]] = {}
    for row in Succession.objects.filter(on__lte=on).order_by("on", "pk"):
        followed.setdefault(row.predecessor_id, []).append(row.successor_id)
    if organisation.pk not in followed:
        return [organisation]
    ends: set[int] = set()
    seen = {organisation.pk}
    waiting = list(followed[organisation.pk])
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in followed:
            waiting += followed[one]
        else:
            ends.add(one)
    return list(Organisation.objects.filter(pk__in=ends).order_by("name"))
