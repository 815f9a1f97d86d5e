"""Writing in a section without a live connection: two people who save after one another lose nothing."""

from __future__ import annotations

import pytest
from tests.drafting.conftest import TEXTS

from penholder.drafting import drafts, hands, writing
from penholder.drafting.edits import Remove, SetText
from penholder.drafting.models import DraftUpdate
from penholder.errors import Missing, Refused

BASE = TEXTS["leaders"]


def save(desk, text, by=None, base=BASE, section="leaders", **more):
    return writing.save(
        document_id=desk.document.pk,
        section=section,
        base=base,
        text=text,
        by=by or desk.pen,
        at=desk.later(),
        **more,
    )


def test_what_is_saved_stands_in_the_draft(desk):
    done = save(desk, BASE.replace("each month", "every month"))
    assert (done.changed, done.others) == (True, False)
    assert desk.texts()["leaders"] == BASE.replace("each month", "every month")


def test_a_save_that_changes_nothing_stores_nothing(desk):
    save(desk, BASE.replace("each", "every"))
    before = DraftUpdate.objects.count()
    done = save(desk, BASE.replace("each", "every"), base=BASE.replace("each", "every"))
    assert not done.changed
    spelt = BASE.replace("each", "every").replace("\n", "\r\n") + "\r\n  \r\n"
    assert not save(desk, spelt, base=BASE.replace("each", "every")).changed
    assert DraftUpdate.objects.count() == before


def test_two_who_change_different_words_both_find_theirs(desk):
    save(desk, BASE.replace("in public", "in the open"), by=desk.idris)
    done = save(desk, BASE.replace("a leader", "an active leader"))
    assert (done.changed, done.others, done.merge.clean) == (True, True, True)
    assert desk.texts()["leaders"] == BASE.replace("in public", "in the open").replace("a leader", "an active leader")


def test_two_who_change_one_phrase_are_asked_and_nothing_is_saved_until_they_say(desk):
    theirs = BASE.replace("each month", "every week")
    save(desk, theirs, by=desk.idris)
    mine = BASE.replace("each month", "twice a year")
    asked = save(desk, mine)
    assert asked.sequence is None
    assert [clash.mine for clash in asked.merge.clashes] == ["Leaders meet in public twice a year."]
    assert desk.texts()["leaders"] == theirs
    done = save(desk, mine, against=asked.against, choices=["mine"])
    assert done.changed
    assert desk.texts()["leaders"] == mine


def test_a_decision_on_what_has_changed_since_decides_nothing(desk):
    save(desk, BASE.replace("each month", "every week"), by=desk.idris)
    mine = BASE.replace("each month", "twice a year")
    asked = save(desk, mine)
    third = BASE.replace("each month", "on Fridays")
    save(desk, third, by=desk.idris, base=BASE.replace("each month", "every week"))
    again = save(desk, mine, against=asked.against, choices=["mine"])
    assert again.sequence is None
    assert [clash.theirs for clash in again.merge.clashes] == ["Leaders meet in public on Fridays."]
    assert desk.texts()["leaders"] == third


def test_words_of_ones_own_settle_a_clash(desk):
    save(desk, BASE.replace("each month", "every week"), by=desk.idris)
    mine = BASE.replace("each month", "twice a year")
    asked = save(desk, mine)
    save(desk, mine, against=asked.against, choices=["=Leaders meet weekly in public, and twice a year at length."])
    assert "weekly in public, and twice a year at length." in desk.texts()["leaders"]


def test_a_section_that_was_removed_meanwhile_is_said_to_be_missing(desk):
    desk.change(Remove("leaders"), by=desk.idris)
    with pytest.raises(Missing, match="no section"):
        save(desk, BASE.replace("a leader", "an active leader"))


def test_the_title_goes_with_the_heading_as_long_as_they_said_the_same(desk):
    save(desk, BASE.replace("## Leaders", "## Who leads"))
    assert {part.key: part.title for part in desk.parts()}["leaders"] == "Who leads"
    save(desk, TEXTS["skills"].replace("## Skills", "## Skills {#skills}"), base=TEXTS["skills"], section="skills")
    assert {part.key: part.title for part in desk.parts()}["skills"] == "Skills"


def test_a_heading_of_a_section_takes_other_words_and_keeps_its_name():
    text = "### Old words {#action-01 .action}\n\nText.\n"
    assert writing.with_heading(text, "New \\1 words") == "### New \\1 words {#action-01 .action}\n\nText.\n"
    assert writing.with_heading("No heading.\n", "New") == "No heading.\n"


def test_a_section_too_long_for_one_is_refused_with_the_way_out(desk):
    with pytest.raises(Refused, match="Split it into several sections"):
        save(desk, "word " * 50_000)


def test_nobody_writes_who_may_not(desk):
    with pytest.raises(Refused, match="Only these may"):
        save(desk, BASE + "\nMine.\n", by=desk.leader)
    assert drafts.read(desk.document.pk).sequence == 0


def test_a_section_is_in_hand_for_five_minutes_or_until_it_is_saved(desk):
    document = desk.document.pk
    hands.take(document_id=document, section="leaders", by=desk.idris, at=desk.at)
    hands.take(document_id=document, section="leaders", by=desk.idris, at=desk.later())
    hands.take(document_id=document, section="leaders", by=desk.pen, at=desk.later())
    assert [hand.person.name for hand in hands.held(document, at=desk.at)["leaders"]] == ["Orla", "Idris"]
    save(desk, BASE.replace("each", "every"), by=desk.idris)
    assert [hand.person.name for hand in hands.held(document, at=desk.at)["leaders"]] == ["Orla"]
    assert not hands.held(document, at=desk.later(minutes=6))


def test_it_is_a_courtesy_and_keeps_nobody_out(desk):
    hands.take(document_id=desk.document.pk, section="leaders", by=desk.idris, at=desk.at)
    desk.change(SetText("leaders", "## Leaders\n\nOther words.\n"))
    assert desk.texts()["leaders"] == "## Leaders\n\nOther words.\n"
