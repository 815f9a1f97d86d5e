"""Delegation: for one scope and one period, somebody else may speak for a post, and the record says on whose behalf."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from penholder.agreement import entries
from penholder.agreement.models import Delegation, Round
from penholder.agreement.rules import objections_to_acting
from penholder.agreement.voices import holds
from penholder.drafting.models import Document
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.people.models import Person, Post
from penholder.record import ledger


def objections_to_giving(
    *,
    post: Post,
    by: Acting | None,
    at: datetime,
    person: Person | None = None,
    scopes: int = 1,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[str]:
    """Every reason why this delegation may not be given. Only who holds a post delegates it; a delegate does not."""
    reasons = objections_to_acting("round.answer", by, at=at)
    if by is not None and by.post.pk != post.pk:
        reasons.append(_("Only who holds “%(post)s” may delegate it.") % {"post": post.words})
    if scopes != 1:
        reasons.append(_("A delegation is for one round or for one document: choose one of them."))
    if person is not None and not person.is_active:
        reasons.append(_("%(person)s can no longer sign in. Choose somebody else.") % {"person": person})
    if person is not None and holds(person, post, at=at):
        reasons.append(_("%(person)s holds this post already and needs no delegation.") % {"person": person})
    if since is not None and until is not None and until <= max(since, at):
        reasons.append(_("A delegation ends after it begins, and not in the past. Choose a later end."))
    return reasons


@transaction.atomic
def give(
    *,
    post: Post,
    person: Person,
    since: datetime,
    until: datetime,
    by: Acting,
    at: datetime,
    round: Round | None = None,
    document: Document | None = None,
    reason: str = "",
) -> Delegation:
    """Let a person speak for a post from `since` until before `until`, in one round's series or in one document."""
    scopes = (round is not None) + (document is not None)
    if objections := objections_to_giving(
        post=post, by=by, at=at, person=person, scopes=scopes, since=since, until=until
    ):
        raise Refused(objections)
    delegation = Delegation.objects.create(
        post=post,
        person=person,
        round=round,
        document=document,
        since=since,
        until=until,
        given_by=by.words,
        given_at=at,
        reason=reason,
    )
    ledger.append_all([entries.delegated(delegation, by=by, at=at)])
    return delegation


@transaction.atomic
def end(*, delegation_id: int, by: Acting, at: datetime, reason: str = "") -> Delegation:
    """End a delegation before its time: by who holds the post, or by the delegate. What was signed under it stands."""
    rows = Delegation.objects.select_for_update(of=("self",)).select_related("post__organisation", "round", "document")
    delegation = rows.filter(pk=delegation_id).first()
    if delegation is None:
        raise Missing(_("There is no such delegation. Go back to the list of delegations."))
    own = by.person is not None and by.person.pk == delegation.person_id
    reasons = [] if own else objections_to_acting("round.answer", by, at=at)
    if not own and by.post.pk != delegation.post_id:
        reasons.append(
            _("Only who holds “%(post)s”, or the delegate, may end this delegation.") % {"post": delegation.post.words}
        )
    if delegation.ended_at is not None or delegation.until <= at:
        reasons.append(_("This delegation has ended already."))
    if reasons:
        raise Refused(reasons)
    delegation.ended_at = at
    delegation.save(update_fields=["ended_at"])
    ledger.append_all([entries.delegation_ended(delegation, by=by, at=at, reason=reason)])
    return delegation


def standing(person: Person, at: datetime) -> list[Delegation]:
    """The delegations by which a person may speak for others at that moment. One query."""
    rows = Delegation.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), person=person, since__lte=at, until__gt=at)
    return list(rows.select_related("post__organisation", "round", "document").order_by("until", "pk"))
