"""The draft of a document as people write in it: every way to change it goes through here, and nothing is typed twice.

What counts are the updates of one Yjs document, in their order; the rows of sections are what they come to, readable.
A document that nobody has written in yet has rows and no updates: its text becomes the first update, once, under the
lock of its row. docs/drafting.md tells the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from penholder.drafting import positions, rules
from penholder.drafting.edits import (
    LONGEST_KEY,
    LONGEST_TITLE,
    Edit,
    Insert,
    Place,
    Remove,
    SetText,
    SetTitle,
    Splice,
    line,
)
from penholder.drafting.models import Document, DraftSnapshot, DraftUpdate, Section
from penholder.drafting.shared_texts import SharedSection, SharedText
from penholder.errors import Conflict, Missing, Refused
from penholder.people.acting import Acting
from penholder.text import splices as texts
from penholder.text.canonical import canonical

# Sent when updates have been committed, with `document_id` and `sequence`, the last one. For whoever shows drafts live.
changed: Final = Signal()
# So many updates since the last snapshot are read and applied in some 20 ms; more would make opening a draft slow.
UPDATES_BETWEEN_SNAPSHOTS = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft as it stands after update `sequence` (0: nobody has written in it yet), its sections in order."""

    document: Document
    sequence: int
    sections: tuple[SharedSection, ...]

    def section(self, key: str) -> SharedSection:
        """The section with this key. Raises Missing."""
        for section in self.sections:
            if section.key == key:
                return section
        raise Missing(_("The draft of “%(title)s” has no section “%(key)s”.") % {"title": self.document, "key": key})


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change came to: the last update, and the keys of the sections that it touched, in no order."""

    sequence: int
    sections: frozenset[str]


@dataclass(frozen=True, slots=True)
class Typed:
    """One Yjs update, and who sent it, as the draft keeps it: in words, for good."""

    update: bytes
    post: str = ""
    person: str = ""


@transaction.atomic
def read(document_id: int) -> Reading:
    """The draft as it is now, word for word. Brings the rows up to date when they lag. Four queries, or seven."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if not document.readable_upto:
        return Reading(document, 0, tuple(_standing(document)))
    shared, sequence = load(document)
    _show(document, shared, sequence)
    return Reading(document, sequence, tuple(shared.sections()))


@transaction.atomic
def change(*, document_id: int, edits: Sequence[Edit], by: Acting, at: datetime) -> Changed:
    """Make these edits, in order, as one update; rows and updates agree afterwards. Tells `changed` when committed.

    Raises Refused with every reason when `by` may not write here now or an edit does not fit, and Conflict when the
    draft no longer is what an edit was made for. What changes nothing stores nothing.
    """
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if objections := rules.objections_to_editing(document, by, at):
        raise Refused(objections)
    return _write(document, lambda shared: _apply(shared, edits), by.post.words, by.said_name, at)


def bring_to(document: Document, sections: Sequence[tuple[str, str, str]], *, at: datetime | None = None) -> Changed:
    """Let the draft hold these sections (key, title, text) and no others, as importers want it.

    To be called under the lock of the document's row. Without a moment it counts as done when the last update was.
    Raises Refused when that would change a draft that is frozen.
    """
    at = at or DraftUpdate.objects.filter(document=document).latest("sequence").at

    def apply(shared: SharedText) -> set[str]:
        standing = {section.key: section for section in shared.sections()}
        places = positions.ordered([standing[key].position if key in standing else "" for key, _, _ in sections])
        touched = {key for key in standing if key not in {key for key, _, _ in sections}}
        for key in touched:
            shared.remove(key)
        for (key, title, text), position in zip(sections, places, strict=True):
            before = standing.get(key)
            shared.put(key, title=title, position=position)
            if _set(shared, key, text) or before is None or (before.title, before.position) != (title, position):
                touched.add(key)
        if touched and (objections := rules.objections_of_freeze(document)):
            raise Refused(objections)
        return touched

    return _write(document, apply, "", "", at)


def make_readable(document: Document) -> None:
    """Bring the rows of the sections up to the last update. One query when they are. To be called under the lock."""
    if document.readable_upto and document.readable_upto < last_update(document.pk):
        _show(document, *load(document))


def load(document: Document) -> tuple[SharedText, int]:
    """The shared text as it is stored, and its last update. Two queries. 0 and no sections when nobody has written."""
    snapshot = DraftSnapshot.objects.filter(document=document).first()
    after = snapshot.sequence if snapshot else 0
    rows = since(document.pk, after)
    updates = [update for _, update in rows]
    shared = SharedText([bytes(snapshot.state), *updates] if snapshot else updates)
    return shared, rows[-1][0] if rows else after


