"""What is shown beside a text: what changed since it was agreed last, a receipt for the answer, and the matrix in part."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.agreement.conftest import office, open_round, sealed  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import form, in_september, signed_in, words  # noqa: F401 - fixtures

from penholder.agreement.rules import AskFor
from penholder.drafting.models import Document
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


def agreed(office):  # noqa: F811
    """The first text is cleared; a newer one is sealed."""
    for name in ("treasury", "health", "home"):
        office.give(name)
    office.clear()
    return office.seal(
        vision="# Vision\n\nServices so clear that people prefer them.\n", skills="# Skills\n\nEverybody learns.\n"
    )


def test_who_signs_for_the_first_time_sees_what_changed_since_the_text_that_was_agreed_last(
    office,  # noqa: F811
    open_round,  # noqa: F811
    signed_in,  # noqa: F811
):
    newer = agreed(office)
    office.post("trade")
    office.open(newer, AskFor(office.posts["trade"], ["vision"]), "minister", kind="feedback")
    client = signed_in("trade")
    told = words(client.get(f"/desk/answers/{office.asked('trade').pk}/"))
    assert "What changed for you since the text that was agreed last, iteration 1" in told
    assert "Everybody learns." in told  # in the whole text
    page = client.get(f"/desk/answers/{office.asked('trade').pk}/").content.decode()
    changed = page.partition('id="since"')[2].partition("</section>")[0]
    assert re.search(r"<del\b.*?good.*?</del>", changed)
    assert "learns" not in changed
    whole = words(signed_in("minister").get(f"/desk/answers/{office.asked('minister').pk}/"))
    assert whole.count("Everybody learns.") == 2


def test_nothing_is_said_to_have_changed_where_nothing_was_agreed_before(office, sealed, signed_in):  # noqa: F811
    office.open(office.seal(vision="# Vision\n\nOther words.\n"))
    told = words(signed_in("treasury").get(f"/desk/answers/{office.asked('treasury').pk}/"))
    assert "What changed for you" not in told


def test_the_title_that_is_shown_is_the_one_that_was_sealed(office, open_round, signed_in):  # noqa: F811
    Document.objects.update(title="Another title")
    page = signed_in("treasury").get(f"/desk/answers/{office.asked('treasury').pk}/").content.decode()
    assert '<h1 class="ph-title">The strategy</h1>' in page


def test_an_answer_comes_with_its_number_in_the_record(office, open_round, signed_in):  # noqa: F811
    row, client = office.asked("treasury"), signed_in("treasury")
    page = f"/desk/answers/{row.pk}/"
    client.get(page)
    told = words(client.post(page, form(row), follow=True))
    entry = Entry.objects.get(act="answer.given")
    assert f"Your answer is in the record as entry {entry.number}" in told
    assert f"entry {entry.number} of the record · seal {open_round.iteration.seal[:4]}" in told
    told = words(client.post(f"{page}withdraw/", {"reason": "No."}, follow=True))
    assert f"the record says so in entry {Entry.objects.get(act='answer.withdrawn').number}" in told


def test_who_answers_by_a_link_gets_a_receipt_to_keep(office, open_round):  # noqa: F811
    token, client = office.link("home"), Client()
    client.post(f"/answer/{token}/", {"name": "Theo"})
    client.get(f"/answer/{token}/")
    told = words(client.post(f"/answer/{token}/", form(office.asked("home"))))
    assert f"It is entry {Entry.objects.get(act='answer.given').number} of the record." in told


def test_the_matrix_is_read_in_part(office, sealed, signed_in):  # noqa: F811
    office.open(sealed, AskFor(office.posts["treasury"], ["vision"]), "health", "home")
    office.give("treasury")
    office.give("health", "not-content", reason="No.")
    client, page = signed_in("pen"), f"/desk/rounds/{office.round.key}/matrix"
    assert len(re.findall(r'scope="row"', client.get(f"{page}/").content.decode())) == 3
    signed = client.get(f"{page}/?state=signed").content.decode()
    assert re.findall(r'scope="row">(\w+)', signed) == ["Treasury"]
    home = client.get(f"{page}/?organisation=Home&section=skills").content.decode()
    assert re.findall(r'scope="row">(\w+)', home) == ["Home"]
    assert re.findall(r'scope="col">([^<]+)', home) == ["Post", "Skills"]
    assert f"{page}.csv?organisation=Home&amp;section=skills" in home
    lines = client.get(f"{page}.csv?state=objected").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Organisation", "Health"]
    assert "Nothing is so." in words(client.get(f"{page}/?state=deemed"))
