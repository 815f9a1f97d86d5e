"""Turns what the record tells into letters: every entry is read once, in its order, and written about at most once.

The record holds every act in one order, so nothing that happens can be missed, and no room below has to know that
letters are written. How far it was read is noted in the transaction that writes the letters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from penholder.agreement import reminders
from penholder.agreement.models import Answer, Asked, How, Link, Remark, Round
from penholder.jobs import letters
from penholder.jobs.models import Letter, Reading
from penholder.people.models import Person, Post, Role
from penholder.publishing.models import Edition
from penholder.record.models import Entry

# What happened longer ago is no news: an old instance that gets its first worker does not write to everybody.
NEWS = timedelta(days=3)

# Entries read in one transaction; large enough for a round of 500 posts, small enough not to keep others waiting.
AT_ONCE = 200

Facts = dict[str, Any]
People = dict[str, str]  # address → language
News = Iterator[tuple[str, Facts, People]]  # kind of letter, what it is worded from, who gets it


def follow(*, at: datetime) -> int:
    """Read the record on from where it was left, and write letters. Returns how many."""
    last = Entry.objects.aggregate(Max("number"))["number__max"] or 0
    written = 0
    while last and not Reading.objects.filter(id=1, number__gte=last).exists():
        with transaction.atomic():
            reading, _ = Reading.objects.select_for_update().get_or_create(id=1)
            entries = list(Entry.objects.filter(number__gt=reading.number).order_by("number")[:AT_ONCE])
            for entry in entries:
                written += letters.write(_letters(entry, at=at))
            if not entries:
                break
            reading.number = entries[-1].number
            reading.save(update_fields=["number"])
    return written


def _letters(entry: Entry, *, at: datetime) -> Iterator[Letter]:
    news = NEWS_OF.get(entry.act)
    if news is None or entry.at < at - NEWS:
        return
    for kind, facts, people in news(json.loads(entry.facts), at):
        for email, language in people.items():
            yield Letter(
                key=f"{kind}:{entry.number}:{email}"[:300],
                kind=kind,
                to=email,
                language=language,
                facts=facts,
                due_at=at,
                made_at=at,
            )


def _asked(key: str, posts: Iterable[str] | None = None) -> list[Asked]:
    """Those asked in a round who have not answered; of these posts only, if posts are named."""
    waiting = Asked.objects.filter(round__key=key, answer=None).select_related("round__iteration", "post")
    return list(waiting if posts is None else waiting.filter(post__key__in=list(posts)))


def _news_to(waiting: Iterable[Asked], kind: str, at: datetime) -> News:
    for asked, people in reminders.addressees(list(waiting), at=at):
        yield kind, {"round": asked.round.key, "post": asked.post.key}, people


def _opened(facts: Facts, at: datetime) -> News:
    waiting = _asked(facts["round"])
    signed_before: set[int] = set()
    if facts.get("follows"):
        signed_before = set(
            Answer.objects.filter(asked__round__series=facts["series"], how=How.GIVEN).values_list(
                "asked__post", flat=True
            )
        )
    yield from _news_to([asked for asked in waiting if asked.post_id in signed_before], "asked-again", at)
    yield from _news_to([asked for asked in waiting if asked.post_id not in signed_before], "asked", at)


def _added(facts: Facts, at: datetime) -> News:
    yield from _news_to(_asked(facts["round"], [facts["post"]]), "asked", at)


def _reminded(facts: Facts, at: datetime) -> News:
    waiting = _asked(facts["round"], facts["posts"])
    people: dict[str, tuple[str, list[int]]] = {}
    for asked, found in reminders.addressees(waiting, at=at):
        for email, language in found.items():
            people.setdefault(email, (language, []))[1].append(asked.pk)
    for email, (language, ids) in people.items():
        yield "reminder", {"asked": ids}, {email: language}


def _extended(facts: Facts, at: datetime) -> News:
    posts = [facts["post"]] if facts.get("post") else None
    yield from _news_to(_asked(facts["round"], posts), "extended", at)


def _given(facts: Facts, at: datetime) -> News:
    asked = Asked.objects.filter(round__key=facts["round"], post__key=facts["post"])
    one = asked.select_related("round__iteration", "post").get()
    about = {"round": facts["round"], "post": facts["post"], "number": facts["number"]}
    if facts["how"] == How.DEEMED:
        for _, people in reminders.addressees([one], at=at):
            yield "deemed", about, people
    elif facts["how"] == How.GIVEN:
        answer = one.answers.select_related("person").get(number=facts["number"])
        yield "receipt", about, _answered(answer)


def _answered(answer: Answer) -> People:
    """Who gave an answer: the person who was signed in, else the address that its link was sent to."""
    if answer.person is not None:
        return {answer.person.email.lower(): answer.person.language}
    used = Link.objects.filter(asked=answer.asked_id, used_at__isnull=False).exclude(email="").order_by("-used_at")
    link = used.first()
    return {link.email.lower(): ""} if link else {}


def _withdrawn(facts: Facts, at: datetime) -> News:
    round_ = Round.objects.get(key=facts["round"])
    posts = [*round_.writers.all(), *Post.objects.filter(role=Role.CHAIR)]
    about = {"round": facts["round"], "post": facts["post"], "number": facts["number"]}
    yield "withdrawn", about, _holders(posts, at)


def _claimed_met(facts: Facts, at: datetime) -> News:
    series = Round.objects.get(key=facts["round"]).series
    remark = Remark.objects.select_related("asked__round__iteration").get(
        asked__round__series=series, number=facts["remark"]
    )
    for _, people in reminders.addressees([remark.asked], at=at):
        yield "claimed-met", {"series": series, "remark": facts["remark"]}, people


def _everybody(kind: str) -> Callable[[Facts, datetime], News]:
    def news(facts: Facts, at: datetime) -> News:
        round_ = Round.objects.get(key=facts["round"])
        posts = Post.objects.filter(asked__round=round_)
        yield kind, {"round": facts["round"]}, _holders([*posts, *round_.writers.all()], at)

    return news


def _held_back(facts: Facts, at: datetime) -> News:
    posts = Post.objects.filter(role__in=[Role.PEN, Role.CHAIR])
    yield "held-back", {"schedule": facts["schedule"]}, _holders(posts, at)


def _published(facts: Facts, at: datetime) -> News:
    if facts.get("agreed_elsewhere"):
        return
    edition = Edition.objects.select_related("iteration").filter(
        document__key=facts["document"], number=facts["edition"]
    )
    for one in edition:
        posts = Post.objects.filter(asked__round__iteration__seal=one.iteration.seal)
        writers = Post.objects.filter(role=Role.PEN)
        yield "published", {"edition": one.pk}, _holders([*posts, *writers], at)


def _holders(posts: Iterable[Post], at: datetime) -> People:
    held = Person.objects.filter(holdings__post__in=list(posts), holdings__since__lte=at, is_active=True).exclude(
        holdings__until__lte=at
    )
    return {person.email.lower(): person.language for person in held.distinct() if person.email}


# act in the record → the letters it calls for.
NEWS_OF: Final[Mapping[str, Callable[[Facts, datetime], News]]] = {
    "round.opened": _opened,
    "round.asked": _added,
    "round.extended": _extended,
    "round.reminded": _reminded,
    "round.called-off": _everybody("called-off"),
    "round.cleared": _everybody("cleared"),
    "answer.given": _given,
    "answer.withdrawn": _withdrawn,
    "remark.claimed-met": _claimed_met,
    "edition.held-back": _held_back,
    "edition.published": _published,
}
