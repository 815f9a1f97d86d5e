"""The desk's shell: who I am, as what I act, how it says no, and what browsers may do with its pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from tests.desk.conftest import LONG_AGO

from penholder.errors import Conflict, Missing
from penholder.people import permissions
from penholder.people.models import Holding, Post, Role
from penholder.web import built
from penholder.web.desk import refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair(make_post, ada):
    """A second post of Ada's."""
    post = make_post(Role.CHAIR, title="Chair")
    Holding.objects.create(post=post, person=ada, since=LONG_AGO + timedelta(hours=1))
    return post


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


def test_every_page_of_the_desk_is_strict_and_kept_by_nobody(browser_of, ada, client):
    for answer in (browser_of(ada).get("/desk/"), client.get("/account/login/"), client.get("/desk/nothing/")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "strict-transport-security" not in answer.headers


def test_behind_tls_browsers_are_told_to_keep_to_it(client, settings):
    settings.PENHOLDER_TLS = True
    assert "max-age" in client.get("/account/login/").headers["strict-transport-security"]


def test_nothing_on_a_page_is_script_or_style_written_inside(browser_of, ada, leader):
    client = browser_of(ada)
    for address in MINE:
        text = client.get(address).content.decode()
        assert "style=" not in text, address
        assert "<style" not in text
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", text) == []
        assert re.findall(r"\son\w+=", text) == []


def test_i_act_as_one_of_my_posts_and_can_change_which(browser_of, ada, chair):
    client = browser_of(ada)
    assert client.get("/desk/").wsgi_request.acting.post.key == "cabinet-office-pen"
    answer = client.post("/desk/act-as/", {"post": chair.key}, follow=True)
    assert "You act as Chair, Cabinet Office now." in answer.content.decode()
    assert answer.wsgi_request.acting.post == chair
    assert answer.wsgi_request.acting.person == ada


def test_a_post_that_i_do_not_hold_is_refused_with_the_reason_and_a_way_back(browser_of, ada, leader):
    client = browser_of(ada)
    answer = client.post(
        "/desk/act-as/", {"post": leader.key}, headers={"referer": "http://testserver/desk/people/?a=1"}
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "You do not hold this post" in text
    assert 'href="/desk/people/?a=1"' in text
    assert client.get("/desk/").wsgi_request.acting.post.key == "cabinet-office-pen"


def test_a_post_that_i_left_is_not_mine_any_more_in_the_very_next_request(browser_of, ada, chair):
    client = browser_of(ada)
    client.post("/desk/act-as/", {"post": chair.key})
    Holding.objects.filter(post=chair).update(until=LONG_AGO + timedelta(days=1))
    assert client.get("/desk/").wsgi_request.acting.post.key == "cabinet-office-pen"
    Holding.objects.update(until=LONG_AGO + timedelta(days=1))
    answer = client.get("/desk/")
    assert answer.wsgi_request.acting is None
    assert "You hold no post" in answer.content.decode()


@pytest.mark.parametrize(
    "referrer", ["https://evil.example/x", "http://testserver.evil.example/", "javascript:alert(1)", ""]
)
def test_the_way_back_never_leaves_the_site(browser_of, ada, referrer):
    answer = browser_of(ada).post("/desk/act-as/", {"post": "x"}, headers={"referer": referrer})
    assert 'href="/desk/">Go back' in answer.content.decode()


def test_what_is_not_there_is_missing_in_words(browser_of, ada):
    client = browser_of(ada)
    answer = client.get("/desk/people/posts/silly/")
    assert answer.status_code == 404
    assert "There is no post “silly”" in answer.content.decode()
    answer = client.get("/desk/nowhere/")
    assert (answer.status_code, "The address may be mistyped" in answer.content.decode()) == (404, True)


def test_a_conflict_is_told_as_one(browser_of, ada, monkeypatch):
    def somebody_was_first(post):
        raise Conflict("Somebody else changed this first.")

    monkeypatch.setattr(permissions, "explained", somebody_was_first)
    answer = browser_of(ada).get("/desk/permissions/")
    assert (answer.status_code, "Somebody else changed this first." in answer.content.decode()) == (409, True)


def test_a_fault_of_ours_is_a_page_that_needs_no_database(browser_of, ada, monkeypatch, django_assert_num_queries):
    client = browser_of(ada)
    monkeypatch.setattr(permissions, "explained", lambda post: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/desk/permissions/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    with django_assert_num_queries(0):
        assert "either done whole or not at all" in refusals.broken(RequestFactory().post("/")).content.decode()


def test_what_is_not_for_me_says_so(rf, ada):
    request = rf.get("/")
    request.user, request.session = ada, {}
    assert refusals.forbidden(request, PermissionDenied()).status_code == 403


def test_a_page_costs_few_queries_however_many_posts_there_are(browser_of, ada, office, django_assert_max_num_queries):
    client = browser_of(ada)
    for number in range(100):
        Post.objects.create(organisation=office, key=f"p{number}", title=f"Post {number}")
    with django_assert_max_num_queries(8):
        client.get("/desk/people/")


def test_before_anything_is_published_the_desk_has_its_style(client, settings):
    built = client.get("/account/login/").context["desk_built"]
    answer = client.get(built.style)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(built.script).headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" not in client.get("/assets/favicon.svg").headers["Cache-Control"]
    for wrong in ("/assets/manifest.json", "/assets/..%2f__init__.py", "/assets/nothing.css"):
        assert client.get(wrong).status_code == 404
    assert client.post(built.style).status_code == 405


def test_an_old_build_is_told_from_none(tmp_path):
    with pytest.raises(Missing, match="has not been built"):
        built.read(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(Missing, match="has no “desk”"):
        built.read(tmp_path, "desk")


def test_the_desk_speaks_the_language_that_i_choose(browser_of, ada, settings, client):
    settings.PENHOLDER_LANGUAGES = ("en", "cy")
    assert 'lang="cy"' in client.get("/account/login/", headers={"accept-language": "cy-GB,en;q=0.5"}).content.decode()
    mine = browser_of(ada)
    assert '<html lang="en"' in mine.get("/desk/").content.decode()
    mine.post("/account/language/", {"language": "cy"})
    assert '<html lang="cy"' in mine.get("/desk/", headers={"accept-language": "en"}).content.decode()
    again = browser_of(ada)
    assert '<html lang="cy"' in again.get("/desk/").content.decode(), "the choice stays with the person"
    client.post("/account/language/", {"language": "cy"})
    assert '<html lang="cy"' in client.get("/account/login/").content.decode()
    client.post("/account/language/", {"language": "tlh"})
    assert '<html lang="cy"' in client.get("/account/login/").content.decode()
