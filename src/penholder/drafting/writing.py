"""Writing in a section without a live connection: what somebody else saved meanwhile is merged, never overwritten."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.drafting import drafts, hands
from penholder.drafting.edits import Edit, SetText, SetTitle, line
from penholder.drafting.histories import heading_of
from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.seal import digest
from penholder.text.canonical import canonical
from penholder.text.merge import Merge, merge

# Thirty thousand words, two hours of reading: what is longer is several sections. With the text that it was made from
# and four bytes to a letter it still fits into one form.
LONGEST_SECTION = 200_000


@dataclass(frozen=True, slots=True)
class Saving:
    """What saving came to. `sequence` is None while passages clash: then nothing is saved, and a person decides.

    `standing` is what the section reads in the draft; with its digest the decisions come back.
    """

    merge: Merge
    standing: str
    sequence: int | None
    changed: bool = False  # the draft reads otherwise than before
    others: bool = False  # somebody else had changed the section since it was opened

    @property
    def against(self) -> str:
        """The digest of what the clashes are clashes with."""
        return digest(self.standing)


def objections_to_text(text: str) -> list[str]:
    """Why a text is no section; empty when it is one."""
    return objections_to_size(len(text))


def objections_to_size(size: int) -> list[str]:
    """Why a text of so many characters is no section; empty when it is one."""
    if size <= LONGEST_SECTION:
        return []
    said = _("This section has %(size)d characters; one holds at most %(most)d. Split it into several sections.")
    return [said % {"size": size, "most": LONGEST_SECTION}]


@transaction.atomic
def save(
    *,
    document_id: int,
    section: str,
    base: str,
    text: str,
    by: Acting,
    at: datetime,
    against: str = "",
    choices: Sequence[str] = (),
) -> Saving:
    """Bring what was made of `base` into the section as it reads now. What changes nothing stores nothing.

    `choices` decide the clashes that were shown with the digest `against`; when the section has changed since then,
    they decide nothing. Raises Refused with every reason, and Missing when the section is no longer in the draft.
    """
    if objections := objections_to_text(text):
        raise Refused(objections)
    section_now = drafts.read(document_id).section(section)
    standing = canonical(section_now.text)
    found = merge(base, text, standing)
    others = canonical(base) != standing
    decided = choices if against == digest(standing) else ()
    if found.clashes and len(decided) != len(found.clashes):
        return Saving(found, standing, None, others=others)
    merged = found.decided(decided if found.clashes else ())
    if objections := objections_to_text(merged):
        raise Refused(objections)
    edits: list[Edit] = [SetText(section, merged)]
    # A title that was the heading's words goes on being them.
    if (heading := line(heading_of(merged))) and section_now.title in {heading_of(standing), ""}:
        edits.append(SetTitle(section, heading[:500]))
    done = drafts.change(document_id=document_id, edits=edits, by=by, at=at)
    hands.release(document_id=document_id, section=section, by=by)
    return Saving(found, standing, done.sequence, changed=bool(done.sections), others=others)


_HEADING = re.compile(r"\A(#{1,6}[ \t]+)(.*?)([ \t]*(?:\{[^{}\n]*\})?[ \t]*)$", re.MULTILINE)


def with_heading(text: str, words: str) -> str:
    """The text with other words in the heading with which it begins; its level, name and classes stay."""
    return _HEADING.sub(lambda found: f"{found[1]}{words}{found[3]}", text, count=1)
