"""Answers: for the very text that was shown, by who may speak for the post, once."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from tests.agreement.refusals import reasons_of

from penholder.agreement import answers, looks
from penholder.agreement.models import Answer, Clearance, How, Look, Round, Stance, State
from penholder.errors import Missing, Refused
from penholder.people.models import Role
from penholder.record import ledger
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


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
        looks.show(iteration=sealed, by=office.acting(name), at=office.later(days=1))
    assert Look.objects.count() == 8
    shown = Entry.objects.filter(act="text.shown", subject=sealed.seal)
    assert [json.loads(entry.facts)["post"] for entry in shown] == [
        post for post in ("treasury-leader", "clerk-contributor", "pen-pen", "chair-chair") for _day in range(2)
    ]
    publish(sealed, office.later())
    looks.show(iteration=sealed, by=office.acting("transport"), at=office.at)


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
    assert Clearance.objects.get().ended_because == "The costs were wrong."
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
