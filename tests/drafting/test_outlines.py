"""The order of a draft: moved, split, joined, renamed, added to, taken from; nothing is doubled and nothing is lost."""

from __future__ import annotations

import pytest
from tests.drafting.conftest import TEXTS

from penholder.drafting import histories, iterations, outlines, sealed_texts
from penholder.drafting.edits import SetText
from penholder.errors import Conflict, Missing, Refused
from penholder.text.canonical import canonical


def act(desk, verb, by=None, **more):
    return verb(document_id=desk.document.pk, by=by or desk.pen, at=desk.later(), **more)


def keys(desk):
    return [part.key for part in desk.parts()]


def test_a_section_steps_up_and_down_and_stays_at_the_ends(desk):
    act(desk, outlines.step, section="skills", up=True)
    assert keys(desk) == ["vision", "skills", "leaders"]
    act(desk, outlines.step, section="vision", up=False)
    assert keys(desk) == ["skills", "vision", "leaders"]
    act(desk, outlines.step, section="skills", up=True)
    act(desk, outlines.step, section="leaders", up=False)
    assert keys(desk) == ["skills", "vision", "leaders"]


def test_a_section_moves_behind_another_or_to_the_start(desk):
    act(desk, outlines.move, section="vision", after="skills")
    assert keys(desk) == ["leaders", "skills", "vision"]
    act(desk, outlines.move, section="skills", after="")
    assert keys(desk) == ["skills", "leaders", "vision"]
    act(desk, outlines.move, section="skills", after="skills")
    assert keys(desk) == ["skills", "leaders", "vision"]
    with pytest.raises(Missing):
        act(desk, outlines.move, section="vision", after="nowhere")


def test_two_who_move_one_section_get_one_order_with_every_section_once(desk):
    act(desk, outlines.move, section="vision", after="skills")
    act(desk, outlines.move, section="vision", after="leaders", by=desk.idris)
    assert keys(desk) == ["leaders", "vision", "skills"]


def test_sealing_after_a_split_finds_every_passage_by_its_old_name(desk):
    first = sealed(desk, "before")
    name, words = outlines.places_to_split(TEXTS["leaders"])[1]
    assert words == "Leaders meet in public each month."
    key = act(desk, outlines.split, section="leaders", passage=name, title="Meetings")
    assert key == "meetings"
    assert keys(desk) == ["vision", "leaders", "meetings", "skills"]
    assert desk.texts()["meetings"] == "Leaders meet in public each month.\n"
    after = sealed(desk, "after")
    assert sealed_texts.read(after).ids == sealed_texts.read(first).ids
    act(desk, outlines.join, section="meetings")
    assert keys(desk) == ["vision", "leaders", "skills"]
    assert desk.texts()["leaders"] == TEXTS["leaders"]
    assert not histories.taken_out(document(desk)), "what stands elsewhere now is not offered twice"
    assert sealed(desk, "again").seal == first.seal


def sealed(desk, label):
    at = desk.later()
    return iterations.seal(document=desk.document, label=label, taken_at=at, at=at).iteration


def test_a_split_where_the_text_has_changed_finds_the_passage_or_asks_again(desk):
    name = outlines.places_to_split(TEXTS["leaders"])[1][0]
    desk.change(SetText("leaders", TEXTS["leaders"].replace("## Leaders\n", "## Leaders\n\nAnother first.\n")))
    act(desk, outlines.split, section="leaders", passage=name, title="Meetings")
    assert desk.texts()["meetings"] == "Leaders meet in public each month.\n"
    name = outlines.places_to_split(TEXTS["vision"])[1][0]
    desk.change(SetText("vision", TEXTS["vision"].replace("Nobody is", "No one is")))
    with pytest.raises(Conflict, match="has changed"):
        act(desk, outlines.split, section="vision", passage=name, title="Others")


def test_a_split_takes_the_heading_for_a_title_or_asks_for_one(desk):
    desk.change(SetText("skills", "## Skills\n\nOne.\n\n### In the field\n\nTwo.\n"))
    heading = outlines.places_to_split(desk.texts()["skills"])[1][0]
    assert act(desk, outlines.split, section="skills", passage=heading, title="") == "in-the-field"
    name = outlines.places_to_split(TEXTS["vision"])[0][0]
    with pytest.raises(Refused, match="Give the new section a title"):
        act(desk, outlines.split, section="vision", passage=name, title=" ")


def test_the_first_section_is_joined_to_nothing(desk):
    with pytest.raises(Refused, match="first section"):
        act(desk, outlines.join, section="vision")


def test_a_new_name_goes_into_the_heading_too(desk):
    act(desk, outlines.rename, section="leaders", title="  Who   leads ")
    part = desk.parts()[1]
    assert (part.key, part.title) == ("leaders", "Who leads")
    assert part.text == TEXTS["leaders"].replace("## Leaders", "## Who leads")
    with pytest.raises(Refused, match="Give the section a title"):
        act(desk, outlines.rename, section="leaders", title=" ")


def test_a_new_section_says_its_title_and_stands_where_it_was_wanted(desk):
    assert act(desk, outlines.add, title="Skills", after="vision") == "skills-2"
    assert keys(desk) == ["vision", "skills-2", "leaders", "skills"]
    assert desk.texts()["skills-2"] == "## Skills\n"
    act(desk, outlines.add, title="!", after=None)
    assert keys(desk)[-1] == "section"


def test_what_was_removed_can_be_put_back_as_it_last_read(desk):
    desk.change(SetText("leaders", canonical(TEXTS["leaders"] + "\nA last word.\n")))
    assert act(desk, outlines.remove, section="leaders") == "Leaders"
    assert [(part.key, part.title) for part in histories.taken_out(document(desk))] == [("leaders", "Leaders")]
    assert act(desk, outlines.add, title="Leaders", after="vision") == "leaders-2"
    act(desk, outlines.put_back, section="leaders", after="vision")
    assert keys(desk) == ["vision", "leaders", "leaders-2", "skills"]
    assert desk.texts()["leaders"].endswith("A last word.\n")
    assert not histories.taken_out(document(desk))
    with pytest.raises(Missing):
        act(desk, outlines.put_back, section="leaders", after="vision")


def document(desk):
    desk.document.refresh_from_db()
    return desk.document


def test_the_last_section_stays(desk):
    act(desk, outlines.remove, section="vision")
    act(desk, outlines.remove, section="skills")
    with pytest.raises(Refused, match="only section"):
        act(desk, outlines.remove, section="leaders")


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        (outlines.move, {"section": "vision", "after": "skills"}),
        (outlines.step, {"section": "vision", "up": False}),
        (outlines.join, {"section": "skills"}),
        (outlines.rename, {"section": "vision", "title": "X"}),
        (outlines.add, {"title": "X", "after": None}),
        (outlines.remove, {"section": "vision"}),
    ],
)
def test_who_may_not_write_may_not_order_either(desk, verb, more):
    with pytest.raises(Refused, match="Only these may"):
        act(desk, verb, by=desk.leader, **more)
    assert keys(desk) == list(TEXTS)
