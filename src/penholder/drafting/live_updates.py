"""Updates that arrive from people who type: who may write is asked of every one, and what is stored stays.

One call keeps what a room has gathered for a moment, in one transaction: storing costs little, and nothing is
acknowledged before it is there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.drafting import drafts, rights, rules, typists
from penholder.drafting.models import Document
from penholder.errors import Missing
from penholder.people.acting import Acting, holding_now


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """One update from one writer. `reasons` is why it may not be stored, where the caller knows one already.

    `client` is the number under which they type, as long as the caller does not know that it is noted.
    """

    update: bytes
    by: Acting
    reasons: tuple[str, ...] = ()
    client: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A draft between two moments: its last update, whether it is frozen, and who of those asked about may not write.

    `objections` maps posts and persons (their primary keys) to reasons; who is not in it may write. `strangers` are
    those who may not even read it any more.
    """

    sequence: int
    frozen: tuple[str, ...]
    objections: Mapping[tuple[int, int], tuple[str, ...]]
    strangers: frozenset[tuple[int, int]]

    def against(self, by: Acting) -> tuple[str, ...]:
        """Every reason why this one may not write now."""
        return (*self.objections.get(_seat(by), ()), *self.frozen)

    def lets_read(self, by: Acting) -> bool:
        """Whether this one may still see the draft."""
        return _seat(by) not in self.strangers


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept. `missed` are updates by others, after the last that the room knew and before these.

    `refused` maps the places of updates to the reasons; those are not stored.
    """

    first: int
    last: int
    missed: Sequence[tuple[int, bytes]]
    refused: Mapping[int, tuple[str, ...]]


def standing(document_id: int, writers: Collection[Acting], *, at: datetime) -> Standing:
    """How the draft stands for these writers. Three queries. Raises Missing when the document is gone."""
    document = Document.objects.filter(pk=document_id).defer("graveyard").select_related("organisation").first()
    if document is None:
        raise Missing(_("This document is not there any more."))
    return _standing(document, writers, at)


def _standing(document: Document, writers: Collection[Acting], at: datetime) -> Standing:
    latest = drafts.last_update(document.pk)
    objections, strangers = _objections(document, writers, at)
    return Standing(latest, tuple(rules.objections_of_freeze(document)), objections, strangers)


@transaction.atomic
def open_draft(document_id: int, *, at: datetime) -> tuple[bytes, int]:
    """Everything in a draft as one update, and its sequence. What stands in its rows becomes the first, if need be."""
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        raise Missing(_("This document is not there any more."))
    drafts.seed(document, at=at)
    shared, sequence = drafts.load(document)
    return shared.since(), sequence


@transaction.atomic
def keep(*, document_id: int, updates: Sequence[LiveUpdate], known: int, at: datetime) -> Kept:
    """Store, in order, what may be stored; `known` is the room's last update.

    Five queries however many there are, and two more for who types for the first time.
    """
    document = Document.objects.select_for_update(of=("self",)).defer("graveyard").get(pk=document_id)
    now = _standing(document, [one.by for one in updates], at)
    missed = drafts.since(document_id, known) if now.sequence > known else []
    refused: dict[int, tuple[str, ...]] = {}
    typed = []
    against = [(*one.reasons, *now.against(one.by)) for one in updates]
    fresh = {
        one.client: one.by.person.pk
        for one, reasons in zip(updates, against, strict=True)
        if not reasons and one.client is not None and one.by.person
    }
    strange = typists.note(document, fresh) if fresh else set()
    for place, one in enumerate(updates):
        if reasons := against[place] or ((somebody_elses(),) if one.client in strange else ()):
            refused[place] = reasons
        else:
            typed.append(drafts.Typed(one.update, one.by.post.words, one.by.said_name))
    last = drafts.store(document, now.sequence, typed, at=at) if typed else now.sequence
    return Kept(now.sequence + 1, last, missed, refused)


def somebody_elses() -> str:
    """Why nobody writes under a number that is not theirs."""
    return _("This window was taken for somebody else’s. Copy what you wrote, and load the page again.")


def _seat(by: Acting) -> tuple[int, int]:
    return by.post.pk, by.person.pk if by.person else 0


def _objections(
    document: Document, writers: Collection[Acting], at: datetime
) -> tuple[dict[tuple[int, int], tuple[str, ...]], frozenset[tuple[int, int]]]:
    """Why some of these may not write, and who of them may not even read."""
    held = holding_now([by.person.pk for by in writers if by.person], at=at)
    found, strangers = {}, set()
    for seat, by in {_seat(by): by for by in writers}.items():
        reasons = rights.objections_to_writing(document, by.post)
        lost = by.person is not None and seat not in held
        if lost:
            reasons.append(_("You no longer hold the post “%(post)s”.") % {"post": by.post.title})
        if reasons:
            found[seat] = tuple(reasons)
        if lost or (reasons and rights.objections_to_reading(document, [by.post])):
            strangers.add(seat)
    return found, frozenset(strangers)
