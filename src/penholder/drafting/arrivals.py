"""Returned documents at a draft: brought as a file, looked at, and taken in as suggestions and threads, once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.drafting import drafts, media, naming, origins, suggestions, threads
from penholder.drafting.contributions import Suggestion, Talk, Thread, What
from penholder.drafting.naming import Named, Standing
from penholder.drafting.origins import Source
from penholder.drafting.returned_files import Arrival
from penholder.drafting.sealed_texts import SealedText
from penholder.drafting.seats import Seat
from penholder.drafting.suggestions import locked
from penholder.errors import Missing, Refused
from penholder.formats.word.placing import Late, Placed, PlacedComment, Placement, place
from penholder.formats.word.reading import read
from penholder.formats.word.returned import Left, Reply, Returned, TrackedChange, TrackedComment
from penholder.record import ledger
from penholder.text.anchors import anchor

WHY = {
    "removed": say("The passage was removed since the document was sent."),
    "rewritten": say("The passage was written anew since the document was sent."),
    "changed": say("These words were changed since the document was sent."),
    "unsure": say("The same words stand in several places, and nothing tells which are meant."),
    "markup": say("Links, notes or other marks stand in the way of these words."),
    "table": say("A table, a row or a cell was put in, taken out or joined."),
    "formatting": say("Only the formatting was changed; the text holds none."),
    "note": say("A footnote was put in or taken out. Suggest by hand the passage with its note."),
    "picture": say("A picture was put in or taken out. Texts hold pictures as files: send it to the pen team."),
    "join": say("Two passages were joined."),
    "split": say("A passage was split."),
    "over": say("It takes out words that somebody else had put in. Decide on those first."),
    "box": say("It stands in a text box, and texts have none. Suggest its words where they belong."),
    "empty": say("It stands at no words of the text."),
}
# So many characters on either side show where a change stands.
AROUND = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One change or comment of a document: where it goes, or why nowhere, or that it is here already.

    `standing` is its passage; of words that the draft edited or removed since (`late`, with why) as it was sealed.
    """

    key: str  # tells it from every other, in this and in other files
    what: TrackedChange | TrackedComment | Left
    standing: Standing | None = None
    placed: Placed | PlacedComment | None = None
    here: str = ""  # where it is: “suggestion 12”, “the text”
    why: str = ""
    context: str = ""
    late: bool = False
    answers: Thread | None = None  # the discussion that a comment is, where there are new `replies` to it
    replies: tuple[Reply, ...] = ()

    @property
    def comments(self) -> bool:
        """Whether it is a comment."""
        return isinstance(self.what, TrackedComment)

    @property
    def before(self) -> str:
        """The words in the draft before the change."""
        source = self.standing.block.source if self.standing and self.placed else ""
        return source[max(self.placed.start - AROUND, 0) : self.placed.start] if self.placed else ""

    @property
    def after(self) -> str:
        """The words in the draft behind the change."""
        source = self.standing.block.source if self.standing and self.placed else ""
        return source[self.placed.end : self.placed.end + AROUND] if self.placed else ""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that a document would bring, before anything is written."""

    returned: Returned
    source: Source
    entries: tuple[Entry, ...]

    @property
    def new(self) -> list[Entry]:
        """What would be taken in."""
        return [one for one in self.entries if (one.placed or one.answers) and not one.here]

    @property
    def here(self) -> list[Entry]:
        """What is here already."""
        return [one for one in self.entries if one.here]

    @property
    def unplaced(self) -> list[Entry]:
        """What has no place, for a person to read."""
        return [one for one in self.entries if not one.placed and not one.answers and not one.here]


def look(*, document_id: int, data: bytes, name: str, number: int | None = None) -> Look:
    """What a document would bring to a draft. `number` says of which iteration it was made. Raises Refused."""
    document = drafts.read(document_id).document
    returned = read(data, name=name)
    named = naming.names(document)
    source = origins.find(document_id, returned, named, number=number)
    draft = "\n".join(part.text for part in named.parts)
    passages = [standing for part in named.parts for standing in part.passages]
    placement = place(returned, source.text.text, draft)
    known = _Known(document_id, carried=source.sure and returned.origin.carries)
    overtaken = _overtaken(placement, source.text, named)
    return Look(returned, source, tuple(_entries(known, placement, passages, overtaken)))


@transaction.atomic
def bring(*, document_id: int, data: bytes, name: str, by: Seat, at: datetime) -> Arrival:
    """Keep a file that somebody brings, so that it can be looked at and taken in. The same file is kept once."""
    if by.document != document_id:
        raise Refused(_("You are at work on another text. Open this one, then try again."))
    read(data, name=name)
    digest = hashlib.sha256(data).hexdigest()
    media.write(digest, data)
    arrival, _made = Arrival.objects.get_or_create(
        document_id=document_id,
        digest=digest,
        organisation=by.acting.post.organisation,
        defaults={"name": name[:200], "size": len(data), "brought_by": by.acting.words, "brought_at": at},
    )
    return arrival


def find(*, arrival_id: int, by: Seat) -> Arrival:
    """A file that was brought to this draft by one's own organisation. Raises Missing."""
    row = Arrival.objects.filter(pk=arrival_id, document=by.document, organisation__in=by.bodies).first()
    if row is None:
        raise Missing(_("There is no such file here. Bring it again."))
    return row


