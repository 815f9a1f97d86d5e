"""A draft of three sections, the pen team and a department, and what they do in few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from penholder.drafting import documents, drafts, histories
from penholder.drafting.documents import Draft
from penholder.drafting.models import Document
from penholder.people.acting import Acting
from penholder.people.models import Holding, Organisation, Person, Post, Role

LONG_AGO = datetime(2012, 1, 1, 12, tzinfo=UTC)
TEXTS = {
    "vision": "## Vision\n\nServices so good that people prefer them.\n\nNobody is left behind by them.\n",
    "leaders": "## Leaders\n\nEvery department has a leader on its board.\n\nLeaders meet in public each month.\n",
    "skills": "## Skills\n\nEvery department has the skills that it needs for this.\n",
}


@pytest.fixture
def desk(db):
    """`desk.pen`, `desk.idris` (the pen team), `desk.leader` (a department); `desk.document`; `desk.texts()`."""
    desk = SimpleNamespace(at=datetime(2012, 9, 10, 9, tzinfo=UTC))

    def acting(name: str, role: str, organisation: str) -> Acting:
        body, _ = Organisation.objects.get_or_create(key=organisation, defaults={"name": organisation.title()})
        post, _ = Post.objects.get_or_create(
            key=f"{organisation}-{role}",
            defaults={"organisation": body, "title": str(Role(role).label), "role": role},
        )
        person = Person.objects.create_user(f"{name}@dept.example", name=name.title())
        Holding.objects.create(person=person, post=post, since=LONG_AGO)
        return Acting(post, person)

    def put(**texts: str) -> Document:
        sections = [Draft(key, key.title(), text) for key, text in texts.items()]
        return documents.put(key="strategy", kind="strategy", title="The strategy", sections=sections)

    def later(**more: float) -> datetime:
        desk.at += timedelta(**(more or {"minutes": 1}))
        return desk.at

    def change(*edits, by: Acting | None = None):
        return drafts.change(document_id=desk.document.pk, edits=edits, by=by or desk.pen, at=later())

    def parts():
        return histories.parts_of(drafts.read(desk.document.pk).sections)

    desk.acting, desk.later, desk.change, desk.parts = acting, later, change, parts
    desk.pen, desk.idris = acting("orla", Role.PEN, "centre"), acting("idris", Role.PEN, "centre")
    desk.leader = acting("priya", Role.LEADER, "treasury")
    desk.document = put(**TEXTS)
    desk.texts = lambda: {part.key: part.text for part in parts()}
    desk.sequence = lambda: drafts.read(desk.document.pk).sequence
    return desk
