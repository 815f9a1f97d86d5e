"""The monthly form of a service manager: made as a link that is told once, filled in on a phone, submitted once.

link, token = monthly.make(key=…, span=…, email=…, days=…, by=…, at=…)
monthly.save(token, answers, at=…)                       # a draft, as often as one likes
monthly.submit(token, name=…, reason=…, at=…)            # what the draft says, all of it or nothing
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from penholder.errors import Missing, Refused
from penholder.formats.figures import cells as sheet_cells
from penholder.formats.figures.numbers import Gap, Number, read_number
from penholder.formats.figures.told import Told
from penholder.measure.values import Absence
from penholder.people import tokens
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.seal import digest
from penholder.services import entries, periods, quantities, registrations, rules, sheets, submissions, uploads
from penholder.services.cells import Cell, Given, value_of
from penholder.services.models import Channel, ChannelKind, FormLink, Submission, Submitted
from penholder.services.periods import Span
from penholder.services.submissions import Weighed

# Separate from every other thing that is signed with the instance's secret.
SALT = "penholder.services.monthly"
# A month is asked for in the month after it; a link that lives longer is a key under the mat.
LONGEST_DAYS = 60
# Letters say how long is left so many days before the end.
REMIND_BEFORE = (7, 2, 1)
# How the three kinds of an answer without a number are written in the form, and what they mean.
_KINDS = list(ChannelKind.values)
STATES = {"not-provided": Absence.NOT_PROVIDED, "not-applicable": Absence.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that the form asks, and its value of the period before. Channel "" is all of them together."""

    key: str
    channel: str
    channel_name: str
    quantity: quantities.Quantity
    before: Given | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What was typed into one field: "number" with its text, "not-provided" or "not-applicable"; "" is nothing yet."""

    state: str = ""
    text: str = ""


def objections_to_making(key: str, *, by: Acting, days: int | None = None) -> list[str]:
    """Every reason why `by` may not make a link for the form of a service."""
    version = registrations.current(registrations.find(key))
    reasons = rules.objections_to_acting("figures.submit", by, version.organisation)
    if version.manager is None:
        reasons.append(_("The service has no manager yet. Name the post first, then make the link."))
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        reasons.append(
            _("A link lives from 1 to %(longest)s days, not %(days)s.") % {"longest": LONGEST_DAYS, "days": days}
        )
    return reasons


@transaction.atomic
def make(*, key: str, span: Span, email: str, days: int, by: Acting, at: datetime) -> tuple[FormLink, str]:
    """Make a link, and with it the token, which is told once and never kept. An open one for the same form ends."""
    reasons = objections_to_making(key, by=by, days=days)
    if span.ends_on > timezone.localdate(at):
        reasons.append(_("The period %(period)s is not over yet.") % {"period": span.words})
    if reasons:
        raise Refused(reasons)
    service = registrations.find(key)
    post = registrations.current(service).manager
    assert post is not None  # noqa: S101 - the objections above asked
    period = periods.keep([span])[span]
    open_ones = FormLink.objects.select_for_update().filter(service=service, period=period, used_at=None, ended_at=None)
    before = open_ones.first()
    draft = before.draft if before else {}
    open_ones.update(ended_at=at)  # the entry of the new link tells of it
    token, known = tokens.make(SALT)
    link = FormLink.objects.create(
        service=service, period=period, post=post, token_digest=known, email=email, made_by=by.words, made_at=at,
        expires_at=at + timedelta(days=days), draft=draft,
    )  # fmt: skip
    _record("form.link-made", link, by=by, at=at)
    return link, token


@transaction.atomic
def end(*, link_id: int, by: Acting, at: datetime) -> FormLink:
    """End a link before its time. Raises Refused, Missing."""
    link = (
        FormLink.objects.select_for_update(of=("self",)).select_related("service", "period").filter(pk=link_id).first()
    )
    if link is None:
        raise Missing(_("There is no such link. Go back to the service."))
    reasons = objections_to_making(link.service.key, by=by)
    if link.ended_at or link.used_at:
        reasons.append(_("This link has ended already."))
    if reasons:
        raise Refused(reasons)
    link.ended_at = at
    link.save(update_fields=["ended_at"])
    _record("form.link-ended", link, by=by, at=at)
    return link


def open_form(token: str, *, at: datetime, lock: bool = False) -> FormLink:
    """The link of a token. Raises Missing for one that is not ours, Refused for one that was used or has ended."""
    rows = FormLink.objects.select_related("service", "period", "post__organisation")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    link = rows.filter(token_digest=tokens.digest_of(token, SALT)).first()
    if link is None:
        raise Missing(_("This link is not known here. Ask whoever sent it for a new one."))
    if link.used_at is not None:
        raise Refused(_("The figures were submitted by this link. To change one, ask for a new link."))
    if link.ended_at is not None or link.expires_at <= at:
        raise Refused(_("This link has ended. Ask whoever sent it for a new one."))
    return link


def fields(link: FormLink) -> list[Field]:
    """What the form asks: transactions by channel, attempts, and what was given in the period before. Two queries."""
    span = periods.span(link.period)
    before = {
        (channel, quantity): value_of(status, amount)
        for channel, quantity, status, amount in Submitted.objects.filter(
            service=link.service, period__key=span.before().key, superseded_by=None
        ).values_list("channel", "quantity", "status", "amount")
    }
    names = {
        row.key: row.name
        for row in sorted(Channel.objects.filter(service=link.service), key=lambda row: _KINDS.index(row.kind))
        if (row.opened_on is None or row.opened_on < span.ends_on)
        and (row.closed_on is None or row.closed_on > span.starts_on)
    }
    wanted = [(channel, quantities.TRANSACTIONS.key) for channel in names]
    wanted = wanted or [("", quantities.TRANSACTIONS.key)]
    wanted += [("", quantities.STARTED.key), ("", quantities.COMPLETED.key)]
    order = {each.key: place for place, each in enumerate(quantities.QUANTITIES)}
    more = [one for one in before if one not in wanted and one[1] in order and (not one[0] or one[0] in names)]
    wanted += sorted(more, key=lambda one: (order[one[1]], one[0]))
    return [
        Field(f"{channel}.{quantity}", channel, names.get(channel, ""), quantities.BY_KEY[quantity],
              before.get((channel, quantity)))
        for channel, quantity in wanted
    ]  # fmt: skip


def answered(link: FormLink) -> dict[str, Answered]:
    """What the draft says, by the key of its field."""
    return {key: Answered(str(said.get("state", "")), str(said.get("text", ""))) for key, said in link.draft.items()}


def objections_to_answers(listed: list[Field], answers: Mapping[str, Answered]) -> dict[str, str]:
    """By field: why what was typed cannot be submitted; empty means that everything has an answer."""
    found: dict[str, str] = {}
    for one in listed:
        said = answers.get(one.key, Answered())
        if said.state in STATES:
            continue
        if not said.text.strip():
            found[one.key] = _("Write a number, 0 if there was none, or say that there is no number.")
            continue
        read = _number(one, said.text)
        if isinstance(read, Told):
            found[one.key] = uploads.words(read)
    return found


def given(one: Field, said: Answered) -> Given | None:
    """The value that an answer gives; None while it gives none."""
    if said.state in STATES:
        return STATES[said.state]
    read = _number(one, said.text)
    return sheets.value_of(read.value) if isinstance(read, Number) and read.value is not Gap.BLANK else None


def _number(one: Field, text: str) -> Number | Told:
    plain = " ".join(text.split())
    kind = next(each.kind for each in sheets.columns() if each.key == one.quantity.key)
    return read_number(sheet_cells.Cell(plain, plain), kind)


@transaction.atomic
def save(token: str, answers: Mapping[str, Answered], *, at: datetime) -> FormLink:
    """Keep what was typed so far. What the form does not ask is not kept."""
    link = open_form(token, at=at, lock=True)
    asked = {one.key for one in fields(link)}
    link.draft = {
        key: {"state": said.state[:20], "text": said.text[:40]} for key, said in answers.items() if key in asked
    }
    link.saved_at = at
    link.save(update_fields=["draft", "saved_at"])
    return link


def weighed(link: FormLink, *, by: Acting | None, at: datetime) -> list[Weighed]:
    """What submitting the draft would do."""
    return submissions.weigh(_cells(link), by=by, on=timezone.localdate(at))


def _cells(link: FormLink) -> Iterator[Cell]:
    answers, span = answered(link), periods.span(link.period)
    for one in fields(link):
        value = given(one, answers.get(one.key, Answered()))
        if value is not None:
            place = f"{one.channel_name}, {one.quantity.words}" if one.channel else one.quantity.words
            yield Cell(link.service.key, span, one.quantity.key, value, one.channel, place[:60])


@transaction.atomic
def submit(token: str, *, name: str, reason: str, at: datetime) -> FormLink:
    """Submit what the draft says, all of it or nothing; the link is used up. Raises Refused."""
    link = open_form(token, at=at, lock=True)
    by = Acting(post=link.post, name=name.strip(), through="link")
    reasons = list(objections_to_answers(fields(link), answered(link)).values())
    if not by.name:
        reasons.append(_("Write your name, so that it is known who gave these figures."))
    if reasons:
        raise Refused(list(dict.fromkeys(reasons)))
    receipt = submissions.submit(
        cells=list(_cells(link)), how=Submission.How.LINK, source=_("Monthly form"),
        digest=digest(repr(sorted(link.draft.items()))), said_on=timezone.localdate(at), by=by, at=at,
        on=timezone.localdate(at), reason=reason, organisation=link.post.organisation,
    )  # fmt: skip
    link.used_at, link.submission = at, receipt.submission
    link.save(update_fields=["used_at", "submission"])
    stands = receipt.submission.key if receipt.submission else ""
    _record("form.submitted", link, by=by, at=at, submission=stands)
    return link


def links_of(key: str) -> list[FormLink]:
    """The links that were made for the form of a service, newest first. One query."""
    return list(FormLink.objects.select_related("period", "post").filter(service__key=key)[:20])


@transaction.atomic
def take_reminders(at: datetime) -> list[FormLink]:
    """Links about which a letter is due today, marked as reminded. For `jobs`, in the transaction that writes them."""
    today = timezone.localdate(at)
    rows = FormLink.objects.select_for_update().filter(used_at=None, ended_at=None, expires_at__gt=at)
    due = [
        link
        for link in rows
        if (timezone.localdate(link.expires_at) - today).days in REMIND_BEFORE and link.reminded_on != today
    ]
    FormLink.objects.filter(pk__in=[link.pk for link in due]).update(reminded_on=today)
    return due


def _record(act: str, link: FormLink, *, by: Acting, at: datetime, submission: str = "") -> None:
    told = entries.told(
        act, link.service.key, by=by, at=at, period=link.period.key, post=link.post.key,
        expires_at=link.expires_at.isoformat(), submission=submission,
    )  # fmt: skip
    ledger.append_all([replace(told, withheld=beside(link))])


def beside(link: FormLink) -> dict[str, str]:
    """What the record proves of a link and nobody reads in it."""
    return {"email": link.email, "token": link.token_digest}
