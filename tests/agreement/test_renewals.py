"""After a change: only those whose sections changed are asked again, and every signature says on what it stands."""

from __future__ import annotations

import json

import pytest

from penholder.agreement import editorials, remarks, rounds, rules
from penholder.agreement.models import Answer, Carry, Clearance, How, Remark, Round, State
from penholder.agreement.rules import AskFor
from penholder.agreement.standing import matrix, since_signed
from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
from penholder.drafting.manifests import MediaDigest
from penholder.errors import Conflict, Refused
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db

TWO_LEADERS = "# Leaders\n\nEvery department has two leaders.\n\nLeaders meet each month.\n"


@pytest.fixture
def scoped(office, sealed) -> Round:
    """The Treasury answers for the leaders, Health for the skills, Home for everything; all three are content."""
    office.open(
        sealed,
        AskFor(office.posts["treasury"], ["leaders"]),
        AskFor(office.posts["health"], ["skills"]),
        AskFor(office.posts["home"]),
    )
    for name in ("treasury", "health", "home"):
        office.give(name)
    return office.round


def hows(office) -> dict[str, str]:
    found = {name: office.asked(name).answer for name in ("treasury", "health", "home")}
    return {name: answer.how if answer else "waiting" for name, answer in found.items()}


def test_only_those_whose_sections_changed_are_asked_again(office, scoped):
    newer = office.seal(leaders=TWO_LEADERS)
    round = office.renew(newer)
    assert hows(office) == {"treasury": "waiting", "health": "carried", "home": "waiting"}
    assert (round.key, round.series, round.follows_id) == ("strategy-2-sign-off", "strategy-1-sign-off", scoped.pk)
    scoped.refresh_from_db()
    assert scoped.state == State.REPLACED
    carried = office.asked("health").answer
    assert carried.carried_from == Answer.objects.get(asked__round=scoped, asked__post=office.posts["health"])
    assert carried.seal == newer.seal
    assert office.asked("treasury").changed == ["leaders"]
    facts = json.loads(Entry.objects.filter(act="answer.given").last().facts)
    first = scoped.iteration
    assert (facts["how"], facts["from_seal"], facts["from_number"]) == ("carried", first.seal, 1)
    assert facts["sections"] == [["skills", newer.manifest["sections"][2]["sha256"]]]


def test_a_save_that_changes_nothing_voids_nobody(office, scoped):
    same = office.seal()
    assert same == scoped.iteration
    before = Entry.objects.count()
    assert office.renew(same) == scoped
    assert Entry.objects.count() == before
    assert hows(office) == {"treasury": "given", "health": "given", "home": "given"}


def test_an_edit_and_its_exact_revert_give_the_same_seal_and_signatures_stand_again_visibly(office, scoped, sealed):
    office.renew(office.seal(leaders=TWO_LEADERS))
    back = office.seal(leaders="# Leaders\n\nEvery department has a leader.\n\nLeaders meet each month.\n")
    assert back.seal == sealed.seal
    assert back.pk != sealed.pk
    office.renew(back)
    assert hows(office) == {"treasury": "restored", "health": "carried", "home": "restored"}
    since = since_signed(office.asked("treasury").pk)
    assert (since.sections, since.restored) == ((), ("leaders",))
    office.clear()
    assert rules.objections_to_publishing(back) == rules.objections_to_publishing(sealed)


def test_signatures_are_compared_with_what_each_signed_and_not_with_the_iteration_before(office, scoped):
    office.renew(office.seal(leaders=TWO_LEADERS))
    office.renew(office.seal(vision="# Vision\n\nOther words.\n"))
    assert hows(office) == {"treasury": "waiting", "health": "carried", "home": "waiting"}
    assert office.asked("treasury").changed == ["leaders"]
    assert sorted(office.asked("home").changed) == ["leaders", "vision"]
    assert office.asked("health").answer.carried_from.asked.round == scoped


def test_who_signed_the_changed_text_is_asked_again_when_it_goes_back(office, scoped):
    office.renew(office.seal(leaders=TWO_LEADERS))
    office.give("treasury")
    office.renew(office.seal(leaders="# Leaders\n\nEvery department has a leader.\n\nLeaders meet each month.\n"))
    assert hows(office)["treasury"] == "waiting"


def test_a_pure_reorder_voids_nobody_and_is_shown_as_a_move(office, scoped):
    newer = office.seal(order=("skills", "vision", "leaders"))
    office.renew(newer)
    assert hows(office) == dict.fromkeys(("treasury", "health", "home"), "carried")
    since = since_signed(office.asked("home").pk)
    assert (since.sections, since.moved) == ((), ("skills",))


