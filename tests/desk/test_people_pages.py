"""Pages of people and posts, and the link of an invitation."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.desk.conftest import LONG_AGO, PASSWORD

from penholder.people.models import Holding, Invitation, Organisation, Person, Post, Role, Succession

pytestmark = pytest.mark.django_db
POST = "/desk/people/posts/hmrc-leader/"


def invite(client, mailoutbox, email="henry@hmrc.example"):
    page = client.post(POST, {"email": email, "name": "Henry"}, follow=True).content.decode()
    assert f"The invitation is on its way to {email}." in page
    return re.search(r"http://testserver(/account/invitation/\S+)", mailoutbox[-1].body)[1]


def test_somebody_is_invited_and_comes_in(ada, leader, browser_of, mailoutbox):
    client = browser_of(ada)
    link = invite(client, mailoutbox)
    assert "henry@hmrc.example" in client.get(POST).content.decode()
    guest = Client()
    assert guest.get(link).status_code == guest.get(link).status_code == 200, "opening it spends nothing"
    assert not Holding.objects.filter(post=leader).exists()
    weak = guest.post(link, {"name": "Henry", "password": "short"}).content.decode()
    assert "at least 12 characters" in weak
    page = guest.post(link, {"name": "Henry Ford", "password": PASSWORD}, follow=True).content.decode()
    assert "Welcome. You hold this post now: Director General, HM Revenue &amp; Customs." in page
    assert "You are Henry Ford." in page
    assert "Henry Ford" in client.get(POST).content.decode()
    replay = Client().get(link)
    assert replay.status_code == 404
    assert "no longer good" in replay.content.decode()
    assert Client().post(link, {"name": "Mallory", "password": PASSWORD}).status_code == 404
    assert browser_of(Person.objects.get(email="henry@hmrc.example"))


def test_an_old_link_opens_nothing(ada, leader, browser_of, mailoutbox):
    link = invite(browser_of(ada), mailoutbox)
    Invitation.objects.update(expires_at=LONG_AGO)
    assert Client().get(link).status_code == 404


def test_an_invitation_can_be_taken_back(ada, leader, browser_of, mailoutbox):
    client = browser_of(ada)
    link = invite(client, mailoutbox)
    (invitation,) = Invitation.objects.all()
    page = client.post(f"{POST}invitations/{invitation.pk}/end/", follow=True).content.decode()
    assert "The invitation of henry@hmrc.example is ended." in page
    assert Client().get(link).status_code == 404


def test_somebody_with_an_account_signs_in_first(ada, leader, make_person, browser_of, mailoutbox):
    henry = make_person("Henry")
    link = invite(browser_of(ada), mailoutbox, henry.email)
    assert Client().get(link).headers["Location"] == f"/account/login/?next={link}"
    stranger = browser_of(make_person("Mallory"))
    assert stranger.post(link).status_code == 409
    client = browser_of(henry)
    assert "Accept" in client.get(link).content.decode()
    assert "You hold this post now" in client.post(link, follow=True).content.decode()


def test_the_password_is_optional_where_single_sign_on_is(ada, leader, browser_of, mailoutbox, settings):
    link = invite(browser_of(ada), mailoutbox)
    assert "Fill in" in Client().post(link, {"name": "Henry"}).content.decode()
    app = {"provider_id": "sso", "name": "the department", "client_id": "x", "settings": {"server_url": "https://x"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    client = Client()
    assert "Leave it empty to sign in with the department only." in client.get(link).content.decode()
    client.post(link, {"name": "Henry"})
    henry = Person.objects.get(name="Henry")
    assert not henry.has_usable_password()
    page = client.post("/account/password/set/", {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "Your password is set." in page.content.decode()


def test_who_may_not_invite_reads_why_and_is_refused(grace, pen, browser_of):
    client = browser_of(grace)
    page = client.get("/desk/people/posts/cabinet-office-pen/").content.decode()
    assert "Only these may invite people" in page
    assert "Send the invitation" not in page
    answer = client.post("/desk/people/posts/cabinet-office-pen/", {"email": "x@y.example"})
    assert answer.status_code == 409
    assert "Only these may invite people" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_who_holds_no_post_may_do_nothing_here(leader, make_person, browser_of):
    client = browser_of(make_person("Mallory"))
    assert client.post(POST, {"email": "x@y.example"}).status_code == 404
    assert client.post("/desk/people/organisations/", {"name": "Navy"}).status_code == 404
    assert not Organisation.objects.filter(name="Navy").exists()


def test_a_holding_is_ended_by_whoever_may_or_by_the_holder(ada, grace, leader, browser_of):
    mine = browser_of(grace)
    page = mine.post(f"{POST}leave/{grace.pk}/", follow=True).content.decode()
    assert "Grace no longer holds" in page
    assert "Who held it before" in page
    Holding.objects.create(post=leader, person=grace, since=LONG_AGO + timedelta(days=2))
    assert "no longer holds" in browser_of(ada).post(f"{POST}leave/{grace.pk}/", follow=True).content.decode()
    assert browser_of(ada).post(f"{POST}leave/0/").status_code == 404
    assert browser_of(ada).post(f"{POST}leave/{grace.pk}/").status_code == 409


def test_an_organisation_is_added_and_gets_a_post(ada, ministry, browser_of):
    client = browser_of(ada)
    assert client.post("/desk/people/organisations/", {"name": ""}).status_code == 422
    page = client.post(
        "/desk/people/organisations/", {"name": "Border Force", "parent": "hmrc"}, follow=True
    ).content.decode()
    assert "Border Force is set up." in page
    assert "Belongs to" in page
    added = client.post(
        "/desk/people/organisations/border-force/", {"form": "post", "title": "Head", "role": Role.LEADER}, follow=True
    )
    assert "Head, Border Force is set up." in added.content.decode()
    assert Post.objects.get(title="Head").organisation.parent == ministry
    text = client.get("/desk/people/").content.decode()
    assert text.index("HM Revenue") < text.index("Border Force")
    assert "Nobody holds it." in text


def test_it_is_said_what_became_of_an_organisation(ada, office, ministry, browser_of):
    client = browser_of(ada)
    address = "/desk/people/organisations/hmrc/"
    given = {"form": "follow", "kind": "merged", "successors": [office.pk], "on": "2013-04-01", "reason": "An Act."}
    assert "Fill in" in client.post(address, given | {"reason": ""}).content.decode()
    page = client.post(address, given, follow=True).content.decode()
    assert "Today Cabinet Office answers for what is asked of it." in page
    assert Succession.objects.get().reason == "An Act."
    assert client.post(address, given).status_code == 409
    assert (
        "answers since then for HM Revenue" in client.get("/desk/people/organisations/cabinet-office/").content.decode()
    )
    assert "Since 1 April 2013, Cabinet Office answers in its place." in client.get("/desk/people/").content.decode()
    assert client.get("/desk/people/organisations/silly/").status_code == 404


def test_why_cannot_i(grace, browser_of):
    page = browser_of(grace).get("/desk/permissions/").content.decode()
    assert "You act as Director General, HM Revenue &amp; Customs (Digital Leader)." in page
    clear = re.search(r'<div id="roundclear">(.*?)</div>', page, re.DOTALL)[1]
    assert "You may not" in clear
    assert "Chair" in clear
    answer = re.search(r'<div id="roundanswer">(.*?)</div>', page, re.DOTALL)[1]
    assert "You may not" not in answer