def look_at(arrival: Arrival, *, number: int | None = None) -> Look:
    """What a file that is kept here would bring."""
    data = media.location(arrival.digest).read_bytes()
    return look(document_id=arrival.document_id, data=data, name=arrival.name, number=number)


@transaction.atomic
def take_in(*, arrival_id: int, number: int | None, by: Seat, at: datetime) -> Arrival:
    """Make suggestions and threads of what has a place and is not here yet. Twice comes to the same as once.

    They bear their authors' names and the times that the file tells. Who may not let anything leave their organisation
    brings it inside. Raises Refused.
    """
    arrival = find(arrival_id=arrival_id, by=by)
    locked(arrival.document_id)
    seen = look_at(arrival, number=number)
    named = naming.names(arrival.document)
    inside = not by.lodges
    made = [one for entry in seen.new for one in _take(entry, arrival, named, by=by, at=at, inside=inside)]
    receipt = {
        "iteration": seen.source.number,
        "made": [*arrival.receipt.get("made", []), *made],
        "here": len(seen.here) - len(arrival.receipt.get("made", [])),
        "unplaced": [_told(entry) for entry in seen.unplaced],
        "notes": list(seen.returned.notes),
    }
    arrival.receipt, arrival.taken_in_at, arrival.taken_in_by = receipt, at, by.acting.words
    arrival.save(update_fields=["receipt", "taken_in_at", "taken_in_by"])
    if made:
        facts = {
            "document": arrival.document.key,
            "file": arrival.digest,
            "iteration": seen.source.number,
            "made": len(made),
            "unplaced": len(seen.unplaced),
        }
        who = {"actor": by.acting.post.words, "person": by.acting.said_name}
        ledger.append("word.taken-in", **who, subject=arrival.document.key, at=at, facts=facts)
    return arrival


def _overtaken(placement: Placement, sealed: SealedText, named: Named) -> Iterable[tuple[Late, Standing | None]]:
    """What the draft has overtaken, each with its passage as sealed, in the section where that stands or stood.

    None when that section is gone, too, and for what was put before everything else in it.
    """
    names, texts, sections = sealed.ids, sealed.blocks, sealed.section_of()
    for late in placement.late:
        placed, number = late.placed, late.placed.passage
        if isinstance(placed, Placed) and placed.before:  # behind the passage in front of it
            number -= 1
            if number < 0 or sections[number] is not sections[placed.passage]:
                yield late, None
                continue
            placed = replace(placed, before=False, after=True, passage=number)
        if not names[number]:  # of a draft, and gone
            yield late, None
            continue
        now = named.now(names[number])
        section = now.section if now else sections[number].key
        stands = named.part(section) is not None
        yield Late(placed, late.reason), Standing(names[number], section, texts[number]) if stands else None