def test_a_new_and_a_removed_section_concern_who_answers_for_the_whole(office, scoped):
    newer = office.seal(skills=None, money="# Money\n\nThere is none.\n")
    office.renew(newer)
    assert hows(office) == {"treasury": "carried", "health": "waiting", "home": "waiting"}
    kinds = {section.key: section.kind for section in since_signed(office.asked("home").pk).sections}
    assert kinds == {"skills": "removed", "money": "added"}


def test_a_picture_changed_under_its_old_path_is_a_change_of_the_section_that_shows_it(office):
    def seal(sha256):
        drafts = [
            Draft("one", "One", "# One\n\n![A chart](chart.png)\n"),
            Draft("two", "Two", "# Two\n\nWords.\n"),
        ]
        document = documents.put(key="paper", kind="paper", title="Paper", sections=drafts)
        at = office.later()
        files = {"chart.png": MediaDigest("chart.png", sha256, 3, "image/png")}
        return iterations.seal(document=document, label="x", taken_at=at, at=at, files=files).iteration

    treasury, health = office.posts["treasury"], office.posts["health"]
    office.open(seal("a" * 64), AskFor(treasury, ["one"]), AskFor(health, ["two"]))
    office.give("treasury")
    office.give("health")
    office.renew(seal("b" * 64))
    assert office.asked("treasury").answer is None
    assert office.asked("health").answer.how == How.CARRIED
    assert since_signed(office.asked("treasury").pk).sections[0].kind == "picture"


def test_by_the_policy_everybody_can_be_asked_again_but_never_for_the_same_text(office, sealed):
    office.open(sealed, carry=Carry.NOTHING)
    for name in ("treasury", "health", "home"):
        office.give(name)
    office.renew(office.seal(leaders=TWO_LEADERS))
    assert set(hows(office).values()) == {"waiting"}
    office.renew(office.seal(leaders="# Leaders\n\nEvery department has a leader.\n\nLeaders meet each month.\n"))
    assert set(hows(office).values()) == {"restored"}


def test_deemed_consent_is_no_signature_and_is_never_carried(office, sealed):
    round = office.open(sealed, silence_is_consent=True)
    office.give("treasury")
    rounds.deem(at=round.deadline_at)
    office.at = round.deadline_at
    office.renew(office.seal(order=("skills", "vision", "leaders")))
    assert hows(office) == {"treasury": "carried", "health": "waiting", "home": "waiting"}


def test_an_objection_stands_over_a_change_until_its_post_answers_again(office, scoped):
    office.give("health", "not-content", reason="Skills cost money.")
    office.renew(office.seal(skills="# Skills\n\nMoney is found for skills.\n"))
    carried = office.asked("health").answer
    assert (carried.stance, carried.how) == ("not-content", "carried")
    office.give("treasury")
    office.give("home")
    with pytest.raises(Refused, match="Health is not content"):
        office.clear()
    office.give("health")
    office.clear()


def test_a_withdrawal_stands_over_a_change_too(office, scoped):
    office.withdraw("health")
    office.renew(office.seal(leaders=TWO_LEADERS))
    assert office.asked("health").answer.stance == "withdrawn"


def test_a_condition_survives_renewals_until_its_signer_settles_it(office, sealed):
    office.open(sealed)
    office.give("treasury", "content-if", conditions=["Two leaders, please."])
    office.give("health")
    office.give("home")
    pen = office.acting("pen")
    condition = Remark.objects.get()
    remarks.dispose(remark_id=condition.pk, outcome="accepted", reason="Done.", by=pen, at=office.later())
    office.renew(office.seal(leaders=TWO_LEADERS))
    office.renew(office.seal(vision="# Vision\n\nOther words.\n"))
    for name in ("health", "home"):
        office.give(name)
    office.give("treasury", "content-if")
    with pytest.raises(Refused, match="Condition 1 of Digital Leader, Treasury is not settled"):
        office.clear()
    remarks.settle(remark_id=condition.pk, by=office.acting("treasury"), at=office.later())
    office.clear()
    settled = Entry.objects.get(act="remark.settled")
    assert json.loads(settled.facts)["round"] == "strategy-3-sign-off"


def test_a_round_of_conditions_is_numbered_on_over_renewals(office, scoped):
    office.give("treasury", "content-if", conditions=["One."])
    office.renew(office.seal(leaders=TWO_LEADERS))
    office.give("home", "content-if", conditions=["Two."])
    assert list(Remark.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]


def test_going_on_after_clearance_ends_it_unless_it_was_published(office, scoped):
    office.clear()
    office.renew(office.seal(leaders=TWO_LEADERS))
    assert Clearance.objects.get().ended_because == "The round went on with a newer text."


def test_a_round_sent_back_goes_on_with_the_next_text(office, scoped):
    rounds.send_back(round_id=scoped.pk, reason="Rework.", by=office.acting("chair"), at=office.later())
    office.renew(office.seal(leaders=TWO_LEADERS))
    assert hows(office)["health"] == "carried"


