"""What counts as editorial is decided by a person, with a name and a reason, and shown to every signer."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from penholder.agreement import scopes
from penholder.agreement.models import Judgement
from penholder.agreement.rules import objections_to_acting
from penholder.drafting.models import Iteration
from penholder.errors import Conflict, Refused
from penholder.people.acting import Acting
from penholder.record import ledger


def objections_to_judging(
    iteration: Iteration,
    *,
    by: Acting | None,
    at: datetime,
    section: str | None = None,
    since: Iteration | None = None,
    reason: str | None = None,
) -> list[str]:
    """Every reason why `by` may not judge that a section changed only editorially."""
    reasons = objections_to_acting("change.judge", by, at=at)
    if section is not None:
        found = scopes.changes(since, iteration).get(section) if since else None
        if found is None or found.kind != "changed":
            reasons.append(
                _(
                    "The words of section “%(section)s” did not change between the two iterations: there is "
                    "nothing to judge. A new title, a new picture and a new or removed section are never "
                    "editorial."
                )
                % {"section": section}
            )
    if reason is not None and not reason.strip():
        reasons.append(_("Say why the change is editorial only: every signer will read it."))
    return reasons


@transaction.atomic
def judge(
    *,
    iteration: Iteration,
    section: str,
    reason: str,
    by: Acting,
    at: datetime,
    since: Iteration | None = None,
) -> Judgement:
    """Judge that a section's change, from iteration `since` (the one before) to this one, is editorial only.

    It counts when a round whose policy says so goes on with this iteration or a later one. Raises Refused, or Conflict
    when somebody judged this very change already.
    """
    since = since or (
        Iteration.objects.filter(document=iteration.document_id, number__lt=iteration.number)
        .order_by("-number")
        .first()
    )
    objections = objections_to_judging(iteration, by=by, at=at, section=section, since=since, reason=reason)
    if objections or since is None:
        raise Refused(objections)
    change = scopes.changes(since, iteration)[section]
    try:
        with transaction.atomic():
            judgement = Judgement.objects.create(
                iteration=iteration,
                section=section,
                before=change.before,
                after=change.after,
                by_post=by.post.words,
                name=by.said_name,
                reason=reason,
                at=at,
            )
    except IntegrityError:
        raise Conflict(_("This very change was judged already. Open the page again to read by whom.")) from None
    facts = {
        "document": iteration.document.key,
        "number": iteration.number,
        "section": section,
        "before": change.before,
        "after": change.after,
    }
    ledger.append(
        "change.judged",
        actor=by.post.words,
        person=by.said_name,
        subject=iteration.seal,
        at=at,
        reason=reason,
        facts=facts,
    )
    return judgement


def judged(iteration: Iteration) -> list[Judgement]:
    """The changes of this iteration that were judged editorial, by section. One query."""
    return list(Judgement.objects.filter(iteration=iteration))
