"""Remarks: inside a department first, then lodged; settled only by their signer; each owed an outcome."""

from __future__ import annotations

import pytest
from tests.agreement.refusals import reasons_of

from penholder.agreement import remarks, rounds
from penholder.agreement.models import Remark, RemarkState, Round, State
from penholder.agreement.rules import NewRemark
from penholder.agreement.standing import dispositions, round_standing, timeline
from penholder.drafting import sealed_texts
from penholder.errors import Missing, Refused
from penholder.people.models import Role
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(office, open_round):
    office.post("clerk", Role.CONTRIBUTOR, "treasury")
    return office.acting("clerk")


def make(office, by, body="Say who pays.", klass="b", **where) -> Remark:
    return remarks.make(asked_id=office.asked("treasury").pk, klass=klass, body=body, by=by, at=office.later(), **where)


def test_a_remark_is_made_inside_a_department_and_lodged_by_its_leader(office, clerk):
    remark = make(office, clerk)
    assert (remark.state, remark.number) == (RemarkState.INTERNAL, 0)
    assert "You do not hold" in reasons_of(
        lambda: remarks.lodge(remark_id=remark.pk, by=office.acting("treasury", "clerk"), at=office.at)
    )
    assert "you act as" in reasons_of(lambda: remarks.lodge(remark_id=remark.pk, by=clerk, at=office.at))
    remark = remarks.lodge(remark_id=remark.pk, by=office.acting("treasury"), at=office.later())
    assert (remark.state, remark.number) == (RemarkState.LODGED, 1)
    assert remark.made_by == "Clerk, Contributor in a department, Treasury"
    assert remark.lodged_by == "Treasury, Digital Leader, Treasury"


def test_internal_remarks_are_absent_from_every_lodged_view_and_from_the_record(office, clerk, open_round):
    make(office, clerk, "Between ourselves: a disaster.")
    dropped = make(office, clerk, "Between ourselves: nobody will do it.")
    remarks.drop(remark_id=dropped.pk, by=clerk, at=office.later())
    assert dispositions(open_round.series) == ()
    everything = str(round_standing(open_round.pk, at=office.at)) + str(timeline(open_round.pk))
    everything += str(list(Entry.objects.values()))
    assert "Between ourselves" not in everything
    assert not Entry.objects.filter(act__startswith="remark.").exists()


def test_another_department_remarks_only_on_its_own_behalf(office, clerk):
    office.post("rival", Role.CONTRIBUTOR, "health")
    assert "you act as" in reasons_of(lambda: make(office, office.acting("rival")))


def test_a_remark_keeps_the_passage_as_it_read(office, clerk, sealed):
    part = sealed_texts.read(sealed).sections[1]
    remark = make(office, clerk, section="leaders", passage=part.ids[2])
    assert remark.quote.strip() == "Leaders meet each month."
    assert "does not stand in this section" in reasons_of(
        lambda: make(office, clerk, section="vision", passage=part.ids[2])
    )
    assert "no section “money”" in reasons_of(lambda: make(office, clerk, section="money"))


def test_a_post_remarks_on_the_sections_it_is_asked_about(office, sealed):
    office.open(sealed, rounds.AskFor(office.posts["treasury"], ["skills"]))
    assert "other sections" in reasons_of(lambda: make(office, office.acting("treasury"), section="vision"))


def test_conditions_belong_in_rounds_that_are_cleared(office, sealed):
    office.open(sealed, "adviser", kind="advice")
    row = office.asked("adviser")
    said = reasons_of(
        lambda: remarks.make(asked_id=row.pk, klass="a", body="Or else.", by=office.acting("adviser"), at=office.at)
    )
    assert "clears nothing" in said


def test_condition_met_is_claimed_by_the_pen_team_and_only_its_signer_clears_it(office, open_round):
    office.give("treasury", "content-if", conditions=["Say who pays."])
    for name in ("health", "home"):
        office.give(name)
    condition = Remark.objects.get()
    pen = office.acting("pen")
    remarks.claim_met(remark_id=condition.pk, by=pen, at=office.later())
    remarks.dispose(remark_id=condition.pk, outcome="accepted", reason="Section 3 says.", by=pen, at=office.later())
    said = reasons_of(office.clear)
    assert "Condition 1 of Digital Leader, Treasury is not settled. The pen team says that it is met" in said
    for other in ("pen", "health", "chair"):
        with pytest.raises(Refused):
            remarks.settle(remark_id=condition.pk, by=office.acting(other), at=office.later())
    remarks.settle(remark_id=condition.pk, by=office.acting("treasury"), at=office.later())
    office.clear()
    assert Round.objects.get().state == State.CLEARED
    assert round_standing(open_round.pk, at=office.at).counts == {"content": 3}


