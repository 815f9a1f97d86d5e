"""What a letter says, when it is sent: so it tells what is true by then, or says that nobody needs it any more."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from penholder.agreement.models import Answer, Asked, Clearance, How, Remark, RemarkState, Round, Stance, State
from penholder.drafting.models import Iteration
from penholder.jobs import about_drafts, figures, moments
from penholder.jobs.contents import Context, Unneeded
from penholder.jobs.models import Letter
from penholder.publishing import addresses
from penholder.publishing.models import Edition, Schedule

__all__ = ["KINDS", "Context", "Said", "Unneeded", "about", "changed", "compose"]

# Where people find what waits for them.
DESK = "/desk/"

# Lines of a letter are no longer than this; some programs still show them as they come.
WIDTH = 72


@dataclass(frozen=True, slots=True)
class Said:
    """A letter in words."""

    subject: str
    body: str


def compose(letter: Letter, *, at: datetime, address: str = "") -> Said | Unneeded:
    """The letter in its reader's language. `address` is where the instance is found, if no setting says so."""
    if not letter.kind:
        return Said(letter.subject, letter.body)
    with translation.override(letter.language or settings.LANGUAGE_CODE):
        context = KINDS[letter.kind](letter.facts, at)
        if isinstance(context, Unneeded):
            return context
        home = (settings.PENHOLDER_ADDRESS or address).rstrip("/")
        told = context | {"desk": home + DESK, "home": home, "to": letter.to}
        text = render_to_string(f"letters/{letter.kind}.txt", told)
    subject, _, body = text.strip().partition("\n")
    return Said(" ".join(subject.split()), _wrapped(body.strip()) + "\n")


def _wrapped(body: str) -> str:
    lines: list[str] = []
    for line in body.splitlines():
        indent = "  " if line.startswith("- ") else ""
        lines += textwrap.wrap(
            line, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent
        ) or [""]
    # A part that was left out of a letter leaves an empty line too many.
    lines = ["-- " if line == "--" else line for line in lines]  # with its space, programs know the signature by it
    return "\n".join(line for number, line in enumerate(lines) if line or (number and lines[number - 1]))


def about(round_: Round) -> Context:
    """What every letter about a round says: which text, which iteration, which seal."""
    iteration = round_.iteration
    return {
        "title": iteration.document.title,
        "number": iteration.number,
        "label": iteration.label,
        "seal": iteration.seal,
        "message": round_.message.strip(),
        "silence": round_.silence_is_consent,
    }


def _asked(facts: Mapping[str, Any]) -> Asked:
    return Asked.objects.select_related("round__iteration__document", "post__organisation", "answer").get(
        round__key=facts["round"], post__key=facts["post"]
    )


def _still_asked(facts: Mapping[str, Any], at: datetime) -> Context | Unneeded:
    asked = _asked(facts)
    if asked.round.state != State.OPEN:
        return Unneeded("The round has ended.")
    if asked.answer_id is not None:
        return Unneeded("It has been answered.")
    return about(asked.round) | _waits(asked, at)


def _waits(asked: Asked, at: datetime) -> Context:
    return {
        "post": asked.post.words,
        "title": asked.round.iteration.document.title,
        "number": asked.round.iteration.number,
        "deadline": moments.until(asked.deadline_at),
        "left": moments.left(at, asked.deadline_at),
    }


def _asked_again(facts: Mapping[str, Any], at: datetime) -> Context | Unneeded:
    context = _still_asked(facts, at)
    return context if isinstance(context, Unneeded) else context | {"changed": changed(_asked(facts))}


def changed(asked: Asked) -> list[str]:
    """Titles of the sections, among those it answers for, that changed since the post last signed. Two queries."""
    signed = (
        Answer.objects.filter(asked__post=asked.post_id, asked__round__series=asked.round.series)
        .exclude(stance=Stance.WITHDRAWN)
        .exclude(how=How.DEEMED)
        .order_by("-at", "-pk")
        .first()
    )
    iteration = asked.round.iteration
    before = Iteration.objects.filter(document=iteration.document_id, seal=signed.seal).first() if signed else None
    old = {row["key"]: row["sha256"] for row in before.manifest["sections"]} if before else {}
    return [
        row["title"]
        for row in iteration.manifest["sections"]
        if (not asked.sections or row["key"] in asked.sections) and old.get(row["key"]) != row["sha256"]
    ]


