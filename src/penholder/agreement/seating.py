"""Who may work with a draft: the pen team and the chair, and whoever is asked about the document in a round that runs.

The room of drafting lies below this one and does not know who is asked; it gets a `Seat`, made here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from penholder.agreement.deadlines import local_day
from penholder.agreement.models import Asked, Delegation
from penholder.agreement.rules.authority import RUNNING, objections_to_running
from penholder.agreement.voices import ENDS_A_BODY, hear, holds
from penholder.drafting import rights
from penholder.drafting.models import Document
from penholder.drafting.seats import Seat
from penholder.errors import Refused
from penholder.people import permissions
from penholder.people.acting import Acting, posts_of
from penholder.people.models import Holding, Person, Post, Succession


def seat(document: Document, by: Acting | None, *, at: datetime) -> Seat:
    """The seat of somebody at a draft, at that moment. Raises Refused with every reason why there is none.

    Asked for on every request: who leaves a post, or whose round ends, has no seat from then on. 2 to 6 queries.
    """
    closed = _(
        "Only the pen team, and those who are asked about this text in a round that runs, may work with its draft."
    )
    if by is None or by.person is None:
        raise Refused(closed)
    if reasons := permissions.objections("draft.contribute", by.post):
        raise Refused(reasons)
    bodies = frozenset({by.post.organisation_id}) | origins(by.post.organisation_id, at=at)
    held = holds(by.person, by.post, at=at)
    if held and not rights.objections_to_reading(document, [by.post]):
        return Seat(document.pk, by, bodies, decides=not rights.objections_to_writing(document, by.post))
    if not held and not _delegated(document, by, at=at):
        raise Refused(closed)
    if not asked_in(document).filter(Q(post=by.post) | Q(post__organisation__in=bodies)).exists():
        raise Refused(closed)
    return Seat(document.pk, by, bodies)


def seat_by_link(asked: Asked, by: Acting, *, at: datetime) -> Seat:
    """The seat of who came by a link, in the name of the post that is asked. Raises Refused with every reason.

    It sees what was suggested by links for this post. What the post's organisation keeps to itself it does not see: a
    link can be passed on.
    """
    reasons = [*permissions.objections("draft.contribute", by.post), *objections_to_running(asked.round)]
    if reasons := [*reasons, *hear(asked, by, at=at).objections]:
        raise Refused(reasons)
    return Seat(asked.round.iteration.document_id, by, link_for=asked.post.key)


def seat_to_read(asked: Asked) -> Seat:
    """A seat that only reads what was suggested by links for an asked post, and what became of it."""
    return Seat(asked.round.iteration.document_id, Acting(asked.post, through="link"), link_for=asked.post.key)


def seat_of(document: Document, person: Person, *, at: datetime) -> Seat | None:
    """The seat of somebody who is not there: by the first of their posts that gives one. For letters."""
    for post in posts_of(person, at=at):
        try:
            return seat(document, Acting(post=post, person=person), at=at)
        except Refused:
            continue
    return None


def asked_in(document: Document) -> QuerySet[Asked]:
    """Posts that are asked about a document in rounds that run."""
    return Asked.objects.filter(round__iteration__document=document, round__state__in=RUNNING)


def origins(organisation_id: int, *, at: datetime) -> frozenset[int]:
    """The bodies whose place an organisation took by then: those that were merged into it or renamed."""
    found: set[int] = set()
    waiting = {organisation_id}
    while waiting:
        rows = Succession.objects.filter(successor__in=waiting, kind__in=ENDS_A_BODY, on__lte=local_day(at))
        waiting = set(rows.values_list("predecessor", flat=True)) - found
        found |= waiting
    return frozenset(found - {organisation_id})


def _delegated(document: Document, by: Acting, *, at: datetime) -> bool:
    scope = Q(document=document) | Q(round__iteration__document=document)
    rows = Delegation.objects.filter(scope, post=by.post, person=by.person, since__lte=at, until__gt=at)
    return rows.exclude(ended_at__lte=at).exists()


def documents(posts: Iterable[Post], *, at: datetime) -> list[Document]:
    """Documents that are asked about now, and whose drafts the holder of these posts may work with. 2 queries up."""
    mine = [post for post in posts if not permissions.objections("draft.contribute", post)]
    asked = Asked.objects.filter(round__state__in=RUNNING)
    if all(permissions.objections("text.read", post) for post in mine):
        bodies = {post.organisation_id for post in mine}
        bodies |= {older for one in bodies for older in origins(one, at=at)}
        asked = asked.filter(Q(post__in=mine) | Q(post__organisation__in=bodies))
    rows = Document.objects.filter(pk__in=asked.values("round__iteration__document")).defer("graveyard")
    return list(rows.order_by("kind", "title")) if mine else []


def people(document: Document, *, at: datetime, within: Collection[int] = ()) -> list[Person]:
    """Who works with a draft and can be named in a discussion; with `within`, only those of these organisations."""
    bodies = set(asked_in(document).values_list("post__organisation", flat=True))
    bodies |= {row.successor_id for row in _successions(bodies, at=at)}
    roles = permissions.TABLE["draft.contribute"][1]
    posts = Post.objects.filter(
        Q(organisation__in=bodies, role__in=roles) | Q(role__in=permissions.TABLE["text.read"][1])
    )
    if within:
        posts = posts.filter(organisation__in=within)
    held = Holding.objects.filter(Q(until=None) | Q(until__gt=at), post__in=posts, since__lte=at)
    return list(Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("name", "pk"))


def _successions(bodies: Collection[int], *, at: datetime) -> list[Succession]:
    found: list[Succession] = []
    waiting = set(bodies)
    while waiting:
        rows = list(Succession.objects.filter(predecessor__in=waiting, kind__in=ENDS_A_BODY, on__lte=local_day(at)))
        waiting = {row.successor_id for row in rows} - {row.successor_id for row in found}
        found += rows
    return found