def test_content_with_a_condition_that_stands_is_refused_until_it_is_settled(office, open_round):
    office.give("treasury", "content-if", conditions=["Say who pays."])
    assert "Your condition 1 stands" in reasons_of(lambda: office.give("treasury"))
    remarks.withdraw(remark_id=Remark.objects.get().pk, by=office.acting("treasury"), at=office.later())
    office.give("treasury")


def test_every_lodged_remark_is_owed_a_disposition_before_clearance(office, open_round):
    office.give("treasury", conditions=[NewRemark("c", "Nicely put."), NewRemark("b", "Shorter?")])
    for name in ("health", "home"):
        office.give(name)
    assert "Remark 1 of Digital Leader, Treasury has no disposition" in reasons_of(office.clear)
    pen = office.acting("pen")
    first, second = Remark.objects.order_by("number")
    assert "Say why" in reasons_of(
        lambda: remarks.dispose(remark_id=first.pk, outcome="rejected", reason=" ", by=pen, at=office.at)
    )
    with pytest.raises(Refused, match="decide what becomes"):
        remarks.dispose(
            remark_id=first.pk, outcome="accepted", reason="Yes.", by=office.acting("treasury"), at=office.at
        )
    remarks.dispose(remark_id=first.pk, outcome="accepted", reason="Thank you.", by=pen, at=office.later())
    remarks.withdraw(remark_id=second.pk, by=office.acting("treasury"), at=office.later())
    office.clear()


def test_a_disposition_names_passages_that_the_text_has(office, open_round, sealed):
    office.give("treasury", conditions=[NewRemark("b", "Shorter?")])
    more = {"remark_id": Remark.objects.get().pk, "outcome": "in-part", "reason": "Half.", "by": office.acting("pen")}
    assert "No passage of the text has the name “x”" in reasons_of(
        lambda: remarks.dispose(changed=["x"], at=office.at, **more)
    )
    name = sealed_texts.read(sealed).ids[0]
    remarks.dispose(changed=[name], at=office.later(), **more)
    remarks.dispose(at=office.later(), **more | {"outcome": "rejected", "reason": "After all, no."})
    (row,) = dispositions(open_round.series)
    assert (row.outcome, row.reason, row.changed) == ("rejected", "After all, no.", ())


def test_the_disposition_table_can_be_filtered(office, open_round):
    office.give("treasury", conditions=[NewRemark("b", "One.", "vision"), NewRemark("c", "Two.")])
    office.give("health", "content-if", conditions=["Three."])
    pen = office.acting("pen")
    remarks.dispose(remark_id=Remark.objects.get(number=2).pk, outcome="accepted", reason="So.", by=pen, at=office.at)

    def numbers(**filters):
        return [row.number for row in dispositions(open_round.series, **filters)]

    assert numbers() == [1, 2, 3]
    assert numbers(klass="a") == [3]
    assert numbers(outcome="") == [1, 3]
    assert numbers(outcome="accepted") == [2]
    assert numbers(organisation="treasury") == [1, 2]
    assert numbers(section="vision") == [1]
    assert numbers(state="settled") == []


def test_a_remark_that_ended_begins_nothing_new(office, clerk):
    remark = make(office, clerk)
    remarks.drop(remark_id=remark.pk, by=clerk, at=office.later())
    assert "cannot become “lodged”" in reasons_of(
        lambda: remarks.lodge(remark_id=remark.pk, by=office.acting("treasury"), at=office.at)
    )
    with pytest.raises(Missing):
        remarks.lodge(remark_id=0, by=clerk, at=office.at)


def test_nobody_remarks_when_the_round_has_ended(office, clerk, open_round):
    rounds.call_off(round_id=open_round.pk, reason="Enough.", by=office.acting("pen"), at=office.later())
    assert "has ended" in reasons_of(lambda: make(office, clerk))
