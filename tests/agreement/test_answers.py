"""Answers: for the very text that was shown, by who may speak for the post, once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from penholder.agreement import answers, delegations, looks, rounds
from penholder.agreement.models import Answer, Asked, Clearance, How, Look, Round, Stance, State
from penholder.errors import Missing, Refused
from penholder.people.models import Role, Succession
from penholder.record import ledger
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


def reasons_of(act) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return " ".join(caught.value.reasons)


def publish(iteration, at):
    """What the room above does, as far as the record sees it."""
    with transaction.atomic():
        ledger.append("edition.published", actor="Pen team", subject=iteration.seal, at=at, facts={"edition": 1})


def test_an_answer_is_bound_to_the_seal_it_was_given_for(office, open_round, sealed):
    answer = office.give("treasury")
    assert (answer.seal, answer.how, answer.number) == (sealed.seal, How.GIVEN, 1)
    assert answer.by_post == "Digital Leader, Treasury"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agreement_answer SET stance = 'not-content'")


def test_sign_off_submitted_while_the_text_changes_is_refused_and_says_what_to_do(office, open_round):
    row = office.asked("treasury")
    office.look("treasury")
    stale = row.round.iteration.seal
    newer = office.seal(leaders="# Leaders\n\nEvery department has two leaders.\n")
    office.renew(newer)
    said = reasons_of(
        lambda: answers.give(
            asked_id=row.pk, stance="content", seal=stale, by=office.acting("treasury"), at=office.later()
        )
    )
    assert "went on with a newer text" in said
    fresh = office.asked("treasury")
    office.look("treasury")
    said = reasons_of(
        lambda: answers.give(
            asked_id=fresh.pk, stance="content", seal=stale, by=office.acting("treasury"), at=office.later()
        )
    )
    assert "The text has changed since you opened it" in said
    assert stale[:12] in said
    assert newer.seal[:12] in said
    assert not Answer.objects.exists()


def test_nobody_signs_what_they_were_not_shown(office, open_round, sealed):
    row = office.asked("treasury")
    by = office.acting("treasury")
    said = reasons_of(
        lambda: answers.give(asked_id=row.pk, stance="content", seal=sealed.seal, by=by, at=office.later())
    )
    assert "have not been shown this text" in said


def test_that_a_colleague_was_shown_the_text_is_not_enough(office, open_round, sealed):
    office.hold("ada", "treasury")
    office.look("treasury")
    by = office.acting("treasury", "ada")
    row = office.asked("treasury")
    assert "have not been shown" in reasons_of(
        lambda: answers.give(asked_id=row.pk, stance="content", seal=sealed.seal, by=by, at=office.later())
    )


def test_the_same_form_sent_twice_is_one_answer(office, open_round):
    first = office.give("treasury", reason="Fine.")
    again = office.give("treasury", reason="Fine.")
    assert first == again
    assert Answer.objects.count() == Entry.objects.filter(act="answer.given").count() == 1


def test_a_later_answer_takes_the_place_of_the_earlier_and_both_can_be_read(office, open_round):
    office.give("treasury")
    office.give("treasury", "not-content", reason="On reflection, no.")
    row = office.asked("treasury")
    assert row.answer.stance == Stance.NOT_CONTENT
    assert [answer.stance for answer in row.answers.all()] == ["content", "not-content"]


def test_an_objection_says_what_it_objects_to(office, open_round):
    assert "what you object to" in reasons_of(lambda: office.give("treasury", "not-content"))


def test_content_if_needs_a_condition(office, open_round):
    assert "at least one condition" in reasons_of(lambda: office.give("treasury", "content-if"))
    office.give("treasury", "content-if", conditions=["Say who pays."])
    assert office.asked("treasury").remarks.get().number == 1


def test_who_is_content_states_no_condition(office, open_round):
    assert "content *if*" in reasons_of(lambda: office.give("treasury", conditions=["Say who pays."]))


@pytest.mark.parametrize(
    ("kind", "post", "stance"),
    [("advice", "adviser", "content"), ("feedback", "minister", "content-if"), ("sign-off", "treasury", "advice")],
)
def test_each_kind_of_round_takes_its_own_answers(office, sealed, kind, post, stance):
    office.open(sealed, post, kind=kind)
    assert "can be answered with" in reasons_of(lambda: office.give(post, stance, reason="So."))


def test_a_nil_return_means_content(office, open_round):
    for name in ("treasury", "health", "home"):
        office.give(name, "nil")
    office.clear()
    assert Clearance.objects.exists()


def test_nobody_answers_for_another_post(office, open_round):
    row = office.asked("treasury")
    said = reasons_of(
        lambda: answers.give(asked_id=row.pk, stance="content", seal="", by=office.acting("health"), at=office.later())
    )
    assert "is asked here, and you act as" in said
    with pytest.raises(Missing):
        answers.give(asked_id=0, stance="content", seal="", by=office.acting("health"), at=office.at)


def test_a_text_before_publication_is_seen_only_by_those_asked_and_looking_is_recorded(office, open_round, sealed):
    office.post("transport")
    office.post("clerk", Role.CONTRIBUTOR, "treasury")
    with pytest.raises(Refused, match="not public yet"):
        looks.show(iteration=sealed, by=office.acting("transport"), at=office.at)
    for name in ("treasury", "clerk", "pen", "chair"):
        looks.show(iteration=sealed, by=office.acting(name), at=office.later())
        looks.show(iteration=sealed, by=office.acting(name), at=office.later())
    assert Look.objects.count() == 8
    shown = Entry.objects.filter(act="text.shown", subject=sealed.seal)
    assert [json.loads(entry.facts)["post"] for entry in shown] == [
        "treasury-leader", "clerk-contributor", "pen-pen", "chair-chair",
    ]  # fmt: skip
    publish(sealed, office.later())
    looks.show(iteration=sealed, by=office.acting("transport"), at=office.at)


# ── Delegation ───────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── Posts and bodies that change in mid-round ────────────────────────────────────────────────────────────────────────


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


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_office_without_an_account_answers_once_by_a_link(office, sealed):
    from penholder.agreement import links

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
    from penholder.agreement import links

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
    from penholder.agreement import links

    token = office.link("treasury")
    by = links.acting(token, "Clerk", at=office.at)
    other = office.asked("health")
    with pytest.raises(Refused):
        looks.show(iteration=sealed, by=by, at=office.later(), asked=other)
    looks.show(iteration=sealed, by=by, at=office.later(), asked=office.asked("treasury"))
    with pytest.raises(Refused):
        answers.give(asked_id=other.pk, stance="content", seal=sealed.seal, by=by, at=office.later())


# ── Withdrawal ───────────────────────────────────────────────────────────────────────────────────────────────────────


def everybody(office):
    for name in ("treasury", "health", "home"):
        office.give(name)


def test_withdrawal_after_clearance_ends_the_clearance(office, open_round, sealed):
    from penholder.agreement.rules import objections_to_publishing

    everybody(office)
    office.clear()
    office.withdraw("health", "The costs were wrong.")
    assert Round.objects.get().state == State.UNSETTLED
    assert Clearance.objects.get().ended_because == "Digital Leader, Health withdrew: The costs were wrong."
    assert any("is not cleared" in reason for reason in objections_to_publishing(sealed))
    assert "has withdrawn its agreement" in reasons_of(office.clear)
    acts = list(Entry.objects.order_by("number").values_list("act", flat=True))
    assert acts[-2:] == ["answer.withdrawn", "round.unsettled"]
    office.give("health")
    office.clear()
    assert Round.objects.get().state == State.CLEARED
    assert Clearance.objects.filter(ended_at=None).count() == 1


def test_withdrawal_after_publication_is_recorded_and_shown_and_the_edition_stays(office, open_round, sealed):
    everybody(office)
    office.clear()
    publish(sealed, office.later())
    answer = office.withdraw("health", "Too late, we know.")
    assert answer.stance == Stance.WITHDRAWN
    assert Round.objects.get().state == State.CLEARED
    assert Clearance.objects.get().ended_at is None
    assert not Entry.objects.filter(act="round.unsettled").exists()


def test_there_must_be_something_to_withdraw_and_a_reason(office, open_round):
    assert "no agreement of this post to withdraw" in reasons_of(lambda: office.withdraw("treasury"))
    office.give("treasury")
    assert "Say why" in reasons_of(lambda: office.withdraw("treasury", " "))
    office.withdraw("treasury")
    assert "no agreement" in reasons_of(lambda: office.withdraw("treasury"))


def test_after_clearance_who_changed_their_mind_withdraws_first(office, open_round):
    everybody(office)
    office.clear()
    assert "can withdraw, with a reason" in reasons_of(lambda: office.give("home", "not-content", reason="No."))


# ── Silence ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def silent_round(office, sealed) -> Round:
    return office.open(sealed, silence_is_consent=True)


def test_silence_is_deemed_consent_at_the_deadline_and_never_looks_like_a_signature(office, silent_round):
    office.give("treasury")
    assert rounds.deem(at=silent_round.deadline_at - timedelta(microseconds=1)) == 0
    assert rounds.deem(at=silent_round.deadline_at) == 2
    assert rounds.deem(at=silent_round.deadline_at) == 0
    deemed = office.asked("home").answer
    assert (deemed.how, deemed.person, deemed.name) == (How.DEEMED, None, "")
    assert deemed.by_post == "The clock of this instance"
    assert "by the end of Monday 24 September 2012 (10 clear working days)" in deemed.reason
    entry = Entry.objects.filter(act="answer.given").last()
    assert json.loads(entry.facts)["how"] == "deemed"
    assert entry.actor == "The clock of this instance"


def test_the_silence_deadline_falls_on_midnight_there_across_bank_holidays_and_the_clock_change(office):
    from datetime import UTC, datetime

    office.at = datetime(2013, 3, 20, 10, tzinfo=UTC)  # before Easter and before the clocks go forward
    round = office.open(office.seal(), silence_is_consent=True)
    assert round.deadline_at == datetime(2013, 4, 5, 23, tzinfo=UTC)
    assert rounds.deem(at=datetime(2013, 4, 5, 22, 59, 59, tzinfo=UTC)) == 0
    assert rounds.deem(at=datetime(2013, 4, 5, 23, tzinfo=UTC)) == 3


@pytest.mark.parametrize("objection_first", [True, False])
def test_an_objection_in_the_same_second_as_the_deadline_stands(office, silent_round, objection_first):
    """Whichever comes first to the round's lock comes first in the record, and the objection is never lost."""
    office.look("treasury")
    second = silent_round.deadline_at
    row = office.asked("treasury")
    by, seal = office.acting("treasury"), silent_round.iteration.seal

    def object_():
        answers.give(asked_id=row.pk, stance="not-content", seal=seal, reason="Wait.", by=by, at=second)

    for act in (
        (object_, lambda: rounds.deem(at=second)) if objection_first else (lambda: rounds.deem(at=second), object_)
    ):
        act()
    row = office.asked("treasury")
    assert (row.answer.stance, row.answer.late) == ("not-content", True)
    hows = [json.loads(entry.facts)["how"] for entry in Entry.objects.filter(act="answer.given").order_by("number")]
    assert hows == (["given", "deemed", "deemed"] if objection_first else ["deemed", "deemed", "deemed", "given"])
    office.at = second
    assert "is not content" in reasons_of(office.clear)


