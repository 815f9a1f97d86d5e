"""Posts and who holds them. A post is accountable whoever holds it; who that is, the record says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from penholder.errors import Missing, Refused
from penholder.people import entries, permissions
from penholder.people.acting import Acting
from penholder.people.models import Holding, Organisation, Person, Post, Role
from penholder.record import ledger

# Posts that clear, approve, or let others in. Whoever could give these away could do all of it.
APPOINTED = frozenset({Role.CHAIR, Role.MINISTER, Role.OPERATOR})


@dataclass(frozen=True, slots=True)
class Held:
    """A post with its holders at a moment, and everyone who ever held it, newest first."""

    post: Post
    now: list[Holding] = field(default_factory=list)
    ever: list[Holding] = field(default_factory=list)


def objections_to_giving(post: Post, *, by: Acting | None, person: Person | None = None) -> list[str]:
    """Every reason why `by` may not say who holds this post; empty means that they may. None: by a command."""
    if by is None:
        return []
    act = "people.appoint" if post.role in APPOINTED else "people.invite"
    reasons = permissions.objections(act, by.post)
    if person is not None and by.person is not None and person.pk == by.person.pk:
        reasons.append(_("Nobody gives a post to themselves. Ask somebody else who may."))
    return reasons


def find(key: str) -> Post:
    """The post with this key, with its organisation. Raises Missing."""
    post = Post.objects.select_related("organisation").filter(key=key).first()
    if post is None:
        raise Missing(_("There is no post “%(key)s”. `penholder people list` shows all of them.") % {"key": key})
    return post


@transaction.atomic
def make(*, organisation: Organisation, title: str, role: str, by: Acting | None, at: datetime, key: str = "") -> Post:
    """Set up a post in an organisation. Its key is made of both names unless given. Raises Refused."""
    post = Post(organisation=organisation, title=" ".join(title.split()), role=role)
    post.key = key or slugify(f"{organisation.key}-{post.title}")[:120]
    reasons = objections_to_giving(post, by=by)
    if role not in Role.values:
        reasons.append(
            _("“%(role)s” is no role. There are: %(listed)s.") % {"role": role, "listed": ", ".join(Role.values)}
        )
    if not post.title or not post.key:
        reasons.append(_("A post needs a title."))
    if Post.objects.filter(key=post.key).exists():
        reasons.append(_("There is a post “%(post)s” already. Give this one another title.") % {"post": post.key})
    if reasons:
        raise Refused(reasons)
    post.save()
    ledger.append_all([entries.of_post("post.made", post, by=by, at=at)])
    return post


@transaction.atomic
def hold(*, post: Post, person: Person, by: Acting | None, at: datetime, reason: str = "") -> Holding:
    """Say that a person holds a post from now on, beside whoever holds it already. Raises Refused."""
    _lock(post)
    reasons = objections_to_giving(post, by=by, person=person)
    if not person.is_active:
        reasons.append(_("The account of %(person)s is closed.") % {"person": person})
    if _standing(post, person).exists():
        reasons.append(_("%(person)s holds “%(post)s” already.") % {"person": person, "post": post.words})
    if reasons:
        raise Refused(reasons)
    return began(post=post, person=person, by=by, at=at, reason=reason)


def began(*, post: Post, person: Person, by: Acting | None, at: datetime, reason: str = "") -> Holding:
    """Write down that a holding begins, without asking whether it may. For `hold`, and for an accepted invitation."""
    holding = Holding.objects.create(post=post, person=person, since=at)
    ledger.append_all([entries.of_holding("post.held", post, person, by=by, at=at, reason=reason)])
    return holding


@transaction.atomic
def leave(*, post: Post, person: Person, by: Acting | None, at: datetime, reason: str = "") -> Holding:
    """Say that a person no longer holds a post. What they did in it stays theirs. One may always leave oneself."""
    _lock(post)
    holding = _standing(post, person).first()
    if holding is None:
        raise Refused(_("%(person)s does not hold “%(post)s”.") % {"person": person, "post": post.words})
    own = by is not None and by.person is not None and by.person.pk == person.pk
    if not own and (reasons := objections_to_giving(post, by=by)):
        raise Refused(reasons)
    holding.until = max(at, holding.since)
    holding.save(update_fields=["until"])
    ledger.append_all([entries.of_holding("post.left", post, person, by=by, at=at, reason=reason)])
    return holding


@transaction.atomic
def replace(*, post: Post, person: Person, by: Acting | None, at: datetime, reason: str = "") -> Holding:
    """Say that a person holds a post instead of everybody who holds it now. What is asked of the post stays asked."""
    _lock(post)
    for holding in post.holdings.filter(until=None).select_related("person"):
        if holding.person_id != person.pk:
            leave(post=post, person=holding.person, by=by, at=at, reason=reason)
    standing = _standing(post, person).first()
    return standing or hold(post=post, person=person, by=by, at=at, reason=reason)


def holders(posts: list[Post], *, at: datetime) -> list[Held]:
    """Each post with who holds it at that moment and who ever did. One query, however many posts."""
    found = {post.pk: Held(post) for post in posts}
    for holding in Holding.objects.filter(post__in=posts).select_related("person").order_by("-since", "-pk"):
        held = found[holding.post_id]
        held.ever.append(holding)
        if holding.holds(at=at):
            held.now.append(holding)
    return list(found.values())


def _standing(post: Post, person: Person) -> models.QuerySet[Holding]:
    return Holding.objects.filter(post=post, person=person, until=None)


def _lock(post: Post) -> None:
    Post.objects.select_for_update().get(pk=post.pk)
