"""How the desk writes moments, seals and lists, and that every state a table knows has its words and its shape."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from penholder.agreement import models
from penholder.drafting.sealed_texts import SealedPart
from penholder.web.desk import states, texts, words

DESK = Path(__file__).resolve().parents[3] / "src" / "penholder" / "web" / "desk"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2013, 3, 29, 17, tzinfo=UTC), "5pm on Friday 29 March 2013"),
        (datetime(2013, 4, 5, 15, 7, tzinfo=UTC), "4:07pm on Friday 5 April 2013"),  # summer time
        (datetime(2013, 4, 5, 11, tzinfo=UTC), "midday on Friday 5 April 2013"),
        (datetime(2013, 4, 4, 23, tzinfo=UTC), "midnight on Friday 5 April 2013"),
    ],
)
def test_a_moment_is_said_in_local_time(at, said):
    assert words.moment(at) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2013, 4, 5, 23, tzinfo=UTC), "the end of Friday 5 April 2013"),
        (datetime(2013, 3, 31, 23, tzinfo=UTC), "the end of Sunday 31 March 2013"),  # a day of 23 hours
        (datetime(2012, 10, 29, 0, tzinfo=UTC), "the end of Sunday 28 October 2012"),  # a day of 25 hours
        (datetime(2013, 4, 5, 16, tzinfo=UTC), "5pm on Friday 5 April 2013"),
    ],
)
def test_a_deadline_at_midnight_is_the_end_of_the_day_before(at, said):
    assert words.deadline(at) == said


def test_no_moment_is_no_words():
    assert [words.moment(None), words.short_moment(None), words.day(None), words.deadline(None)] == [""] * 4


def test_a_seal_is_short_enough_to_read_aloud():
    assert words.short_seal("3f9a12bc77e0" + "0" * 52) == "3f9a 12bc 77e0"


def test_words_and_numbers_stand_in_a_row():
    assert [words.listed(row) for row in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert words.ranges([9, 1, 2, 3, 7, 10, 2]) == "1–3, 7, 9–10"
    assert words.ranges([]) == ""


@pytest.mark.parametrize(
    ("enum", "known"),
    [
        (models.State, states.ROUNDS),
        (models.Stance, states.STANCES),
        (models.RemarkState, states.REMARKS),
        (models.Outcome, states.OUTCOMES),
    ],
)
def test_every_state_of_a_table_has_its_words(enum, known):
    assert set(enum.values) <= set(known)


def test_every_state_has_a_shape_of_its_own_among_its_neighbours():
    sheet = (DESK / "templates" / "desk" / "rounds" / "shapes.svg").read_text(encoding="utf-8")
    drawn = re.findall(r'<symbol id="desk-([\w-]+)"', sheet)
    assert len(drawn) == len(set(drawn))
    for row in (states.ROUNDS, states.STANCES, states.CELLS, states.REMARKS, states.OUTCOMES):
        assert {state.shape for state in row.values()} <= set(drawn)
    for row in (states.ROUNDS, states.CELLS, states.OUTCOMES):
        assert len({state.shape for state in row.values()}) == len(row), "two states look alike"


def test_silence_and_carrying_are_never_shown_as_a_signature():
    assert states.stance_state("content", "given").key == "content"
    assert states.stance_state("content", "deemed").key == "deemed"
    assert states.stance_state("nil", "carried").key == "carried"
    assert states.stance_state("not-content", "carried").key == "not-content"
    assert states.stance_state("", "").key == "waiting"


def test_a_long_text_goes_on_overleaf_without_cutting_a_section():
    parts = [SealedPart(str(n), str(n), "x" * (texts.PAGE // 2), "", ()) for n in range(5)]
    assert texts.sheets(parts) == [[0, 1], [2, 3], [4]]
    whole = [SealedPart("0", "0", "x" * (texts.PAGE * 3), "", ())]
    assert texts.sheets(whole) == [[0]]
