"""A document is begun at the desk."""

from __future__ import annotations

import pytest
from tests.drafting.conftest import desk  # noqa: F401 - fixture
from tests.web.desk.test_drafts import in_september, signed_in  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import words

from penholder.drafting.edits import SetText
from penholder.drafting.models import Document

pytestmark = pytest.mark.django_db
BEGIN = "/desk/texts/begin/"


def test_the_pen_team_begins_any_kind(desk, signed_in):  # noqa: F811
    client = signed_in(desk.pen)
    page = client.get(BEGIN)
    for kind in ("strategy", "departmental", "post", "report", "paper"):
        assert f'value="{kind}"' in page.content.decode()
    done = client.post(BEGIN, {"kind": "report", "title": "Progress in 2013"})
    assert done["Location"] == "/desk/texts/progress-in-2013/draft/"
    assert "5 questions of the template still stand" in words(client.get(done["Location"]))


def test_a_leader_begins_the_strategy_of_their_own_department(desk, signed_in):  # noqa: F811
    client = signed_in(desk.leader)
    page = client.get(BEGIN)
    assert 'value="strategy"' not in page.content.decode()
    given = {"kind": "departmental", "title": "Digital strategy of the Treasury", "organisation": "treasury"}
    done = client.post(BEGIN, given)
    assert done["Location"] == "/desk/texts/digital-strategy-of-the-treasury/draft/"
    assert client.get(done["Location"]).status_code == 200
    assert client.post(BEGIN, given | {"kind": "strategy"}).status_code == 422
    assert client.post(BEGIN, given | {"organisation": "centre", "title": "Other"}).status_code == 422
    assert Document.objects.filter(organisation__key="treasury").count() == 1


def test_what_is_missing_is_said_and_what_was_written_stays(desk, signed_in):  # noqa: F811
    page = signed_in(desk.pen).post(BEGIN, {"kind": "departmental", "title": "Ours"})
    assert page.status_code == 422
    assert "choose the organisation" in words(page)
    assert 'value="Ours"' in page.content.decode()


def test_others_are_told_who_may(desk, signed_in):  # noqa: F811
    answer = signed_in(desk.acting("beatrix", "chair", "cabinet")).get(BEGIN)
    assert answer.status_code == 409
    assert "Only these may write and seal the text" in words(answer)


def test_the_list_tells_what_is_drafted_and_by_whom_lately(desk, signed_in, django_assert_max_num_queries):  # noqa: F811
    desk.change(SetText("vision", "## Vision\n\nNew.\n"), by=desk.idris)
    signed_in(desk.leader).post(BEGIN, {"kind": "departmental", "title": "Ours", "organisation": "treasury"})
    client = signed_in(desk.pen)
    with django_assert_max_num_queries(20):
        said = words(client.get("/desk/texts/"))
    assert "The strategy Strategy · nothing sealed yet Idris wrote in it last, at" in said
    assert said.index("The strategy") < said.index("Ours")
    assert "Ours Departmental strategy · Treasury · nothing sealed yet" in said
    assert "Idris wrote in it last" in words(client.get("/desk/"))
    own = words(signed_in(desk.leader).get("/desk/texts/"))
    assert "Ours" in own
    assert "The strategy Strategy" not in own
