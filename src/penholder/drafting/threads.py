"""Discussion of a draft: threads that follow their passage, stay inside a department until lodged, and name people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from penholder.drafting import naming, objections
from penholder.drafting.contributions import Mention, Suggestion, Talk, Thread, Utterance
from penholder.drafting.models import Document
from penholder.drafting.naming import Named, Standing
from penholder.drafting.seats import Seat
from penholder.drafting.suggestions import locked
from penholder.errors import Missing, Refused
from penholder.people.models import Person
from penholder.record import ledger
from penholder.text.anchors import Anchor, Place, anchor, find


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Who is named in something that is said, and what looks like a name and is nobody's."""

    people: tuple[Person, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """Where a thread is: the place of its words, and the passage as it stands (None when it was removed)."""

    place: Place
    at: Standing | None


@transaction.atomic
def open(  # noqa: A001 - threads.open(...) reads as what it does
    *,
    document_id: int,
    body: str,
    by: Seat,
    at: datetime,
    section: str = "",
    passage: str = "",
    words: str = "",
    pointed: Anchor | None = None,
    suggestion: Suggestion | None = None,
    inside: bool = False,
    people: Sequence[Person] = (),
    author: str = "",
    source: str = "",
    said_at: datetime | None = None,
    named: Named | None = None,
) -> Thread:
    """Begin to discuss a passage, a section (without `passage`) or the whole text (without `section`).

    `words` are those of the passage that it is about; the whole of it unless they are said. `pointed` is the place on
    an older state of the text. `people` are those who may be named. What comes in from a file names its `author` in
    words, its `source`, and when it was said there. Who opens many at once hands in the draft as `named`, with the
    document locked since. Raises Refused.
    """
    document = locked(document_id)
    named = named or naming.names(document)
    standing = named.find(passage) if passage else None
    reasons = objections.to_contributing(by, document_id) + objections.to_saying(body)
    if reasons := reasons + _out_of_place(named, section, standing, words, known=not passage or pointed is not None):
        raise Refused(reasons)
    if pointed is None and standing is not None:
        read = standing.block.source
        start = read.index(words) if words else 0
        pointed = anchor(passage, read, start, start + len(words) if words else None)
    thread = Thread.objects.create(
        document=document,
        number=0 if inside else _next_number(document),
        section=standing.section if standing else section,
        passage=pointed.passage if pointed else "",
        anchor=pointed.to_data() if pointed else {},
        wording=standing.block.source if standing else pointed.quote if pointed else "",
        suggestion=suggestion,
        organisation=by.acting.post.organisation,
        author=None if author else by.acting.person,
        by=author or by.words,
        source=source,
        opened_at=said_at or at,
        lodged_at=None if inside else at,
        lodged_by="" if inside else by.acting.words,
    )
    _say(thread, body, by=by, at=said_at or at, people=people, author=author)
    if not inside:
        _write("thread.opened", thread, by, at)
    return thread


@transaction.atomic
def say(
    *,
    thread_id: int,
    body: str,
    by: Seat,
    at: datetime,
    people: Sequence[Person] = (),
    author: str = "",
    said_at: datetime | None = None,
) -> Utterance:
    """Say something in a thread. To one that is resolved nothing is said until it is opened again. Raises Refused."""
    thread = _find(thread_id, by)
    reasons = objections.to_contributing(by, thread.document_id) + objections.to_saying(body)
    if thread.state == Talk.RESOLVED:
        reasons.append(_("This discussion is resolved. Open it again to say more."))
    if reasons:
        raise Refused(reasons)
    return _say(thread, body, by=by, at=said_at or at, people=people, author=author)


@transaction.atomic
def resolve(*, thread_id: int, by: Seat, at: datetime) -> Thread:
    """Say that nothing is left to discuss."""
    thread = _turn(thread_id, Talk.RESOLVED, by)
    thread.state, thread.resolved_at, thread.resolved_by = Talk.RESOLVED, at, by.acting.words
    thread.save(update_fields=["state", "resolved_at", "resolved_by"])
    if thread.lodged_at is not None:
        _write("thread.resolved", thread, by, at)
    return thread


@transaction.atomic
def reopen(*, thread_id: int, by: Seat, at: datetime) -> Thread:
    """Go on discussing."""
    thread = _turn(thread_id, Talk.OPEN, by)
    thread.state, thread.resolved_at, thread.resolved_by = Talk.OPEN, None, ""
    thread.save(update_fields=["state", "resolved_at", "resolved_by"])
    if thread.lodged_at is not None:
        _write("thread.reopened", thread, by, at)
    return thread


@transaction.atomic
def lodge(*, thread_id: int, by: Seat, at: datetime) -> Thread:
    """Let a thread leave its organisation, with everything that was said in it: its Leader does."""
    thread = _find(thread_id, by)
    if reasons := objections.to_lodging(thread, by):
        raise Refused(reasons)
    thread.number, thread.lodged_at, thread.lodged_by = _next_number(thread.document), at, by.acting.words
    thread.save(update_fields=["number", "lodged_at", "lodged_by"])
    _write("thread.opened", thread, by, at)
    return thread


def located(thread: Thread, named: Named) -> Located | None:
    """Where a thread's words are now; None for one on a section or on the whole text."""
    if not thread.passage:
        return None
    pointed = Anchor.from_data(thread.anchor)
    place = find(pointed, named.kindred(pointed.passage), named.kin)
    return Located(place, named.find(place.passage) if place.passage else None)


def mentioned(body: str, people: Iterable[Person]) -> Mentioned:
    """Who is named with an @: “@Ada Ash”. Of two of one name nobody is meant."""
    by_name: dict[str, list[Person]] = {}
    for person in people:
        by_name.setdefault(person.name.casefold(), []).append(person)
    found: dict[int, Person] = {}
    unknown: list[str] = []
    longest_first = sorted(filter(None, by_name), key=len, reverse=True)
    for match in re.finditer(r"(?<!\S)@(?=(\w.*))", body):
        rest = match[1].casefold()
        name = next((one for one in longest_first if _begins(rest, one)), None)
        if name is None or len(by_name[name]) > 1:
            unknown.append(match[1].split()[0].strip(".,;:!?"))
        else:
            found[by_name[name][0].pk] = by_name[name][0]
    return Mentioned(tuple(found.values()), tuple(dict.fromkeys(unknown)))


def _out_of_place(named: Named, section: str, standing: Standing | None, words: str, *, known: bool) -> list[str]:
    """Why nothing can be discussed there. `known`: the place is not one of the draft as it stands."""
    reasons = []
    if section and named.part(section) is None:
        said = _("The draft has no section “%(section)s” now. Choose the passage again.")
        reasons.append(said % {"section": section})
    if standing is None and not known:
        reasons.append(_("That passage does not stand in the draft now. Choose it again in the text."))
    if standing and words and words not in standing.block.source:
        reasons.append(_("These words do not stand in the passage. Choose it again in the text."))
    return reasons


def _begins(rest: str, name: str) -> bool:
    return rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()


def _say(thread: Thread, body: str, *, by: Seat, at: datetime, people: Sequence[Person], author: str) -> Utterance:
    said = Utterance.objects.create(
        thread=thread,
        author=None if author else by.acting.person,
        by=author or by.words,
        body=body.strip(),
        at=at,
    )
    named = [one for one in mentioned(said.body, people).people if one != by.acting.person]
    Mention.objects.bulk_create([Mention(utterance=said, person=one) for one in named])
    return said


def _turn(thread_id: int, state: Talk, by: Seat) -> Thread:
    thread = _find(thread_id, by)
    if reasons := objections.to_contributing(by, thread.document_id) + objections.to_turning(thread, state):
        raise Refused(reasons)
    return thread


def _find(thread_id: int, by: Seat) -> Thread:
    document = locked(by.document)
    thread = Thread.objects.filter(by.heard, pk=thread_id).first()
    if thread is None:
        raise Missing(_("There is no such discussion. Go back to the text."))
    thread.document = document
    return thread


def _next_number(document: Document) -> int:
    highest: int | None = Thread.objects.filter(document=document).aggregate(last=Max("number"))["last"]
    return (highest or 0) + 1


def _write(act: str, thread: Thread, by: Seat, at: datetime) -> None:
    ledger.append(
        act,
        actor=by.acting.post.words,
        person=by.acting.said_name,
        subject=thread.document.key,
        at=at,
        facts={
            "document": thread.document.key,
            "thread": thread.number,
            "section": thread.section,
            "passage": thread.passage,
        },
    )
