"""“Since you were last here”: what happened to a draft, for one person, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from penholder.drafting import differences, waypoints
from penholder.drafting.contributions import Fate, Mention, Suggestion, Thread, Utterance, Waypoint
from penholder.drafting.differences import Crossing, Difference
from penholder.drafting.models import Document, Iteration
from penholder.drafting.seats import Seat
from penholder.people.models import Person
from penholder.text.compare import Comparison


@dataclass(frozen=True, slots=True)
class Section:
    """What happened to one section: in words, by whom (as far as that is known), and the change itself."""

    key: str
    title: str
    words: str
    people: tuple[str, ...]
    difference: Difference


@dataclass(frozen=True, slots=True)
class Heard:
    """A thread in which something was said, and how much; `mine` when I spoke in it, began it or was named in it."""

    thread: Thread
    count: int
    mine: bool


@dataclass(frozen=True, slots=True)
class News:
    """What happened to a draft since a moment, as far as a person may see it."""

    since: datetime
    waypoint: Waypoint | None
    sections: tuple[Section, ...] = ()
    decided: tuple[Suggestion, ...] = ()  # mine
    again: tuple[Suggestion, ...] = ()  # mine, to be looked at again
    suggested: tuple[Suggestion, ...] = ()  # by others
    heard: tuple[Heard, ...] = ()
    sealed: tuple[Iteration, ...] = field(default=())

    @property
    def anything(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.sections or self.decided or self.again or self.suggested or self.heard or self.sealed)


def since(document: Document, seat: Seat, person: Person, moment: datetime) -> News:
    """What happened since then. 10 to 12 queries, and the comparison of the sections that changed."""
    waypoint = waypoints.before(document, moment)
    seen = Suggestion.objects.filter(seat.seen).select_related("organisation")
    own = seen.filter(author=person)
    return News(
        since=moment,
        waypoint=waypoint,
        sections=_sections(document, waypoint) if waypoint else (),
        decided=tuple(own.filter(ended_at__gt=moment).exclude(fate=Fate.WITHDRAWN).order_by("number")),
        again=tuple(own.filter(look_again__gt=0, fate=Fate.OPEN).order_by("number")),
        suggested=tuple(seen.filter(made_at__gt=moment).exclude(author=person).order_by("number", "pk")),
        heard=_heard(seat, person, moment),
        sealed=tuple(
            Iteration.objects.filter(document=document, sealed_at__gt=moment)
            .defer("manifest", "events")
            .order_by("number")
        ),
    )


def _sections(document: Document, waypoint: Waypoint) -> tuple[Section, ...]:
    found = differences.differences(waypoints.parts(waypoint), waypoints.now(document))
    wrote = waypoints.writers(document, waypoint) if found else {}
    return tuple(Section(one.key, one.title, words(one), tuple(wrote.get(one.key, ())), one) for one in found)


def words(one: Difference) -> str:
    """What happened to a section, in one line: “2 passages edited, 1 moved”."""
    if one.new_here:
        told = [_("a new section")]
    elif one.gone:
        told = [_("the section was taken out")]
    else:
        told = list(_counted(one.comparison))
    if one.behind is not None:
        said = _("it stands behind “%(title)s” now") if one.behind else _("it stands at the very start now")
        told.append(said % {"title": one.behind})
    told += [*_crossed(one.came, came=True), *_crossed(one.went, came=False)]
    return ", ".join(told) if told else _("its title was changed")


def _crossed(some: Sequence[Crossing], *, came: bool) -> Sequence[str]:
    """How many passages came from which section, or went into which."""
    told = []
    for title, count in Counter(one.title for one in some).items():
        if came:
            words_ = ngettext(
                "%(count)s passage moved here from “%(title)s”", "%(count)s passages moved here from “%(title)s”", count
            )
        else:
            words_ = ngettext(
                "%(count)s passage moved to “%(title)s”", "%(count)s passages moved to “%(title)s”", count
            )
        told.append(words_ % {"count": count, "title": title})
    return told


def _counted(comparison: Comparison) -> Sequence[str]:
    count = Counter(change.kind for change in comparison.changes)
    moved = sum(change.moved for change in comparison.changes)
    edited = count["edited"] + count["rewritten"]
    told = []
    if edited:
        told.append(ngettext("%(count)s passage edited", "%(count)s passages edited", edited) % {"count": edited})
    if n := count["inserted"]:
        told.append(ngettext("%(count)s new", "%(count)s new ones", n) % {"count": n})
    if n := count["removed"]:
        told.append(ngettext("%(count)s taken out", "%(count)s of them taken out", n) % {"count": n})
    if moved:
        told.append(ngettext("%(count)s moved", "%(count)s of them moved", moved) % {"count": moved})
    if n := count["split"] + count["merged"]:
        told.append(ngettext("%(count)s split or joined", "%(count)s of them split or joined", n) % {"count": n})
    return told


def _heard(seat: Seat, person: Person, moment: datetime) -> tuple[Heard, ...]:
    seen = Thread.objects.filter(seat.heard)
    fresh = Utterance.objects.filter(thread__in=seen, at__gt=moment).exclude(author=person)
    count = Counter(fresh.values_list("thread", flat=True))
    if not count:
        return ()
    mine = set(Utterance.objects.filter(thread__in=count, author=person).values_list("thread", flat=True))
    mine |= set(
        Mention.objects.filter(person=person, utterance__thread__in=count).values_list("utterance__thread", flat=True)
    )
    rows = seen.filter(pk__in=count).order_by("number", "pk")
    told = [Heard(row, count[row.pk], row.pk in mine) for row in rows]
    return tuple(sorted(told, key=lambda one: not one.mine))
