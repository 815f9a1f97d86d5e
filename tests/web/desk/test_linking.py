"""The link for an office without an account, made and ended at the desk."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.agreement.conftest import office, open_round, sealed  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import in_september, signed_in, words  # noqa: F401 - fixtures

from penholder.agreement.models import Link

pytestmark = pytest.mark.django_db


def told(page) -> str:
    return re.search(r"http://testserver(/answer/[^<]+/)", page.content.decode())[1]


def test_a_link_is_told_once_and_opens_the_text(office, open_round, signed_in):  # noqa: F811
    client, address = signed_in("pen"), f"/desk/answers/{office.asked('treasury').pk}/link/"
    assert address in client.get(f"/desk/rounds/{open_round.key}/run/").content.decode()
    page = client.post(address, {"email": "office@example.org", "days": "7"})
    assert "no-store" in page["Cache-Control"]
    assert Client().get(told(page)).status_code == 200
    again = client.get(address)
    assert "/answer/" not in again.content.decode()
    assert "office@example.org" in words(again)


def test_a_link_that_was_ended_opens_nothing(office, open_round, signed_in):  # noqa: F811
    client, address = signed_in("pen"), f"/desk/answers/{office.asked('treasury').pk}/link/"
    way = told(client.post(address, {"email": "office@example.org", "days": "7"}))
    assert client.post(f"/desk/links/{Link.objects.get().pk}/end/").status_code == 302
    assert Client().get(way).status_code in {403, 409}
    assert client.post(f"/desk/links/{Link.objects.get().pk}/end/").status_code == 409


def test_a_wrong_address_or_too_many_days_make_no_link(office, open_round, signed_in):  # noqa: F811
    client, address = signed_in("pen"), f"/desk/answers/{office.asked('treasury').pk}/link/"
    for given in ({"email": "office", "days": "7"}, {"email": "office@example.org", "days": "61"}, {}):
        assert "There is a problem" in words(client.post(address, given or {"days": ""}))
    assert not Link.objects.exists()


def test_another_department_makes_no_link_and_reads_why(office, open_round, signed_in):  # noqa: F811
    client, address = signed_in("health"), f"/desk/answers/{office.asked('treasury').pk}/link/"
    page = client.get(address)
    assert page.status_code == 409
    assert "Only these may extend, close or call off a round" in words(page)
    assert client.post(address, {"email": "me@example.org", "days": "7"}).status_code == 409
    assert not Link.objects.exists()
