"""The desk's pages of a round: what waits, read and answer, where it stands, and the link without an account."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from tests.agreement.conftest import MONDAY, office, open_round, sealed  # noqa: F401 - fixtures

from penholder.agreement.models import Answer, Clearance, Look, Remark, Round
from penholder.agreement.standing import since_signed

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_september(monkeypatch):
    """The pages read one clock; here it stands an hour after the round was opened."""
    clock = SimpleNamespace(now=lambda: MONDAY + timedelta(hours=1))
    monkeypatch.setattr("penholder.web.desk.access.timezone", clock)


@pytest.fixture
def signed_in(office, settings):  # noqa: F811
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def sign_in(name, **more):
        person = office.person(name)
        person.set_password(PASSWORD)
        person.save()
        EmailAddress.objects.get_or_create(user=person, email=person.email, verified=True, primary=True)
        client = Client()
        answer = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        client.handler.enforce_csrf_checks = more.get("enforce_csrf_checks", False)
        return client

    return sign_in


def words(answer):
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode().partition("<main")[2]).split())


def form(asked, stance="content", **more):
    return {"stance": stance, "seal": asked.round.iteration.seal, **more}


def test_what_waits_is_listed_with_the_time_that_is_left(office, open_round, signed_in):  # noqa: F811
    page = signed_in("treasury").get("/desk/")
    row = office.asked("treasury")
    assert f'href="/desk/answers/{row.pk}/"' in page.content.decode()
    assert "The strategy You are asked to answer." in words(page)
    assert "by the end of" in words(page)


def test_rounds_that_run_are_listed_for_whom_they_concern(office, open_round, signed_in):  # noqa: F811
    address = f'href="/desk/rounds/{open_round.key}/"'
    for name, listed in {"chair": True, "pen": True, "treasury": True, "adviser": False}.items():
        assert (address in signed_in(name).get("/desk/").content.decode()) == listed


def test_headings_of_the_text_stand_right_under_the_title_of_the_page(office, open_round, signed_in):  # noqa: F811
    page = signed_in("treasury").get(f"/desk/answers/{office.asked('treasury').pk}/").content.decode()
    assert re.findall(r"<h([1-6])\b", page.partition("<main")[2])[:3] == ["1", "2", "2"]


def test_who_is_asked_nothing_is_told_so(office, open_round, signed_in):  # noqa: F811
    assert "Nothing waits for you." in words(signed_in("adviser").get("/desk/"))


def test_reading_is_recorded_and_answering_binds_the_seal(office, open_round, signed_in):  # noqa: F811
    row, client = office.asked("treasury"), signed_in("treasury")
    page = client.get(f"/desk/answers/{row.pk}/")
    assert "Leaders meet each month." in words(page)
    assert Look.objects.filter(person=office.person("treasury")).count() == 1
    assert client.post(f"/desk/answers/{row.pk}/", form(row)).status_code == 302
    answer = Answer.objects.get()
    assert (answer.seal, answer.stance, answer.name) == (open_round.iteration.seal, "content", "Treasury")
    assert "Your answer is in the record" in words(client.get(f"/desk/answers/{row.pk}/"))
    assert "Nothing waits for you." in words(client.get("/desk/"))


def test_a_condition_is_lodged_with_the_answer(office, open_round, signed_in):  # noqa: F811
    row, client = office.asked("treasury"), signed_in("treasury")
    client.get(f"/desk/answers/{row.pk}/")
    sent = form(row, "content-if", body_1="Say who pays.", klass_1="a", section_1="skills")
    assert client.post(f"/desk/answers/{row.pk}/", sent).status_code == 302
    remark = Remark.objects.get()
    assert (remark.klass, remark.body, remark.section, remark.state) == ("a", "Say who pays.", "skills", "lodged")


def test_an_office_without_an_account_remarks_on_the_very_passage_that_it_copies_words_of(office, open_round, client):  # noqa: F811
    path = f"/answer/{office.link('treasury')}/"
    client.post(path, {"name": "Theo Marchmont"}, follow=True)
    given = form(office.asked("treasury"), "content", body_1="Say where.", klass_1="b")
    nowhere = client.post(path, given | {"words_1": "Leaders meet every day"})
    assert "These words do not stand in the text like this." in words(nowhere)
    twice = client.post(path, given | {"words_1": "e"})
    assert "These words stand in more than one passage." in words(twice)
    assert not Remark.objects.exists()
    client.post(path, given | {"words_1": "leaders  meet each"})
    remark = Remark.objects.get()
    assert (remark.section, remark.quote, remark.made_by.split(",")[0]) == (
        "leaders",
        "Leaders meet each month.",
        "Theo Marchmont",
    )


def test_what_is_refused_keeps_the_words_that_were_typed(office, open_round, signed_in):  # noqa: F811
    row, client = office.asked("treasury"), signed_in("treasury")
    client.get(f"/desk/answers/{row.pk}/")
    refused = client.post(f"/desk/answers/{row.pk}/", form(row, "content-if", reason="I wrote a lot here."))
    assert refused.status_code == 409
    assert "Your answer was not taken" in words(refused)
    assert "I wrote a lot here." in words(refused)
    unclassed = client.post(f"/desk/answers/{row.pk}/", form(row, "content-if", body_1="Say who pays."))
    assert "Choose how much hangs on this remark." in words(unclassed)
    assert not Answer.objects.exists()


def test_a_stale_form_is_refused_with_the_difference_shown(office, open_round, signed_in):  # noqa: F811
    row, client = office.asked("treasury"), signed_in("treasury")
    client.get(f"/desk/answers/{row.pk}/")
    office.renew(office.seal(skills="# Skills\n\nEvery department has the skills it needs by 2014.\n"))
    refused = client.post(f"/desk/answers/{row.pk}/", form(row))
    assert refused.status_code == 409
    assert "The text changed: iteration 1 became 2" in words(refused)
    assert "by 2014" in refused.content.decode()
    newer = office.asked("treasury")
    assert f'href="/desk/answers/{newer.pk}/"' in refused.content.decode()
    assert not Answer.objects.exists()


def test_reading_again_opens_at_what_changed_since_one_signed(office, open_round, signed_in):  # noqa: F811
    office.give("treasury")
    office.renew(office.seal(skills="# Skills\n\nEvery department has the skills it needs by 2014.\n"))
    row = office.asked("treasury")
    assert since_signed(row.pk).before is not None
    page = signed_in("treasury").get(f"/desk/answers/{row.pk}/")
    assert "What changed for you since you answered on iteration 1" in words(page)
    assert re.search(r"<ins\b[^>]*>.*by 2014", page.content.decode(), re.DOTALL)


def test_a_stranger_reads_nothing(office, open_round, signed_in):  # noqa: F811
    office.post("stranger", organisation="elsewhere")
    row = office.asked("treasury")
    for path in (f"/desk/answers/{row.pk}/", f"/desk/rounds/{open_round.key}/"):
        answer = signed_in("stranger").get(path)
        assert answer.status_code == 409
        assert "Leaders meet" not in answer.content.decode()
        assert Client().get(path).status_code == 302
    assert signed_in("stranger").get(f"/desk/answers/{row.pk}/files/{'0' * 64}").status_code == 409
    assert signed_in("treasury").get(f"/desk/answers/{row.pk}/files/..%2f..%2fsecret-key").status_code == 404
    assert not Look.objects.exists()


def test_one_leader_cannot_answer_for_another(office, open_round, signed_in):  # noqa: F811
    row, client = office.asked("treasury"), signed_in("health")
    client.get(f"/desk/answers/{row.pk}/")
    assert client.post(f"/desk/answers/{row.pk}/", form(row)).status_code == 409
    assert not Answer.objects.exists()


def test_an_answer_is_taken_back_with_a_reason(office, open_round, signed_in):  # noqa: F811
    office.give("treasury")
    row, client = office.asked("treasury"), signed_in("treasury")
    assert client.post(f"/desk/answers/{row.pk}/withdraw/", {"reason": ""}).status_code == 409
    assert client.post(f"/desk/answers/{row.pk}/withdraw/", {"reason": "We were wrong."}).status_code == 302
    assert Answer.objects.order_by("number").last().stance == "withdrawn"


def test_the_round_says_who_said_what_and_why_it_cannot_be_cleared(office, open_round, signed_in):  # noqa: F811
    office.give("treasury", "not-content", reason="It costs too much.")
    page = words(signed_in("chair").get(f"/desk/rounds/{open_round.key}/"))
    for said in ("Not content", "It costs too much.", "Not yet answered", "It cannot be cleared by you now"):
        assert said in page


def test_the_chair_clears_and_nobody_else(office, open_round, signed_in):  # noqa: F811
    for name in ("treasury", "health", "home"):
        office.give(name)
    path, seal = f"/desk/rounds/{open_round.key}/clear/", {"seal": open_round.iteration.seal}
    for name in ("pen", "treasury"):
        assert signed_in(name).post(path, seal).status_code == 409
    assert signed_in("chair").post(path, {"seal": "0" * 64}).status_code == 409
    assert not Clearance.objects.exists()
    assert "Clear this text" in words(signed_in("chair").get(f"/desk/rounds/{open_round.key}/"))
    assert signed_in("chair").post(path, seal).status_code == 302
    assert Round.objects.get().state == "cleared"


def test_a_round_of_advice_is_closed(office, sealed, signed_in):  # noqa: F811
    asked = office.open(sealed, "adviser", kind="advice")
    office.give("adviser", "advice", reason="Say who pays.")
    assert signed_in("pen").post(f"/desk/rounds/{asked.key}/close/").status_code == 302
    assert Round.objects.get().state == "closed"


def test_an_office_answers_by_a_link_once_and_by_name(office, sealed):  # noqa: F811
    office.open(sealed, "minister", kind="feedback")
    path = f"/answer/{office.link('minister')}/"
    client = Client()
    first = client.get(path)
    assert "Your name" in words(first)
    assert "Services so good" not in first.content.decode()
    assert client.get(f"{path}files/{'0' * 64}").status_code == 404
    client.post(path, {"name": " Private Secretary "})
    assert "Services so good" in words(client.get(path))
    row = office.asked("minister")
    done = client.post(path, form(row, "advice", reason="Shorter, please."))
    assert "Private Secretary, for Minister, Cabinet" in words(done)
    assert (Answer.objects.get().through, Answer.objects.get().on_behalf_of) == ("link", "Minister, Cabinet")
    assert client.get(path).status_code == 409
    assert client.get("/answer/made.up/").status_code == 404


def test_a_form_from_elsewhere_is_refused(office, open_round, signed_in):  # noqa: F811
    row = office.asked("treasury")
    client = signed_in("treasury", enforce_csrf_checks=True)
    assert client.get(f"/desk/answers/{row.pk}/").status_code == 200
    assert client.post(f"/desk/answers/{row.pk}/", form(row)).status_code == 403
    assert not Answer.objects.exists()


def test_pages_cost_the_same_whatever_the_number_asked(office, sealed, signed_in, django_assert_max_num_queries):  # noqa: F811
    names = [f"body-{number}" for number in range(60)]
    for name in names:
        office.post(name)
    asked = office.open(sealed, *names)
    client = signed_in("chair")
    for path in ("/desk/", f"/desk/rounds/{asked.key}/"):
        with django_assert_max_num_queries(30):
            assert client.get(path).status_code == 200