def since(document_id: int, sequence: int) -> list[tuple[int, bytes]]:
    """The updates after `sequence`, with their own, in order. One query."""
    rows = DraftUpdate.objects.filter(document_id=document_id, sequence__gt=sequence).order_by("sequence")
    return [(number, bytes(update)) for number, update in rows.values_list("sequence", "update")]


def seed(document: Document, *, at: datetime) -> None:
    """Let what stands in the rows be the first update, unless there is one. To be called under the lock of the row."""
    if document.readable_upto:
        return
    shared = SharedText()
    for section in _standing(document):
        shared.put(section.key, title=section.title, position=section.position)
        shared.splice(section.key, [texts.Splice(0, 0, section.text)])
    _remember(document, shared, store(document, 0, [Typed(shared.since())], at=at), at)
    document.readable_upto = 1
    document.save(update_fields=["readable_upto"])


def store(document: Document, latest: int, typed: Iterable[Typed], *, at: datetime) -> int:
    """Keep updates after `latest`, the last one that is stored. Returns the new last one; one query.

    To be called under the lock of the document's row, for updates that fit onto what is stored. `changed` is told
    when the transaction is committed.
    """
    moment = connection.ops.adapt_datetimefield_value(at)
    rows = [
        (document.pk, number, one.update, one.post[:700], one.person[:300], moment)
        for number, one in enumerate(typed, start=latest + 1)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, rows)
    sequence = latest + len(rows)
    transaction.on_commit(lambda: changed.send_robust(Document, document_id=document.pk, sequence=sequence))
    return sequence


@transaction.atomic
def compact(document_id: int, *, at: datetime) -> None:
    """Make a snapshot when enough updates have come since the last one, and bring the rows up to date."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if not document.readable_upto:
        return
    snapshot = DraftSnapshot.objects.filter(document=document).values_list("sequence", flat=True).first() or 0
    latest = last_update(document.pk)
    if latest - snapshot < UPDATES_BETWEEN_SNAPSHOTS and document.readable_upto == latest:
        return
    shared, sequence = load(document)
    if sequence - snapshot >= UPDATES_BETWEEN_SNAPSHOTS:
        _remember(document, shared, sequence, at)
    _show(document, shared, sequence)


# Asked and done thirty times a second while people type: see `people.acting.holding_now`.
_STORE = """
INSERT INTO drafting_draftupdate (document_id, sequence, "update", post, person, at) VALUES (%s, %s, %s, %s, %s, %s)
"""
_LATEST = "SELECT max(sequence) FROM drafting_draftupdate WHERE document_id = %s"


def last_update(document_id: int) -> int:
    """The last update of a draft; 0 when nobody has written. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [document_id])
        return cursor.fetchone()[0] or 0


def _remember(document: Document, shared: SharedText, sequence: int, at: datetime) -> None:
    DraftSnapshot.objects.update_or_create(
        document=document, defaults={"sequence": sequence, "state": shared.since(), "at": at}
    )


def _standing(document: Document) -> list[SharedSection]:
    rows = Section.objects.filter(document=document).order_by("position", "key")
    return [SharedSection(row.key, row.title, row.position, row.text) for row in rows]


def _write(
    document: Document, apply: Callable[[SharedText], set[str]], post: str, person: str, at: datetime
) -> Changed:
    seed(document, at=at)
    shared, latest = load(document)
    before = shared.state
    touched = apply(shared)
    if not touched:
        return Changed(latest, frozenset())
    sequence = store(document, latest, [Typed(shared.since(before), post, person)], at=at)
    _show(document, shared, sequence)
    return Changed(sequence, frozenset(touched))


