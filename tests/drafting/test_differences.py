"""What changed in a draft, section by section: what went from one section into another is moved, not out and in."""

from __future__ import annotations

from penholder.drafting.catching_up import words
from penholder.drafting.differences import differences
from penholder.drafting.waypoints import Part
from penholder.seal import digest

LEADERS = "Every department has an active digital leader on its board."
PAPERS = "The papers of the board are published within a week of its meeting."
SKILLS = "People in every department learn the skills that this takes."


def parts(**texts: str) -> list[Part]:
    return [
        Part(key, key.title(), text, digest(text))
        for key, text in ((key, "\n\n".join([f"## {key.title()}", *one]) + "\n") for key, one in texts.items())
    ]


def told(old: list[Part], new: list[Part]) -> dict[str, str]:
    return {one.key: words(one) for one in differences(old, new)}


OLD = {"board": (LEADERS, PAPERS), "skills": (SKILLS,), "costs": ("The work is paid for from what it saves.",)}


def test_a_passage_that_went_into_another_section_is_moved():
    new = parts(**OLD | {"board": (LEADERS,), "skills": (SKILLS, PAPERS)})
    assert told(parts(**OLD), new) == {
        "board": "1 passage moved to “Skills”",
        "skills": "1 passage moved here from “Board”",
    }


def test_a_passage_that_was_edited_on_the_way_is_moved_and_its_words_are_shown():
    edited = PAPERS.replace("within a week", "within two weeks")
    found = differences(parts(**OLD), parts(**OLD | {"board": (LEADERS,), "skills": (SKILLS, edited)}))
    (crossed,) = found[1].came
    assert (crossed.title, crossed.old.source, crossed.new.source) == ("Board", PAPERS, edited)
    assert {run.op for run in crossed.words} == {"same", "removed", "inserted"}
    assert found[0].comparison.same
    assert found[1].comparison.same


def test_what_is_edited_beside_a_move_is_told_too():
    new = parts(**OLD | {"board": (LEADERS.replace("active", "able"),), "skills": (SKILLS, PAPERS)})
    assert told(parts(**OLD), new)["board"] == "1 passage edited, 1 passage moved to “Skills”"


def test_a_section_that_was_split_or_joined_says_where_its_passages_went():
    split = parts(board=(LEADERS,), papers=(PAPERS,), skills=OLD["skills"], costs=OLD["costs"])
    assert told(parts(**OLD), split) == {
        "board": "1 passage moved to “Papers”",
        "papers": "a new section, 1 passage moved here from “Board”",
    }
    assert told(split, parts(**OLD)) == {
        "board": "1 passage moved here from “Papers”",
        "papers": "the section was taken out, 1 passage moved to “Board”",
    }


def test_a_section_that_was_moved_says_behind_which_it_stands():
    new = parts(costs=OLD["costs"], board=OLD["board"], skills=OLD["skills"])
    assert told(parts(**OLD), new) == {"costs": "it stands at the very start now"}
    new = parts(board=OLD["board"], costs=OLD["costs"], skills=OLD["skills"])
    assert list(told(parts(**OLD), new).values()) == ["it stands behind “Board” now"]


def test_the_same_words_in_two_sections_are_not_moved():
    twice = OLD | {"skills": (SKILLS, LEADERS)}
    assert told(parts(**OLD), parts(**twice)) == {"skills": "1 new"}