def _reminder(facts: Mapping[str, Any], at: datetime) -> Context | Unneeded:
    waiting = Asked.objects.filter(pk__in=facts["asked"], round__state=State.OPEN, answer=None)
    rows = [
        _waits(asked, at)
        for asked in waiting.select_related("round__iteration__document", "post__organisation").order_by("deadline_at")
    ]
    return {"waiting": rows, "count": len(rows)} if rows else Unneeded("Everything has been answered.")


def _answer(facts: Mapping[str, Any]) -> tuple[Asked, Answer]:
    asked = _asked(facts)
    return asked, asked.answers.get(number=facts["number"])


def _receipt(facts: Mapping[str, Any], at: datetime) -> Context:
    del at
    asked, answer = _answer(facts)
    return about(asked.round) | {
        "post": asked.post.words,
        "stance": answer.get_stance_display(),
        "name": answer.name,
        "on_behalf": answer.on_behalf_of,
        "seal": answer.seal,
        "moment": moments.said(answer.at),
        "late": answer.late,
    }


def _withdrawn(facts: Mapping[str, Any], at: datetime) -> Context:
    asked, answer = _answer(facts)
    return _receipt(facts, at) | {"reason": answer.reason, "unsettled": asked.round.state == State.UNSETTLED}


def _claimed_met(facts: Mapping[str, Any], at: datetime) -> Context | Unneeded:
    del at
    remark = (
        Remark.objects.select_related("asked__round__iteration__document", "asked__post__organisation")
        .filter(asked__round__series=facts["series"], number=facts["remark"])
        .get()
    )
    if remark.state != RemarkState.LODGED:
        return Unneeded("Its signer has decided.")
    return about(remark.asked.round) | {
        "post": remark.asked.post.words,
        "remark": remark.number,
        "body": remark.body.strip(),
    }


def _round(facts: Mapping[str, Any]) -> Round:
    return Round.objects.select_related("iteration__document").get(key=facts["round"])


def _called_off(facts: Mapping[str, Any], at: datetime) -> Context:
    del at
    round_ = _round(facts)
    return about(round_) | {"reason": round_.ended_because}


def _cleared(facts: Mapping[str, Any], at: datetime) -> Context | Unneeded:
    del at
    round_ = _round(facts)
    clearance = Clearance.objects.filter(round=round_, ended_at=None).first()
    if clearance is None:
        return Unneeded("The clearance does not stand any more.")
    return about(round_) | {"by": clearance.by_post, "moment": moments.said(clearance.at), "reason": clearance.reason}


def _held_back(facts: Mapping[str, Any], at: datetime) -> Context:
    del at
    rows = Schedule.objects.select_related("iteration__document")
    schedule = rows.get(pk=facts["schedule"])
    return {
        "title": schedule.iteration.document.title,
        "number": schedule.iteration.number,
        "moment": moments.said(schedule.publish_at),
        "reasons": schedule.ended_because.splitlines(),
    }


def _published(facts: Mapping[str, Any], at: datetime) -> Context:
    del at
    edition = Edition.objects.select_related("document__organisation", "iteration").get(pk=facts["edition"])
    return {
        "title": edition.document.title,
        "edition": edition.number,
        "moment": moments.said(edition.published_at),
        "seal": edition.iteration.seal,
        "reason": edition.reason,
        "page": addresses.of_edition(edition.document, edition.number),
    }


def _figures_due(facts: Mapping[str, Any], at: datetime) -> Context | Unneeded:
    return figures.due(facts, at) or Unneeded("The form was submitted, or its link has ended.")


# Each kind of letter, and what its template is told. Every kind has a template of its name.
KINDS: Final[Mapping[str, Callable[[Mapping[str, Any], datetime], Context | Unneeded]]] = {
    "asked": _still_asked,
    "asked-again": _asked_again,
    "extended": _still_asked,
    "reminder": _reminder,
    "receipt": _receipt,
    "deemed": _receipt,
    "withdrawn": _withdrawn,
    "claimed-met": _claimed_met,
    "called-off": _called_off,
    "cleared": _cleared,
    "held-back": _held_back,
    "published": _published,
    "figures-due": _figures_due,
    "mentioned": about_drafts.mentioned,
    "daily": about_drafts.daily,
}
