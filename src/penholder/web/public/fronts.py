"""The front page, and the list of actions that it shares with the page of all actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from penholder.delivery.standing import ActionStanding, PrincipleStanding
from penholder.publishing.sites import Page
from penholder.web.public.drawing import Drawing
from penholder.web.public.site import Publication, Site
from penholder.web.public.states import Tally

# Enough to show that the strategy lives, few enough to be read.
EVENTS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Card:
    """One action with its counts."""

    action: ActionStanding
    tally: Tally


@dataclass(frozen=True, slots=True)
class Group:
    """A principle and the actions under it; no principle for those that stand under none."""

    principle: PrincipleStanding | None
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An edition that was published lately."""

    path: str
    title: str
    number: int
    at: datetime
    reason: str
    answers: int  # new or changed in it


def groups(site: Site) -> tuple[Group, ...]:
    """All actions under their principles, in order; principles without an action are left out."""
    principles = {one.number: one for one in site.standing.principles} if site.standing else {}
    found: dict[int, list[Card]] = {}
    for action in site.coverage.actions:
        number = action.principle if action.principle in principles else 0
        found.setdefault(number, []).append(Card(action, site.coverage.of_action(action.number)))
    # By the first action in each, so that the numbers of actions run on down the page.
    return tuple(Group(principles.get(number), tuple(cards)) for number, cards in found.items())


def lately(site: Site) -> list[Event]:
    """The newest editions of all documents, newest first."""
    events = []
    for publication in site.publications.values():
        answers = _answers(site, publication)
        for edition in publication.editions[-EVENTS_SHOWN:]:
            first = edition.number == publication.editions[0].number
            path = publication.edition_address(edition.number)
            if not first and not publication.departmental:
                path = f"/changes/{publication.key}/{edition.number - 1}-{edition.number}/"
            if publication.departmental:
                path = publication.address
            # The template ends the sentence, whether its writer did or not.
            reason = (edition.reason or edition.iteration.reason).strip().removesuffix(".")
            answered = answers.get(edition.number, 0)
            events.append(Event(path, publication.title, edition.number, edition.published_at, reason, answered))
    return sorted(events, key=lambda event: event.at, reverse=True)[:EVENTS_SHOWN]


def _answers(site: Site, publication: Publication) -> dict[int, int]:
    if not publication.departmental or not publication.document.organisation or not site.standing:
        return {}
    counts: dict[int, int] = {}
    for answer in site.standing.by(publication.document.organisation.key):
        for said in answer.history:
            counts[said.edition] = counts.get(said.edition, 0) + 1
    return counts


def pages(drawing: Drawing) -> Iterator[Page]:
    """The front page."""
    site = drawing.site
    strategy = site.strategy
    shown = groups(site)
    yield drawing.page(
        "/",
        "front.html",
        title=site.title or _("No strategy has been published yet"),
        description=(strategy.document.subtitle if strategy else "")
        or _("A strategy, its actions, and what every department says about each of them."),
        strategy=strategy,
        edition=strategy.current if strategy else None,
        actions=site.coverage.actions,
        groups=shown,
        whole=site.coverage.whole,
        lately=lately(site),
    )
