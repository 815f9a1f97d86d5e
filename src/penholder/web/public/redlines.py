"""Comparisons as HTML, arranged for the site: whole texts, or only the changes of one action or section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from penholder.drafting.parsed import parsed
from penholder.publishing.changes import EditionChanges, Place, places_of
from penholder.render.comparison import Shown, shown
from penholder.render.comparison_html import item_html
from penholder.text.canonical import canonical
from penholder.text.compare import compare

# What changes stand under: an action by its number, or (0, section) outside actions.
Group = tuple[int, str]


def redline(old: str, new: str, *, prefix: str) -> SafeString:
    """How one text became another, word by word. `prefix` begins every id and is used once on a page."""
    before, after = parsed(canonical(old)), parsed(canonical(new))
    return _list(shown(compare(before, after), before, after), prefix=prefix)


def by_group(changed: EditionChanges) -> Mapping[Group, SafeString]:
    """The changes between two editions under the action or section that they stand in; groups without any left out.

    What moved from one group to another is shown in both: where it is, and where it was.
    """
    items: defaultdict[Group, list[Shown]] = defaultdict(list)
    numbers: defaultdict[Group, list[int]] = defaultdict(list)
    for number, place in enumerate(changed.places):
        numbers[group_of(place)].append(number)
    was = places_of(changed.old)
    for item in shown(changed.comparison, changed.old.blocks, changed.new.blocks):
        if item.kind == "left" and item.change:
            items[group_of(was[item.change.old[0]])].append(item)
        elif item.kind == "change":
            items[group_of(changed.places[item.number])].append(item)
    return {
        group: _list(_with_gaps(found, numbers[group]), prefix="change")
        for group, found in items.items()
        if any(_says_something(item) for item in found)
    }


def group_of(place: Place) -> Group:
    """The action or section that a passage stands under."""
    return place.action, "" if place.action else place.section


def _says_something(item: Shown) -> bool:
    return item.kind == "left" or (item.change is not None and item.change.kind != "kept")


def _with_gaps(items: Sequence[Shown], numbers: Iterable[int]) -> Iterator[Shown]:
    """The items with a line for each gap: so many passages of this group stand here unchanged and are not shown."""
    present = {item.number for item in items if item.kind == "change"}
    waiting = iter(sorted(numbers))
    upcoming = next(waiting, None)
    for item in items:
        skipped = 0
        while item.kind == "change" and upcoming is not None and upcoming <= item.number:
            skipped += upcoming not in present
            upcoming = next(waiting, None)
        if skipped:
            yield Shown("skipped", item.number, count=skipped)
        yield item
    rest = [number for number in ([upcoming] if upcoming is not None else []) + list(waiting) if number not in present]
    if rest:
        yield Shown("skipped", rest[-1], count=len(rest))


def _list(items: Iterable[Shown], *, prefix: str) -> SafeString:
    body = "".join(item_html(item, prefix=prefix, say=gettext) for item in items)
    return mark_safe(f'<ol class="comparison">\n{body}</ol>\n')  # noqa: S308 - penholder.render wrote and escaped it
