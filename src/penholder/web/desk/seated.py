"""The way to a draft for everybody who works with one: who may, as what, and that they were there."""

from __future__ import annotations

from django.utils.translation import gettext as _

from penholder.agreement import delegations, seating
from penholder.drafting import visits, waypoints
from penholder.drafting.models import Document
from penholder.drafting.seats import Seat
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.people.models import Person
from penholder.web.desk.access import DeskRequest


def seated(request: DeskRequest, key: str) -> tuple[Document, Seat]:
    """The document and the seat of who asks: as they act, else by a delegation. Raises Missing, or Refused."""
    document = Document.objects.select_related("organisation").filter(key=key).first()
    if document is None:
        raise Missing(_("There is no such text. Go back to what waits for you."))
    seat = _seat(request, document)
    visits.note(document=document, by=seat, at=request.at)
    waypoints.keep(document=document, at=request.at)
    return document, seat


def _seat(request: DeskRequest, document: Document) -> Seat:
    ways: list[Acting | None] = [request.acting]
    try:
        return seating.seat(document, request.acting, at=request.at)
    except Refused as no:
        refused = no
    ways = [Acting(post=one.post, person=request.user) for one in delegations.standing(request.user, request.at)]
    for by in ways:
        try:
            return seating.seat(document, by, at=request.at)
        except Refused:
            continue
    raise refused


def people(document: Document, seat: Seat, request: DeskRequest, *, inside: bool) -> list[Person]:
    """Who can be named: everybody at the draft, or only those of one's own organisation."""
    return seating.people(document, at=request.at, within=seat.bodies if inside else ())