def test_a_round_does_not_go_back_to_an_older_text_nor_to_another_document(office, scoped, sealed):
    office.renew(office.seal(leaders=TWO_LEADERS))
    with pytest.raises(Refused, match="is older"):
        office.renew(sealed)
    at = office.later()
    paper = documents.put(key="paper", kind="paper", title="P", sections=[Draft("one", "One", "# One\n\nText.\n")])
    other = iterations.seal(document=paper, label="x", taken_at=at, at=at).iteration
    with pytest.raises(Refused, match="another document"):
        office.renew(other)
    with pytest.raises(Refused, match="cannot become"):
        rounds.renew(round_id=scoped.pk, iteration=other, by=office.acting("pen"), at=office.later())


def test_approval_goes_on_only_when_the_newer_text_was_signed_off(office, scoped, sealed):
    office.clear()
    approval = office.open(sealed, "minister", kind="approval")
    office.give("minister")
    newer = office.seal(leaders=TWO_LEADERS)
    with pytest.raises(Refused, match="Sign-off: no round was held on this very text"):
        office.renew(newer)
    office.round = scoped
    office.renew(newer)
    for name in ("treasury", "home"):
        office.give(name)
    office.clear()
    office.round = approval
    office.renew(newer)
    assert office.asked("minister").answer is None


# ── What counts as editorial ─────────────────────────────────────────────────────────────────────────────────────────


def judge(office, iteration, section, **more):
    more = {"reason": "Grammar.", "by": office.acting("pen")} | more
    return editorials.judge(iteration=iteration, section=section, at=office.later(), **more)


def test_editorial_changes_add_up_over_iterations_and_end_with_one_that_is_not(office, sealed):
    office.open(sealed, carry=Carry.EDITORIAL)
    for name in ("treasury", "health", "home"):
        office.give(name)
    second = office.seal(skills="# Skills\n\nEvery department has the skills that it needs.\n")
    judge(office, second, "skills")
    office.renew(second)
    third = office.seal(skills="# Skills\n\nEach department has the skills that it needs.\n")
    judge(office, third, "skills")
    office.renew(third)
    assert set(hows(office).values()) == {"carried"}
    assert office.asked("home").editorial == ["skills"]
    (section,) = since_signed(office.asked("home").pk).sections
    assert [judgement.name for judgement in section.judged] == ["Pen", "Pen"]
    office.renew(office.seal(skills="# Skills\n\nNo department has any skills.\n"))
    assert set(hows(office).values()) == {"waiting"}


def test_a_judgement_is_named_reasoned_and_made_once(office, sealed):
    newer = office.seal(skills="# Skills\n\nEvery department has the skills that it needs.\n")
    with pytest.raises(Refused, match="Say why"):
        judge(office, newer, "skills", reason="")
    with pytest.raises(Refused, match="did not change"):
        judge(office, newer, "vision")
    with pytest.raises(Refused, match="judge that a change is editorial"):
        judge(office, newer, "skills", by=office.acting("treasury"))
    judgement = judge(office, newer, "skills")
    assert (judgement.name, judgement.by_post) == ("Pen", "Pen team, Centre")
    with pytest.raises(Conflict):
        judge(office, newer, "skills")
    assert editorials.judged(newer) == [judgement]


# ── The matrix ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_matrix_says_for_each_post_and_section_how_it_stands(office, scoped):
    def cells():
        return {row.organisation: dict(zip("vls", row.cells, strict=True)) for row in matrix(office.round.pk).rows}

    assert cells() == {
        "Treasury": {"v": "not-asked", "l": "signed", "s": "not-asked"},
        "Health": {"v": "not-asked", "l": "not-asked", "s": "signed"},
        "Home": {"v": "signed", "l": "signed", "s": "signed"},
    }
    office.renew(office.seal(leaders=TWO_LEADERS))
    assert cells() == {
        "Treasury": {"v": "not-asked", "l": "changed-since", "s": "not-asked"},
        "Health": {"v": "not-asked", "l": "not-asked", "s": "signed-carried"},
        "Home": {"v": "signed-carried", "l": "changed-since", "s": "signed-carried"},
    }
    office.give("home", "content-if", conditions=[rules.NewRemark("a", "Fewer.", "leaders")])
    assert cells()["Home"] == {"v": "signed", "l": "conditions", "s": "signed"}
    office.give("home", "not-content", reason="No.")
    assert set(cells()["Home"].values()) == {"objected"}
    office.withdraw("health")
    assert cells()["Health"]["s"] == "withdrawn"
    assert sum(matrix(office.round.pk).counts().values()) == 9


def test_what_is_new_to_a_post_that_never_answered_is_everything(office, open_round):
    since = since_signed(office.asked("home").pk)
    assert (since.before, since.sections) == (None, ())
