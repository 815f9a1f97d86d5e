"""The record replays to the state of the tables, and names what was done by going round the domain."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from penholder.agreement import delegations, remarks, replay, rounds
from penholder.agreement.models import Asked, Remark, Round
from penholder.record import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def eventful(office, sealed) -> Round:
    """A round in which nearly everything happened."""
    pen, treasury = office.acting("pen"), office.acting("treasury")
    office.open(sealed, rounds.AskFor(office.posts["treasury"], ["leaders"]), "health", silence_is_consent=True)
    office.post("transport")
    rounds.ask(round_id=office.round.pk, post=office.posts["transport"], by=pen, at=office.later())
    office.give("treasury", "content-if", conditions=["Say who pays.", rounds_remark("b")])
    one, two = Remark.objects.order_by("number")
    remarks.claim_met(remark_id=one.pk, by=pen, at=office.later())
    remarks.dispose(remark_id=one.pk, outcome="accepted", reason="Yes.", by=pen, at=office.later())
    remarks.dispose(remark_id=one.pk, outcome="in-part", reason="Well.", by=pen, at=office.later())
    remarks.settle(remark_id=one.pk, by=treasury, at=office.later())
    remarks.withdraw(remark_id=two.pk, by=treasury, at=office.later())
    given = delegations.give(
        post=office.posts["treasury"],
        person=office.person("ada"),
        since=office.at,
        until=office.round.deadline_at,
        round=office.round,
        by=treasury,
        at=office.later(),
    )
    delegations.end(delegation_id=given.pk, by=treasury, at=office.later())
    rounds.extend(
        round_id=office.round.pk, clear_days=1, post=office.posts["health"], reason="So.", by=pen, at=office.later()
    )
    rounds.extend(round_id=office.round.pk, clear_days=3, reason="All.", by=pen, at=office.later())
    rounds.deem(at=Asked.objects.order_by("-deadline_at").first().deadline_at)
    office.at = Asked.objects.order_by("-deadline_at").first().deadline_at
    office.clear()
    office.withdraw("treasury")
    office.renew(office.seal(vision="# Vision\n\nOther words.\n"))
    return office.round


def rounds_remark(klass):
    from penholder.agreement.rules import NewRemark

    return NewRemark(klass, "A remark.")


def test_the_record_replays_to_the_state_of_the_tables(eventful):
    assert replay.differences() == []
    told = replay.of_tables()
    assert {round.state for round in told.rounds.values()} == {"replaced", "open"}
    assert told.remarks["strategy-1-sign-off", 1].outcome == "in-part"


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE agreement_round SET state = 'cleared', ended_at = opened_at WHERE state = 'open'", "state"),
        ("UPDATE agreement_round SET silence_is_consent = FALSE", "silence"),
        ("UPDATE agreement_asked SET answer_id = NULL", "health-leader"),
        ("UPDATE agreement_asked SET sections = '[]'", "of treasury-leader"),
        (
            "UPDATE agreement_remark SET body = 'We are delighted.' WHERE number = 1",
            "remark ('strategy-1-sign-off', 1)",
        ),
        ("UPDATE agreement_remark SET klass = 'c' WHERE number = 1", "remark ('strategy-1-sign-off', 1)"),
        ("UPDATE agreement_delegation SET ended_at = NULL", "delegation"),
        ("DELETE FROM agreement_round_writers", "writers"),
    ],
)
def test_a_table_changed_behind_the_domain_is_named(eventful, sql, named):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(named in said for said in replay.differences()), replay.differences()


def test_acts_that_the_rules_forbid_are_faults_of_the_record(office, open_round, sealed):
    office.give("treasury", "not-content", reason="No.")
    facts = {"round": open_round.key, "post": "health-leader", "number": 1, "stance": "content", "how": "given"}
    more = {"from_seal": "", "from_number": 0, "sections": [], "late": 0, "by_post": "x"}
    with transaction.atomic():
        write = {"actor": "A mischief", "subject": sealed.seal, "at": office.at}
        ledger.append("answer.given", facts=facts | more, **write)
        ledger.append("edition.published", facts={"edition": 1}, **write)
        ledger.append("round.cleared", facts={"round": open_round.key}, **write)
        ledger.append("round.cleared", facts={"round": "nowhere"}, **write)
    said = " ".join(replay.differences())
    assert "health-leader signs a text that it was not shown" in said
    assert "published that nobody cleared" in said
    assert "cleared over the objection of treasury-leader" in said
    assert "speaks of what is not there" in said
