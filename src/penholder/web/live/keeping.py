"""What a room asks of the database, on a thread: one function for each kind of moment."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import close_old_connections
from django.utils import translation
from django.utils.translation import gettext as _

from penholder.agreement import seating
from penholder.drafting import asides, drafts, live_updates, offers, presences, typists, writing
from penholder.drafting.live_updates import Kept, LiveUpdate
from penholder.drafting.models import Document, DraftUpdate
from penholder.drafting.updates import Unfit, inspect
from penholder.errors import PenholderError
from penholder.web.live.visitors import Visitor, gone

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Roll:
    """A room between two moments: who may not write and why, and whose session has ended, each by place."""

    sequence: int
    reasons: tuple[tuple[str, ...], ...]
    ended: tuple[bool, ...]
    strangers: tuple[bool, ...]


def enter(key: str, visitor: Visitor, at: datetime) -> tuple[int, tuple[str, ...], bool] | None:
    """The document with this key, why the visitor may not write in its draft, and whether they may read it at all."""
    close_old_connections()
    document_id = Document.objects.filter(key=key).values_list("pk", flat=True).first()
    if document_id is None:
        return None
    with translation.override(visitor.language or None):
        now = live_updates.standing(document_id, [visitor.acting], at=at)
    return document_id, now.against(visitor.acting), now.lets_read(visitor.acting)


def whole(document_id: int, at: datetime) -> tuple[bytes, int]:
    """The draft as one update, and its sequence."""
    close_old_connections()
    return live_updates.open_draft(document_id, at=at)


@dataclass(frozen=True, slots=True)
class Typed:
    """An update that fits onto the draft. `client` is the number under which it was typed, until that is noted."""

    update: bytes
    visitor: Visitor
    client: int | None


def keep(document_id: int, sent: Sequence[Typed], known: int, at: datetime) -> Kept:
    """Store what these visitors typed, as far as each may write at this moment and is still signed in."""
    close_old_connections()
    ended = gone([one.visitor for one in sent], at=at)
    typed = [
        LiveUpdate(one.update, one.visitor.acting, (signed_out(),) if one.visitor.session in ended else (), one.client)
        for one in sent
    ]
    return live_updates.keep(document_id=document_id, updates=typed, known=known, at=at)


@dataclass(frozen=True, slots=True)
class Glance:
    """A draft as another process may have left it: its last update, and the cursors in each other process if asked."""

    sequence: int
    frozen: bool
    cursors: Mapping[str, Sequence[dict[str, Any]]] | None


def glance(
    document_id: int, process: str, cursors: Sequence[dict[str, Any]] | None, at: datetime, *, others: bool
) -> Glance:
    """Look at the draft, and tell the other processes where the cursors of this one are, unless None.

    One query, and one more for the cursors in `others`.
    """
    close_old_connections()
    if cursors is not None:
        presences.tell(document_id, process, cursors, at=at)
    rows = DraftUpdate.objects.filter(document_id=document_id).order_by("-sequence")
    sequence, frozen_at = rows.values_list("sequence", "document__frozen_at")[:1].get()
    there = presences.others(document_id, process, at=at) if others else None
    return Glance(sequence, frozen_at is not None, there)


def leave(document_id: int, process: str, at: datetime) -> None:
    """This process has the draft open no longer."""
    close_old_connections()
    presences.leave(document_id, process, at=at)


def owner(document_id: int, client: int) -> int | None:
    """The person who types under this number in the draft; None when nobody has yet."""
    close_old_connections()
    return typists.owner(document_id, client)


def since(document_id: int, sequence: int) -> list[tuple[int, bytes]]:
    """The updates after `sequence`, in order."""
    return drafts.since(document_id, sequence)


def roll(document_id: int, visitors: Sequence[Visitor], at: datetime) -> Roll:
    """Who may still write, and who is still signed in; reasons in the language of each."""
    close_old_connections()
    ended = gone(visitors, at=at)
    by_language = {}
    for language in {visitor.language for visitor in visitors} or {""}:
        with translation.override(language or None):
            by_language[language] = live_updates.standing(document_id, [visitor.acting for visitor in visitors], at=at)
    reasons = [by_language[visitor.language].against(visitor.acting) for visitor in visitors]
    some = next(iter(by_language.values()))
    return Roll(
        some.sequence,
        tuple(reasons),
        tuple(visitor.session in ended for visitor in visitors),
        tuple(not some.lets_read(visitor.acting) for visitor in visitors),
    )


def put_aside(document_id: int, update: bytes, visitor: Visitor, reasons: Sequence[str], at: datetime) -> bool:
    """Keep what could not be stored where its writer finds it. Returns whether there was anything to keep."""
    close_old_connections()
    try:
        inspect(update)
    except Unfit:
        return False
    kept = asides.set_aside(document_id=document_id, update=update, reasons=reasons, by=visitor.acting, at=at)
    if kept is None:
        return False
    try:
        seat = seating.seat(kept.document, visitor.acting, at=at)
        with translation.override(visitor.language or None):
            offers.offer(aside_id=kept.pk, by=seat, at=at)
    except PenholderError as problem:  # it stays aside, whole
        _log.info("What %s typed too late is no suggestion yet: %s", visitor.acting.words, problem)
    return True


def make_readable(document_id: int, at: datetime) -> None:
    """Let the rows of the sections follow, and make a snapshot when it is time."""
    close_old_connections()
    drafts.compact(document_id, at=at)


def signed_out() -> str:
    """Why somebody whose session has ended may not write."""
    return _("You are no longer signed in. Sign in again in another tab; what you typed stays here.")


def too_long(size: int, visitor: Visitor) -> tuple[str, ...]:
    """Why a section of so many characters is too long, in the visitor's language. Asks nothing."""
    with translation.override(visitor.language or None):
        return tuple(writing.objections_to_size(size))


def full(visitor: Visitor) -> tuple[str, ...]:
    """Why nothing more goes into a draft, and what to do, in the visitor's language. Asks nothing."""
    with translation.override(visitor.language or None):
        return (
            _(
                "This draft has reached the most that is kept as one: 20 million characters, with everything that was "
                "ever written in it. Begin another document, and take the sections that you still need there."
            ),
        )


def somebody_elses(visitor: Visitor) -> tuple[str, ...]:
    """Why the visitor does not write under a number that is another's, in their language. Asks nothing."""
    with translation.override(visitor.language or None):
        return (live_updates.somebody_elses(),)
