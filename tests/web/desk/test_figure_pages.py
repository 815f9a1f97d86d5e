"""Publications of figures at the desk, the monthly form by link, and what waits on its front page."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from tests.services.conftest import NOON, ministry  # noqa: F401 - fixtures
from tests.web.desk.test_uploading import enter, on_that_day, words  # noqa: F401 - fixtures

from penholder.people.models import Role
from penholder.services import registrations
from penholder.services.models import Publication, State, Submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_form_reads_the_same_clock(monkeypatch):
    from django.utils import timezone

    clock = SimpleNamespace(now=lambda: NOON, localdate=timezone.localdate)
    monkeypatch.setattr("penholder.web.desk.monthly_form.timezone", clock)


def test_figures_go_from_frozen_to_published_by_two_people(ministry, enter):  # noqa: F811
    sender = ministry.acting("sue", Role.CONTRIBUTOR)
    for service in ("passports", "licences"):
        ministry.submit(
            service, "2026-10", by=sender, digital__transactions=80, transactions=100, started=90, completed=80
        )
    clerk, leader = enter("sue", Role.CONTRIBUTOR), enter("ada")
    asked = {"organisation": "interior", "period": "2026-10", "purpose": "first"}
    page = clerk.post("/desk/services/publications/", asked, follow=True)
    assert "The figures are frozen." in words(page)
    made = Publication.objects.get()
    here = f"/desk/services/publications/{made.key}/"
    assert "Completion rate" in words(page)
    assert "88.9%" in words(page)
    assert "Nobody has said why" in words(clerk.post(f"{here}act/", {"act": "check"}))
    first, *others = made.flags.all()
    told = clerk.post(
        f"{here}act/", {"act": "answer", f"reason-{first.pk}": "Lost.", "every": "Not surveyed yet."}, follow=True
    )
    assert f"{len(others) + 1} reasons are noted" in words(told)
    assert {flag.reason for flag in made.flags.all()} == {"Lost.", "Not surveyed yet."}
    assert "Say why this is so" in words(clerk.post(f"{here}act/", {"act": "answer", "every": "x"}))
    assert "count as checked" in words(clerk.post(f"{here}act/", {"act": "check"}, follow=True))
    assert "Only these may" in words(clerk.post(f"{here}act/", {"act": "sign", "seal": made.seal}))
    assert "Figures wait for you to sign them off." in words(leader.get("/desk/"))
    assert "You were shown other figures" in words(leader.post(f"{here}act/", {"act": "sign", "seal": "0" * 64}))
    leader.post(f"{here}act/", {"act": "sign", "seal": made.seal})
    assert "can be published" in words(leader.get("/desk/"))
    assert "published, with their seal" in words(leader.post(f"{here}act/", {"act": "publish"}, follow=True))
    assert Publication.objects.get().state == State.PUBLISHED
    refused = leader.post("/desk/services/publications/", asked)
    assert "is published already" in words(refused)


def test_a_publication_can_be_discarded_with_a_reason_and_is_no_stranger_s(ministry, enter):  # noqa: F811
    ministry.submit("passports", "2026-10", digital__transactions=80, transactions=100)
    leader = enter("ada")
    asked = {"organisation": "interior", "period": "2026-10", "purpose": "first"}
    leader.post("/desk/services/publications/", asked)
    here = f"/desk/services/publications/{Publication.objects.get().key}/"
    assert enter("wes", body="work").get(here).status_code == 409
    assert Client().get(here).status_code == 302
    assert "Say why it is discarded" in words(leader.post(f"{here}act/", {"act": "discard"}))
    gone = leader.post(f"{here}act/", {"act": "discard", "reason": "Too early."}, follow=True)
    assert "Too early." in words(gone)
    assert leader.post("/desk/services/publications/", asked | {"period": "next"}).status_code == 422


@pytest.fixture
def told(ministry, enter):  # noqa: F811
    """The address of a form for the passports of October, and the one who made it."""
    leader, manager = enter("ada"), ministry.acting("sam", Role.SERVICE_MANAGER)
    registrations.change(
        key="passports", as_of=NOON.date(), said_on=NOON.date(), reason="Named.", by=ministry.acting("ada"), at=NOON,
        manager=manager.post,
    )  # fmt: skip
    ministry.submit(
        "passports", "2026-09", digital__transactions=900, phone__transactions=70, assisted_digital__transactions=3
    )
    made = leader.post(
        "/desk/services/register/passports/form/", {"period": "2026-10", "email": "sam@example.org", "days": "7"}
    )
    return re.search(r"http://testserver(/monthly/[^<]+)<", made.content.decode())[1], leader


def test_a_form_is_filled_in_by_link_saved_checked_and_submitted(told):
    address, leader = told
    phone = Client()
    page = phone.get(address)
    assert "There are 7 days left" in words(page)
    assert "September 2026: 900" in words(page)
    typed = {"digital.transactions:text": "1000", "phone.transactions:state": "not-provided"}
    saved = phone.post(address, typed | {"act": "save"}, follow=True)
    assert "saved as a draft" in words(saved)
    assert 'value="1000"' in saved.content.decode()
    wrong = phone.post(address, typed | {"act": "check", ".started:text": "12.5"})
    assert wrong.status_code == 422
    assert "not whole" in words(wrong)
    typed |= {"assisted-digital.transactions:text": "0", ".started:text": "1200", ".completed:text": "1100"}
    check = phone.post(address, typed | {"act": "check"})
    assert "Digital: Completed transactions 900 1,000" in words(check)
    assert "not provided" in words(check)
    assert "Write your name" in words(phone.post(address, {"act": "submit"}))
    done = phone.post(address, {"act": "submit", "name": "Sam"})
    assert "The figures are submitted" in words(done)
    assert Submitted.objects.filter(period__key="2026-10").count() == 5
    assert phone.get(address).status_code == 409
    assert "used" in words(leader.get("/desk/services/register/passports/form/"))


def test_counts_that_cannot_be_together_are_told_before_anything_is_submitted(told):
    address, _leader = told
    typed = {
        f"{key}:text": "5"
        for key in ("digital.transactions", "phone.transactions", "assisted-digital.transactions", ".started")
    }
    check = Client().post(address, typed | {"act": "check", ".completed:text": "6"})
    assert check.status_code == 409
    assert "more than 5 of “Attempts started”" in words(check)


def test_a_link_is_listed_without_its_address_and_ended(told):
    address, leader = told
    page = leader.get("/desk/services/register/passports/form/")
    assert address not in page.content.decode()
    end = re.search(r'action="(/desk/services/forms/\d+/end/)"', page.content.decode())[1]
    assert "The link is ended" in words(leader.post(end, follow=True))
    assert "has ended" in words(Client().get(address))
    assert Client().get("/monthly/nonsense/").status_code == 404


def test_figures_that_are_due_stand_on_the_front_page(told, ministry, enter):  # noqa: F811
    assert "Nothing was given for this month yet." in words(enter("sam", Role.SERVICE_MANAGER).get("/desk/"))
    assert "Of 1 service nothing was given" in words(enter("ada").get("/desk/"))


def test_publications_ask_the_same_number_of_questions(ministry, enter, django_assert_max_num_queries):  # noqa: F811
    """However many services there are."""
    for number in range(25):
        ministry.service(f"service-{number}")
        ministry.submit(f"service-{number}", "2026-10", digital__transactions=5, transactions=9, started=9, completed=8)
    leader = enter("ada")
    made = leader.post(
        "/desk/services/publications/", {"organisation": "interior", "period": "2026-10", "purpose": "first"}
    )
    for page in (made.url, "/desk/services/publications/", "/desk/"):
        with django_assert_max_num_queries(20):
            assert leader.get(page).status_code == 200