def _entries(
    known: _Known, placement: Placement, passages: list[Standing], overtaken: Iterable[tuple[Late, Standing | None]]
) -> Iterable[Entry]:
    placed: list[Placed | PlacedComment] = [*placement.changes, *placement.comments]
    for one in sorted(placed, key=lambda each: (each.passage, each.start)):
        what = one.change if isinstance(one, Placed) else one.comment
        key = _key(what)
        here = known.where(key, what)
        if not here and isinstance(one, Placed) and one.here:
            here = _("the text reads so")
        yield known.told(Entry(key, what, passages[one.passage], one, here))
    for late, standing in overtaken:
        what = late.placed.change if isinstance(late.placed, Placed) else late.placed.comment
        key, why = _key(what), str(WHY[late.reason])
        if standing is None:
            yield known.told(Entry(key, what, here=known.where(key, what), why=why))
        else:
            yield known.told(Entry(key, what, standing, late.placed, known.where(key, what), why, late=True))
    for left in placement.unplaced:
        key = _key(left.what)
        here, why = known.where(key, left.what), str(WHY[left.reason])
        yield known.told(Entry(key, left.what, here=here, why=why, context=left.context))


class _Known:
    """What is at the draft already: by the key of a file that it came from, else by who made it and when.

    What people made at the desk goes out under the name of their post, which nobody's Word writes, and at the second
    at which they made it. What came from a file bears a name and time that its author's next change may bear, too; in a
    file that went out with suggestions (`carried`) it is one of those.
    """

    def __init__(self, document_id: int, *, carried: bool) -> None:
        self._by_key: dict[str, str] = {}
        self._by_maker: dict[tuple[str, datetime], str] = {}
        self._threads: dict[tuple[str, datetime], Thread] = {}
        rows = Suggestion.objects.filter(document=document_id).only("source", "number", "by", "made_at")
        talks = Thread.objects.filter(document=document_id).prefetch_related("said")
        told: list[tuple[Suggestion | Thread, datetime, str]] = [
            *((row, row.made_at, _("suggestion %(number)s") % {"number": row.number or "–"}) for row in rows),
            *((row, row.opened_at, _("discussion %(number)s") % {"number": row.number or "–"}) for row in talks),
        ]
        for row, at, words in told:
            maker = (row.by, at.replace(microsecond=0))
            if row.source:
                self._by_key[row.source.rpartition("#")[2]] = words
            if carried or not row.source:
                self._by_maker.setdefault(maker, words)
            if isinstance(row, Thread) and row.number:
                self._threads[maker] = row

    def where(self, key: str, what: TrackedChange | TrackedComment | Left) -> str:
        """Where this is already; "" when it is new."""
        at = what.at.replace(microsecond=0) if what.at else None
        return self._by_key.get(key) or (self._by_maker.get((what.author, at), "") if at else "")

    def told(self, entry: Entry) -> Entry:
        """The same entry; of a comment that is a discussion here, to which the file has new replies, with those."""
        what = entry.what
        if not entry.here or not isinstance(what, TrackedComment) or what.at is None:
            return entry
        thread = self._threads.get((what.author, what.at.replace(microsecond=0)))
        said = {one.body.strip() for one in thread.said.all()} if thread else set()
        replies = tuple(one for one in what.replies if one.text.strip() and one.text.strip() not in said)
        return replace(entry, here="", answers=thread, replies=replies) if thread and replies else entry


def _key(what: TrackedChange | TrackedComment | Left) -> str:
    """The same change in another copy of the file has the same key: who, when, where in the words, what."""
    said = [what.author, what.at.isoformat() if what.at else "", what.quote, what.text]
    if not isinstance(what, Left):
        said += [str(what.paragraph), str(what.start)]
    return hashlib.sha256("\x1f".join(said).encode("utf-8", "replace")).hexdigest()[:16]


