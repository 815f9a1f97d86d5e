"""A post is held by people for a time; who may say so, and what the record says of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from penholder.errors import Missing, Refused
from penholder.people import permissions, posts
from penholder.people.acting import Acting, holders_of, posts_of
from penholder.people.models import Holding, Role
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db
NOON = datetime(2013, 4, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_post_is_held_from_the_moment_it_is_said(leader, someone, pen):
    grace = someone("Grace")
    posts.hold(post=leader, person=grace, by=pen, at=NOON, reason="Appointed by the board.")
    assert holders_of(leader, at=NOON) == [grace]
    assert holders_of(leader, at=NOON - DAY) == []
    entry = Entry.objects.get(act="post.held")
    assert (entry.actor, entry.person, entry.subject) == ("Head of the pen team, Cabinet Office", "Ada", "hmrc-leader")
    assert entry.reason == "Grace. Appointed by the board."
    assert json.loads(entry.facts) == {"post": "hmrc-leader", "account": str(grace.pk)}, (
        "names are not among the facts, which are public"
    )


def test_who_leaves_is_out_at_that_moment_and_stays_in_the_history(leader, someone, pen):
    grace = someone("Grace")
    posts.hold(post=leader, person=grace, by=pen, at=NOON)
    posts.leave(post=leader, person=grace, by=pen, at=NOON + DAY)
    assert posts_of(grace, at=NOON) == [leader]
    assert posts_of(grace, at=NOON + DAY) == []
    (held,) = posts.holders([leader], at=NOON + DAY)
    assert held.now == []
    assert [holding.person for holding in held.ever] == [grace]
    assert Entry.objects.filter(act="post.left").count() == 1


def test_whoever_holds_a_post_may_leave_it_without_asking(leader, someone):
    grace = someone("Grace")
    Holding.objects.create(post=leader, person=grace, since=NOON)
    posts.leave(post=leader, person=grace, by=Acting(post=leader, person=grace), at=NOON + DAY)
    assert posts_of(grace, at=NOON + DAY) == []


def test_a_replaced_holder_is_out_and_the_next_is_in_without_a_gap(leader, someone, pen):
    grace, henry = someone("Grace"), someone("Henry")
    posts.hold(post=leader, person=grace, by=pen, at=NOON)
    posts.replace(post=leader, person=henry, by=pen, at=NOON + DAY)
    assert holders_of(leader, at=NOON + DAY) == [henry]
    assert holders_of(leader, at=NOON + DAY - timedelta(microseconds=1)) == [grace]
    posts.replace(post=leader, person=henry, by=pen, at=NOON + DAY)
    assert Entry.objects.filter(act="post.held").count() == 2, "who holds it already is not written down again"


def test_a_job_share_is_two_holdings_at_once(leader, someone, pen):
    grace, henry = someone("Grace"), someone("Henry")
    posts.hold(post=leader, person=grace, by=pen, at=NOON)
    posts.hold(post=leader, person=henry, by=pen, at=NOON)
    assert holders_of(leader, at=NOON) == [grace, henry]
    with pytest.raises(Refused, match="holds “Director General, HM Revenue & Customs” already"):
        posts.hold(post=leader, person=grace, by=pen, at=NOON)


def test_nobody_gives_a_post_to_themselves(leader, pen):
    with pytest.raises(Refused, match="Nobody gives a post to themselves"):
        posts.hold(post=leader, person=pen.person, by=pen, at=NOON)


def test_the_pen_team_does_not_choose_the_chair(chair, someone, pen, operator):
    grace = someone("Grace")
    with pytest.raises(Refused, match="say who is chair"):
        posts.hold(post=chair, person=grace, by=pen, at=NOON)
    posts.hold(post=chair, person=grace, by=operator, at=NOON)
    with pytest.raises(Refused, match="say who is chair"):
        posts.leave(post=chair, person=grace, by=pen, at=NOON)


def test_a_leader_does_not_say_who_holds_posts(leader, someone):
    grace = someone("Grace")
    with pytest.raises(Refused, match="Only these may invite people"):
        posts.hold(post=leader, person=grace, by=Acting(post=leader, person=someone("Henry")), at=NOON)
    assert not Holding.objects.exists()
    assert not Entry.objects.exists()


def test_a_closed_account_holds_nothing_new(leader, someone, pen):
    grace = someone("Grace")
    grace.is_active = False
    grace.save()
    with pytest.raises(Refused, match="is closed"):
        posts.hold(post=leader, person=grace, by=pen, at=NOON)


def test_one_cannot_leave_what_one_does_not_hold(leader, someone, pen):
    with pytest.raises(Refused, match="does not hold"):
        posts.leave(post=leader, person=someone("Grace"), by=pen, at=NOON)


def test_a_new_post_has_a_key_of_its_own(ministry, operator, pen):
    made = posts.make(organisation=ministry, title=" Head  of Service ", role=Role.LEADER, by=pen, at=NOON)
    assert (made.key, made.title) == ("hmrc-head-of-service", "Head of Service")
    with pytest.raises(Refused, match="already"):
        posts.make(organisation=ministry, title="Head of Service", role=Role.LEADER, by=pen, at=NOON)
    with pytest.raises(Refused) as refusal:
        posts.make(organisation=ministry, title="", role="king", by=pen, at=NOON)
    assert len(refusal.value.reasons) == 2
    with pytest.raises(Refused, match="say who is chair"):
        posts.make(organisation=ministry, title="Chair", role=Role.CHAIR, by=pen, at=NOON)


def test_a_post_that_is_not_there_is_missing():
    with pytest.raises(Missing, match="no post “silly”"):
        posts.find("silly")


def test_who_holds_what_takes_one_query_however_many_posts(leader, chair, someone, django_assert_num_queries):
    for name in ("Grace", "Henry", "Iris"):
        Holding.objects.create(post=leader, person=someone(name), since=NOON)
    with django_assert_num_queries(1):
        first, second = posts.holders([leader, chair], at=NOON)
    assert (len(first.now), len(second.now)) == (3, 0)


def test_everybody_is_told_of_every_act_whether_they_may_and_why_not(leader):
    table = permissions.explained(leader)
    assert [row.act for row in table] == list(permissions.TABLE)
    by_act = {row.act: row for row in table}
    assert by_act["round.answer"].objections == ()
    assert "At present you act as “Director General” (Digital Leader)." in by_act["round.clear"].objections[0]
    assert all(row.objections for row in permissions.explained(None)), "who holds no post may do nothing"
