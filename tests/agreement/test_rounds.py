"""Rounds: who may open one on what terms, how it is put off, how it ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from penholder.agreement import deadlines, rounds, rules
from penholder.agreement.askings import Terms
from penholder.agreement.models import Asked, Round, State
from penholder.agreement.rules import AskFor
from penholder.errors import Missing, Refused
from penholder.people.models import Role
from penholder.record.models import Entry
from penholder.record.verification import verify

pytestmark = pytest.mark.django_db


def refused(act, *reasons: str) -> list[str]:
    """Do it; it must be refused, with a reason that says each of these."""
    with pytest.raises(Refused) as caught:
        act()
    for words in reasons:
        assert any(words in reason for reason in caught.value.reasons), caught.value.reasons
    return list(caught.value.reasons)


def test_a_round_from_opening_to_clearance_is_in_the_record_act_by_act(office, open_round):
    for name in ("treasury", "health", "home"):
        office.give(name)
    office.clear()
    assert Round.objects.get().state == State.CLEARED
    acts = [entry.act for entry in Entry.objects.exclude(act="text.shown").order_by("number")]
    assert acts == ["iteration.sealed", "round.opened", *["answer.given"] * 3, "round.cleared"]
    facts = json.loads(Entry.objects.get(act="round.opened").facts)
    assert facts["asked"] == ["treasury-leader", "health-leader", "home-leader"]
    assert facts["writers"] == ["pen-pen"]
    assert facts["deadline_at"] == "2012-09-24T23:00:00.000000Z"
    assert verify().fault is None


def test_the_deadline_is_ten_clear_working_days_away_unless_somebody_says_otherwise(office, sealed):
    assert office.open(sealed).deadline_at == datetime(2012, 9, 24, 23, tzinfo=UTC)


def test_only_the_pen_team_opens_a_round(office, sealed):
    for post in ("treasury", "chair", "minister"):
        refused(
            lambda post=post: rounds.open(
                iteration=sealed,
                kind="sign-off",
                asked=[AskFor(office.posts["home"])],
                by=office.acting(post),
                at=office.at,
            ),
            "open a round",
        )
    assert not Round.objects.exists()


def test_who_no_longer_holds_the_post_opens_nothing(office, sealed):
    office.posts["pen"].holdings.update(until=office.at)
    refused(lambda: office.open(sealed), "You do not hold the post")


def test_everything_wrong_with_the_terms_is_said_at_once(office, sealed):
    treasury = office.posts["treasury"]
    reasons = refused(
        lambda: office.open(
            sealed,
            AskFor(treasury, ["vision", "nowhere"]),
            AskFor(treasury),
            AskFor(office.posts["pen"]),
            rule="quorum",
            rule_number=4,
            clear_days=3,
            silence_is_consent=True,
        ),
        "is asked 2 times",
        "“nowhere”, which this text does not have",
        "answers in no round",
        "needs a number from 1 to 3",
        "only after 10 clear working days",
    )
    assert len(reasons) == 5


@pytest.mark.parametrize("kind", ["advice", "feedback", "approval"])
def test_silence_means_consent_in_a_sign_off_only(office, sealed, kind):
    refused(
        lambda: office.open(sealed, "minister", kind=kind, silence_is_consent=True, clear_days=10),
        "only in a sign-off",
    )


def test_approval_comes_after_the_sign_off_is_cleared_on_this_very_text(office, open_round, sealed):
    refused(lambda: office.open(sealed, "minister", kind="approval"), "Sign-off: strategy-1-sign-off is not cleared")
    office.round = open_round
    for name in ("treasury", "health", "home"):
        office.give(name)
    office.clear()
    approval = office.open(sealed, "minister", kind="approval")
    assert approval.key == "strategy-1-approval"
    refused(lambda: office.open(sealed, "minister", kind="approval"), "stands: open")


def test_one_post_approves(office, sealed):
    reasons = rules.objections_to_opening(
        iteration=sealed,
        terms=Terms("approval", 5, "one", 0, silence_is_consent=False, carry="untouched"),
        asked=[AskFor(office.posts["minister"]), AskFor(office.posts["chair"])],
        by=office.acting("pen"),
        at=office.at,
    )
    assert any("One post approves" in reason for reason in reasons)


def test_advice_is_closed_when_everybody_was_heard_and_there_is_nothing_to_clear(office, sealed):
    round = office.open(sealed, "adviser", kind="advice")
    refused(office.clear, "there is nothing to clear")
    pen = office.acting("pen")
    refused(lambda: rounds.close(round_id=round.pk, by=pen, at=office.at), "may still answer")
    office.give("adviser", "advice", reason="Say who pays.")
    rounds.close(round_id=round.pk, by=pen, at=office.later())
    assert Round.objects.get().state == State.CLOSED


def test_nobody_must_answer_an_advice_round_and_after_the_deadline_it_can_be_closed(office, sealed):
    round = office.open(sealed, "adviser", kind="advice")
    rounds.close(round_id=round.pk, by=office.acting("pen"), at=round.deadline_at)
    assert Round.objects.get().state == State.CLOSED


def test_a_deadline_is_put_off_for_everybody_or_for_one_and_never_brought_forward(office, open_round):
    pen = office.acting("pen")
    more = {"round_id": open_round.pk, "by": pen, "at": office.at}
    rounds.extend(clear_days=2, post=office.posts["home"], reason="Their office moved.", **more)
    rounds.extend(clear_days=1, reason="A holiday was forgotten.", **more)
    until = {row.post.key: row.deadline_at for row in Asked.objects.select_related("post")}
    assert deadlines.words(until["home-leader"]) == "the end of Wednesday 26 September 2012"
    assert deadlines.words(until["treasury-leader"]) == "the end of Tuesday 25 September 2012"
    refused(lambda: rounds.extend(deadline_at=office.at, reason="Faster.", **more), "never brought forward")
    refused(lambda: rounds.extend(clear_days=1, reason=" ", **more), "Say why")
    refused(lambda: rounds.extend(reason="By how much?", **more), "by how many")
    with pytest.raises(Missing):
        rounds.extend(clear_days=1, reason="They?", post=office.posts["minister"], **more)


def test_somebody_asked_later_gets_as_many_clear_days_as_everybody_had(office, open_round):
    office.post("transport")
    row = rounds.ask(
        round_id=open_round.pk,
        post=office.posts["transport"],
        by=office.acting("pen"),
        at=datetime(2012, 9, 17, 9, tzinfo=UTC),
    )
    assert row.deadline_at == datetime(2012, 10, 1, 23, tzinfo=UTC)
    refused(
        lambda: rounds.ask(
            round_id=open_round.pk, post=office.posts["transport"], by=office.acting("pen"), at=office.at
        ),
        "is asked in this round already",
    )


@pytest.mark.parametrize(("act", "state"), [(rounds.send_back, "returned"), (rounds.call_off, "called-off")])
def test_a_round_that_is_ended_says_why_and_takes_nothing_more(office, open_round, act, state):
    refused(lambda: act(round_id=open_round.pk, reason="", by=office.acting("chair"), at=office.at), "Say why")
    act(round_id=open_round.pk, reason="Too long.", by=office.acting("chair"), at=office.later())
    assert Round.objects.get().state == state
    with pytest.raises(Refused):
        office.give("treasury")
    with pytest.raises(Refused):
        office.clear()


def test_a_round_called_off_leaves_its_name_taken(office, open_round, sealed):
    rounds.call_off(round_id=open_round.pk, reason="Wrong posts.", by=office.acting("pen"), at=office.later())
    assert office.open(sealed).key == "strategy-1-sign-off-2"


def test_the_act_is_guarded_by_the_very_list_that_greys_the_button(office, open_round):
    office.give("treasury", "not-content", reason="It costs too much.")
    shown = rules.objections_to_clearing(open_round, by=office.acting("chair"), at=office.at)
    said = refused(office.clear)
    assert said == shown


def test_an_act_that_is_refused_writes_nothing(office, open_round):
    before = Entry.objects.count()
    refused(office.clear)
    assert Entry.objects.count() == before


def test_a_round_that_is_not_there_is_missing(office):
    with pytest.raises(Missing):
        rounds.close(round_id=999, by=office.acting("pen"), at=office.at)


def test_every_role_that_may_answer_can_be_asked(office, sealed):
    for role in (Role.OFFICE, Role.SERVICE_MANAGER):
        office.post(role, role, "cabinet")
        office.open(sealed, role, kind="feedback")
