"""What the tests of co-editing do to a draft from outside, and what they ask of it."""

from __future__ import annotations

import asyncio
import json

FREEZE = """
from penholder.drafting.models import Document
Document.objects.filter(key=KEY).update(frozen_at=timezone.now(), frozen_by="Pia, Strategy editor", frozen_reason="The round is open")
"""
THAW = """
from penholder.drafting.models import Document
Document.objects.filter(key=KEY).update(frozen_at=None, frozen_by="", frozen_reason="")
"""
READ = """
from penholder.text.canonical import canonical
from penholder.drafting import drafts
from penholder.drafting.models import Document, Section
text = drafts.read(Document.objects.get(key=KEY).pk).section("vision").text
assert Section.objects.get(document__key=KEY, key="vision").text == canonical(text)
print(json.dumps(text))
"""
ASIDE = """
from penholder.drafting.models import SetAside
print(json.dumps([[row.person.name, row.reasons, row.changes] for row in SetAside.objects.filter(document__key=KEY).order_by("pk")]))
"""
SUGGESTED = """
from penholder.drafting.contributions import Suggestion
rows = Suggestion.objects.filter(document__key=KEY)
print(json.dumps([[row.author.name, row.what, row.proposed.strip()] for row in rows]))
"""
WRITERS = """
from penholder.drafting.models import DraftUpdate
print(json.dumps(sorted(set(DraftUpdate.objects.filter(document__key=KEY, sequence__gt=1).values_list("person", "post")))))
"""
LOSE_POST = """
from penholder.people.models import Holding
Holding.objects.filter(person__name="Pat").update(until=timezone.now())
"""
SIGN_OUT = """
from django.contrib.sessions.models import Session
from penholder.people.models import Person
ned = str(Person.objects.get(name="Ned").pk)
for session in Session.objects.all():
    if session.get_decoded()["_auth_user_id"] == ned:
        session.delete()
"""


def text_of(run) -> str:
    return json.loads(run(READ))


def play(scene):
    return asyncio.run(asyncio.wait_for(scene, 120))


# A cursor as browsers send it.
PLACE = {"section": "vision", "anchor": "{}", "head": "{}"}


async def point(editor, **more):
    """Somebody's cursor is there now."""
    await editor.socket.send(b"\x02" + json.dumps(PLACE | more).encode())
