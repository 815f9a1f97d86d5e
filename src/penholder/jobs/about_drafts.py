"""Letters about work on drafts: that somebody was named in a discussion, and once a day what happened.

Nothing that is inside another organisation gets into them, and of what is inside one's own only that there is
something: letters are handed on. Whoever has no seat any more when a letter is sent gets none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from penholder.agreement import seating
from penholder.drafting import catching_up, daily_letters
from penholder.drafting.catching_up import News
from penholder.drafting.contributions import Mention, Visit
from penholder.drafting.models import Document
from penholder.jobs import letters
from penholder.jobs.contents import Context, Unneeded
from penholder.jobs.models import Letter
from penholder.people.models import Person

# A daily letter is there when people begin to work.
MORNING = 7
# Mentions told in one transaction.
AT_ONCE = 100
# Who was not here for so long is not reminded of a draft for ever.
FORGOTTEN = timedelta(days=60)


@transaction.atomic
def tell_mentioned(at: datetime) -> int:
    """Write to everybody who was named and was not told yet."""
    rows = list(Mention.objects.select_for_update(of=("self",)).filter(told_at=None).select_related("person")[:AT_ONCE])
    if not rows:
        return 0
    Mention.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=at)
    return letters.write(_letter("mentioned", str(row.pk), row.person, {"mention": row.pk}, at) for row in rows)


def mentioned(facts: Mapping[str, Any], at: datetime) -> Context | Unneeded:
    """What a letter to somebody who was named is told."""
    row = Mention.objects.select_related("person", "utterance__thread__document__organisation").get(pk=facts["mention"])
    said = row.utterance
    seat = seating.seat_of(said.thread.document, row.person, at=at)
    if seat is None or not seat.sees(said.thread):
        return Unneeded("They have no seat at this draft any more.")
    lodged = said.thread.lodged_at is not None
    return {
        "title": said.thread.document.title,
        "number": said.thread.number,
        "by": said.by,
        "words": said.body if lodged else "",
        "path": reverse("desk:thread", args=[said.thread.document.key, said.thread.pk]),
    }


def write_daily(at: datetime) -> int:
    """Write to everybody who works on a draft in which something happened since they were there, once a day."""
    today = timezone.localdate(at)
    if timezone.localtime(at).hour < MORNING:
        return 0
    written = 0
    for person in _due(at):
        with transaction.atomic():
            told = [[document.key, since.isoformat()] for document, since, _news in _news_of(person, at)]
            daily_letters.considered(person=person, at=at)
            if told:
                written += letters.write(
                    [_letter("daily", str(today), person, {"texts": told, "person": person.pk}, at)]
                )
    return written


def _due(at: datetime) -> Iterator[Person]:
    people = Person.objects.filter(is_active=True, pk__in=Visit.objects.values("person"))
    considered = daily_letters.considered_at()
    today = timezone.localdate(at)
    for person in people.exclude(pk__in=daily_letters.off()):
        last = considered.get(person.pk)
        if last is None or timezone.localdate(last) < today:
            yield person


def _news_of(person: Person, at: datetime) -> Iterator[tuple[Document, datetime, News]]:
    """The drafts in which something happened for somebody since they were last told, or last there."""
    last = daily_letters.considered_at().get(person.pk)
    visits = Visit.objects.filter(person=person, last_at__gte=at - FORGOTTEN).order_by("last_at")
    for document_id, here in dict(visits.values_list("document", "last_at")).items():
        document = Document.objects.select_related("organisation").get(pk=document_id)
        since = max(here, last) if last else here
        seat = seating.seat_of(document, person, at=at)
        news = catching_up.since(document, seat, person, since) if seat else None
        if news and news.anything:
            yield document, since, news


def daily(facts: Mapping[str, Any], at: datetime) -> Context | Unneeded:
    """What a daily letter is told: by draft, a line for each thing that happened."""
    person = Person.objects.get(pk=facts["person"])
    if not daily_letters.wanted(person):
        return Unneeded("They switched it off.")
    texts = []
    for key, since in facts["texts"]:
        document = Document.objects.select_related("organisation").get(key=key)
        seat = seating.seat_of(document, person, at=at)
        news = catching_up.since(document, seat, person, parse_datetime(since) or at) if seat else None
        if lines := list(_lines(news)) if news else []:
            path = f"{reverse('desk:since', args=[key])}?since={since.replace('+', '%2B')}"
            texts.append({"title": document.title, "lines": lines, "path": path})
    return {"texts": texts} if texts else Unneeded("Nothing is left to tell.")


def _lines(news: News) -> Iterator[str]:
    for row in news.decided:
        said = _("Your suggestion %(number)s: %(fate)s. %(because)s")
        yield (said % {"number": row.number, "fate": row.get_fate_display(), "because": row.because}).strip()
    for row in news.again:
        yield _("Your suggestion %(number)s must be looked at again.") % {"number": row.number}
    for heard in news.heard:
        if heard.thread.number:
            words = ngettext(
                "Discussion %(number)s: %(count)s new thing was said",
                "Discussion %(number)s: %(count)s new things were said",
                heard.count,
            )
            yield words % {"number": heard.thread.number, "count": heard.count}
    fresh = [row for row in news.suggested if row.number]
    if fresh:
        yield ngettext("%(count)s new suggestion", "%(count)s new suggestions", len(fresh)) % {"count": len(fresh)}
    if len(fresh) < len(news.suggested) or any(not heard.thread.number for heard in news.heard):
        yield _("Something new inside your organisation; it is not in this letter.")
    for iteration in news.sealed:
        said = _("Iteration %(number)s, “%(label)s”, was sealed.")
        yield said % {"number": iteration.number, "label": iteration.label}
    for section in news.sections:
        yield f"“{section.title}”: {section.words}"


def _letter(kind: str, about: str, person: Person, facts: dict[str, Any], at: datetime) -> Letter:
    return Letter(
        key=f"{kind}:{about}:{person.email}"[:300],
        kind=kind,
        to=person.email,
        language=person.language,
        facts=facts,
        due_at=at,
        made_at=at,
    )
