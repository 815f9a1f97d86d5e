"""Who speaks for a post: a delegate, a new holder, the body that took over, an office with a link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.agreement.refusals import reasons_of

from penholder.agreement import answers, delegations, links, looks
from penholder.agreement.models import Answer, Asked
from penholder.errors import Missing, Refused
from penholder.people.models import Succession
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


def delegate(office, until: timedelta = timedelta(days=5), **scope):
    scope = scope or {"round": office.round}
    return delegations.give(
        post=office.posts["treasury"],
        person=office.person("ada"),
        since=office.at,
        until=office.at + until,
        reason="On leave.",
        by=office.acting("treasury"),
        at=office.later(),
        **scope,
    )


def test_a_delegate_signs_on_behalf_of_the_post_and_the_record_says_so(office, open_round):
    delegate(office)
    answer = office.give("treasury", person="ada")
    assert (answer.name, answer.on_behalf_of) == ("Ada", "Digital Leader, Treasury")
    entry = Entry.objects.get(act="answer.given")
    assert (entry.person, entry.on_behalf_of) == ("Ada", "Digital Leader, Treasury")


def test_a_delegate_signs_and_the_leader_differs(office, open_round):
    delegate(office)
    office.give("treasury", person="ada")
    office.give("treasury", "not-content", reason="My delegate was hasty.")
    row = office.asked("treasury")
    assert (row.answer.number, row.answer.stance, row.answer.on_behalf_of) == (2, "not-content", "")
    assert "withdraw only what they gave" in reasons_of(
        lambda: [
            office.give("treasury"),
            answers.withdraw(
                asked_id=row.pk, reason="I differ.", by=office.acting("treasury", "ada"), at=office.later()
            ),
        ]
    )


def test_a_delegation_that_ends_mid_form_ends_the_form(office, open_round):
    given = delegate(office)
    office.look("treasury", "ada")
    delegations.end(delegation_id=given.pk, by=office.acting("treasury"), at=office.later())
    row = office.asked("treasury")
    said = reasons_of(
        lambda: answers.give(
            asked_id=row.pk,
            stance="content",
            seal=row.round.iteration.seal,
            by=office.acting("treasury", "ada"),
            at=office.later(),
        )
    )
    assert "no delegation lets you speak for it at this moment" in said
    assert not Answer.objects.exists()


def test_a_delegation_is_over_at_the_very_moment_it_says(office, open_round):
    given = delegate(office, timedelta(hours=1))
    office.look("treasury", "ada")
    row = office.asked("treasury")
    more = {
        "asked_id": row.pk,
        "stance": "content",
        "seal": row.round.iteration.seal,
        "by": office.acting("treasury", "ada"),
    }
    with pytest.raises(Refused):
        answers.give(at=given.until, **more)
    answers.give(at=given.until - timedelta(microseconds=1), **more)


def test_a_delegation_for_a_document_holds_in_each_of_its_rounds_and_in_no_other(office, open_round):
    delegate(office, document=office.document)
    assert office.give("treasury", person="ada").on_behalf_of
    assert [one.post.key for one in delegations.standing(office.person("ada"), office.at)] == ["treasury-leader"]
    assert delegations.standing(office.person("ada"), office.at + timedelta(days=9)) == []


def test_only_who_holds_a_post_delegates_it(office, open_round):
    delegate(office)
    common = {"post": office.posts["treasury"], "since": office.at, "until": office.at + timedelta(days=1)}
    for by in (office.acting("health"), office.acting("treasury", "ada")):
        with pytest.raises(Refused):
            delegations.give(person=office.person("bob"), by=by, at=office.at, round=open_round, **common)
    with pytest.raises(Refused, match="holds this post already"):
        delegations.give(
            person=office.person("treasury"), by=office.acting("treasury"), at=office.at, round=open_round, **common
        )
    with pytest.raises(Refused, match="one round or for one document"):
        delegations.give(person=office.person("bob"), by=office.acting("treasury"), at=office.at, **common)


def test_a_leader_replaced_in_mid_round_leaves_the_answer_to_the_post(office, open_round):
    office.give("treasury")
    office.posts["treasury"].holdings.update(until=office.later())
    office.hold("grace", "treasury", office.at)
    assert "You do not hold the post" in reasons_of(lambda: office.withdraw("treasury"))
    answer = office.give("treasury", "not-content", person="grace", reason="I see it otherwise.")
    assert (answer.name, answer.number) == ("Grace", 2)
    assert Answer.objects.get(number=1).name == "Treasury"


def test_a_department_merged_in_mid_round_is_answered_for_by_its_successor(office, open_round):
    Succession.objects.create(
        predecessor=office.posts["home"].organisation,
        successor=office.posts["health"].organisation,
        kind=Succession.Kind.MERGED,
        on=office.at.date(),
    )
    row = office.asked("home")
    said = reasons_of(
        lambda: answers.give(asked_id=row.pk, stance="content", seal="", by=office.acting("home"), at=office.later())
    )
    assert "Home has been succeeded; “Digital Leader, Health” answers in its place" in said
    by = office.acting("health")
    looks.show(iteration=open_round.iteration, by=by, at=office.later(), asked=row)
    answer = answers.give(asked_id=row.pk, stance="content", seal=open_round.iteration.seal, by=by, at=office.later())
    assert (answer.by_post, answer.on_behalf_of) == ("Digital Leader, Health", "Digital Leader, Home")
    assert Asked.objects.get(post=office.posts["health"]).answer is None


def test_before_the_day_of_the_merger_the_old_department_answers(office, open_round):
    Succession.objects.create(
        predecessor=office.posts["home"].organisation,
        successor=office.posts["health"].organisation,
        kind=Succession.Kind.MERGED,
        on=(office.at + timedelta(days=2)).date(),
    )
    assert office.give("home").on_behalf_of == ""


def test_an_office_without_an_account_answers_once_by_a_link(office, sealed):
    office.open(sealed, "minister", kind="feedback")
    token = office.link("minister")
    row = links.open(token, at=office.at)
    by = links.acting(token, " Private Secretary ", at=office.at)
    looks.show(iteration=sealed, by=by, at=office.later(), asked=row)
    more = {"asked_id": row.pk, "seal": sealed.seal, "by": by, "at": office.later()}
    answer = answers.give(stance="advice", reason="Shorter, please.", **more)
    assert (answer.through, answer.name, answer.person) == ("link", "Private Secretary", None)
    assert answer.on_behalf_of == "Minister, Cabinet"
    assert "was used" in reasons_of(lambda: links.open(token, at=office.later()))
    assert "has been used" in reasons_of(lambda: answers.give(stance="nil", **more))


def test_a_link_ends_with_its_day_and_with_a_newer_one_and_cannot_be_made_up(office, open_round):
    first = office.link("treasury", days=1)
    second = office.link("treasury", days=1)
    with pytest.raises(Refused, match="has ended"):
        links.open(first, at=office.at)
    with pytest.raises(Refused, match="has ended"):
        links.open(second, at=office.at + timedelta(days=2))
    for wrong in (second[:-1], "", "a.b", second.swapcase()):
        with pytest.raises(Missing):
            links.open(wrong, at=office.at)
    assert first not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_a_link_opens_one_text_for_one_post(office, open_round, sealed):
    token = office.link("treasury")
    by = links.acting(token, "Clerk", at=office.at)
    other = office.asked("health")
    with pytest.raises(Refused):
        looks.show(iteration=sealed, by=by, at=office.later(), asked=other)
    looks.show(iteration=sealed, by=by, at=office.later(), asked=office.asked("treasury"))
    with pytest.raises(Refused):
        answers.give(asked_id=other.pk, stance="content", seal=sealed.seal, by=by, at=office.later())
