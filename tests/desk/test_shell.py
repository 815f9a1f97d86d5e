"""The desk's shell: who I am, as what I act, how it says no, and what browsers may do with its pages."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db

OPEN = ["/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/done/", "/account/inactive/",
        "/account/password/reset/key/done/", "/account/3rdparty/login/cancelled/"]  # fmt: skip
MINE = ["/desk/", "/desk/people/", "/desk/people/posts/hmrc-leader/", "/desk/people/organisations/hmrc/", "/desk/permissions/", "/account/",
        "/account/sessions/", "/account/password/change/", "/account/2fa/webauthn/add/", "/account/2fa/totp/activate/",
        "/account/3rdparty/", "/account/reauthenticate/", "/account/logout/"]  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_a_page_for_everyone_is_there(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", MINE)
def test_a_page_of_mine_is_there_and_names_me_and_my_post(browser_of, ada, leader, address):
    answer = browser_of(ada).get(address)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "You are Ada." in text
    assert "You act as Head of the pen team, Cabinet Office." in text


@pytest.mark.parametrize("address", [address for address in MINE if address.startswith("/desk/")])
def test_the_desk_is_only_for_who_is_signed_in(client, leader, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/account/login/?next={address}"
