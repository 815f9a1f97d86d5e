"""Passages that two people changed in one spot, side by side, for one person to decide; without a script."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from penholder.render.comparison_html import runs_html
from penholder.text.merge import Merge
from penholder.text.words import likeness, runs

_FIELD = re.compile(r"choice-(?P<section>.+)-(?P<number>\d{1,4})\Z")
# Less alike than this, and a text is shown whole and not as changes of another.
RECOGNISABLE = 0.3


@dataclass(frozen=True, slots=True)
class ShownClash:
    """One clash: what it was, each side with its changes marked, and what was chosen and written so far."""

    name: str  # of its fields, after "choice-" and "own-"
    number: int
    base: str
    mine: SafeString
    theirs: SafeString
    choice: str
    own: str
    removes: str  # "mine" or "theirs" when that side removed it, else ""


class Decided:
    """What was chosen in a form, by section: mine, theirs, both, or words of one's own (after "=")."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        found: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for field, value in given.items():
            if match := _FIELD.match(field):
                name = field.removeprefix("choice-")
                words = str(given.get(f"own-{name}", "")).replace("\r\n", "\n")
                found[match["section"]][int(match["number"])] = f"={words}" if value == "own" else str(value)
        self.by_section: dict[str, list[str]] = {
            section: [chosen[number] for number in sorted(chosen)]
            for section, chosen in found.items()
            if sorted(chosen) == list(range(1, len(chosen) + 1))
        }


def clashes(section: str, merge: Merge, decided: Decided) -> list[ShownClash]:
    """The clashes of a section as they are shown."""
    shown = []
    for number, clash in enumerate(merge.clashes, start=1):
        name = f"{section}-{number}"
        shown.append(
            ShownClash(
                name,
                number,
                clash.base,
                _marked(clash.base, clash.mine),
                _marked(clash.base, clash.theirs),
                str(decided.given.get(f"choice-{name}", "")),
                str(decided.given.get(f"own-{name}", "")) or clash.theirs or clash.mine,
                "mine" if not clash.mine else "theirs" if not clash.theirs else "",
            )
        )
    return shown


def _marked(base: str, side: str) -> SafeString:
    found = runs(base, side)
    shown = found if likeness(found) >= RECOGNISABLE or not side or not base else runs("", side)
    return mark_safe(runs_html(shown, say=gettext))  # noqa: S308 - escaped there
