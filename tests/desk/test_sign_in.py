"""Sign-in, and those who try to get round it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from tests.desk.conftest import PASSWORD

from penholder.people.models import Kept, Person

pytestmark = pytest.mark.django_db
WRONG = "The e-mail address or the password is wrong"


def sign_in(client, email, password, **more):
    return client.post("/account/login/", {"login": email, "password": password, **more})


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    algorithm = "counting"
    times = 0

    def encode(self, password, salt):
        Counting.times += 1
        return super().encode(password, salt)


# ── Passwords ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_passwords_are_kept_as_argon2():
    from penholder.config import settings as real

    assert real.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_argon2_works_here(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    person = Person.objects.create_user("ada@dept.example", PASSWORD, name="Ada")
    assert person.password.startswith("argon2$argon2id$")
    assert sign_in(Client(), "ADA@dept.example", PASSWORD).headers["Location"] == "/desk/"


def test_a_known_and_an_unknown_address_get_the_same_answer(ada, client):
    known, unknown = sign_in(client, ada.email, "wrong"), sign_in(client, "nobody@dept.example", "wrong")
    assert known.status_code == unknown.status_code == 200
    scrub = [
        re.sub(r'value="[^"]*"', "", answer.content.decode().replace(ada.email, "").replace("nobody@dept.example", ""))
        for answer in (known, unknown)
    ]
    assert scrub[0] == scrub[1]
    assert WRONG in scrub[0]


def test_an_unknown_address_costs_as_much_work_as_a_known_one(settings, client):
    settings.PASSWORD_HASHERS = ["tests.desk.test_sign_in.Counting"]
    Person.objects.create_user("ada@dept.example", PASSWORD, name="Ada")
    counts = []
    for email in ("ada@dept.example", "nobody@dept.example"):
        Counting.times = 0
        sign_in(client, email, "wrong")
        counts.append(Counting.times)
    assert counts == [1, 1]


def test_a_closed_account_is_out_at_once_and_does_not_come_in(ada, browser_of, client):
    inside = browser_of(ada)
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert inside.get("/desk/").status_code == 302
    sign_in(client, ada.email, PASSWORD)
    assert client.get("/desk/").status_code == 302


def test_wrong_passwords_are_counted_for_one_account_whoever_tries(ada):
    for number in range(5):
        assert WRONG in sign_in(Client(REMOTE_ADDR=f"10.0.{number}.1"), ada.email, "wrong").content.decode()
    answer = sign_in(Client(REMOTE_ADDR="10.9.9.9"), ada.email, PASSWORD)
    assert "too often in a short time" in answer.content.decode()
    assert Kept.objects.exists(), "counted in the database, so that every process counts"


def test_wrong_passwords_are_counted_for_one_place_whichever_account(client):
    said = [sign_in(client, f"someone{n}@dept.example", "wrong").content.decode() for n in range(12)]
    assert WRONG in said[0]
    assert "too often in a short time" in said[-1]


def test_a_forged_address_of_origin_does_not_help(client):
    said = [
        client.post(
            "/account/login/",
            {"login": f"someone{n}@dept.example", "password": "wrong"},
            headers={"x-forwarded-for": f"192.0.2.{n}"},
        ).content.decode()
        for n in range(12)
    ]
    assert "too often in a short time" in said[-1]


def test_behind_a_proxy_that_is_declared_each_reader_is_counted_alone(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    said = [
        client.post(
            "/account/login/",
            {"login": f"someone{n}@dept.example", "password": "wrong"},
            headers={"x-forwarded-for": f"6.6.6.6, 192.{n}.2.1"},
        ).content.decode()
        for n in range(12)
    ]
    assert all(WRONG in words for words in said)


def test_far_too_many_requests_are_turned_away_with_a_page(client):
    answers = [sign_in(client, f"someone{n}@dept.example", "") for n in range(31)]
    assert answers[-1].status_code == 429
    assert "too often" in answers[-1].content.decode()
    assert answers[-1].headers["x-frame-options"] == "DENY"


# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_laid_before_sign_in_is_not_the_one_after(ada, client):
    client.get("/account/login/")
    session = client.session
    session["laid"] = "by Mallory"
    session.save()
    client.cookies["session"] = session.session_key
    sign_in(client, ada.email, PASSWORD)
    assert client.session.session_key != session.session_key


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(ada, browser_of):
    client = browser_of(ada)
    for name in ("session", "csrf"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    assert client.cookies["session"]["max-age"] == 12 * 3600


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
        "\thttps://evil.example",
    ],
)
def test_after_sign_in_nobody_is_led_to_another_site(ada, client, target):
    answer = sign_in(client, ada.email, PASSWORD, next=target)
    assert answer.headers["Location"] == "/desk/"


def test_after_sign_in_one_is_where_one_wanted_to_be(ada, client):
    address = client.get("/desk/people/?a=1").headers["Location"]
    assert address == "/account/login/?next=/desk/people/%3Fa%3D1"
    assert sign_in(client, ada.email, PASSWORD, next="/desk/people/?a=1").headers["Location"] == "/desk/people/?a=1"


def test_an_ended_session_is_out_at_once(ada, browser_of):
    here, there = browser_of(ada), browser_of(ada, headers={"user-agent": "Mozilla/5.0 (Windows NT) Firefox/140.0"})
    page = here.get("/account/sessions/").content.decode()
    assert "Firefox, Windows" in page
    (other,) = UserSession.objects.exclude(session_key=here.session.session_key)
    assert here.post("/account/sessions/", {"session": other.pk}, follow=True).status_code == 200
    assert there.get("/desk/").status_code == 302
    assert there.post("/desk/act-as/", {"post": "x"}).headers["Location"] == "/account/login/"
    assert here.get("/desk/").status_code == 200


def test_all_other_sessions_end_with_one_press(ada, browser_of):
    here, others = browser_of(ada), [browser_of(ada) for _ in range(3)]
    here.post("/account/sessions/", {"session": "others"})
    assert [other.get("/desk/").status_code for other in others] == [302, 302, 302]
    assert here.get("/desk/").status_code == 200
    assert UserSession.objects.count() == 1


def test_nobody_ends_the_session_of_another(ada, grace, browser_of):
    hers = browser_of(grace)
    (session,) = UserSession.objects.filter(user=grace)
    mine = browser_of(ada)
    for wrong in (session.pk, "x", "", 10**30):
        assert mine.post("/account/sessions/", {"session": wrong}).status_code == 404
    assert hers.get("/desk/").status_code == 200


def test_signing_out_needs_a_form_and_ends_the_session(ada, browser_of):
    client = browser_of(ada)
    key = client.session.session_key
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/desk/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/desk/").status_code == 302
    client.cookies["session"] = key
    assert client.get("/desk/").status_code == 302


# ── Forms from elsewhere ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    ["/account/login/", "/account/logout/", "/account/language/", "/account/sessions/", "/account/password/change/",
     "/account/oidc/sso/login/", "/account/2fa/webauthn/login/", "/desk/act-as/", "/desk/people/posts/hmrc-leader/",
     "/desk/people/organisations/"],
)  # fmt: skip
def test_a_form_from_another_site_changes_nothing_and_says_why(ada, leader, browser_of, address):
    signed_in = browser_of(ada)
    hostile = Client(enforce_csrf_checks=True)
    hostile.cookies = signed_in.cookies
    answer = hostile.post(
        address, {"login": ada.email, "password": PASSWORD}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "The form was not accepted" in answer.content.decode()
    assert "CSRF" not in answer.content.decode()


# ── A forgotten password ─────────────────────────────────────────────────────────────────────────────────────────────


def test_asking_for_a_new_password_tells_nothing_about_who_is_known(ada, client, mailoutbox):
    known = client.post("/account/password/reset/", {"email": ada.email})
    unknown = client.post("/account/password/reset/", {"email": "nobody@dept.example"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [letter.to for letter in mailoutbox] == [[ada.email]]


def test_the_link_in_the_letter_sets_a_password_once_and_ends_every_session(ada, browser_of, client, mailoutbox):
    thief = browser_of(ada)
    client.post("/account/password/reset/", {"email": ada.email})
    link = re.search(r"http://testserver(/\S+)", mailoutbox[0].body)[1]
    page = client.get(link, follow=True)
    address = page.request["PATH_INFO"]
    assert "12 characters" in page.content.decode()
    short = client.post(address, {"password1": "short", "password2": "short"})
    assert "at least 12 characters" in short.content.decode()
    done = client.post(address, {"password1": "a new long password", "password2": "a new long password"}, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert thief.get("/desk/").status_code == 302
    assert sign_in(Client(), ada.email, PASSWORD).status_code == 200
    assert sign_in(Client(), ada.email, "a new long password").status_code == 302
    again = Client().get(link, follow=True).content.decode()
    assert "too old or was used already" in again
    assert "Your password was changed by a link" in mailoutbox[-1].subject


def test_a_changed_password_ends_the_other_sessions_and_is_told(ada, browser_of, mailoutbox):
    here, there = browser_of(ada), browser_of(ada)
    page = here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "a new long password", "password2": "a new long password"},
        follow=True,
    )
    assert "Your password is changed." in page.content.decode()
    assert here.get("/desk/").status_code == 200
    assert there.get("/desk/").status_code == 302
    assert mailoutbox[-1].subject == "Your password was changed"
    assert "127.0.0.1" in mailoutbox[-1].body


@pytest.mark.parametrize(
    ("password", "words"),
    [("password1234", "too common"), ("ada@dept.example", "too similar"), ("short", "at least 12")],
)
def test_a_weak_password_is_refused(ada, browser_of, password, words):
    page = browser_of(ada).post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert words in page.content.decode()


def test_before_something_that_matters_one_shows_again_that_it_is_oneself(ada, browser_of, monkeypatch):
    import time

    client = browser_of(ada)
    assert client.get("/account/2fa/totp/activate/").status_code == 200, "who has just signed in has just shown it"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + timedelta(minutes=6).total_seconds())
    answer = client.get("/account/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert "The password is wrong" in client.post(answer.headers["Location"], {"password": "x"}).content.decode()
    back = client.post(answer.headers["Location"], {"password": PASSWORD})
    assert back.headers["Location"] == "/account/2fa/totp/activate/"
    assert client.get("/account/2fa/totp/activate/").status_code == 200


def test_nobody_makes_an_account_uninvited(client):
    assert client.get("/account/signup/").status_code == 200
    assert client.post("/account/signup/", {"email": "m@evil.example", "password1": PASSWORD}).status_code == 403
    assert client.post("/account/3rdparty/signup/", {"email": "m@evil.example"}).status_code == 403
    assert not Person.objects.exists()
