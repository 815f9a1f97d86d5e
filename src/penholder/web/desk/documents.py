"""The list of texts: what is drafted, by whom lately, what is sealed, and the rounds that run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpResponseBase
from django.shortcuts import render

from penholder.agreement.models import Round
from penholder.drafting import histories
from penholder.drafting.models import Document, Iteration, Kind
from penholder.errors import Refused
from penholder.people import permissions
from penholder.people.models import Post
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.beginning import may_begin
from penholder.web.desk.people import acting

# A draft in which nobody has written for longer is not being drafted just now.
LATELY = timedelta(days=30)
# So many drafts are told of on the front of the desk.
MOST_DRAFTS = 5


def documents(request: DeskRequest) -> HttpResponseBase:
    """Every document that one may read: first those with a round that runs, then by when they were written in last.

    The pen team and the chair read all; who drafts the strategy of an organisation reads that.
    """
    by = acting(request)
    begins = may_begin(by)
    if not begins and (objections := permissions.objections("text.read", by.post)):
        raise Refused(objections)
    newest = Iteration.objects.filter(document=OuterRef("pk")).order_by("-number").values("number")[:1]
    rows = readable([by.post]).annotate(newest=Subquery(newest)).order_by("kind", "title")
    running: dict[int, list[Round]] = {}
    rounds_here = Round.objects.filter(ended_at=None).select_related("iteration")
    for one in rounds_here.defer("iteration__manifest", "iteration__events"):
        running.setdefault(one.iteration.document_id, []).append(one)
    # Sorted by the last first, so that what is written in comes before what is not, and the strategy before others.
    told = sorted(rows, key=lambda row: row.kind != Kind.STRATEGY)
    told.sort(key=lambda row: row.written_at.timestamp() if row.written_at else 0, reverse=True)
    told.sort(key=lambda row: row.pk not in running)
    context = {
        "told": [{"document": row, "rounds": running.get(row.pk, [])} for row in told],
        "opens": not permissions.objections("round.open", by.post),
        "publishes": not permissions.objections("edition.publish", by.post),
        "begins": begins,
        "own": bool(permissions.objections("text.read", by.post)),
    }
    return render(request, "desk/rounds/documents.html", context)


def readable(posts: list[Post]) -> Any:  # a QuerySet[Document]; the stubs lose annotations between functions
    """The documents whose drafts these posts may read, each with who wrote in it last. For one query."""
    rows = Document.objects.select_related("organisation").defer("graveyard")
    if all(permissions.objections("text.read", post) for post in posts):
        own = [post.organisation_id for post in posts if not permissions.objections("text.draft-own", post)]
        rows = rows.filter(kind=Kind.DEPARTMENTAL, organisation__in=own)
    return histories.with_last_writer(rows)


def lately(request: DeskRequest) -> list[Document]:
    """The drafts in which people wrote lately, among those that one may read, the last first. One query."""
    rows = readable(request.posts).filter(written_at__gte=request.at - LATELY)
    return list(rows.order_by("-written_at")[:MOST_DRAFTS])
