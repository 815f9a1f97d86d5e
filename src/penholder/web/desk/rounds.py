"""What waits for a person, and where a round stands: who said what, and what keeps the chair from clearing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from penholder.agreement import clearances, deadlines, delegations, looks, process, rounds, seating, standing
from penholder.agreement.models import Round, State
from penholder.agreement.standing import AskedRow, Waiting
from penholder.errors import Missing, Refused
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.web.desk import documents, figures_due
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.desk.states import ROUNDS, STANCES

# Tasks that are done where the text is read and answered, and those done where remarks stand.
READING = frozenset({"answer", "answer-again", "deemed"})
REMARKS = frozenset({"decide", "settle"})


def home(request: DeskRequest) -> HttpResponseBase:
    """What waits for me, the most urgent first; then the rounds that run and concern me."""
    found = standing.waits_for(request.user, at=request.at)
    running = Round.objects.filter(ended_at=None).select_related("iteration__document").order_by("deadline_at", "pk")
    if all(permissions.objections("text.read", post) for post in request.posts):
        running = running.filter(asked__post__in=request.posts).distinct()
    light = running.defer("iteration__manifest", "iteration__events")
    told = [
        {"round": one, "state": ROUNDS[one.state], "left": deadlines.left(request.at, one.deadline_at)} for one in light
    ]
    waiting = [{"one": one, "to": _address(one)} for one in found]
    due = figures_due.listed(request)
    context = {"waiting": waiting, "due": due, "running": told, "drafts": documents.lately(request)}
    context["together"] = seating.documents(request.posts, at=request.at)
    return render(request, "desk/home.html", context)


def _address(one: Waiting) -> str:
    if one.task in READING:
        return reverse("desk:answer", args=[one.asked_id])
    if one.task in REMARKS:
        return reverse("desk:remarks", args=[one.round_key])
    if one.task == "renew":
        return reverse("desk:run", args=[one.round_key])
    if one.task == "open":
        return reverse("desk:documents")
    return reverse("desk:round", args=[one.round_key]) if one.round_key else ""


def reader(request: DeskRequest, asked: Round) -> Acting:
    """As whom this person may read the round's text: as they act, else by a delegation. Raises Refused."""
    ways = [request.acting] if request.acting else []
    given = delegations.standing(request.user, request.at)
    ways += [Acting(post=one.post, person=request.user) for one in given]
    reasons: list[str] = []
    for by in ways:
        reasons = looks.objections_to_reading(asked.iteration, by, at=request.at)
        if not reasons:
            return by
    raise Refused(reasons or looks.objections_to_reading(asked.iteration, None, at=request.at))


def find(key: str) -> Round:
    """The round with this key, its text beside it. Raises Missing."""
    found = Round.objects.select_related("iteration__document").filter(key=key).first()
    if found is None:
        raise Missing(_("There is no such round. Go back to what waits for you."))
    return found


def one_round(request: DeskRequest, key: str) -> HttpResponseBase:
    """Where a round stands, for everybody who may read its text."""
    found = find(key)
    by = reader(request, found)
    stands = standing.round_standing(found.pk, at=request.at, by=by)
    return render(
        request,
        "desk/rounds/round.html",
        {
            "stands": stands,
            "round": stands.round,
            "state": ROUNDS[stands.round.state],
            "rows": [_row(row) for row in stands.rows],
            "counts": [(STANCES[key], count) for key, count in stands.counts.items()],
            "events": standing.told_of(stands.round),
            "runs": not permissions.objections("round.run", by.post),
            "publishes": found.state == State.CLEARED and not permissions.objections("edition.publish", by.post),
            "clears": found.kind in process.CLEARED_KINDS and not found.ended_at,
            "mine": {row.asked_id for row in stands.rows if row.post_id == by.post.pk},
        },
    )


def _row(row: AskedRow) -> dict[str, Any]:
    return {"row": row, "state": STANCES[row.state]}


@require_POST
def clear(request: DeskRequest, key: str) -> HttpResponseBase:
    """The chair's act."""
    found, by = find(key), acting(request)
    clearances.clear(
        round_id=found.pk,
        seal=request.POST.get("seal", ""),
        reason=request.POST.get("reason", ""),
        by=by,
        at=request.at,
    )
    messages.success(request, _("The text is cleared, and the record says so."))
    return redirect("desk:round", key)


@require_POST
def close(request: DeskRequest, key: str) -> HttpResponseBase:
    """End a round that has nothing to clear."""
    found = find(key)
    rounds.close(round_id=found.pk, by=acting(request), at=request.at)
    messages.success(request, _("The round is closed. What was said stays with the text."))
    return redirect("desk:round", key)
