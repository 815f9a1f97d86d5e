"""Invitations: one link, once, for a time, for one address."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from penholder.errors import Missing, Refused
from penholder.people import invitations
from penholder.people.acting import posts_of
from penholder.people.models import Holding, Invitation, Person
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db
NOON = datetime(2013, 4, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def invite(post, by, email="Grace@HMRC.example", at=NOON, **more):
    return invitations.invite(post=post, email=email, link=lambda token: f"https://x/{token}/", by=by, at=at, **more)


def test_an_invitation_is_a_letter_with_a_link_whose_token_is_not_kept(leader, pen, mailoutbox):
    _invitation, token = invite(leader, pen)
    (letter,) = mailoutbox
    assert letter.to == ["grace@hmrc.example"]
    assert f"https://x/{token}/" in letter.body
    assert "Tuesday 16 April 2013" in letter.body
    assert "Ada, Head of the pen team, Cabinet Office invites you" in letter.body
    assert len(token) >= 43, "256 bits"
    assert token not in str(list(Invitation.objects.values()))
    assert token not in str(list(Entry.objects.values()))
    entry = Entry.objects.get(act="person.invited")
    assert (entry.subject, entry.reason, entry.person) == ("hmrc-leader", "grace@hmrc.example", "Ada")
    assert "grace" not in entry.facts


def test_who_accepts_holds_the_post_and_the_link_is_spent(leader, pen):
    _invitation, token = invite(leader, pen)
    grace = invitations.accept(
        token=token, at=NOON + DAY, person=None, name="Grace  Hopper", password="a long password"
    )
    assert (grace.name, grace.email) == ("Grace Hopper", "grace@hmrc.example")
    assert grace.check_password("a long password")
    assert posts_of(grace, at=NOON + DAY) == [leader]
    assert Entry.objects.get(act="post.held").person == "Grace Hopper"
    with pytest.raises(Missing, match="no longer good"):
        invitations.accept(token=token, at=NOON + DAY, person=None, name="Mallory", password="another password")
    assert Person.objects.filter(email="grace@hmrc.example").count() == 1


def test_an_old_an_ended_and_an_invented_link_are_refused_in_the_same_words(leader, pen, operator):
    _, old = invite(leader, pen)
    with pytest.raises(Missing) as too_old:
        invitations.find(old, at=NOON + 14 * DAY)
    assert invitations.find(old, at=NOON + 14 * DAY - timedelta(seconds=1))
    invitation, ended = invite(leader, pen, email="henry@hmrc.example")
    invitations.end(invitation_id=invitation.pk, by=pen, at=NOON)
    with pytest.raises(Missing) as taken_back:
        invitations.accept(token=ended, at=NOON, person=None)
    with pytest.raises(Missing) as invented:
        invitations.find("x" * 43, at=NOON)
    assert str(too_old.value) == str(taken_back.value) == str(invented.value)
    with pytest.raises(Refused, match="ended or is too old already"):
        invitations.end(invitation_id=invitation.pk, by=pen, at=NOON)
    with pytest.raises(Missing):
        invitations.end(invitation_id=0, by=pen, at=NOON)


def test_a_letter_alone_does_not_open_an_account_that_exists(leader, pen, someone):
    grace = someone("Grace")
    _, token = invite(leader, pen, email=grace.email)
    with pytest.raises(Refused, match="Sign in with it"):
        invitations.accept(token=token, at=NOON, person=None, password="taken over")
    with pytest.raises(Refused, match="Sign in with it"):
        invitations.accept(token=token, at=NOON, person=someone("Mallory"))
    assert invitations.accept(token=token, at=NOON, person=grace) == grace
    assert posts_of(grace, at=NOON) == [leader]


def test_somebody_signed_in_does_not_take_the_invitation_of_another_address(leader, pen, someone):
    _, token = invite(leader, pen)
    with pytest.raises(Refused, match=r"the invitation went to grace@hmrc\.example"):
        invitations.accept(token=token, at=NOON, person=someone("Mallory"))
    assert not Holding.objects.filter(post=leader).exists()


def test_a_closed_account_is_not_opened_by_an_invitation(leader, pen, someone):
    grace = someone("Grace")
    Person.objects.filter(pk=grace.pk).update(is_active=False)
    grace.refresh_from_db()
    _, token = invite(leader, pen, email=grace.email)
    with pytest.raises(Refused, match="has been closed"):
        invitations.accept(token=token, at=NOON, person=grace)


def test_every_reason_against_an_invitation_is_told(leader, chair, pen, someone, mailoutbox):
    with pytest.raises(Refused) as refusal:
        invite(chair, pen, email="nobody", days=1000)
    assert len(refusal.value.reasons) == 3
    invite(leader, pen)
    with pytest.raises(Refused, match="still good"):
        invite(leader, pen, email="grace@hmrc.example")
    assert invite(leader, pen, at=NOON + 15 * DAY)
    grace = someone("Grace")
    Holding.objects.create(post=leader, person=grace, since=NOON)
    with pytest.raises(Refused, match=r"holds .* already"):
        invite(leader, pen, email=grace.email)
    with pytest.raises(Refused, match="Nobody gives a post to themselves"):
        invite(leader, pen, email=pen.person.email)
    assert len(mailoutbox) == 2


def test_an_invitation_by_the_machine_s_operator_says_so(leader, mailoutbox):
    invite(leader, None)
    assert re.match(r"Operator of this instance invites you", mailoutbox[0].body)
