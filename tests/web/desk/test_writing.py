"""One section as a plain form: saved, merged, decided, previewed; and what was written comes back after signing in."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from tests.drafting.conftest import TEXTS, desk  # noqa: F401 - fixture
from tests.web.desk.test_drafts import DRAFT, PASSWORD, hidden, in_september, signed_in  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import words

from penholder.drafting import hands
from penholder.drafting.edits import Remove, SetText
from penholder.drafting.models import DraftUpdate

pytestmark = pytest.mark.django_db
PAGE = f"{DRAFT}leaders/"
BASE = TEXTS["leaders"]


def area(page, name):
    return html.unescape(
        re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page.content.decode(), re.DOTALL)[1]
    )


def test_the_text_is_there_to_be_written_in(desk, signed_in, django_assert_max_num_queries):  # noqa: F811
    client = signed_in(desk.pen)
    with django_assert_max_num_queries(20):
        page = client.get(PAGE)
    assert area(page, "text") == area(page, "base") == BASE
    assert 'data-section="leaders"' in page.content.decode()
    assert "← Vision" in words(page)
    assert "Skills →" in words(page)


def test_saving_says_so_and_a_save_of_nothing_says_that(desk, signed_in):  # noqa: F811
    client = signed_in(desk.pen)
    text = BASE.replace("each month", "every month")
    page = client.post(PAGE, {"text": text.replace("\n", "\r\n"), "base": BASE}, follow=True)
    assert "Saved." in words(page)
    assert desk.texts()["leaders"] == text
    stored = DraftUpdate.objects.count()
    assert "There was nothing to save" in words(client.post(PAGE, {"text": text, "base": text}, follow=True))
    assert DraftUpdate.objects.count() == stored


def test_what_somebody_else_saved_meanwhile_is_merged_and_that_is_said(desk, signed_in):  # noqa: F811
    theirs = BASE.replace("in public", "in the open")
    desk.change(SetText("leaders", theirs), by=desk.idris)
    page = signed_in(desk.pen).post(
        PAGE, {"text": BASE.replace("a leader", "an active leader"), "base": BASE}, follow=True
    )
    assert "their words and yours are both in it" in words(page)
    assert desk.texts()["leaders"] == theirs.replace("a leader", "an active leader")


def test_what_clashes_stands_side_by_side_and_nothing_is_lost(desk, signed_in):  # noqa: F811
    desk.change(SetText("leaders", BASE.replace("each month", "every week")), by=desk.idris)
    client, mine = signed_in(desk.pen), BASE.replace("each month", "twice a year")
    asked = client.post(PAGE, {"text": mine, "base": BASE})
    assert asked.status_code == 409
    said = words(asked)
    assert "somebody changed the same words" in said
    assert "twice a year" in said
    assert "every week" in said
    assert area(asked, "text") == mine
    given = {"text": area(asked, "text"), "base": area(asked, "base"), "against": hidden(asked, "against")}
    undecided = client.post(PAGE, given)
    assert undecided.status_code == 409
    own = {"choice-leaders-1": "own", "own-leaders-1": "Leaders meet weekly,\r\nand twice a year at length."}
    assert client.post(PAGE, given | own).status_code == 302
    assert "Leaders meet weekly,\nand twice a year at length." in desk.texts()["leaders"]


def test_a_section_that_was_removed_meanwhile_leaves_the_words_on_the_page(desk, signed_in):  # noqa: F811
    desk.change(Remove("leaders"), by=desk.idris)
    page = signed_in(desk.pen).post(PAGE, {"text": BASE + "\nMore.\n", "base": BASE, "title": "Leaders"})
    assert page.status_code == 409
    assert "has no section" in words(page)
    assert area(page, "text") == BASE + "\nMore.\n"


def test_too_long_a_text_is_refused_and_stays_on_the_page(desk, signed_in):  # noqa: F811
    page = signed_in(desk.pen).post(PAGE, {"text": "word " * 50_000, "base": BASE})
    assert page.status_code == 409
    assert "Split it into several sections" in words(page)
    assert len(area(page, "text")) == 250_000


def test_a_preview_shows_it_as_readers_will_and_saves_nothing(desk, signed_in):  # noqa: F811
    text = BASE + "\n- one\n- <script>alert(1)</script> two\n"
    page = signed_in(desk.pen).post(PAGE, {"text": text, "base": BASE, "preview": "1"})
    assert page.status_code == 200
    assert "<li>one" in page.content.decode().replace("<p>", "")
    assert "<script>alert" not in page.content.decode()
    assert area(page, "text") == text
    assert area(page, "base") == BASE
    assert desk.texts()["leaders"] == BASE


def test_opening_it_says_to_others_that_it_is_in_hand(desk, signed_in):  # noqa: F811
    signed_in(desk.idris).get(PAGE)
    page = signed_in(desk.pen).get(PAGE)
    assert "Idris (Idris, Pen team, Centre) has this section in hand until" in words(page)
    assert "Orla (" not in words(page)
    assert len(hands.held(desk.document.pk, at=desk.at)["leaders"]) == 2


def test_what_was_written_while_the_session_ended_is_there_after_signing_in(desk, signed_in):  # noqa: F811
    client = signed_in(desk.pen)
    opened = client.get(PAGE)
    client.cookies.pop("session")
    mine = BASE.replace("a leader", "an active leader")
    sent = client.post(PAGE, {"text": mine, "base": BASE, "whose": hidden(opened, "whose")})
    assert sent["Location"] == f"/account/login/?next={PAGE}"
    theirs = BASE.replace("in public", "in the open")
    desk.change(SetText("leaders", theirs), by=desk.idris)
    done = client.post(sent["Location"], {"login": desk.pen.person.email, "password": PASSWORD})
    assert done["Location"] == PAGE
    page = client.get(PAGE)
    assert "What you wrote is here again; it is not saved yet." in words(page)
    assert (area(page, "text"), area(page, "base")) == (mine, BASE)
    client.post(PAGE, {"text": area(page, "text"), "base": area(page, "base")})
    assert desk.texts()["leaders"] == theirs.replace("a leader", "an active leader")
    assert area(client.get(PAGE), "text") == desk.texts()["leaders"]


def test_nobody_else_finds_what_somebody_wrote_and_a_stranger_can_leave_nothing(desk, signed_in):  # noqa: F811
    client = signed_in(desk.pen)
    opened = client.get(PAGE)
    client.cookies.pop("session")
    client.post(PAGE, {"text": "Mine alone.", "base": BASE, "whose": hidden(opened, "whose")})
    client.post("/account/login/", {"login": desk.idris.person.email, "password": PASSWORD})
    desk.idris.person.set_password(PASSWORD)
    desk.idris.person.save()
    signed_in(desk.idris)
    client.post("/account/login/", {"login": desk.idris.person.email, "password": PASSWORD})
    assert area(client.get(PAGE), "text") == BASE
    stranger = Client()
    stranger.post(PAGE, {"text": "Rubbish.", "base": "", "whose": "made up"})
    assert "session" not in stranger.cookies


def test_a_chair_reads_it_and_writes_nothing(desk, signed_in):  # noqa: F811
    chair = desk.acting("beatrix", "chair", "cabinet")
    client = signed_in(chair)
    page = client.get(PAGE)
    assert "Only these may" in words(page)
    assert "readonly" in page.content.decode()
    assert client.post(PAGE, {"text": "Mine.", "base": BASE}).status_code == 409
    assert desk.texts()["leaders"] == BASE
