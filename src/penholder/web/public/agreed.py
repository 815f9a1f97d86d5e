"""“How this was agreed”: of each edition who was asked, what they answered, what cleared it, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from penholder.agreement.disclosures import Agreement, Cleared, Heard, Said
from penholder.agreement.models import How, Kind, Rule, Stance
from penholder.publishing import bundles
from penholder.publishing.models import Edition
from penholder.publishing.sites import File, Page
from penholder.web.public.drawing import Crumb, Drawing
from penholder.web.public.site import Publication, Site


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened."""

    at: datetime
    words: str
    post: str = ""
    reason: str = ""


def pages(drawing: Drawing) -> Iterator[Page]:
    """One page an edition, of every publication."""
    for publication in drawing.site.publications.values():
        for edition in publication.editions:
            yield _page(drawing, publication, edition)


def files(site: Site) -> Iterator[File]:
    """The evidence of each edition that has some. What the cache holds of others is forgotten."""
    kept = []
    for publication in site.publications.values():
        for edition in publication.editions:
            if plan := site.evidence.get(edition.pk):
                file = bundles.made(plan, publication.text(edition))
                kept.append(file)
                address = f"{publication.edition_address(edition.number)}evidence.zip"
                yield File(address, file, "application/zip", immutable=False)
    bundles.keep_only(kept)


def _page(drawing: Drawing, publication: Publication, edition: Edition) -> Page:
    agreement = drawing.site.agreements[edition.iteration.seal]
    rounds = [] if edition.agreed_elsewhere else agreement.cleared
    titles = {part.key: part.title for part in publication.text(edition).sections}
    names = {"title": publication.title, "number": edition.number}
    return drawing.page(
        f"{publication.edition_address(edition.number)}agreed/",
        "agreed.html",
        title=_("How edition %(number)d of %(title)s was agreed") % names,
        description=_("Who was asked about edition %(number)d of %(title)s, what they answered, and how to check it.")
        % names,
        crumbs=(
            Crumb(publication.title, publication.address, english=True),
            Crumb(_("Editions"), f"{publication.address}editions/"),
            Crumb(_("Edition %(number)d") % names, publication.edition_address(edition.number)),
        ),
        publication=publication,
        edition=edition,
        correction=publication.correction(edition),
        lead=_lead(edition, rounds),
        timeline=_timeline(edition, agreement),
        rounds=[_round(row, number, titles) for number, row in enumerate(rounds, start=1)],
        heard=[] if edition.agreed_elsewhere else [_heard(row) for row in agreement.heard],
        bundle=_bundle(drawing.site, publication, edition),
    )


def _lead(edition: Edition, rounds: list[Cleared]) -> str:
    if edition.agreed_elsewhere or not rounds:
        return _("This text was not agreed here. What is shown is when it came here and when it was published.")
    asked = sum(row.asked for row in rounds)
    given = sum(row.count(How.GIVEN) for row in rounds)
    words = ngettext("%(count)d answer was asked for.", "%(count)d answers were asked for.", asked) % {"count": asked}
    words += " " + ngettext(
        "%(count)d was given for this very text.", "%(count)d were given for this very text.", given
    ) % {"count": given}
    if carried := sum(row.count(How.CARRIED) + row.count(How.RESTORED) for row in rounds):
        words += " " + ngettext(
            "%(count)d stands from an earlier text that reads the same where it counts.",
            "%(count)d stand from an earlier text that reads the same where it counts.",
            carried,
        ) % {"count": carried}
    if deemed := sum(row.count(How.DEEMED) for row in rounds):
        words += " " + ngettext(
            "%(count)d is silence that counted as consent.", "%(count)d are silences that counted as consent.", deemed
        ) % {"count": deemed}
    return words


def _timeline(edition: Edition, agreement: Agreement) -> list[Step]:
    steps = [Step(edition.iteration.sealed_at, _("The text was sealed."))]
    if not edition.agreed_elsewhere:
        for heard in agreement.heard:
            steps += [Step(heard.opened_at, _OPENED[heard.kind]()), Step(heard.closed_at, _ENDED[heard.kind]())]
        for row in agreement.cleared:
            steps += [
                Step(row.opened_at, _OPENED[row.kind]()),
                Step(row.cleared_at, _ENDED[row.kind](), row.cleared_by),
            ]
    told = _("It was published as edition %(number)d.") % {"number": edition.number}
    steps.append(Step(edition.published_at, told, reason=edition.reason))
    if edition.withdrawn:
        told = _("It was withdrawn by")
        steps.append(Step(edition.withdrawn.at, told, edition.withdrawn.by_post, edition.withdrawn.notice))
    return sorted(steps, key=lambda step: step.at)


