"""The outline by plain buttons."""

from __future__ import annotations

import pytest
from tests.drafting.conftest import TEXTS, desk  # noqa: F401 - fixture
from tests.web.desk.test_drafts import in_september, signed_in  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import words

from penholder.drafting import hands, outlines

pytestmark = pytest.mark.django_db
OUTLINE = "/desk/texts/strategy/outline/"


def keys(desk):  # noqa: F811
    return [part.key for part in desk.parts()]


def test_each_section_goes_up_and_down_and_keeps_the_focus(desk, signed_in, django_assert_max_num_queries):  # noqa: F811
    client = signed_in(desk.pen)
    with django_assert_max_num_queries(20):
        page = client.get(OUTLINE)
    assert page.content.decode().count('value="up"') == page.content.decode().count('value="down"') == 2
    done = client.post(OUTLINE, {"act": "down", "section": "vision"})
    assert done["Location"] == f"{OUTLINE}?moved=vision#at-vision"
    assert keys(desk) == ["leaders", "vision", "skills"]
    assert 'id="at-vision" class="pd-outline__moved" tabindex="-1"' in client.get(done["Location"]).content.decode()


def test_a_section_is_moved_renamed_split_and_joined(desk, signed_in):  # noqa: F811
    client, page = signed_in(desk.pen), f"{OUTLINE}leaders/"
    assert "After “Skills”" in words(client.get(page))
    client.post(page, {"act": "move", "after": "^"})
    assert keys(desk) == ["leaders", "vision", "skills"]
    client.post(page, {"act": "rename", "title": "Who leads"})
    assert desk.texts()["leaders"].startswith("## Who leads\n")
    passage = outlines.places_to_split(desk.texts()["leaders"])[1][0]
    client.post(page, {"act": "split", "passage": passage, "title": "Meetings"})
    assert keys(desk) == ["leaders", "meetings", "vision", "skills"]
    client.post(f"{OUTLINE}meetings/", {"act": "join"})
    assert keys(desk) == ["leaders", "vision", "skills"]


def test_a_section_is_added_removed_and_put_back(desk, signed_in):  # noqa: F811
    client = signed_in(desk.pen)
    client.post(OUTLINE, {"act": "add", "title": "Money", "after": "vision"})
    assert keys(desk) == ["vision", "money", "leaders", "skills"]
    client.post(f"{OUTLINE}leaders/", {"act": "remove"})
    page = client.get(OUTLINE)
    assert "“Leaders” is removed." in words(page)
    assert "Removed sections" in words(page)
    client.post(OUTLINE, {"act": "put-back", "section": "leaders"})
    assert keys(desk) == ["vision", "money", "skills", "leaders"]
    assert desk.texts()["leaders"] == TEXTS["leaders"]


@pytest.mark.parametrize(
    "given",
    [{}, {"act": "burn"}, {"act": "move"}, {"act": "split"}, {"act": "rename", "title": ""}],
)
def test_what_is_not_whole_is_refused_and_changes_nothing(desk, signed_in, given):  # noqa: F811
    answer = signed_in(desk.pen).post(f"{OUTLINE}leaders/", given)
    assert answer.status_code in {404, 409}
    assert desk.texts() == TEXTS


def test_the_outline_says_who_has_which_section_in_hand(desk, signed_in):  # noqa: F811
    hands.take(document_id=desk.document.pk, section="leaders", by=desk.idris, at=desk.later())
    page = words(signed_in(desk.pen).get(OUTLINE))
    assert "Leaders Idris has it in hand until" in page


def test_who_may_not_write_sees_the_outline_without_buttons(desk, signed_in):  # noqa: F811
    client = signed_in(desk.acting("beatrix", "chair", "cabinet"))
    page = client.get(OUTLINE)
    assert "Vision" in words(page)
    assert 'value="up"' not in page.content.decode()
    assert client.post(OUTLINE, {"act": "down", "section": "vision"}).status_code == 409
    assert keys(desk) == list(TEXTS)