def test_an_answer_after_the_deadline_counts_is_marked_late_and_replaces_a_deemed_one(office, silent_round):
    rounds.deem(at=silent_round.deadline_at)
    office.at = silent_round.deadline_at
    office.give("home", "nil")
    row = office.asked("home")
    assert (row.answer.number, row.answer.how, row.answer.late) == (2, How.GIVEN, True)


def test_who_withdrew_or_objected_is_never_deemed_content(office, silent_round):
    office.give("treasury", "not-content", reason="No.")
    office.give("health")
    office.withdraw("health")
    assert rounds.deem(at=silent_round.deadline_at) == 1
    assert office.asked("treasury").answer.stance == "not-content"
    assert office.asked("health").answer.stance == "withdrawn"


def test_silence_says_nothing_where_it_was_not_agreed_that_it_does(office, open_round):
    assert rounds.deem(at=open_round.deadline_at) == 0


def test_the_chair_waits_while_silence_may_still_become_an_objection(office, sealed):
    round = office.open(sealed, silence_is_consent=True, rule="quorum", rule_number=1)
    office.give("treasury")
    assert "The deadline has not passed for 2" in reasons_of(office.clear)
    office.at = round.deadline_at
    office.clear()
    assert [office.asked(name).answer.how for name in ("treasury", "health", "home")] == ["given", "deemed", "deemed"]
