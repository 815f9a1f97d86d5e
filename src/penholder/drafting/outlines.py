"""The sections of a draft and their order: moved, split, joined, renamed, added, removed, put back.

Each verb reads the draft under its lock and makes one change of it, so two people who move at once get one order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from penholder.drafting import drafts, histories
from penholder.drafting.drafts import Changed, Reading
from penholder.drafting.edits import Edit, Insert, Place, Remove, SetText, SetTitle, line
from penholder.drafting.histories import heading_of
from penholder.drafting.models import Document
from penholder.drafting.writing import objections_to_text, with_heading
from penholder.errors import Conflict, Missing, Refused
from penholder.people.acting import Acting
from penholder.text.canonical import canonical
from penholder.text.markdown import blocks

# The column holds 200; a number must still fit behind it.
LONGEST_KEY = 120


@transaction.atomic
def move(*, document_id: int, section: str, after: str, by: Acting, at: datetime) -> Changed:
    """Let a section stand right after another one; "" for the start. The same twice is one move."""
    reading = drafts.read(document_id)
    reading.section(section)
    if after and after != section:
        reading.section(after)
    return drafts.change(document_id=document_id, edits=[Place(section, after)], by=by, at=at)


@transaction.atomic
def step(*, document_id: int, section: str, up: bool, by: Acting, at: datetime) -> Changed:
    """Let a section change places with the one before it (`up`) or after it. At either end it stays."""
    reading = drafts.read(document_id)
    keys = [one.key for one in reading.sections]
    place = keys.index(reading.section(section).key)
    others = [key for key in keys if key != section]
    wanted = max(place - 1, 0) if up else min(place + 1, len(others))
    after = others[wanted - 1] if wanted else ""
    return drafts.change(document_id=document_id, edits=[Place(section, after)], by=by, at=at)


@transaction.atomic
def split(*, document_id: int, section: str, passage: str, title: str, by: Acting, at: datetime) -> str:
    """Let a section end before one of its passages, which begins a new one. Returns the key of the new section.

    `passage` is its number, from 1, and its digest, as `places_to_split` gives them: when another passage stands there
    by now, the one that was meant is found by its words, or the split is a Conflict.
    """
    reading = drafts.read(document_id)
    now = reading.section(section)
    text = canonical(now.text)
    cut = _place_of(text, passage)
    lines = text.split("\n")
    head, tail = canonical("\n".join(lines[:cut])), canonical("\n".join(lines[cut:]))
    title = line(title) or line(heading_of(tail))
    if not title:
        raise Refused(_("Give the new section a title; its first passage is no heading that could be one."))
    key = free_key(title, {one.key for one in reading.sections} | _ever(reading.document))
    edits: list[Edit] = [SetText(section, head), Insert(key, title, tail, after=section)]
    drafts.change(document_id=document_id, edits=edits, by=by, at=at)
    return key


def places_to_split(text: str) -> list[tuple[str, str]]:
    """Where a section can be split: for each passage but the first its name, for `split`, and its first words."""
    found = blocks(text)
    return [(f"{number}-{block.digest}", block.plain or block.source) for number, block in enumerate(found, start=1)][
        1:
    ]


def _place_of(text: str, passage: str) -> int:
    """The line before which to cut."""
    number, _dash, wanted = passage.partition("-")
    found = blocks(text)
    if number.isdecimal() and 1 < int(number) <= len(found) and found[int(number) - 1].digest == wanted:
        return found[int(number) - 1].start
    same = [block for block in found[1:] if block.digest == wanted]
    if len(same) != 1:
        raise Conflict(_("The passage at which you wanted to split has changed. Open the page again and choose anew."))
    return same[0].start


@transaction.atomic
def join(*, document_id: int, section: str, by: Acting, at: datetime) -> str:
    """Let a section go on in the one before it, which takes its passages. Returns the key of that one."""
    reading = drafts.read(document_id)
    keys = [one.key for one in reading.sections]
    place = keys.index(reading.section(section).key)
    if not place:
        raise Refused(_("This is the first section. There is none before it that it could be joined to."))
    before = reading.sections[place - 1]
    text = canonical(f"{canonical(before.text)}\n{canonical(reading.section(section).text)}")
    if objections := objections_to_text(text):
        raise Refused(objections)
    # Emptied before it goes, so that nobody puts back what stands elsewhere now.
    edits: list[Edit] = [SetText(before.key, text), SetText(section, ""), Remove(section)]
    drafts.change(document_id=document_id, edits=edits, by=by, at=at)
    return before.key


@transaction.atomic
def rename(*, document_id: int, section: str, title: str, by: Acting, at: datetime) -> Changed:
    """Give a section another title; the heading with which its text begins goes with it when it said the same."""
    title = _title(title)
    now = drafts.read(document_id).section(section)
    edits: list[Edit] = [SetTitle(section, title)]
    text = canonical(now.text)
    if heading_of(text) == now.title:
        edits.append(SetText(section, with_heading(text, title)))
    return drafts.change(document_id=document_id, edits=edits, by=by, at=at)


@transaction.atomic
def add(*, document_id: int, title: str, after: str | None, by: Acting, at: datetime) -> str:
    """Put in a new section that says its title and nothing else. Returns its key. `after`: see `Insert`."""
    title = _title(title)
    reading = drafts.read(document_id)
    if after:
        reading.section(after)
    key = free_key(title, {one.key for one in reading.sections} | _ever(reading.document))
    level = _level(reading)
    edits = [Insert(key, title, f"{'#' * level} {title}\n", after=after)]
    drafts.change(document_id=document_id, edits=edits, by=by, at=at)
    return key


@transaction.atomic
def remove(*, document_id: int, section: str, by: Acting, at: datetime) -> str:
    """Take a section out of the draft. Returns its title. It can be put back: `put_back`."""
    reading = drafts.read(document_id)
    gone = reading.section(section)
    if len(reading.sections) == 1:
        raise Refused(_("This is the only section. A document has at least one; write something else in it."))
    drafts.change(document_id=document_id, edits=[Remove(section)], by=by, at=at)
    return gone.title


@transaction.atomic
def put_back(*, document_id: int, section: str, after: str | None, by: Acting, at: datetime) -> str:
    """Put a section that was removed back, as it last read. Returns its title."""
    reading = drafts.read(document_id)
    for part in histories.taken_out(reading.document):
        if part.key == section:
            edits = [Insert(part.key, part.title, part.text, after=after)]
            drafts.change(document_id=document_id, edits=edits, by=by, at=at)
            return part.title
    raise Missing(_("There is no such section among those that were removed. It may be back already."))


def free_key(title: str, taken: Collection[str]) -> str:
    """A key for a new section, from its title, with a number behind it when that is taken."""
    slug = slugify(title)[:LONGEST_KEY].strip("-") or "section"
    number = 1
    while (key := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    return key


def _ever(document: Document) -> set[str]:
    """Keys that stood once: a new section never takes one over, or what is put back would be another text."""
    return {part.key for part in histories.taken_out(document)}


def _title(words: str) -> str:
    title = line(words)
    if not title:
        raise Refused(_("Give the section a title."))
    return title


def _level(reading: Reading) -> int:
    """The level of the headings with which the sections of this draft begin."""
    levels: Sequence[int] = [
        found[0].level
        for one in reading.sections
        if (found := blocks(canonical(one.text))) and found[0].kind == "heading"
    ]
    return min(levels, default=2)
