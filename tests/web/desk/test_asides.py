"""Words that came too late for a draft: seen by their writer and the pen team, to be copied, until they are put away."""

from __future__ import annotations

import json

import pytest
from tests.drafting.conftest import desk  # noqa: F401 - fixture
from tests.web.desk.test_drafts import DRAFT, in_september, signed_in, words  # noqa: F401 - fixtures

from penholder.drafting import asides, drafts, freezes
from penholder.drafting.edits import SetText
from penholder.drafting.models import SetAside
from penholder.people.models import Role
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db
TYPED = "## Skills\n\nTyped on a train.\n"


def late(desk, by):  # noqa: F811
    """Somebody types while the draft is frozen; the bytes are those that a browser would send."""
    text, _ = drafts.load(desk.document)
    before = text.state
    typed = text.ytext("skills")
    typed.clear()
    typed += TYPED
    return asides.set_aside(
        document_id=desk.document.pk,
        update=text.since(before),
        reasons=["The draft was frozen."],
        by=by,
        at=desk.later(),
    )


@pytest.fixture
def row(desk):  # noqa: F811
    desk.change(SetText("skills", "## Skills\n\nOther words.\n"))
    freezes.freeze(document_id=desk.document.pk, reason="With the Leaders.", by=desk.pen, at=desk.later())
    return late(desk, desk.idris)


def test_the_words_are_seen_to_be_copied_and_put_away_on_the_record(
    desk,  # noqa: F811
    signed_in,  # noqa: F811
    row,
    django_assert_max_num_queries,
):
    client = signed_in(desk.pen)
    with django_assert_max_num_queries(20):
        page = client.get(DRAFT)
    said = words(page)
    assert "Typed, and not in the draft" in said
    assert "Idris, 10 September 2012" in said
    assert "The draft was frozen. “Skills” as it was typed, to be copied" in said
    assert "Typed on a train." in page.content.decode()
    address = f"/desk/texts/strategy/aside/{row.pk}/"
    assert client.get(address).status_code == 405
    said = words(client.post(address, follow=True))
    assert "It is put away." in said
    assert "Typed, and not in the draft" not in said
    assert client.post(address).status_code == 404
    entry = Entry.objects.get(act="draft.put-away")
    assert (entry.subject, json.loads(entry.facts)["aside"]) == ("strategy", row.pk)
    assert SetAside.objects.get(pk=row.pk).changes[0]["now"] == TYPED, "the row stays"


def test_who_only_reads_the_draft_sees_what_they_typed_themselves(desk, signed_in, row):  # noqa: F811
    reader = desk.acting("rhys", Role.CHAIR, "centre")
    client = signed_in(reader)
    assert "Typed, and not in the draft" not in words(client.get(DRAFT))
    address = f"/desk/texts/strategy/aside/{row.pk}/"
    assert client.post(address).status_code == 409
    assert SetAside.objects.get(pk=row.pk).settled_at is None
    own = late(desk, reader)
    assert words(client.get(DRAFT)).count("as it was typed, to be copied") == 1
    assert "It is put away." in words(client.post(f"/desk/texts/strategy/aside/{own.pk}/", follow=True))
