"""Who speaks for a post that is asked: its holder, a delegate, the body that succeeded it, or its office by a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from penholder.agreement.deadlines import local_day
from penholder.agreement.models import Asked, Delegation, Link
from penholder.people.acting import Acting
from penholder.people.models import Holding, Person, Post, Succession

# A body that was merged or renamed is gone; after a split, or when work moved, the old one still answers for itself.
ENDS_A_BODY = frozenset({Succession.Kind.MERGED, Succession.Kind.RENAMED})


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who speaks, as the record keeps it: `post` and `name` in words, `on_behalf_of` the asked post or ""."""

    post: str
    name: str
    on_behalf_of: str = ""
    person: Person | None = None
    through: str = "desk"
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """Whether somebody may speak for an asked post: a voice, or every reason why not."""

    voice: Voice | None
    objections: tuple[str, ...] = ()


def holds(person: Person, post: Post, *, at: datetime) -> bool:
    """Whether the person holds the post at that moment. One query."""
    held = Holding.objects.filter(Q(until=None) | Q(until__gt=at), person=person, post=post, since__lte=at)
    return person.is_active and held.exists()


def successors(post: Post, *, at: datetime) -> list[Post]:
    """Posts of the same role in the bodies that took this post's body over by then; empty while it stands. 1–n queries.

    Where the new body has no such post, the old one goes on answering, or nobody could.
    """
    bodies, seen = {post.organisation_id}, {post.organisation_id}
    ends = set()
    while bodies:
        rows = Succession.objects.filter(predecessor__in=bodies, kind__in=ENDS_A_BODY, on__lte=local_day(at))
        next_by = {row.predecessor_id: set[int]() for row in rows}
        for row in rows:
            next_by[row.predecessor_id].add(row.successor_id)
        ends |= bodies - next_by.keys()
        bodies = set[int]().union(*next_by.values()) - seen
        seen |= bodies
    ends.discard(post.organisation_id)
    if not ends:
        return []
    return list(Post.objects.filter(organisation__in=ends, role=post.role).select_related("organisation"))


def delegation(asked: Asked, person: Person, *, at: datetime, lock: bool = False) -> Delegation | None:
    """The delegation that lets this person speak for the asked post at that moment; None when there is none.

    One for a round also holds for the rounds that go on with newer iterations of its text.
    """
    scope = Q(round__series=asked.round.series) | Q(document=asked.round.iteration.document_id)
    rows = Delegation.objects.filter(
        scope, Q(ended_at=None) | Q(ended_at__gt=at), post=asked.post_id, person=person, since__lte=at, until__gt=at
    )
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def hear(asked: Asked, by: Acting | None, *, at: datetime, lock: bool = False) -> Heard:
    """Who `by` is for the asked post at that moment. Two to five queries.

    An act passes `lock`: a delegation by which it is done then cannot end before the act does.
    """
    if by is not None and by.through == "link":
        return _by_link(asked, by, at=at)
    if by is None or by.person is None:
        return Heard(None, (_("Nobody is signed in. Sign in, or answer by the link that was sent to you."),))
    if by.post.pk != asked.post_id:
        return _by_successor(asked, by, by.person, at=at)
    if holds(by.person, by.post, at=at):
        return _by_holder(asked, by, at=at)
    return _by_delegate(asked, by, by.person, at=at, lock=lock)


def _by_holder(asked: Asked, by: Acting, *, at: datetime) -> Heard:
    if followed := successors(asked.post, at=at):
        now = " or ".join(f"“{post.words}”" for post in followed)
        return Heard(
            None,
            (
                _("%(organisation)s has been succeeded; %(now)s answers in its place now.")
                % {"organisation": asked.post.organisation.name, "now": now},
            ),
        )
    return Heard(Voice(asked.post.words, by.said_name, person=by.person, through=by.through))


def _by_delegate(asked: Asked, by: Acting, person: Person, *, at: datetime, lock: bool) -> Heard:
    if person.is_active and delegation(asked, person, at=at, lock=lock):
        own = Holding.objects.filter(Q(until=None) | Q(until__gt=at), person=person, since__lte=at)
        held = own.select_related("post__organisation").order_by("since", "pk").first()
        words = held.post.words if held else by.said_name
        return Heard(Voice(words, by.said_name, asked.post.words, person, by.through))
    said = _(
        "You do not hold the post “%(post)s” now, and no delegation lets you speak for it at this moment. Ask "
        "its holder to delegate this round to you."
    ) % {"post": asked.post.words}
    return Heard(None, (said,))


def _by_link(asked: Asked, by: Acting, *, at: datetime) -> Heard:
    link = asked.links.filter(ended_at=None, used_at=None, expires_at__gt=at).first()
    if link is None or by.post.pk != asked.post_id:
        return Heard(
            None, (_("This link has been used, has ended or has expired. Ask the pen team to send a new one."),)
        )
    if not by.name.strip():
        return Heard(None, (_("Write your name: an answer by a link is given by somebody."),))
    words = asked.post.words
    return Heard(Voice(f"By link, for {words}", by.name.strip(), words, None, "link", link))


def _by_successor(asked: Asked, by: Acting, person: Person, *, at: datetime) -> Heard:
    if by.post.pk in {post.pk for post in successors(asked.post, at=at)} and holds(person, by.post, at=at):
        return Heard(Voice(by.post.words, by.said_name, asked.post.words, person, by.through))
    return Heard(
        None,
        (
            _("“%(post)s” is asked here, and you act as “%(post_2)s”. Act as the post asked.")
            % {"post": asked.post.words, "post_2": by.post.words},
        ),
    )
