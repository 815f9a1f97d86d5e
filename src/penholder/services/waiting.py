"""What waits for a person about figures: those that are due, to be explained, signed off or published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from penholder.people import permissions
from penholder.people.models import Post, Role
from penholder.services import periods
from penholder.services.models import Publication, ServiceVersion, State, Submitted
from penholder.services.periods import Span

Task = Literal["sign", "publish", "explain", "give"]
_OF_STATE: dict[str, tuple[Task, str]] = {
    State.CHECKED: ("sign", "figures.sign"),
    State.SIGNED: ("publish", "figures.publish"),
    State.FROZEN: ("explain", "figures.check"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: a publication by its key, or figures that are due of so many services (one: by its key)."""

    task: Task
    organisation: str
    span: Span
    act_as: Post
    publication: str = ""
    service: str = ""
    name: str = ""
    count: int = 1


def waits_for(posts: Sequence[Post], *, today: date) -> list[Waiting]:
    """Everything about figures that waits for who holds these posts. Four queries at most."""
    able = [post for post in posts if any(not permissions.objections(act, post) for _task, act in _OF_STATE.values())]
    if not able:
        return []
    return [*_publications(able), *_due(able, today=today)]


def _publications(posts: Sequence[Post]) -> Iterator[Waiting]:
    rows = Publication.objects.filter(state__in=_OF_STATE).select_related("organisation", "period").defer("manifest")
    for row in rows.order_by("frozen_at", "pk"):
        task, act = _OF_STATE[row.state]
        for post in posts:
            mine = post.organisation_id == row.organisation_id or post.role == Role.PEN
            if mine and not permissions.objections(act, post):
                yield Waiting(task, row.organisation.name, periods.span(row.period), post, publication=row.key)
                break


def _due(posts: Sequence[Post], *, today: date) -> Iterator[Waiting]:
    """Services of which nothing was given for the last month: the manager is asked, and whoever leads is told."""
    span = periods.months(today).before()
    mine = [post for post in posts if post.role in {Role.SERVICE_MANAGER, Role.LEADER, Role.CONTRIBUTOR}]
    if not mine:
        return
    rows = ServiceVersion.objects.filter(
        superseded_by=None, closed_on=None, organisation__in=[post.organisation_id for post in mine]
    ).select_related("organisation", "service")
    given = set(Submitted.objects.filter(period__key=span.key).values_list("service", flat=True).distinct())
    asked = set(Submitted.objects.filter(period__key=span.before().key).values_list("service", flat=True).distinct())
    # Who gives figures by the quarter, or never gave any, is not reminded every month.
    late = [row for row in rows if row.service_id not in given and row.service_id in asked]
    for post in mine:
        if post.role == Role.SERVICE_MANAGER:
            for row in late:
                if row.manager_id == post.pk:
                    yield Waiting("give", row.organisation.name, span, post, service=row.service.key, name=row.name)
            continue
        count = sum(row.organisation_id == post.organisation_id for row in late)
        if count:
            yield Waiting("give", post.organisation.name, span, post, count=count)
