"""Reading a text before it is public: only by those who are asked and those who run the round, and always recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from penholder.agreement.models import Asked, Delegation, Look, State
from penholder.agreement.publications import is_published
from penholder.agreement.voices import hear, holds
from penholder.drafting.models import Iteration
from penholder.errors import Refused
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.people.models import Person
from penholder.record import ledger
from penholder.record.chain import facts_text
from penholder.record.models import Entry


@transaction.atomic
def show(*, iteration: Iteration, by: Acting, at: datetime, asked: Asked | None = None) -> Look:
    """Say that this text was opened, so that it may be shown: by each person once a day, in the record too.

    Call it before the text is sent; an answer is taken only from who was shown its very text. Raises Refused.
    """
    if objections := objections_to_reading(iteration, by, at=at, asked=asked):
        raise Refused(objections)
    facts = {
        "round": asked.round.key if asked else "",
        "post": asked.post.key if asked else by.post.key,
        "as": by.post.key,
        "account": by.person.pk if by.person else 0,
        "through": by.through,
    }
    before = Look.objects.filter(iteration=iteration, post=by.post, person=by.person, name=by.said_name)
    seen = before.filter(through=by.through, at__date=timezone.localdate(at)).first()
    # Found by the text: most of a record are readings, and the index of acts would lead through those of every text.
    told = Entry.objects.filter(subject=iteration.seal, facts=facts_text(facts)).values_list("act", flat=True)
    if seen and "text.shown" in told:
        return seen
    look = Look.objects.create(
        iteration=iteration, post=by.post, person=by.person, name=by.said_name, through=by.through, at=at
    )
    ledger.append("text.shown", actor=by.post.words, person=by.said_name, subject=iteration.seal, at=at, facts=facts)
    return look


def objections_to_reading(
    iteration: Iteration, by: Acting | None, *, at: datetime, asked: Asked | None = None
) -> list[str]:
    """Every reason why `by` may not read this iteration at that moment. A published text is for everybody.

    Besides the pen team and the chair: whoever is asked about it, people of an organisation that is asked who may
    remark inside it, delegates, and the bodies that succeeded one that is asked. Two to eight queries.
    """
    if is_published(iteration):
        return []
    closed = [_("This text is not public yet. Only who is asked about it, or runs its rounds, may read it.")]
    if by is None:
        return closed
    if by.through == "link":
        here = asked is not None and asked.round.iteration_id == iteration.pk
        return list(hear(asked, by, at=at).objections) if asked and here else closed
    if by.person is None:
        return [] if by.through == "command" and not permissions.objections("text.read", by.post) else closed
    return [] if _holder_reads(iteration, by, by.person, at=at) or _proxy_reads(iteration, by, at=at) else closed


def _asked(iteration: Iteration) -> QuerySet[Asked]:
    rows = Asked.objects.filter(round__iteration=iteration).exclude(round__state=State.CALLED_OFF)
    return rows.select_related("post__organisation", "round__iteration__document")


def _holder_reads(iteration: Iteration, by: Acting, person: Person, *, at: datetime) -> bool:
    if not holds(person, by.post, at=at):
        return False
    if not permissions.objections("text.read", by.post):
        return True
    inside = not permissions.objections("remark.make", by.post)
    own = Q(post=by.post)
    return _asked(iteration).filter(own | Q(post__organisation=by.post.organisation_id) if inside else own).exists()


def _proxy_reads(iteration: Iteration, by: Acting, *, at: datetime) -> bool:
    delegated = Delegation.objects.filter(person=by.person, post=by.post, until__gt=at, since__lte=at).values("post")
    rows = _asked(iteration).filter(Q(post__in=delegated) | Q(post__organisation__successions__isnull=False))
    return any(hear(row, by, at=at).voice for row in rows.distinct())
