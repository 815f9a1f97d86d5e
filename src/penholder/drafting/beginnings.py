"""Beginning a document: from the template of its kind, by somebody who may draft it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from penholder.drafting import documents, kinds, rights
from penholder.drafting.edits import LONGEST_TITLE
from penholder.drafting.kinds import Promised
from penholder.drafting.models import Document, Kind
from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.people.models import Organisation
from penholder.record import ledger

# The column holds 120; a number must still fit behind it.
LONGEST_SLUG = 100


def objections_to_beginning(*, kind: str, title: str, organisation: Organisation | None, by: Acting) -> list[str]:
    """Every reason why this document may not be begun now. One query."""
    if kind not in kinds.BEGINNING:
        return [_("Choose what is to be written.")]
    reasons = rights.objections_to_drafting(kind, organisation, by.post)
    if not title.strip():
        reasons.append(_("Give the document a title."))
    if len(title) > LONGEST_TITLE:
        reasons.append(_("The title has over %(most)d characters. Shorten it.") % {"most": LONGEST_TITLE})
    if kind == Kind.DEPARTMENTAL and organisation is None:
        reasons.append(_("Say whose strategy it is: choose the organisation."))
    if Document.objects.filter(title__iexact=title.strip(), organisation=organisation).exists():
        reasons.append(_("There is a document with this title already. Give this one another, or write in that one."))
    return reasons


@transaction.atomic
def begin(
    *,
    kind: str,
    title: str,
    subtitle: str = "",
    organisation: Organisation | None = None,
    actions: Sequence[Promised] = (),
    by: Acting,
    at: datetime,
) -> Document:
    """Make the document, with the sections of its kind's template. Raises Refused with every reason.

    `actions` are those of the strategy in force: a departmental strategy gets a section for each.
    """
    title = " ".join(title.split())
    if objections := objections_to_beginning(kind=kind, title=title, organisation=organisation, by=by):
        raise Refused(objections)
    sections = kinds.beginning(
        kind, title=title, organisation=organisation.name if organisation else "", actions=actions
    )
    document = documents.put(
        key=_free_key(title), kind=kind, title=title, subtitle=subtitle, organisation=organisation, sections=sections
    )
    ledger.append(
        "document.begun",
        actor=by.post.words,
        person=by.said_name,
        subject=document.key,
        at=at,
        facts={"kind": kind, "title": title, "sections": len(sections)},
    )
    return document


def _free_key(title: str) -> str:
    """The title as an address, with a number behind it when that is taken."""
    slug = slugify(title)[:LONGEST_SLUG].strip("-") or "document"
    taken = set(Document.objects.filter(key__startswith=slug).values_list("key", flat=True))
    number = 1
    while (key := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    return key