def _take(
    entry: Entry, arrival: Arrival, named: Named, *, by: Seat, at: datetime, inside: bool
) -> Iterable[dict[str, Any]]:
    source = f"{arrival.name[:200]} #{entry.key}"
    author = entry.what.author or _("Somebody without a name")
    if entry.answers is not None:
        yield from _answer(entry.answers, entry.replies, by=by, at=at)
        return
    standing, placed = entry.standing, entry.placed
    if standing is None or placed is None:
        raise Refused(_("This has no place in the text."))
    if isinstance(placed, PlacedComment):
        comment = placed.comment
        pointed = anchor(standing.name, standing.block.source, placed.start, placed.end)
        thread = threads.open(
            document_id=arrival.document_id, body=comment.text or "–", by=by, at=at, section=standing.section,
            passage=standing.name, pointed=pointed, inside=inside, author=author, source=source, said_at=comment.at,
            named=named,
        )  # fmt: skip
        for reply in comment.replies:
            threads.say(
                thread_id=thread.pk, body=reply.text or "–", by=by, at=at, author=reply.author, said_at=reply.at
            )
        if comment.resolved:
            threads.resolve(thread_id=thread.pk, by=by, at=at)
        yield {"thread": thread.pk, "number": thread.number, "by": author}
        return
    what, passage, proposed = _act(placed, standing, named)
    quote = standing.block.source if entry.late and passage == standing.name else None
    row = suggestions.make(
        document_id=arrival.document_id, what=what, section=standing.section, by=by, at=at, passage=passage,
        proposed=proposed, quote=quote, reason=_reason(placed), inside=inside, author=author, source=source,
        made_at=placed.change.at, named=named,
    )  # fmt: skip
    yield {"suggestion": row.pk, "number": row.number, "by": author}
    part = named.part(standing.section)
    if placed.joins and part is not None:
        following = part.names[part.names.index(standing.name) + 1]
        reason = _("Two passages become one: its words stand at the end of the passage before, as suggested too.")
        other = suggestions.make(
            document_id=arrival.document_id, what=What.DELETE, section=standing.section, by=by, at=at,
            passage=following, reason=reason, inside=inside, author=author, source=source, made_at=placed.change.at,
            named=named,
        )  # fmt: skip
        yield {"suggestion": other.pk, "number": other.number, "by": author}


def _answer(thread: Thread, replies: Iterable[Reply], *, by: Seat, at: datetime) -> Iterable[dict[str, Any]]:
    """Say what was replied in a file to a discussion that is here; one that was resolved is opened again for it."""
    if thread.state == Talk.RESOLVED:
        threads.reopen(thread_id=thread.pk, by=by, at=at)
    for reply in replies:
        author = reply.author or _("Somebody without a name")
        threads.say(thread_id=thread.pk, body=reply.text, by=by, at=at, author=author, said_at=reply.at)
        yield {"thread": thread.pk, "number": thread.number, "by": author}


def _act(placed: Placed, standing: Standing, named: Named) -> tuple[str, str, str]:
    """What kind of suggestion it is, on which passage, and its words."""
    if placed.before:
        return What.INSERT, _preceding(standing, named), placed.text
    if placed.after:
        return What.INSERT, standing.name, placed.text
    return (What.REPLACE, standing.name, placed.becomes) if placed.becomes else (What.DELETE, standing.name, "")


def _preceding(standing: Standing, named: Named) -> str:
    part = named.part(standing.section)
    names = part.names if part else ()
    at = names.index(standing.name) if standing.name in names else 0
    return names[at - 1] if at else ""


def _reason(placed: Placed) -> str:
    if placed.joins:
        return _("Two passages become one: the next one goes, as a suggestion of its own.")
    return _("One end of a move; the other end is a suggestion of its own.") if placed.change.move else ""


def _told(entry: Entry) -> dict[str, str]:
    what = entry.what
    return {"by": what.author, "quote": what.quote, "text": what.text, "why": entry.why, "context": entry.context}
