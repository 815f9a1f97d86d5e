"""What changed between any two editions, in public, by action and by word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from penholder.delivery.standing import OrganisationStanding
from penholder.publishing.changes import EditionChanges, places_of
from penholder.publishing.models import Edition
from penholder.publishing.sites import Page
from penholder.text.comparison import Change
from penholder.web.public import redlines
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.pairs import ALL_PAIRS_UP_TO, pairs, path_between
from penholder.web.public.site import Publication, Site
from penholder.web.public.texts import Texts

KINDS = {
    "edited": gettext_lazy("edited"),
    "rewritten": gettext_lazy("rewritten"),
    "split": gettext_lazy("split"),
    "merged": gettext_lazy("merged"),
    "moved": gettext_lazy("moved"),
    "inserted": gettext_lazy("added"),
    "removed": gettext_lazy("removed"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one action, or of one section outside actions."""

    id: str
    title: str
    action: int  # 0 outside actions
    summary: str
    body: SafeString


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """An answer that was first said, or said differently, between two days."""

    action: int
    organisation: OrganisationStanding
    said_on: date
    first: bool


def pages(drawing: Drawing, texts: Texts) -> Iterator[Page]:
    """The list of comparisons, and a page for each."""
    publications = drawing.site.in_order
    yield drawing.page(
        "/changes/",
        "changes.html",
        title=_("What changed"),
        description=_("Any edition read against any other: word by word, with moves shown as moves."),
        choosers=[_chooser(one, texts) for one in publications if not one.departmental],
        departmental=[{"publication": one} for one in publications if one.departmental],
    )
    for publication in publications:
        editions = {edition.number: edition for edition in publication.editions}
        for old, new in pairs(publication):
            yield _changed(drawing, texts, publication, editions[old], editions[new])


def _chooser(publication: Publication, texts: Texts) -> dict[str, Any]:
    """A row for each edition, newest first: what it changed, and the other comparisons that it is a side of."""
    wanted = pairs(publication)
    editions = {edition.number: edition for edition in publication.editions}
    complete = len(wanted) == len(editions) * (len(editions) - 1) // 2 <= ALL_PAIRS_UP_TO
    rows: list[dict[str, Any]] = []
    if len(editions) > 1:
        for number, edition in reversed(editions.items()):
            # With all pairs, the older editions; with few, the way to the newest.
            side = [
                pair for pair in wanted if pair[1 if complete or number == publication.current.number else 0] == number
            ]
            before = (number - 1, number) if (number - 1, number) in wanted else None
            rows.append(
                {
                    "edition": edition,
                    "before": before
                    and {
                        **_pair(publication, *before),
                        "summary": summary(texts.between(editions[before[0]], edition).comparison.changes),
                    },
                    "others": [_pair(publication, *pair) for pair in side if pair != before],
                }
            )
    return {"publication": publication, "rows": rows, "complete": complete}


def _pair(publication: Publication, old: int, new: int) -> dict[str, Any]:
    return {"old": old, "new": new, "path": path_between(publication, old, new)}


def _changed(drawing: Drawing, texts: Texts, publication: Publication, old: Edition, new: Edition) -> Page:
    changed = texts.between(old, new)
    counts = counted(changed.comparison.changes)
    numbers = {"a": old.number, "b": new.number}
    return drawing.page(
        path_between(publication, old.number, new.number),
        "changed.html",
        title=_("What changed from edition %(a)d to edition %(b)d of %(title)s")
        % {**numbers, "title": publication.title},
        description=_("%(title)s, edition %(a)d against edition %(b)d: %(summary)s.")
        % {**numbers, "title": publication.title, "summary": summary(changed.comparison.changes)},
        crumbs=(Crumb(_("What changed"), "/changes/"),),
        publication=publication,
        old=old,
        new=new,
        counts=[{"count": count, "words": KINDS[kind]} for kind, count in counts.items()],
        groups=_groups(drawing, changed),
        answers=_answers(drawing.site, publication, old, new),
    )


def _groups(drawing: Drawing, changed: EditionChanges) -> list[Group]:
    """Actions first, by number; then the other sections in reading order. Groups without a change are left out."""
    found = redlines.by_group(changed)
    within: dict[redlines.Group, list[Change]] = {}
    titles: dict[redlines.Group, str] = {}
    places = (*changed.places, *places_of(changed.old))  # a section that is no more has its title from the old text
    for place in places:
        titles.setdefault(redlines.group_of(place), place.section_title)
    for place, change in zip(changed.places, changed.comparison.changes, strict=True):
        within.setdefault(redlines.group_of(place), []).append(change)
    order = {group: position for position, group in enumerate(titles)}
    actions = {one.number: one for one in drawing.site.standing.actions} if drawing.site.standing else {}
    groups = []
    for group in sorted(found, key=lambda group: (group[0] == 0, group[0], order[group])):
        number, section = group
        title = titles[group]
        if number in actions:
            title = actions[number].short_title or actions[number].title
        name = f"action-{number:02}" if number else f"section-{section}"
        groups.append(Group(name, title, number, summary(within.get(group, [])), found[group]))
    return groups


def counted(changes: tuple[Change, ...] | list[Change]) -> dict[str, int]:
    """Changes by kind, without those that were kept. What moved and was also edited counts as both."""
    counts = dict.fromkeys(KINDS, 0)
    for change in changes:
        if change.kind in counts:
            counts[change.kind] += 1
        if change.moved and change.kind != "moved":
            counts["moved"] += 1
    return {kind: count for kind, count in counts.items() if count}


def summary(changes: tuple[Change, ...] | list[Change]) -> str:
    """The counts in words: "3 edited, 1 moved"."""
    counts = counted(changes)
    if not counts:
        return _("no change")
    return ", ".join(f"{count} {KINDS[kind]}" for kind, count in counts.items())


def _answers(site: Site, publication: Publication, old: Edition, new: Edition) -> list[ChangedAnswer]:
    """Answers said after the one edition and not after the other; of one department, when the document is its own."""
    if not site.standing:
        return []
    first, last = old.published_at.date(), new.published_at.date()
    organisations = {one.key: one for one in site.standing.organisations}
    only = publication.document.organisation.key if publication.document.organisation else None
    found = []
    for (action, key), answer in site.standing.answers.items():
        if key in organisations and only in {None, key}:
            found += [
                ChangedAnswer(action, organisations[key], said.said_on, said.number == 1)
                for said in answer.history
                if first < said.said_on <= last
            ]
    return sorted(found, key=lambda row: (row.said_on, row.action, row.organisation.name))
