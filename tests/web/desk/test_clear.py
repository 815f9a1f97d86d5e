"""Clear writing at the desk: hints beside the text and in a list, waived with a reason by who may write."""

from __future__ import annotations

import pytest
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.drafting.tables import LEADERS, laid
from tests.drafting.test_hints import VAGUE
from tests.web.desk.test_rounds import signed_in, words  # noqa: F401 - fixtures

from penholder.drafting.waived import Waiver

pytestmark = pytest.mark.django_db
PAGE = "/desk/texts/strategy/clear/"


@pytest.fixture
def table(office, monkeypatch):  # noqa: F811
    table = laid(office)
    table.edit(LEADERS, VAGUE)
    monkeypatch.setattr("penholder.web.desk.access.timezone.now", office.later)
    return table


def test_hints_stand_beside_the_section_and_in_one_list(table, signed_in):  # noqa: F811
    client = signed_in("pen")
    assert "1 hint for clearer writing" in words(client.get("/desk/texts/strategy/draft/leaders/"))
    assert "for clearer writing" not in words(client.get("/desk/texts/strategy/draft/vision/"))
    assert "1 hint is open." in words(client.get(PAGE))
    assert "Promises that cannot be checked (1)" in words(client.get("/desk/texts/strategy/seal/"))


def test_a_rule_is_waived_in_one_passage_and_asked_again(table, signed_in):  # noqa: F811
    client = signed_in("pen")
    name = table.passage(VAGUE).name
    assert VAGUE in words(client.get(f"{PAGE}waive/?rule=promise&passage={name}"))
    beside = client.get("/desk/texts/strategy/draft/leaders/").content.decode()
    assert "?rule=promise&amp;section=leaders&amp;line=3" in beside
    assert (
        f'name="passage" value="{name}"'
        in client.get(f"{PAGE}waive/?rule=promise&section=leaders&line=3").content.decode()
    )
    given = {"rule": "promise", "passage": name, "where": "passage", "reason": ""}
    refused = client.post(f"{PAGE}waive/", given)
    assert refused.status_code == 422
    assert "Say why this rule is not asked here." in words(refused)
    done = client.post(f"{PAGE}waive/", given | {"reason": "The annex has the date."}, follow=True)
    assert "0 hints are open." in words(done)
    assert "The annex has the date." in words(done)
    again = client.post(f"{PAGE}{Waiver.objects.get().pk}/end/", follow=True)
    assert "1 hint is open." in words(again)
    client.post(f"{PAGE}waive/", given | {"where": "document", "reason": "Nowhere."})
    assert Waiver.objects.get(ended_at=None).passage == ""


def test_open_hints_stand_in_the_way_of_sealing_when_the_document_says_so(table, signed_in):  # noqa: F811
    client = signed_in("pen")
    assert "do not stand in its way" in words(client.get(PAGE))
    assert "only when no hint is open" in words(client.post(f"{PAGE}ask/", {"ask": "1"}, follow=True))
    assert "is to be clear before it is sealed" in words(client.get("/desk/texts/strategy/seal/"))


def test_who_may_not_write_reads_and_waives_nothing(table, signed_in, client):  # noqa: F811
    assert client.get(PAGE).status_code == 302
    chair = signed_in("chair")
    page = chair.get(PAGE)
    assert b"Waive" not in page.content.split(b"<main")[1].replace(b"Waived", b"")
    assert chair.post(f"{PAGE}waive/", {"rule": "promise", "reason": "So."}).status_code in {403, 409}
    assert not Waiver.objects.exists()
    assert signed_in("pen").get("/desk/texts/nothing/clear/").status_code == 404


def test_the_list_takes_few_queries_however_long_the_text(table, signed_in, django_assert_max_num_queries):  # noqa: F811
    client = signed_in("pen")
    client.get(PAGE)
    with django_assert_max_num_queries(20):
        client.get(PAGE)
