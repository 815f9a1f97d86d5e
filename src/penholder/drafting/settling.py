"""Suggestions to the same words, decided together: one is accepted, or none, and each of the others is told why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.drafting import naming, objections, suggestions, weighing
from penholder.drafting.contributions import Fate, Suggestion
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused


def conflicts(rows: Sequence[Suggestion], clashing: Mapping[int, Sequence[Suggestion]]) -> list[list[Suggestion]]:
    """Those of `rows` that touch words of another, in groups that hang together, each in order of their numbers."""
    by_key = {row.pk: row for row in rows}
    left = {key for key in clashing if key in by_key}
    found = []
    for row in rows:
        waiting, group = [row.pk], []
        while waiting:
            key = waiting.pop()
            if key in left:
                left.remove(key)
                group.append(by_key[key])
                waiting += [other.pk for other in clashing[key]]
        if group:
            found.append(sorted(group, key=lambda one: (one.number, one.pk)))
    return found


@transaction.atomic
def settle(
    *,
    chosen: int | None,
    among: Collection[int],
    by: Seat,
    at: datetime,
    reason: str,
    words: str | None = None,
    reading: str = "",
) -> Suggestion | None:
    """Accept one of several suggestions to the same words and reject those that cannot be beside it; or reject all.

    `among` are those that whoever decides has before their eyes, `words` and `reading` as for `suggestions.accept`.
    Everything is done, or nothing. Raises Refused.
    """
    suggestions.locked(by.document)
    rows = list(Suggestion.objects.filter(by.seen, pk__in=among).order_by("number"))
    together = len(rows) > 1 and len(rows) == len(set(among))
    if not together or (chosen is not None and chosen not in {row.pk for row in rows}):
        raise Missing(_("These suggestions are not here together any more. Go back to the list of suggestions."))
    if not reason.strip():
        raise Refused([_("Say why: every suggestion is owed a reason, and its author will read it.")])
    if reasons := [each for row in rows for each in objections.to_becoming(row, Fate.REJECTED)]:
        raise Refused(reasons)
    if chosen is None:
        for row in rows:
            suggestions.reject(suggestion_id=row.pk, reason=reason, by=by, at=at)
        return None
    (one,) = (row for row in rows if row.pk == chosen)
    beside = weighing.conflicts(rows, naming.names(one.document)).get(chosen, ())
    done = suggestions.accept(
        suggestion_id=chosen, by=by, at=at, reason=reason, words=words, seen=among, reading=reading
    )
    because = _("Suggestion %(number)s was accepted on the same words. %(reason)s")
    for other in beside:
        told = because % {"number": done.number, "reason": reason.strip()}
        suggestions.reject(suggestion_id=other.pk, reason=told, by=by, at=at)
    return done
