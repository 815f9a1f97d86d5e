"""The pages of a draft: at a glance, frozen, sealed, compared, brought back."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from tests.drafting.conftest import TEXTS, desk  # noqa: F401 - fixture
from tests.web.desk.test_rounds import words

from penholder.drafting import freezes, hands, iterations
from penholder.drafting.edits import SetText
from penholder.drafting.models import Document, Iteration

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
DRAFT = "/desk/texts/strategy/draft/"


@pytest.fixture(autouse=True)
def in_september(monkeypatch, desk):  # noqa: F811
    """The pages read one clock, that of the desk."""
    monkeypatch.setattr("penholder.web.desk.access.timezone", SimpleNamespace(now=desk.later))


@pytest.fixture
def signed_in(desk, settings):  # noqa: F811
    """A client of somebody who acts, by password; asks for CSRF tokens when told to."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PENHOLDER_SECOND_FACTOR = ()

    def sign_in(by, **more):
        person = by.person
        person.set_password(PASSWORD)
        person.save()
        EmailAddress.objects.get_or_create(user=person, email=person.email, verified=True, primary=True)
        client = Client(**more)
        answer = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in


def sealed(desk, label="first", **more):  # noqa: F811
    at = desk.later()
    return iterations.seal(document=desk.document, label=label, taken_at=at, at=at, **more).iteration


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def test_the_draft_at_a_glance(desk, signed_in, django_assert_max_num_queries):  # noqa: F811
    sealed(desk, stage="narrative", reason="For the board.")
    desk.change(SetText("skills", "## Skills\n\nOther words.\n"), by=desk.idris)
    hands.take(document_id=desk.document.pk, section="vision", by=desk.idris, at=desk.later())
    client = signed_in(desk.pen)
    with django_assert_max_num_queries(20):
        page = client.get(DRAFT)
    said = words(page)
    assert "3 sections, 31 words." in said or re.search(r"3 sections, \d+ words\.", said)
    assert "It has changed since iteration 1 was sealed." in said
    assert "Skills Changed" in said
    assert "Vision Changed" not in said
    assert "Idris has it in hand until" in said
    assert "For the board." in said
    assert "narrative" in said
    for address in ("/desk/texts/strategy/seal/", "/desk/texts/strategy/outline/", f"{DRAFT}vision/"):
        assert f'href="{address}"' in page.content.decode()


def test_a_department_reads_no_draft_of_others_and_a_stranger_none_at_all(desk, signed_in):  # noqa: F811
    client = signed_in(desk.leader)
    for page in ("draft/", "draft/vision/", "outline/", "outline/vision/", "seal/", "compare/"):
        answer = client.get(f"/desk/texts/strategy/{page}")
        assert answer.status_code == 409, page
        assert "Only these may" in words(answer)
        assert Client().get(f"/desk/texts/strategy/{page}")["Location"].startswith("/account/login/")
    assert client.post("/desk/texts/strategy/freeze/", {"reason": "Mine."}).status_code == 409
    assert client.get("/desk/texts/nothing/draft/").status_code == 404


def test_freezing_and_unfreezing_with_a_reason(desk, signed_in):  # noqa: F811
    client = signed_in(desk.pen)
    assert "Say why" in words(client.post("/desk/texts/strategy/freeze/", {"act": "freeze", "reason": " "}))
    bare = client.get("/desk/texts/strategy/freeze/")
    assert (bare.status_code, bare.headers["Allow"]) == (405, "POST")
    assert "only takes what a form sends" in words(bare)
    client.post("/desk/texts/strategy/freeze/", {"act": "freeze", "reason": "It is with the Leaders."})
    for page in ("draft/", "draft/vision/", "outline/", "outline/vision/", "seal/"):
        assert "It is with the Leaders." in words(client.get(f"/desk/texts/strategy/{page}")), page
    answer = client.post(f"{DRAFT}vision/", {"text": "## Vision\n\nMine.\n", "base": TEXTS["vision"]})
    assert answer.status_code == 409
    assert "Mine." in answer.content.decode(), "what was written stays on the page"
    client.post("/desk/texts/strategy/freeze/", {"act": "unfreeze", "reason": "They have answered."})
    assert not Document.objects.get().frozen_at


