"""The matrix of posts and sections, and the table of remarks: on the page and as CSV."""

from __future__ import annotations

import csv
import io

import pytest
from tests.agreement.conftest import office, open_round, sealed  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import in_september, signed_in, words  # noqa: F401 - fixtures

from penholder.agreement.models import Disposition, Remark
from penholder.agreement.rules import AskFor, NewRemark

pytestmark = pytest.mark.django_db


def lines(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def remarked(office, open_round):  # noqa: F811
    """Treasury agrees on one condition about the leaders, and says one thing more."""
    office.give(
        "treasury",
        "content-if",
        conditions=[NewRemark("a", "Say who pays.", "leaders"), NewRemark("b", "=SUM(A1) is no figure.")],
    )
    return open_round


def test_the_matrix_says_in_words_how_each_section_stands_with_each_post(office, remarked, signed_in):  # noqa: F811
    page = signed_in("pen").get(f"/desk/rounds/{remarked.key}/matrix/")
    assert "Treasury Digital Leader Signed Content if Signed" in words(page)
    table = lines(signed_in("pen").get(f"/desk/rounds/{remarked.key}/matrix.csv"))
    assert table[0] == ["Organisation", "Post", "Vision", "Leaders", "Skills"]
    assert ["Health", "Digital Leader", *["Not yet answered"] * 3] in table
    assert ["Treasury", "Digital Leader", "Signed", "Content if", "Signed"] in table


def test_a_post_that_answers_for_one_section_is_not_asked_about_the_others(office, sealed, signed_in):  # noqa: F811
    made = office.open(sealed, AskFor(office.posts["home"], ["skills"]))
    table = lines(signed_in("pen").get(f"/desk/rounds/{made.key}/matrix.csv"))
    assert table[1] == ["Home", "Digital Leader", "Not asked", "Not asked", "Not yet answered"]


def test_who_is_not_asked_reads_neither_table(office, remarked, signed_in):  # noqa: F811
    client = signed_in("adviser")
    for name in ("matrix/", "matrix.csv", "remarks/", "remarks.csv"):
        assert client.get(f"/desk/rounds/{remarked.key}/{name}").status_code in {403, 409}


def test_remarks_are_filtered_and_no_cell_is_a_formula(office, remarked, signed_in):  # noqa: F811
    client = signed_in("health")
    page = f"/desk/rounds/{remarked.key}/remarks"
    assert "Say who pays." in words(client.get(f"{page}/?klass=a"))
    assert "is no figure" not in words(client.get(f"{page}/?klass=a"))
    assert "No remark is so." in words(client.get(f"{page}/?outcome=rejected"))
    table = lines(client.get(f"{page}.csv?klass=b"))
    assert [row[7] for row in table[1:]] == ["'=SUM(A1) is no figure."]


def test_the_pen_team_decides_with_a_reason_and_the_signer_settles(office, remarked, signed_in):  # noqa: F811
    one = Remark.objects.get(number=1)
    pen, address = signed_in("pen"), f"/desk/remarks/{one.pk}/"
    assert pen.post(address, {"outcome": "accepted", "reason": " "}).status_code == 409
    assert not Disposition.objects.exists()
    pen.post(address, {"outcome": "accepted", "reason": "Each department pays its own."})
    pen.post(address, {"act": "met"})
    assert pen.post(address, {"act": "settle"}).status_code == 409, "only its signer settles a condition"
    signer = signed_in("treasury")
    page = signer.get(f"/desk/rounds/{remarked.key}/remarks/")
    assert "The pen team says that it is met; only its signer can settle it." in words(page)
    assert "Each department pays its own." in words(page)
    assert signer.post(address, {"act": "settle"}).status_code == 302
    one.refresh_from_db()
    assert one.state == "settled"


def test_who_neither_writes_nor_signed_finds_no_buttons(office, remarked, signed_in):  # noqa: F811
    page = signed_in("health").get(f"/desk/rounds/{remarked.key}/remarks/").content.decode()
    assert 'value="settle"' not in page
    assert 'name="outcome" id' not in page


def test_neither_page_costs_more_with_more_posts(office, sealed, signed_in, django_assert_max_num_queries):  # noqa: F811
    for number in range(40):
        office.post(f"body{number}")
    made = office.open(sealed, *(f"body{number}" for number in range(40)))
    client = signed_in("pen")
    with django_assert_max_num_queries(19):
        page = client.get(f"/desk/rounds/{made.key}/matrix/?page=2")
    assert "Page 2 of 2" in words(page)
    with django_assert_max_num_queries(19):
        client.get(f"/desk/rounds/{made.key}/remarks/")
