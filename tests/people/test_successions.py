"""Organisations merge, split and are renamed; who answers depends on the day."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest

from penholder.errors import Missing, Refused
from penholder.people import organisations, successions
from penholder.people.acting import Acting
from penholder.people.models import Alias, Organisation, Succession
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db
NOON = datetime(2013, 4, 2, 12, tzinfo=UTC)
BEFORE, DAY, AFTER = date(2013, 3, 31), date(2013, 4, 1), date(2014, 4, 1)


@pytest.fixture
def body(db):
    return lambda name: Organisation.objects.create(key=name.lower(), name=name)


def follow(predecessor, *successors, kind="merged", on=DAY, by=None, reason="A machinery of government change."):
    return successions.succeed(
        predecessor=predecessor, successors=successors, kind=kind, on=on, reason=reason, by=by, at=NOON
    )


def test_a_merged_department_answers_itself_until_the_day(body):
    old, new = body("Old"), body("New")
    follow(old, new)
    assert successions.answers_for(old, on=BEFORE) == [old]
    assert successions.answers_for(old, on=DAY) == [new]
    assert successions.answers_for(new, on=DAY) == [new]


def test_a_split_department_is_answered_for_by_all_that_came_of_it(body):
    old, first, second = body("Old"), body("Justice"), body("Interior")
    follow(old, first, second, kind="split")
    assert successions.answers_for(old, on=DAY) == [second, first], "in the order of their names"


def test_successions_are_followed_to_their_end(body):
    a, b, c = body("A"), body("B"), body("C")
    follow(a, b)
    follow(b, c, kind="renamed", on=AFTER)
    assert successions.answers_for(a, on=DAY) == [b]
    assert successions.answers_for(a, on=AFTER) == [c]


def test_two_that_merged_into_one_are_one_answer(body):
    a, b, c, d = body("A"), body("B"), body("C"), body("D")
    follow(a, b, c, kind="split")
    follow(b, d)
    follow(c, d)
    assert successions.answers_for(a, on=DAY) == [d]


def test_however_long_the_history_it_takes_two_queries(body, django_assert_num_queries):
    chain = [body(f"Body{number:02}") for number in range(30)]
    for number, (old, new) in enumerate(itertools.pairwise(chain)):
        Succession.objects.create(predecessor=old, successor=new, kind="renamed", on=date(1980 + number, 1, 1))
    with django_assert_num_queries(2):
        assert successions.answers_for(chain[0], on=AFTER) == [chain[-1]]


def test_nobody_follows_in_a_circle(body):
    a, b = body("A"), body("B")
    follow(a, b)
    with pytest.raises(Refused, match="A was itself followed by B"):
        follow(b, a, on=AFTER)
    with pytest.raises(Refused, match="cannot follow itself"):
        follow(b, b)
    Succession.objects.create(predecessor=b, successor=a, kind="moved", on=AFTER)  # what an import may have brought
    assert successions.answers_for(a, on=AFTER) == [], "a circle has no end, and is not walked for ever"


def test_every_reason_is_told_at_once(body):
    a, b, c = body("A"), body("B"), body("C")
    with pytest.raises(Refused) as refusal:
        follow(a, b, c, c, kind="swallowed", reason=" ")
    assert len(refusal.value.reasons) == 4
    with pytest.raises(Refused, match="Say which organisation follows"):
        follow(a)
    follow(a, b)
    with pytest.raises(Refused, match="known already"):
        follow(a, b)


def test_the_record_tells_of_it_with_the_reason(body, pen, leader):
    a, b = body("A"), body("B")
    follow(a, b, by=pen)
    entry = Entry.objects.get(act="organisation.succeeded")
    assert (entry.actor, entry.subject, entry.reason) == (
        "Head of the pen team, Cabinet Office", "a", "A machinery of government change.",
    )  # fmt: skip
    assert entry.facts == '{"kind":"merged","on":"2013-04-01","organisation":"a","successors":["b"]}'
    with pytest.raises(Refused, match="Only these may invite people"):
        follow(b, a, by=Acting(post=leader))


def test_the_tree_is_in_the_order_of_names_each_below_its_own(body, leader, django_assert_num_queries):
    zoo, ark = body("Zoo"), body("Ark")
    ark.parent = zoo
    ark.save()
    body("Bee")
    follow(ark, zoo)
    with django_assert_num_queries(3):
        branches = organisations.tree(on=AFTER)
    assert [(branch.organisation.name, branch.depth) for branch in branches] == [
        ("Bee", 0), ("HM Revenue & Customs", 0), ("Zoo", 0), ("Ark", 1),
    ]  # fmt: skip
    assert branches[1].posts == [leader]
    assert [row.successor for row in branches[3].followed_by] == [zoo]


def test_a_new_organisation_takes_no_name_that_is_known(pen, ministry):
    Alias.objects.create(organisation=ministry, name="Inland Revenue", folded="inland revenue")
    made = organisations.make(name="Border  Force", acronym="BF", parent="hmrc", by=pen, at=NOON)
    assert (made.key, made.name, made.parent) == ("bf", "Border Force", ministry)
    assert organisations.find("the border force") == made
    assert Entry.objects.filter(act="organisation.made", subject="bf").exists()
    with pytest.raises(Refused, match="“Inland Revenue” is known already"):
        organisations.make(name="The Inland Revenue", by=pen, at=NOON)
    with pytest.raises(Refused, match="needs a name"):
        organisations.make(name=" ", by=pen, at=NOON)
    with pytest.raises(Missing):
        organisations.make(name="Navy", parent="Admiralty", by=pen, at=NOON)
    assert organisations.make(name="B F", by=pen, at=NOON).key == "b-f"
    Organisation.objects.create(key="navy", name="Old Navy")
    assert organisations.make(name="Navy", by=None, at=NOON).key == "navy-2"