def test_an_iteration_is_sealed_with_stage_label_and_reason(desk, signed_in):  # noqa: F811
    client, address = signed_in(desk.pen), "/desk/texts/strategy/seal/"
    page = client.get(address)
    given = {"stage": "full text", "label": "For sign-off", "reason": "It is whole.", "seen": hidden(page, "seen")}
    assert client.post(address, given | {"reason": ""}).status_code == 422
    assert client.post(address, given)["Location"] == DRAFT
    made = Iteration.objects.get()
    assert (made.stage, made.label, made.reason, made.author) == ("full text", "For sign-off", "It is whole.", "Orla")
    assert "Iteration 1 is sealed" in words(client.get(DRAFT))
    again = client.post(address, given | {"label": "Again"}, follow=True)
    assert "Nothing has changed since iteration 1" in words(again)
    assert Iteration.objects.count() == 1


def test_a_draft_that_changed_while_one_read_it_is_not_sealed_unread(desk, signed_in):  # noqa: F811
    client, address = signed_in(desk.pen), "/desk/texts/strategy/seal/"
    given = {"stage": "", "label": "First", "reason": "Why not.", "seen": hidden(client.get(address), "seen")}
    desk.change(SetText("skills", "## Skills\n\nOther words.\n"), by=desk.idris)
    page = client.post(address, given)
    assert page.status_code == 409
    assert "The draft has changed since you opened this page." in words(page)
    assert not Iteration.objects.exists()
    assert client.post(address, given | {"seen": hidden(page, "seen")}).status_code == 302
    assert Iteration.objects.count() == 1


def test_questions_of_the_template_are_named_before_sealing(desk, signed_in):  # noqa: F811
    desk.change(SetText("skills", "## Skills\n\n> **To write:** what is needed.\n"))
    page = signed_in(desk.pen).get("/desk/texts/strategy/seal/")
    assert "still ask for what is to be written in them: Skills" in words(page)


def test_any_two_states_are_compared_word_by_word(desk, signed_in):  # noqa: F811
    sealed(desk)
    desk.change(SetText("skills", TEXTS["skills"].replace("needs", "wants")))
    sealed(desk, "second")
    client = signed_in(desk.pen)
    page = client.get("/desk/texts/strategy/compare/?from=1&to=2")
    assert "Iteration 1, first → Iteration 2, second" in words(page)
    assert "<del>" in page.content.decode()
    assert "Both are the same" in words(client.get("/desk/texts/strategy/compare/?from=2&to=draft"))
    assert client.get("/desk/texts/strategy/compare/?from=7").status_code == 404


def test_an_iteration_is_brought_back_and_what_clashes_is_decided(desk, signed_in):  # noqa: F811
    sealed(desk)
    cheap = TEXTS["vision"].replace("so good that people prefer them", "that are cheap")
    desk.change(SetText("vision", cheap))
    client, address = signed_in(desk.pen), "/desk/texts/strategy/restore/1/"
    page = client.get(address)
    assert "What that changes in the draft" in words(page)
    given = {"seen": hidden(page, "seen"), "reason": "The board wants it."}
    desk.change(SetText("vision", cheap.replace("cheap", "free of charge")), by=desk.idris)
    asked = client.post(address, given)
    assert asked.status_code == 409
    assert "While you read, others changed passages" in words(asked)
    assert "free of charge" in desk.texts()["vision"]
    more = given | {"against": hidden(asked, "against"), "choice-vision-1": "mine"}
    done = client.post(address, more, follow=True)
    assert "The draft reads as in iteration 1 again." in words(done)
    assert desk.texts() == TEXTS


def test_bringing_back_needs_a_reason(desk, signed_in):  # noqa: F811
    sealed(desk)
    answer = signed_in(desk.pen).post("/desk/texts/strategy/restore/1/", {"seen": "0", "reason": ""})
    assert answer.status_code == 409
    assert "Say why the draft goes back" in words(answer)


def test_a_frozen_draft_is_sealed_but_not_brought_back(desk, signed_in):  # noqa: F811
    sealed(desk)
    freezes.freeze(document_id=desk.document.pk, reason="Sign-off.", by=desk.pen, at=desk.later())
    client = signed_in(desk.pen)
    assert client.get("/desk/texts/strategy/seal/").status_code == 200
    assert client.get("/desk/texts/strategy/restore/1/").status_code == 409
