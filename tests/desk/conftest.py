"""A ministry, an office that runs the instance, posts, and people who hold them, signed in when a test wants them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from penholder.people.models import Holding, Organisation, Person, Post, Role

PASSWORD = "correct horse battery"
LONG_AGO = datetime(2012, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick(settings):
    """Hashes that do not take a tenth of a second each: what Argon2 is worth is not tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def office(db):
    return Organisation.objects.create(key="cabinet-office", name="Cabinet Office", acronym="CO")


@pytest.fixture
def ministry(db):
    return Organisation.objects.create(key="hmrc", name="HM Revenue & Customs", acronym="HMRC")


@pytest.fixture
def make_post(office):
    def make(role, organisation=None, title=""):
        organisation = organisation or office
        title = title or str(Role(role).label)
        return Post.objects.create(organisation=organisation, key=f"{organisation.key}-{role}", title=title, role=role)

    return make


@pytest.fixture
def make_person(db):
    def make(name, *posts, password=PASSWORD, since=LONG_AGO):
        person = Person.objects.create_user(f"{name.lower()}@dept.example", password, name=name, joined_at=since)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        for post in posts:
            Holding.objects.create(post=post, person=person, since=since)
        return person

    return make


@pytest.fixture
def pen(make_post):
    return make_post(Role.PEN, title="Head of the pen team")


@pytest.fixture
def leader(make_post, ministry):
    return make_post(Role.LEADER, ministry, "Director General")


@pytest.fixture
def ada(make_person, pen):
    """Holds the pen."""
    return make_person("Ada", pen)


@pytest.fixture
def grace(make_person, leader):
    """Leads in a department."""
    return make_person("Grace", leader)


@pytest.fixture
def browser_of():
    """A client signed in as a person by their password, as a browser is."""

    def sign_in(person, password=PASSWORD, **more):
        client = Client(**more)
        answer = client.post("/account/login/", {"login": person.email, "password": password})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in


@pytest.fixture
def later():
    return lambda **much: LONG_AGO + timedelta(**much)
