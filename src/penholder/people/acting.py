"""Who acts: a post, and the person who holds it at that moment. Every act of every room is done by one of these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from penholder.people.models import Holding, Person, Post


@dataclass(frozen=True, slots=True)
class Acting:
    """A post that acts. `person` is None when nobody is signed in: by a link, by a command, or by the clock.

    `name` is who it was in words, as the record keeps it; `through` is the door: "desk", "link", "command".
    """

    post: Post
    person: Person | None = None
    name: str = ""
    through: str = "desk"

    @property
    def said_name(self) -> str:
        """Who it was, in words: the name given, else the signed-in person's."""
        return self.name or (str(self.person) if self.person else "")

    @property
    def words(self) -> str:
        """Who acts, in one line that lasts: "Ada Ash, Digital Leader, HM Treasury"; without a name the post alone."""
        return f"{self.said_name}, {self.post.words}" if self.said_name else self.post.words


def posts_of(person: Person, *, at: datetime) -> list[Post]:
    """The posts that a person holds at that moment, with their organisations. One query."""
    held = Holding.objects.filter(Q(until=None) | Q(until__gt=at), person=person, since__lte=at)
    return [holding.post for holding in held.select_related("post__organisation").order_by("since", "pk")]


# Asked thirty times a second while people type in one draft: making the statement out of a queryset takes several times
# as long as the database takes to answer it.
_HOLDING_NOW = """
SELECT held.post_id, held.person_id
FROM people_holding AS held JOIN people_person AS person ON person.id = held.person_id
WHERE person.is_active AND held.since <= %s AND (held.until IS NULL OR held.until > %s) AND held.person_id IN """


def holding_now(people: Iterable[int], *, at: datetime) -> set[tuple[int, int]]:
    """Which of these people (primary keys) hold which posts at that moment: pairs of post and person. One query.

    Who may not sign in any more holds nothing.
    """
    asked = sorted(set(people))
    if not asked:
        return set()
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(f"{_HOLDING_NOW}({', '.join(['%s'] * len(asked))})", [moment, moment, *asked])
        return set(cursor.fetchall())


def holders_of(post: Post, *, at: datetime) -> list[Person]:
    """Who holds a post at that moment; several when it is shared. One query."""
    held = Holding.objects.filter(Q(until=None) | Q(until__gt=at), post=post, since__lte=at)
    return [holding.person for holding in held.select_related("person").order_by("since", "pk")]
