"""Sealing a draft at the desk: what is sealed is what the person who seals it has read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.drafting import drafts, hints, histories, iterations, kinds, restorations, rules
from penholder.drafting.histories import Part
from penholder.drafting.iterations import Sealing
from penholder.drafting.manifests import MediaDigest
from penholder.drafting.models import Document, Iteration
from penholder.errors import Conflict, Refused
from penholder.people.acting import Acting

# The stages of the real work, in its order. What is kept is the word itself; an iteration may have none.
STAGES: Final = ("shared vision", "narrative", "full text")


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A section in which questions of the template still stand."""

    key: str
    title: str
    questions: int


def unwritten(parts: tuple[Part, ...]) -> list[Unwritten]:
    """The sections that still ask for what is to be written, in order."""
    counted = [(part, kinds.to_write(part.text)) for part in parts]
    return [Unwritten(part.key, part.title, count) for part, count in counted if count]


def files_of(latest: Iteration | None) -> dict[str, MediaDigest]:
    """The media that the text may show: those that were sealed with it last."""
    rows = latest.manifest["media"] if latest else ()
    return {row["path"]: MediaDigest(row["path"], row["sha256"], row["size"], row["type"]) for row in rows}


def objections_to_sealing(document: Document, by: Acting, at: datetime) -> list[str]:
    """Why this post may not seal the draft, whatever it says. A frozen draft can be sealed."""
    return rules.objections_to_writing(document, by, at)


@transaction.atomic
def seal(*, document_id: int, label: str, stage: str, reason: str, seen: str, by: Acting, at: datetime) -> Sealing:
    """Seal the draft with the digest `seen` (`restorations.digest`) as an iteration with this label and stage.

    Raises Conflict when the draft has changed since it was seen, and Refused with every other reason.
    """
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    reasons = objections_to_sealing(document, by, at)
    if stage and stage not in STAGES:
        reasons.append(_("“%(stage)s” is no stage. Choose one of those that are offered, or none.") % {"stage": stage})
    reasons += hints.objections_to_sealing(document)
    if not reason.strip():
        reasons.append(_("Say why the text is sealed now, for those who will read it later."))
    if reasons:
        raise Refused(reasons)
    if restorations.digest(histories.parts_of(drafts.read(document_id).sections)) != seen:
        raise Conflict(
            _("The draft has changed since you opened this page. Read what changed, then seal it; or freeze it first.")
        )
    latest = Iteration.objects.filter(document=document).order_by("-number").first()
    return iterations.seal(
        document=document,
        label=label.strip(),
        stage=stage,
        reason=reason.strip(),
        author=by.said_name,
        actor=by.post.words,
        files=files_of(latest),
        taken_at=at,
        at=at,
    )
