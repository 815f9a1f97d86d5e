"""Single sign-on against a real OpenID Connect provider: a process of its own on this machine, started and stopped here."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from penholder.config.environment import single_sign_on
from penholder.errors import Refused
from penholder.people.models import Person

pytestmark = pytest.mark.django_db

PEOPLE = [
    {"sub": "ada-at-work", "claims": {"email": "Ada@dept.example", "email_verified": True, "name": "Ada"}},
    {"sub": "mallory", "claims": {"email": "ada@dept.example", "email_verified": False}},
    {"sub": "stranger", "claims": {"email": "stranger@dept.example", "email_verified": True}},
    {"sub": "nobody", "claims": {}},
]


@pytest.fixture(scope="module")
def provider():
    """The address of a provider that knows these people."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    users = [word for one in PEOPLE for word in ("--user-claims", json.dumps({"sub": one["sub"], **one["claims"]}))]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *users],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the provider does not start")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def known(provider, settings):
    """This instance knows the provider."""
    said = {"PENHOLDER_OIDC_ISSUER": provider, "PENHOLDER_OIDC_CLIENT": "penholder", "PENHOLDER_OIDC_SECRET": "secret",
            "PENHOLDER_OIDC_NAME": "the department"}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": single_sign_on(said)}}
    return provider


def at_provider(address, sub):
    """Sign in at the provider, as a person does in its form; gives where it leads back to."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.netloc, timeout=10)
    line.request(
        "POST",
        f"{parts.path}?{parts.query}",
        urlencode({"sub": sub}),
        {"content-type": "application/x-www-form-urlencoded"},
    )
    answer = line.getresponse()
    answer.read()
    line.close()
    assert answer.status == 302, answer.status
    return answer.getheader("Location").removeprefix("http://testserver")


def leave(client, **more):
    page = client.post("/account/oidc/sso/login/", more).content.decode()
    return re.search(r'<a class="ph-link" href="([^"]+)">Continue', page)[1].replace("&amp;", "&")


def test_somebody_known_here_comes_in_by_the_address_that_the_provider_verified(known, ada, mailoutbox):
    client = Client()
    assert "Sign in with the department" in client.get("/account/login/").content.decode()
    to = leave(client)
    asked = parse_qs(urlsplit(to).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]
    back = client.get(at_provider(to, "ada-at-work"))
    assert back.headers["Location"] == "/desk/"
    assert "You are Ada." in client.get("/desk/").content.decode()
    ada.refresh_from_db()
    assert ada.has_usable_password(), "the password is not taken away"
    assert "joined" in client.get("/account/").content.decode()


def test_single_sign_on_counts_as_the_second_factor(known, ada, settings):
    settings.PENHOLDER_SECOND_FACTOR = frozenset({"pen"})
    client = Client()
    client.get(at_provider(leave(client), "ada-at-work"))
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("sub", ["mallory", "stranger", "nobody"])
def test_nobody_else_comes_in_and_all_are_told_the_same(known, ada, sub):
    client = Client()
    back = client.get(at_provider(leave(client), sub))
    assert back.headers["Location"] == "/account/signup/"
    assert client.get("/desk/").status_code == 302
    assert Person.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_an_account_that_is_closed_stays_closed(known, ada):
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    client = Client()
    assert client.get(at_provider(leave(client), "ada-at-work")).headers["Location"] == "/account/signup/"


def test_a_joined_account_is_left_when_the_provider_names_another_address(known, ada):
    client = Client()
    client.get(at_provider(leave(client), "ada-at-work"))
    Person.objects.filter(pk=ada.pk).update(email="ada@other.example")
    again = Client()
    assert again.get(at_provider(leave(again), "ada-at-work")).headers["Location"] == "/account/signup/"


def test_an_answer_that_was_not_asked_for_is_refused(known, ada):
    honest, victim = Client(), Client()
    stolen = at_provider(leave(honest), "ada-at-work")
    answer = victim.get(stolen)
    assert answer.status_code == 401
    assert "Single sign-on did not work" in answer.content.decode()
    assert victim.get("/desk/").status_code == 302
    assert honest.get(stolen).headers["Location"] == "/desk/"
    again = Client()
    again.cookies = honest.cookies
    assert again.get(stolen).status_code == 401, "a code and its state work once"


def test_only_a_form_starts_it(known):
    assert Client().get("/account/oidc/sso/login/").headers["Location"] == "/account/login/"


def test_a_person_who_turned_back_is_told_so(known):
    client = Client()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    answer = client.get("/account/oidc/sso/login/callback/", {"error": "access_denied", "state": state}, follow=True)
    assert "You did not sign in" in answer.content.decode()


def test_nobody_is_led_to_another_site_afterwards(known, ada):
    client = Client()
    back = client.get(at_provider(leave(client, next="https://evil.example/"), "ada-at-work"))
    assert back.headers["Location"] == "/desk/"


def test_when_the_provider_is_away_a_page_says_so(settings, ada):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = {"PENHOLDER_OIDC_ISSUER": f"http://127.0.0.1:{port}", "PENHOLDER_OIDC_CLIENT": "x"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": single_sign_on(said)}}
    answer = Client().post("/account/oidc/sso/login/")
    assert answer.status_code == 502
    assert "Single sign-on did not work" in answer.content.decode()


def test_a_provider_that_is_not_there_is_not_there(known):
    assert Client().post("/account/oidc/other/login/").status_code == 404


def test_it_can_be_taken_from_an_account(known, ada):
    client = Client()
    client.get(at_provider(leave(client), "ada-at-work"))
    (account,) = SocialAccount.objects.all()
    page = client.post("/account/3rdparty/", {"account": account.pk}, follow=True).content.decode()
    assert "Single sign-on no longer leads to this account." in page
    assert not SocialAccount.objects.exists()


def test_a_provider_is_named_with_its_client_and_over_tls():
    assert single_sign_on({}) == []
    with pytest.raises(Refused, match="PENHOLDER_OIDC_CLIENT is not"):
        single_sign_on({"PENHOLDER_OIDC_ISSUER": "https://login.example"})
    with pytest.raises(Refused, match="https:// only"):
        single_sign_on({"PENHOLDER_OIDC_ISSUER": "http://login.example", "PENHOLDER_OIDC_CLIENT": "x"})
    (app,) = single_sign_on({"PENHOLDER_OIDC_ISSUER": "https://login.example/", "PENHOLDER_OIDC_CLIENT": "x"})
    assert (app["name"], app["settings"]["server_url"]) == ("login.example", "https://login.example")
