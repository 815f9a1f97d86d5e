"""Clearance: an act of its own, by somebody else than the writers, with every reason why not."""

from __future__ import annotations

import pytest

from penholder.agreement import clearances
from penholder.agreement.models import Carry, Clearance, Round, State
from penholder.agreement.rules import NewRemark, objections_to_publishing
from penholder.errors import Refused
from penholder.people.models import Role

pytestmark = pytest.mark.django_db


def reasons_of(act) -> list[str]:
    with pytest.raises(Refused) as caught:
        act()
    return list(caught.value.reasons)


def everybody(office):
    for name in ("treasury", "health", "home"):
        office.give(name)


def test_having_all_the_answers_is_not_clearance(office, open_round, sealed):
    everybody(office)
    assert Round.objects.get().state == State.OPEN
    assert not Clearance.objects.exists()
    assert any("Sign-off" in reason for reason in objections_to_publishing(sealed))


def test_every_reason_is_listed_at_once(office, open_round):
    office.give("treasury", "not-content", reason="It costs too much.")
    office.give("health", "content-if", conditions=["Say who pays.", NewRemark("b", "Shorter.")])
    assert reasons_of(lambda: office.clear(seal="0" * 64)) == [
        (
            f"You were shown seal 000000000000…, and the round is on {open_round.iteration.seal[:12]}…. "
            "Read the newer text, then clear that."
        ),
        "Digital Leader, Treasury is not content. It must be heard, and answer again, before the text is cleared.",
        "Condition 1 of Digital Leader, Health is not settled.",
        "Remark 1 of Digital Leader, Health has no disposition: say what became of it, and why.",
        "Remark 2 of Digital Leader, Health has no disposition: say what became of it, and why.",
        "0 of 3 agree, and 3 must: 3 are missing.",
    ]


@pytest.mark.parametrize(
    ("rule", "number", "agree"), [("all", 0, 3), ("all-but", 1, 2), ("quorum", 2, 2), ("quorum", 1, 1), ("one", 0, 1)]
)
def test_the_rule_says_how_many_must_agree(office, sealed, rule, number, agree):
    office.open(sealed, rule=rule, rule_number=number)
    for name in ("treasury", "health", "home")[: agree - 1]:
        office.give(name)
    assert "1 is missing" in reasons_of(office.clear)[-1]
    office.give(("treasury", "health", "home")[agree - 1])
    office.clear()


def test_one_objection_stands_in_the_way_whatever_the_rule(office, sealed):
    office.open(sealed, rule="one")
    office.give("treasury")
    office.give("health", "not-content", reason="Never.")
    assert "Digital Leader, Health is not content" in reasons_of(office.clear)[0]


def test_the_post_that_wrote_it_may_not_clear_it(office, sealed):
    office.open(sealed, writers=[office.posts["pen"], office.posts["chair"]])
    everybody(office)
    assert "someone else must clear it" in reasons_of(office.clear)[0]


def test_the_person_who_wrote_it_may_not_clear_it_through_another_post(office, open_round):
    everybody(office)
    office.hold("pen", "chair")
    assert "someone else must clear it, whatever post you act as" in reasons_of(lambda: office.clear(person="pen"))[0]
    office.clear(person="chair")


def test_who_wrote_it_and_left_the_pen_team_since_may_not_clear_it(office, open_round):
    everybody(office)
    office.hold("pen", "chair")
    office.posts["pen"].holdings.update(until=office.later())
    assert "someone else must clear it" in reasons_of(lambda: office.clear(person="pen"))[0]


def test_who_left_the_pen_team_before_the_text_was_sealed_may_clear_it(office):
    office.hold("ada", "pen")
    office.posts["pen"].holdings.filter(person=office.person("ada")).update(until=office.later())
    office.hold("ada", "chair")
    office.open(office.seal())
    everybody(office)
    office.clear(person="ada")


@pytest.mark.parametrize("post", ["treasury", "minister", "pen", "adviser"])
def test_only_a_chair_clears(office, open_round, post):
    everybody(office)
    assert "Only these may clear a text: Chair" in reasons_of(lambda: office.clear(post=post))[0]


def test_a_text_is_cleared_once(office, open_round):
    everybody(office)
    office.clear()
    assert "from there it cannot become “Cleared”" in reasons_of(office.clear)[0]


def test_a_strategy_needs_sign_off_and_approval_before_it_is_published(office, open_round, sealed):
    everybody(office)
    office.clear()
    assert objections_to_publishing(sealed) == [
        f"Approval: no round was held on this very text (seal {sealed.seal[:12]}…)."
    ]
    office.open(sealed, "minister", kind="approval")
    office.give("minister")
    assert objections_to_publishing(sealed) == ["Approval: strategy-1-approval is not cleared; it is “open”."]
    office.clear()
    assert objections_to_publishing(sealed) == clearances.hold(iteration=sealed) == []


def test_what_is_cleared_is_a_seal_so_another_text_is_not(office, open_round, sealed):
    everybody(office)
    office.clear()
    newer = office.seal(skills="# Skills\n\nNo department has any.\n")
    assert len(objections_to_publishing(newer)) == 2


def test_a_change_judged_editorial_is_seen_by_every_signer_before_clearance(office, sealed):
    from penholder.agreement import editorials

    office.open(sealed, carry=Carry.EDITORIAL)
    everybody(office)
    newer = office.seal(skills="# Skills\n\nEvery department has the skills that it needs.\n")
    editorials.judge(
        iteration=newer, section="skills", reason="One word of grammar.", by=office.acting("pen"), at=office.later()
    )
    round = office.renew(newer)
    assert [office.asked(name).answer.how for name in ("treasury", "health", "home")] == ["carried"] * 3
    said = reasons_of(office.clear)
    assert len(said) == 3
    assert "stands over changes judged editorial (skills), which it has not been shown yet" in said[0]
    for name in ("treasury", "health"):
        office.look(name)
    assert len(reasons_of(office.clear)) == 1
    office.at = round.deadline_at
    office.clear()


def test_a_person_clears_and_not_a_command(office, open_round):
    from penholder.people.acting import Acting

    everybody(office)
    by = Acting(office.posts["chair"], name="root", through="command")
    with pytest.raises(Refused, match="cleared by a person"):
        clearances.clear(round_id=open_round.pk, seal=open_round.iteration.seal, by=by, at=office.at)


def test_a_chair_who_is_no_longer_the_chair_clears_nothing(office, open_round):
    everybody(office)
    office.posts["chair"].holdings.update(until=office.later())
    assert any("You do not hold the post" in reason for reason in reasons_of(office.clear))


def test_a_post_of_another_organisation_may_chair(office, open_round):
    office.post("deputy", Role.CHAIR, "cabinet")
    everybody(office)
    office.clear(post="deputy")
