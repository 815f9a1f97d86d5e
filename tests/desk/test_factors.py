"""Codes from an app, recovery codes, and the posts that want them. The app is RFC 6238, written out here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from tests.desk.conftest import PASSWORD

# Word of a new factor goes round when it is committed, so these really commit.
pytestmark = pytest.mark.django_db(transaction=True)


def code(secret, at=None):
    """RFC 6238 with the values that every app takes: SHA-1, 30 seconds, six figures."""
    counter = struct.pack(">Q", int(at or time.time()) // 30)
    mac = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def test_the_app_in_this_test_is_an_app():
    assert code(base64.b32encode(b"12345678901234567890"), 59) == "287082", "RFC 6238, appendix B, its last six figures"


@pytest.fixture
def set_up(db):
    """Sets up an app in somebody's account; gives its secret, and the page on which one is afterwards."""

    def add_app(client):
        page = client.get("/account/2fa/totp/activate/").content.decode()
        secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)[1]
        return secret, client.post("/account/2fa/totp/activate/", {"code": code(secret)}, follow=True).content.decode()

    return add_app


def test_an_app_is_set_up_with_its_first_code_and_recovery_codes_are_shown_once(set_up, ada, browser_of, mailoutbox):
    client = browser_of(ada)
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert "The code is wrong" in wrong.content.decode()
    _, page = set_up(client)
    assert "The app is set up." in page
    assert len(re.findall(r"<li><code>\d{8}</code>", page)) == 10
    again = client.get("/account/2fa/recovery-codes/").content.decode()
    assert re.findall(r"<li><code>\d{8}</code>", again) == []
    assert "You have 10 codes left" in again
    assert "An app for codes was added to your account" in [letter.subject for letter in mailoutbox]


def test_then_the_password_alone_does_not_open_the_door(set_up, ada, browser_of):
    secret, page = set_up(browser_of(ada))
    thief = Client()
    answer = thief.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert thief.get("/desk/").status_code == 302
    assert "The code is wrong" in thief.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert thief.get("/desk/").status_code == 302
    recovery = re.search(r"<li><code>(\d{8})</code>", page)[1]
    assert thief.post("/account/2fa/authenticate/", {"code": recovery}).status_code == 302
    assert thief.get("/desk/").status_code == 200
    other = Client()
    other.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert "The code is wrong" in other.post("/account/2fa/authenticate/", {"code": recovery}).content.decode(), "used"
    assert other.post("/account/2fa/authenticate/", {"code": code(secret, time.time() + 30)}).status_code == 302
    assert other.get("/desk/").status_code == 200


def test_a_code_works_once(set_up, ada, browser_of):
    secret, _ = set_up(browser_of(ada))
    now = code(secret, time.time() + 30)
    first, second = Client(), Client()
    for client in (first, second):
        client.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert first.post("/account/2fa/authenticate/", {"code": now}).status_code == 302
    assert second.post("/account/2fa/authenticate/", {"code": now}).status_code == 200


def test_codes_cannot_be_tried_for_ever(set_up, ada, browser_of):
    set_up(browser_of(ada))
    client = Client()
    client.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    said = [client.post("/account/2fa/authenticate/", {"code": f"{n:06}"}).content.decode() for n in range(12)]
    assert "too often" in said[-1]


def test_other_sessions_end_when_a_second_factor_is_added(set_up, ada, browser_of):
    thief, client = browser_of(ada), browser_of(ada)
    set_up(client)
    assert thief.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200


def test_a_post_that_clears_or_lets_in_wants_a_second_factor(set_up, ada, browser_of, settings):
    settings.PENHOLDER_SECOND_FACTOR = frozenset({"pen"})
    client = browser_of(ada)
    assert client.get("/desk/").headers["Location"] == "/account/second-factor/"
    page = client.get("/account/second-factor/").content.decode()
    assert "Your post wants more than a password" in page
    refused = client.post("/desk/people/organisations/", {"name": "Navy"})
    assert refused.headers["Location"] == "/account/second-factor/"
    assert client.get("/account/").status_code == 200
    set_up(client)
    assert client.get("/desk/").status_code == 200
    assert client.get("/account/second-factor/").headers["Location"] == "/desk/"


def test_the_last_second_factor_stays_while_a_post_wants_it(set_up, ada, browser_of, settings):
    settings.PENHOLDER_SECOND_FACTOR = frozenset({"pen"})
    client = browser_of(ada)
    set_up(client)
    assert "Your post wants a second way" in client.get("/account/2fa/totp/deactivate/").content.decode()
    assert "Your post wants a second way" in client.post("/account/2fa/totp/deactivate/").content.decode()
    assert Authenticator.objects.filter(type="totp").exists()
    settings.PENHOLDER_SECOND_FACTOR = frozenset()
    assert "no longer asked for" in client.post("/account/2fa/totp/deactivate/", follow=True).content.decode()
    assert not Authenticator.objects.filter(type="totp").exists()


def test_a_leader_signs_with_a_password_alone(grace, browser_of, settings):
    from penholder.config.environment import second_factor

    settings.PENHOLDER_SECOND_FACTOR = second_factor({})
    assert browser_of(grace).get("/desk/").status_code == 200
    assert {"chair", "minister", "pen", "operator"} == set(settings.PENHOLDER_SECOND_FACTOR)


def test_new_recovery_codes_replace_the_old_ones(set_up, ada, browser_of):
    client = browser_of(ada)
    _, page = set_up(client)
    old = re.findall(r"<li><code>(\d{8})</code>", page)
    assert (
        "The codes that you have now stop working"
        in client.get("/account/2fa/recovery-codes/generate/").content.decode()
    )
    new = re.findall(
        r"<li><code>(\d{8})</code>", client.post("/account/2fa/recovery-codes/generate/", follow=True).content.decode()
    )
    assert len(new) == 10
    assert not set(old) & set(new)


def test_without_a_second_factor_there_are_no_recovery_codes(ada, browser_of):
    page = browser_of(ada).post("/account/2fa/recovery-codes/generate/").content.decode()
    assert "Recovery codes come with a passkey or an app" in page