def _show(document: Document, shared: SharedText, sequence: int) -> None:
    """Let the rows read as the shared text does. Nothing is asked of the database when they do already."""
    if document.readable_upto == sequence:
        return
    rows = {row.key: row for row in Section.objects.filter(document=document)}
    made, other = [], []
    for section in shared.sections():
        facts = {"position": section.position, "title": section.title, "text": canonical(section.text)}
        row = rows.pop(section.key, None)
        if row is None:
            made.append(Section(document=document, key=section.key, **facts))
        elif any(getattr(row, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(row, name, value)
            other.append(row)
    if rows:
        Section.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    if made:
        Section.objects.bulk_create(made)
    if other:
        Section.objects.bulk_update(other, ["position", "title", "text"], batch_size=100)
    document.readable_upto = sequence
    document.save(update_fields=["readable_upto"])


def _apply(shared: SharedText, edits: Sequence[Edit]) -> set[str]:
    """Make the edits. Returns the keys of the sections that are not as they were."""
    touched: set[str] = set()
    for kind, some in groupby(edits, key=type):
        if kind is Splice:
            _splice(shared, [edit for edit in some if isinstance(edit, Splice)], touched)
            continue
        for edit in some:
            if _edit(shared, edit):
                touched.add(edit.key if isinstance(edit, Insert) else edit.section)
    return touched


def _edit(shared: SharedText, edit: Edit) -> bool:
    """Make one edit that is no splice. Returns whether anything changed."""
    match edit:
        case Insert():
            return _insert(shared, edit)
        case SetText():
            _standing_section(shared, edit.section)
            return _set(shared, edit.section, edit.text)
        case SetTitle():
            now = _standing_section(shared, edit.section)
            shared.put(now.key, title=_title(edit.title), position=now.position)
            return _title(edit.title) != now.title
        case Place():
            now = _standing_section(shared, edit.section)
            position = _after(shared, edit.after, without=edit.section)
            shared.put(now.key, title=now.title, position=position or now.position)
            return bool(position)
        case Remove():
            shared.remove(_standing_section(shared, edit.section).key)
            return True
        case Splice():  # `_apply` has taken these out
            return False


def _standing_section(shared: SharedText, key: str) -> SharedSection:
    if (section := shared.section(key)) is not None:
        return section
    raise Conflict(_("The section “%(key)s” is no longer in this draft. Open the draft again.") % {"key": key})


def _insert(shared: SharedText, edit: Insert) -> bool:
    if edit.key in shared:
        raise Conflict(_("There is a section “%(key)s” already. Give one another key.") % {"key": edit.key})
    if not edit.key or len(edit.key) > LONGEST_KEY:
        raise Refused(_("A section’s key has 1 to %(most)d characters.") % {"most": LONGEST_KEY})
    position = _after(shared, edit.after, without=edit.key)
    shared.put(edit.key, title=_title(edit.title), position=position)
    _set(shared, edit.key, edit.text)
    return True


def _title(words: str) -> str:
    title = line(words)
    if len(title) > LONGEST_TITLE:
        raise Refused(_("A section’s title has at most %(most)d characters. Shorten it.") % {"most": LONGEST_TITLE})
    return title


def _after(shared: SharedText, after: str | None, *, without: str) -> str:
    """A position right after the section `after`; "" when the section `without` stands there already."""
    standing = shared.sections()
    others = [section for section in standing if section.key != without]
    if after is None:
        at = len(others)
    elif not after:
        at = 0
    else:
        before = _standing_section(shared, after)
        if before.key == without:
            return ""
        at = others.index(before) + 1
    if len(others) < len(standing) and standing[at].key == without:
        return ""
    low = others[at - 1].position if at else ""
    return positions.between(low, others[at].position if at < len(others) else "")


def _set(shared: SharedText, key: str, text: str) -> bool:
    now, text = shared.text(key), canonical(text)
    if canonical(now) == text:
        return False  # it reads so already; the space that somebody has just typed at a line's end stays theirs
    shared.splice(key, texts.splices(now, text))
    return True


def _splice(shared: SharedText, edits: Sequence[Splice], touched: set[str]) -> None:
    by_section: dict[str, list[Splice]] = {}
    for edit in edits:
        by_section.setdefault(edit.section, []).append(edit)
    for key, several in by_section.items():
        now = _standing_section(shared, key).text
        pieces = sorted(texts.Splice(edit.start, edit.end, edit.text) for edit in several)
        for edit in several:
            if edit.reads is not None and now[edit.start : edit.end] != edit.reads:
                raise Conflict(_("This passage no longer reads “%(words)s”.") % {"words": edit.reads})
        ends = [0, *(piece.end for piece in pieces)]
        if any(not end <= one.start <= one.end <= len(now) for end, one in zip(ends, pieces, strict=False)):
            raise Conflict(_("Two changes touch the same words, or words that are not there. Open the draft again."))
        wanted = texts.spliced(now, pieces)
        canonical(wanted)  # refuses what is too long to be read again
        if wanted != now:
            shared.splice(key, pieces)
            touched.add(key)