def _round(row: Cleared, number: int, titles: dict[str, str]) -> dict[str, Any]:
    caption = ngettext("%(asked)d asked, %(said)d answered", "%(asked)d asked, %(said)d answered", row.asked)
    return {
        "id": f"round-{number}",
        "title": _TITLES[row.kind](),
        "rule": _rule(row),
        "silence": _("Who did not answer in time was taken to agree.") if row.silence_is_consent else "",
        "caption": caption % {"asked": row.asked, "said": len(row.said)},
        "rows": [
            *(
                {"post": one.post, "words": _said(one), "at": one.at, "sections": _named(one, titles)}
                for one in row.said
            ),
            *({"post": post, "words": _("No answer"), "at": None, "sections": ()} for post in row.silent),
        ],
    }


def _named(said: Said, titles: dict[str, str]) -> list[str]:
    return [titles.get(key, key) for key in said.sections]


def _said(said: Said) -> str:
    words = _STANCES[said.stance]()
    if said.how == How.DEEMED:
        words = _("Taken to agree, by silence")
    elif said.signed_at is not None:
        day = _day(said.signed_at)
        how = _CARRIED[said.how]() % {"day": day}
        words = f"{words} ({how})"
    if said.delegate:
        words = f"{words} ({_('answered by somebody whom the post named')})"
    return f"{words} ({_('after the deadline')})" if said.late else words


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y")


def _rule(row: Cleared) -> str:
    number = row.rule_number
    return {
        Rule.ALL: lambda: _("Everybody who was asked had to agree."),
        Rule.ALL_BUT: lambda: (
            ngettext(
                "Everybody who was asked but %(count)d had to agree, and nobody could object.",
                "Everybody who was asked but %(count)d had to agree, and nobody could object.",
                number,
            )
            % {"count": number}
        ),
        Rule.QUORUM: lambda: (
            ngettext(
                "At least %(count)d had to agree, and nobody could object.",
                "At least %(count)d had to agree, and nobody could object.",
                number,
            )
            % {"count": number}
        ),
        Rule.ONE: lambda: _("One had to agree."),
        Rule.NONE: lambda: _("Nobody had to answer."),
    }[Rule(row.rule)]()


def _heard(row: Heard) -> str:
    told = {"asked": row.asked, "answered": row.answered, "day": _day(row.closed_at)}
    if row.kind == Kind.ADVICE:
        return _("Advice: %(asked)d asked, %(answered)d answered, until %(day)s") % told
    return _("Feedback: %(asked)d asked, %(answered)d answered, until %(day)s") % told


def _bundle(site: Site, publication: Publication, edition: Edition) -> dict[str, str] | None:
    plan = site.evidence.get(edition.pk)
    if plan is None:
        return None
    size = bundles.made(plan, publication.text(edition)).stat().st_size
    return {
        "name": f"{publication.key}-{edition.number}-evidence.zip",
        "size": filesizeformat(size),
        "key": plan.checkpoints[-1]["key"],
    }


_TITLES = {
    Kind.SIGN_OFF: lambda: _("Sign-off"),
    Kind.APPROVAL: lambda: _("Approval"),
}
_OPENED = {
    Kind.ADVICE: lambda: _("Advisers were asked."),
    Kind.SIGN_OFF: lambda: _("Sign-off was asked for."),
    Kind.FEEDBACK: lambda: _("Ministers were asked for feedback."),
    Kind.APPROVAL: lambda: _("Approval was asked for."),
}
_ENDED = {
    Kind.ADVICE: lambda: _("Advice was closed."),
    Kind.SIGN_OFF: lambda: _("The sign-off was declared complete by"),
    Kind.FEEDBACK: lambda: _("Feedback was closed."),
    Kind.APPROVAL: lambda: _("The approval was declared complete by"),
}
_STANCES = {
    Stance.CONTENT: lambda: _("Content"),
    Stance.CONTENT_IF: lambda: _("Content, with conditions that were met"),
    Stance.NOT_CONTENT: lambda: _("Not content"),
    Stance.ADVICE: lambda: _("Advice"),
    Stance.NIL: lambda: _("Nothing to say"),
    Stance.WITHDRAWN: lambda: _("Withdrawn"),
}
_CARRIED = {
    How.CARRIED: lambda: _("signed on %(day)s; nothing that it answers for has changed since"),
    How.RESTORED: lambda: _("signed on %(day)s; what was changed since was changed back"),
}
