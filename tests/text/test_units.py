"""One place, three ways to count it: what Python, Yrs and browsers call it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penholder.text.splices import spliced, splices
from penholder.text.units import from_bytes, from_utf16, to_bytes, to_utf16

# What this prose is full of, and what breaks those who count wrongly: 1 to 4 bytes, one and two UTF-16 units, and marks
# that combine with the letter before them.
PROSE = st.text(st.sampled_from("ab \n£—’ŵŷ😀👩\u200d\u0301\u0302é#*"), max_size=60)


@given(PROSE, st.data())
def test_every_way_of_counting_leads_back(text, data):
    index = data.draw(st.integers(0, len(text)))
    assert from_bytes(text, to_bytes(text, index)) == index
    assert from_utf16(text, to_utf16(text, index)) == index


def test_they_part_where_the_field_writes():
    text = "£1m — Caerffili’s dŵr 😀!"
    end = text.index("!")
    assert (end, to_bytes(text, end), to_utf16(text, end)) == (23, 32, 24)


@pytest.mark.parametrize("convert", [from_bytes, from_utf16])
def test_a_place_inside_a_character_is_no_place(convert):
    with pytest.raises(IndexError, match="inside a character"):
        convert("😀", 1)


@pytest.mark.parametrize("convert", [to_bytes, to_utf16, from_bytes, from_utf16])
@pytest.mark.parametrize("place", [-1, 99])
def test_a_place_outside_the_text_is_no_place(convert, place):
    with pytest.raises(IndexError, match="has no"):
        convert("ŵ", place)


@given(PROSE, PROSE)
def test_splices_make_the_one_text_of_the_other(old, new):
    pieces = splices(old, new)
    assert spliced(old, pieces) == new
    assert all(left.end <= right.start for left, right in pairwise(pieces))


def test_what_stays_is_not_touched():
    old = "Every board has a leader.\n\nSilence stays.\n\nIt meets in May.\n"
    new = "Every board has an active leader.\n\nSilence stays.\n\nIt meets in June.\n"
    assert [(old[piece.start : piece.end], piece.text) for piece in splices(old, new)] == [
        ("", "n active"),
        ("May", "June"),
    ]


def test_a_line_that_was_written_anew_is_exchanged_as_one_and_no_other_line_with_it():
    old = "Boards meet, talk, and go home.\n\nSilence stays.\n"
    new = "Leaders decide, publish, and answer for it.\n\nSilence stays here.\n"
    assert [(old[piece.start : piece.end], piece.text) for piece in splices(old, new)] == [
        ("Boards meet, talk, and go home", "Leaders decide, publish, and answer for it"),
        ("", " here"),
    ]
