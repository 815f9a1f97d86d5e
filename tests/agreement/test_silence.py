"""Silence: when it speaks, and that it never looks like a signature."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.agreement.refusals import reasons_of

from penholder.agreement import answers, rounds
from penholder.agreement.models import How, Round
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


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
